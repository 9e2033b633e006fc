package graph

import (
	"context"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"roster/ent"
	"roster/ent/invitation"
	"roster/ent/membership"
	"roster/ent/user"
	"roster/graph/generated"
	"roster/graph/model"
	"roster/graph/page"
	"roster/internal/rule"
)

// listed are the statuses that a list shows when none are named; the Deactivated tab asks for its own.
var listed = []rule.Status{rule.AwaitingActivation, rule.Pending, rule.Active}

// memberships is a page of an account's people. parent sets the account, so that it is not fetched for every row.
func (r *Resolver) memberships(ctx context.Context, kind rule.Kind, account string, args page.Args, filter *generated.MembershipFilter, order *generated.MembershipOrder,
	parent func(*ent.Membership),
) (*model.MembershipConnection, error) {
	q := r.read().Membership.Listing(kind, account)
	if err := narrow(q.MembershipQuery, some(filter)); err != nil {
		return nil, err
	}
	asked, ok := page.Asked(ctx, "user")
	columns, all := ofLogins(asked)
	whole := !ok || !all
	switch {
	case whole:
		q.WithUser()
	case len(asked) > 0:
		q.WithLogins(columns...)
	}
	if page.Wants(ctx, "invitation") {
		q.WithInvitations(latestFirst)
	}
	if page.Wants(ctx, "applications") {
		q.WithApplications(byName)
	}
	if page.Wants(ctx, "submissionAddresses") {
		q.WithSubmissionAddresses(current)
	}
	c, err := page.Of(ctx, q, membershipOrder(account, order), args)
	if err != nil {
		return nil, err
	}
	people := c.Nodes()
	if page.Wants(ctx, "role") {
		if err := r.setRoles(ctx, people); err != nil {
			return nil, err
		}
	}
	var invitations []*ent.Invitation
	if page.Wants(ctx, "actions") || page.Wants(ctx, "invitation") { // an invitation has a menu, too
		if err := r.people.Manageable(ctx, people); err != nil {
			return nil, err
		}
	}
	for _, e := range c.Edges {
		parent(e.Node)
		back := e.Node
		if !whole && len(back.Edges.Invitations) > 0 { // other fields of the login may be asked for on this way
			back = back.WithoutLogin()
		}
		for _, i := range e.Node.Edges.Invitations {
			i.Edges.Membership = back
		}
		invitations = append(invitations, e.Node.Edges.Invitations...)
	}
	return c, r.hideInviters(ctx, invitations)
}

// ofLogins are the columns that some fields of logins are answered from, beside the id and the address; all is false where there
// are others among them.
func ofLogins(asked []string) (columns []string, all bool) {
	for _, field := range asked {
		switch field {
		case "__typename", "id":
		case "email":
			columns = append(columns, user.FieldEndedEmail)
		case "emailVerified":
			columns = append(columns, user.FieldEmailVerifiedAt)
		case "firstName":
			columns = append(columns, user.FieldFirstName)
		case "lastName":
			columns = append(columns, user.FieldLastName)
		case "createdAt":
			columns = append(columns, user.FieldCreatedAt)
		default:
			return nil, false
		}
	}
	slices.Sort(columns) // so that the statement is the same, in whatever order they are asked for
	return slices.Compact(columns), true
}

// setRoles gives people their roles.
func (r *Resolver) setRoles(ctx context.Context, people []*ent.Membership) error {
	var ids []string
	for _, m := range people {
		if !slices.Contains(ids, m.RoleID) {
			ids = append(ids, m.RoleID)
		}
	}
	found, err := r.rolesOf(ctx, ids)
	for _, m := range people {
		m.Edges.Role = found[m.RoleID]
	}
	return err
}

func latestFirst(q *ent.InvitationQuery) {
	q.Order(invitation.ByCreatedAt(descending()), invitation.ByID(descending()))
}

