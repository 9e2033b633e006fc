package graph

import (
	"cmp"
	"context"
	"slices"

	"entgo.io/ent/dialect/sql"

	"roster/ent"
	"roster/ent/clientaccount"
	"roster/ent/membership"
	"roster/ent/practice"
	"roster/ent/predicate"
	"roster/ent/role"
	"roster/graph/generated"
	"roster/graph/model"
	"roster/graph/page"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/viewer"
)

// Both kinds of account answer most fields alike: what follows is asked by both.

func (r *Resolver) owner(ctx context.Context, account string) (*ent.Membership, error) {
	return r.loaders(ctx).owners.Load(ctx, account)
}

// givable are the roles that the viewer could give somebody in an account (RULES.md B4).
func (r *Resolver) givable(ctx context.Context, account string, kind rule.Kind, practiceID *string) ([]*ent.Role, error) {
	access, err := r.people.Access(ctx, account)
	if err != nil || rule.MayAddPeople(access, kind).Refused() {
		return []*ent.Role{}, err
	}
	practice := ""
	if practiceID != nil {
		practice = *practiceID
	}
	all, err := r.roles(ctx, kind, practiceID)
	return slices.DeleteFunc(all, func(one *ent.Role) bool {
		return rule.MayGive(access, kind, practice, people.Role(one)).Refused()
	}), err
}

// roles are the built-in roles of a kind, the widest first, then the practice's own by name.
func (r *Resolver) roles(ctx context.Context, kind rule.Kind, practiceID *string) ([]*ent.Role, error) {
	of := role.PracticeIDIsNil()
	if practiceID != nil {
		of = role.Or(of, role.PracticeID(*practiceID))
	}
	list, err := r.read().Role.Query().Where(role.KindEQ(kind), role.DeletedAtIsNil(), of).Order(role.ByNameKey()).All(ctx)
	slices.SortStableFunc(list, func(a, b *ent.Role) int {
		switch {
		case a.BuiltIn && b.BuiltIn:
			return cmp.Compare(b.Permissions, a.Permissions)
		case a.BuiltIn:
			return -1
		case b.BuiltIn:
			return 1
		}
		return 0
	})
	return list, err
}

func descending() sql.OrderTermOption { return sql.OrderDesc() }

func (r clientFields) Kind(context.Context, *ent.ClientAccount) (rule.Kind, error) {
	return rule.Client, nil
}

func (r clientFields) Owner(ctx context.Context, a *ent.ClientAccount) (*ent.Membership, error) {
	return r.owner(ctx, a.ID)
}

func (r clientFields) Memberships(ctx context.Context, a *ent.ClientAccount, first *int, after *string, last *int, before *string,
	filter *generated.MembershipFilter, orderBy *generated.MembershipOrder,
) (*model.MembershipConnection, error) {
	return r.memberships(ctx, rule.Client, a.ID, page.Args{First: first, After: after, Last: last, Before: before}, filter, orderBy, func(m *ent.Membership) { m.Edges.ClientAccount = a })
}

func (r clientFields) Roles(ctx context.Context, a *ent.ClientAccount) ([]*ent.Role, error) {
	return r.givable(ctx, a.ID, rule.Client, a.PracticeID)
}

func (r clientFields) Events(ctx context.Context, a *ent.ClientAccount, first *int, after *string, last *int, before *string, filter *generated.EventFilter) (*model.EventConnection, error) {
	return r.events(ctx, a.ID, page.Args{First: first, After: after, Last: last, Before: before}, filter, func(e *ent.Event) { e.Edges.ClientAccount = a })
}

func (r clientFields) Practice(ctx context.Context, a *ent.ClientAccount) (*ent.Practice, error) {
	if a.PracticeID == nil || a.Edges.Practice != nil {
		return a.Edges.Practice, nil
	}
	return byID[*ent.Practice](ctx, r.Resolver, *a.PracticeID)
}

func (r practiceField) Kind(context.Context, *ent.Practice) (rule.Kind, error) {
	return rule.Practice, nil
}

func (r practiceField) Owner(ctx context.Context, p *ent.Practice) (*ent.Membership, error) {
	return r.owner(ctx, p.ID)
}

func (r practiceField) Memberships(ctx context.Context, p *ent.Practice, first *int, after *string, last *int, before *string,
	filter *generated.MembershipFilter, orderBy *generated.MembershipOrder,
) (*model.MembershipConnection, error) {
	return r.memberships(ctx, rule.Practice, p.ID, page.Args{First: first, After: after, Last: last, Before: before}, filter, orderBy, func(m *ent.Membership) { m.Edges.Practice = p })
}

func (r practiceField) Roles(ctx context.Context, p *ent.Practice) ([]*ent.Role, error) {
	return r.givable(ctx, p.ID, rule.Practice, &p.ID)
}

func (r practiceField) Events(ctx context.Context, p *ent.Practice, first *int, after *string, last *int, before *string, filter *generated.EventFilter) (*model.EventConnection, error) {
	return r.events(ctx, p.ID, page.Args{First: first, After: after, Last: last, Before: before}, filter, func(e *ent.Event) { e.Edges.Practice = p })
}

func (r practiceField) Clients(ctx context.Context, p *ent.Practice, first *int, after *string, last *int, before *string, search *string) (*model.ClientAccountConnection, error) {
	text, err := searchText(search)
	if err != nil {
		return nil, err
	}
	q := r.read().ClientAccount.Query().Where(clientaccount.PracticeID(p.ID), clientaccount.HasPracticeWith(ofColleague(ctx)))
	if text != "" {
		q.Where(clientaccount.NameKeyContains(text))
	}
	o := page.Order[*ent.ClientAccount]{List: "clients", Scope: p.ID, ID: func(a *ent.ClientAccount) string { return a.ID },
		By: []page.Column[*ent.ClientAccount]{page.Text(clientaccount.FieldNameKey, func(a *ent.ClientAccount) string { return a.NameKey })}}
	c, err := page.Of(ctx, q, o, page.Args{First: first, After: after, Last: last, Before: before})
	if err != nil {
		return nil, err
	}
	for _, e := range c.Edges {
		e.Node.Edges.Practice = p
	}
	if page.Wants(ctx, "actions") {
		if err = r.people.AccessEach(ctx, c.Nodes()); err == nil {
			err = r.people.Leaving(ctx, c.Nodes())
		}
	}
	return c, err
}

// ofColleague are the practices in which the viewer is a colleague now: a client's users see their practice's name and
// none of its lists (RULES.md L3).
func ofColleague(ctx context.Context) predicate.Practice {
	return practice.HasColleaguesWith(ownOpen(ctx))
}

func ownOpen(ctx context.Context) predicate.Membership {
	v, _ := viewer.From(ctx)
	return membership.And(membership.UserID(v.UserID), membership.StatusEQ(rule.Active), membership.LoginAccess(true))
}

func (r practiceField) ClientRoles(ctx context.Context, p *ent.Practice) ([]*ent.Role, error) {
	colleague, err := r.read().Practice.Query().Where(practice.ID(p.ID), ofColleague(ctx)).Exist(ctx)
	if err != nil || !colleague {
		return []*ent.Role{}, err
	}
	return r.roles(ctx, rule.Client, &p.ID)
}

func (r roleFields) Permissions(_ context.Context, o *ent.Role) ([]rule.Permission, error) {
	return o.Permissions.List(), nil
}

func (r roleFields) Practice(ctx context.Context, o *ent.Role) (*ent.Practice, error) {
	if o.PracticeID == nil {
		return nil, nil
	}
	return byID[*ent.Practice](ctx, r.Resolver, *o.PracticeID)
}
