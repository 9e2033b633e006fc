package graph

import (
	"context"
	"strings"

	"roster/ent"
	"roster/ent/application"
	"roster/ent/clientaccount"
	"roster/ent/clientgrant"
	"roster/ent/document"
	"roster/ent/event"
	"roster/ent/invitation"
	"roster/ent/membership"
	"roster/ent/practice"
	"roster/ent/role"
	"roster/ent/session"
	"roster/ent/user"
	"roster/graph/model"
	"roster/internal/login"
)

// nodesByID finds what the viewer can see of some ids, in one statement for each kind of thing among them.
func (r *Resolver) nodesByID(ctx context.Context, ids []string) (map[string]model.Node, error) {
	kinds := map[string][]string{}
	for _, id := range ids {
		prefix, _, _ := strings.Cut(id, "_")
		kinds[prefix] = append(kinds[prefix], id)
	}
	found := map[string]model.Node{}
	for prefix, ids := range kinds {
		if err := r.nodesOf(ctx, prefix, ids, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (r *Resolver) nodesOf(ctx context.Context, prefix string, ids []string, found map[string]model.Node) error {
	switch c := r.read(); prefix {
	case "usr":
		return put(found, func(u *ent.User) string { return u.ID })(c.User.Query().Where(user.IDIn(ids...)).All(ctx))
	case "prc":
		return put(found, func(p *ent.Practice) string { return p.ID })(c.Practice.Query().Where(practice.IDIn(ids...)).All(ctx))
	case "cli":
		return put(found, func(a *ent.ClientAccount) string { return a.ID })(c.ClientAccount.Query().Where(clientaccount.IDIn(ids...)).All(ctx))
	case "mem":
		return put(found, func(m *ent.Membership) string { return m.ID })(c.Membership.Query().Where(membership.IDIn(ids...)).All(ctx))
	case "inv":
		invitations, err := c.Invitation.Query().Where(invitation.IDIn(ids...)).All(ctx)
		if err == nil {
			err = r.hideInviters(ctx, invitations)
		}
		return put(found, func(i *ent.Invitation) string { return i.ID })(invitations, err)
	case "doc":
		documents, err := c.Document.Query().Where(document.IDIn(ids...)).All(ctx)
		if err == nil {
			err = r.hideSubmitters(ctx, documents)
		}
		return put(found, func(d *ent.Document) string { return d.ID })(documents, err)
	case "grt":
		return put(found, func(g *ent.ClientGrant) string { return g.ID })(r.grants(ctx).Where(clientgrant.IDIn(ids...)).All(ctx))
	case "rol":
		return put(found, func(r *ent.Role) string { return r.ID })(c.Role.Query().Where(role.IDIn(ids...), role.DeletedAtIsNil()).All(ctx))
	case "app":
		return put(found, func(a *ent.Application) string { return a.ID })(c.Application.Query().Where(application.IDIn(ids...)).All(ctx))
	case "ses":
		return put(found, func(s *ent.Session) string { return s.ID })(c.Session.Query().Where(session.IDIn(ids...), login.Running(ctx)).All(ctx))
	case "evt":
		events, err := c.Event.Query().Where(event.IDIn(ids...)).All(ctx)
		if err == nil {
			err = r.hideActors(ctx, events)
		}
		return put(found, func(e *ent.Event) string { return e.ID })(events, err)
	case "vwr":
		if v := me(ctx); v != nil {
			found[v.ID()] = v
		}
	case "acs":
		return r.accessesOf(ctx, ids, found)
	}
	return nil
}

// put adds rows by their ids.
func put[T any](found map[string]model.Node, id func(*T) string) func([]*T, error) error {
	return func(rows []*T, err error) error {
		for _, row := range rows {
			found[id(row)] = row
		}
		return err
	}
}

func (r *Resolver) accessesOf(ctx context.Context, ids []string, found map[string]model.Node) error {
	var accounts []string
	for _, id := range ids {
		accounts = append(accounts, login.AccountOf(id))
	}
	list, err := r.logins.Accounts(ctx, login.Query{Accounts: accounts, Limit: len(accounts)})
	return put(found, func(a *login.Access) string { return a.ID })(list, err)
}