func narrow(q *ent.MembershipQuery, f generated.MembershipFilter) error {
	statuses, named := given(f.Statuses)
	if !named {
		statuses = listed
	}
	q.Where(membership.StatusIn(statuses...))
	if roles, named := given(f.RoleIds); named {
		if len(roles) > maxNodes {
			return rule.BadRequest("filter by at most 100 roles at once")
		}
		q.Where(membership.RoleIDIn(roles...))
	}
	if on := some(f.LoginAccess.Value()); f.LoginAccess.Value() != nil {
		q.Where(membership.LoginAccess(on))
	}
	if is := some(f.Owner.Value()); f.Owner.Value() != nil {
		q.Where(membership.IsOwner(is))
	}
	text, err := searchText(f.Search.Value())
	if text != "" {
		q.Where(membership.SearchKeyContains(text))
	}
	return err
}

// given is a list argument and whether there is one: null is the same as none.
func given[T any](o graphql.Omittable[[]T]) ([]T, bool) {
	list := o.Value()
	return list, list != nil
}

func membershipOrder(account string, asked *generated.MembershipOrder) page.Order[*ent.Membership] {
	o := page.Order[*ent.Membership]{List: "memberships", Scope: account, ID: func(m *ent.Membership) string { return m.ID }}
	by := page.Text(membership.FieldNameKey, func(m *ent.Membership) string { return m.NameKey })
	if asked != nil {
		o.Desc = asked.Direction == generated.OrderDirectionDesc
		switch asked.Field {
		case generated.MembershipOrderFieldCreatedAt:
			by = page.Moment(membership.FieldCreatedAt, func(m *ent.Membership) time.Time { return m.CreatedAt })
		case generated.MembershipOrderFieldLastActiveAt:
			by = page.Moment(membership.FieldLastActiveAt, func(m *ent.Membership) time.Time { return m.LastActiveAt })
		}
	}
	o.By = []page.Column[*ent.Membership]{by}
	return o
}

func (r memberFields) Account(ctx context.Context, m *ent.Membership) (model.Account, error) {
	switch {
	case m.Edges.Practice != nil:
		return m.Edges.Practice, nil
	case m.Edges.ClientAccount != nil:
		return m.Edges.ClientAccount, nil
	}
	return r.accountByID(ctx, m.AccountID)
}

func (r memberFields) User(ctx context.Context, m *ent.Membership) (*ent.User, error) {
	if m.UserID == nil {
		return nil, nil
	}
	if u, err := m.Edges.UserOrErr(); !ent.IsNotLoaded(err) {
		return orNull(u, err)
	}
	return byID[*ent.User](ctx, r.Resolver, *m.UserID)
}

// BillableAccount is the company that pays, where the viewer can see it: one company does not know of another.
func (r memberFields) BillableAccount(ctx context.Context, m *ent.Membership) (*ent.ClientAccount, error) {
	if m.BillableAccountID == nil {
		return nil, nil
	}
	return byID[*ent.ClientAccount](ctx, r.Resolver, *m.BillableAccountID)
}

func (r memberFields) Role(ctx context.Context, m *ent.Membership) (*ent.Role, error) {
	if m.Edges.Role != nil {
		return m.Edges.Role, nil
	}
	return r.loaders(ctx).roles.Load(ctx, m.RoleID)
}

func (r memberFields) Permissions(_ context.Context, m *ent.Membership) ([]rule.Permission, error) {
	return m.Permissions.List(), nil
}

func (r memberFields) IsDocumentOwner(_ context.Context, m *ent.Membership) (bool, error) {
	return ownsDocuments(m), nil
}

// ownsDocuments: every user of a client account, pending and no-login ones too, until they are removed (A4).
func ownsDocuments(m *ent.Membership) bool {
	return m.Kind == rule.Client && m.Status != rule.Removed
}

func (r memberFields) Invitation(ctx context.Context, m *ent.Membership) (*ent.Invitation, error) {
	list, err := m.Edges.InvitationsOrErr()
	if ent.IsNotLoaded(err) {
		return r.loaders(ctx).invitations.Load(ctx, m.ID)
	}
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

func (r memberFields) LastActiveAt(_ context.Context, m *ent.Membership) (*time.Time, error) {
	return lastActive(m), nil
}
