package graph

import (
	"context"

	"roster/ent"
	"roster/ent/membership"
	"roster/graph/model"
	"roster/internal/login"
	"roster/internal/rule"
)

// Account comes with what the row of the switcher says about it, so that its actions ask for nothing. It is a copy: under two
// names it is asked for twice at once.
func (r accessFields) Account(_ context.Context, a *login.Access) (model.Account, error) {
	switch x := a.Account.(type) {
	case *ent.Practice:
		one := *x
		one.Access = mayIn(a)
		return &one, nil
	case *ent.ClientAccount:
		one := *x
		one.Access = mayIn(a)
		return &one, nil
	}
	return a.Account, nil
}

func (r accessFields) Membership(ctx context.Context, a *login.Access) (*ent.Membership, error) {
	if a.Membership != nil || a.MembershipID == "" {
		return a.Membership, nil
	}
	return byID[*ent.Membership](ctx, r.Resolver, a.MembershipID)
}

// ownMemberships reads the memberships behind some rows of the switcher in one statement.
func (r *Resolver) ownMemberships(ctx context.Context, rows []*login.Access) error {
	var ids []string
	for _, a := range rows {
		if a.MembershipID != "" {
			ids = append(ids, a.MembershipID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	list, err := r.read().Membership.Query().Where(membership.IDIn(ids...)).All(ctx)
	if err != nil {
		return err
	}
	byID := map[string]*ent.Membership{}
	for _, m := range list {
		byID[m.ID] = m
	}
	for _, a := range rows {
		if m := byID[a.MembershipID]; m != nil {
			m.Edges.Role = a.Role
			a.Membership = m
		}
	}
	return nil
}

func mayIn(a *login.Access) *rule.Access {
	return &rule.Access{Via: a.Via, Membership: a.MembershipID, Permissions: rule.SetOf(a.Permissions)}
}

// leaving reads, for the client accounts among some rows of the switcher, what disconnecting them turns on.
func (r *Resolver) leaving(ctx context.Context, rows []*login.Access) error {
	var list []*ent.ClientAccount
	for _, a := range rows {
		if c, is := a.Account.(*ent.ClientAccount); is {
			c.Access = mayIn(a)
			list = append(list, c)
		}
	}
	return r.people.Leaving(ctx, list)
}
