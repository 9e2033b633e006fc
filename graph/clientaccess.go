package graph

import (
	"context"
	"time"

	"roster/ent"
	"roster/ent/clientgrant"
	"roster/graph/generated"
	"roster/graph/model"
	"roster/graph/page"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/viewer"
)

// ClientAccess is which clients a colleague opens.
func (r memberFields) ClientAccess(_ context.Context, m *ent.Membership) (*model.ClientAccess, error) {
	if m.Kind != rule.Practice {
		return nil, nil
	}
	return &model.ClientAccess{Membership: m}, nil
}

func (r reachFields) Scope(_ context.Context, a *model.ClientAccess) (generated.ClientAccessScope, error) {
	if a.Membership.Permissions.Has(rule.ClientsAll) {
		return generated.ClientAccessScopeAll, nil
	}
	return generated.ClientAccessScopeSelected, nil
}

func (r reachFields) Grants(ctx context.Context, a *model.ClientAccess, first *int, after *string, last *int, before *string) (*model.ClientGrantConnection, error) {
	q := r.grants(ctx).Where(clientgrant.MembershipID(a.Membership.ID))
	if page.Wants(ctx, "clientAccount") {
		q.WithClientAccount()
	}
	if page.Wants(ctx, "grantedBy") {
		q.WithGrantedBy()
	}
	o := page.Order[*ent.ClientGrant]{List: "grants", Scope: a.Membership.ID, ID: func(g *ent.ClientGrant) string { return g.ID },
		By: []page.Column[*ent.ClientGrant]{page.Moment(clientgrant.FieldGrantedAt, func(g *ent.ClientGrant) time.Time { return g.GrantedAt })}}
	return page.Of(ctx, q, o, page.Args{First: first, After: after, Last: last, Before: before})
}

// grants are those that have not ended: an ended one is gone at its moment, whatever is still in the table (B6).
func (r *Resolver) grants(ctx context.Context) *ent.ClientGrantQuery {
	v, _ := viewer.From(ctx)
	return r.read().ClientGrant.Query().Where(clientgrant.Or(clientgrant.ExpiresAtIsNil(), clientgrant.ExpiresAtGT(v.At)))
}

func (r grantFields) ClientAccount(ctx context.Context, g *ent.ClientGrant) (*ent.ClientAccount, error) {
	if g.Edges.ClientAccount != nil {
		return g.Edges.ClientAccount, nil
	}
	return byID[*ent.ClientAccount](ctx, r.Resolver, g.ClientAccountID)
}

func (r grantFields) GrantedBy(ctx context.Context, g *ent.ClientGrant) (*ent.Membership, error) {
	if g.GrantedByID == nil {
		return nil, nil
	}
	if m, err := g.Edges.GrantedByOrErr(); !ent.IsNotLoaded(err) {
		return orNull(m, err)
	}
	return byID[*ent.Membership](ctx, r.Resolver, *g.GrantedByID)
}

func (m mutation) MembershipUpdateClientAccess(ctx context.Context, in generated.MembershipUpdateClientAccessInput) (*generated.MembershipUpdateClientAccessPayload, error) {
	var change people.ClientAccessChange
	if scope := in.Scope.Value(); scope != nil {
		all := *scope == generated.ClientAccessScopeAll
		change.All = &all
	}
	grants, _ := given(in.Grant)
	for _, g := range grants {
		change.Grant = append(change.Grant, rule.GrantedClient{Client: g.ClientAccountID, ExpiresAt: g.ExpiresAt.Value(), Reason: some(g.Reason.Value())})
	}
	change.Revoke, _ = given(in.RevokeClientAccountIds)
	now, list, err := m.after(ctx, in.MembershipID, m.people.UpdateClientAccess(ctx, in.MembershipID, change))
	return &generated.MembershipUpdateClientAccessPayload{Membership: now, Problems: list}, err
}
