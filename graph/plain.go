package graph

import (
	"context"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/ent"
	"roster/ent/schema"
	"roster/graph/direct"
	"roster/graph/model"
	"roster/graph/page"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/viewer"
)

// direct is the @direct directive: the answer of a list or a menu is written at once where all that is asked of it is in hand.
func (r *Resolver) direct(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	found, err := next(ctx)
	if err != nil {
		return found, err
	}
	var m graphql.Marshaler
	written := false
	switch v := found.(type) {
	case *model.AccountAccessConnection:
		m, written = direct.Answer(ctx, plainAccounts, v)
	case *model.MembershipConnection:
		m, written = direct.Answer(ctx, plainMembers, v)
	case *model.MembershipActions:
		m, written = direct.Answer(ctx, plainMenu, v)
	}
	if !written {
		return found, nil
	}
	return m, nil
}

// Lend lets what is written at once under ctx be read where it was written, which spares copying it. Whoever reads it calls back
// once nobody does any more, and never where somebody might.
func Lend(ctx context.Context) (_ context.Context, back func()) {
	ctx, loan := direct.Lend(ctx)
	return ctx, loan.Back
}

// What can be written directly of each type: what its row holds, and what lists read along with it. All else, such as the
// lists inside an account, is gqlgen's.
var (
	plainAccounts = plainPage("AccountAccess", plainAccess)
	plainMembers  = plainPage("Membership", plainMember)

	plainAccess = &direct.Object[*login.Access]{Name: "AccountAccess", Interfaces: node, Fields: map[string]direct.Field[*login.Access]{
		"id":          direct.Text(func(a *login.Access) string { return a.ID }),
		"account":     direct.Either(plainPractice, plainClient, func(a *login.Access) any { return a.Account }),
		"via":         direct.Text(func(a *login.Access) rule.Via { return a.Via }),
		"role":        direct.Is(plainRole, func(a *login.Access) *ent.Role { return a.Role }),
		"permissions": direct.Texts(func(a *login.Access) []rule.Permission { return a.Permissions }, false),
		"lastUsedAt":  direct.Moment(func(a *login.Access) *time.Time { return a.LastUsedAt }),
	}}

	plainPractice = &direct.Object[*ent.Practice]{Name: "Practice", Interfaces: account, Fields: map[string]direct.Field[*ent.Practice]{
		"id":        direct.Text(func(p *ent.Practice) string { return p.ID }),
		"name":      direct.Text(func(p *ent.Practice) string { return p.Name }),
		"kind":      direct.Text(func(*ent.Practice) rule.Kind { return rule.Practice }),
		"createdAt": direct.Moment(func(p *ent.Practice) *time.Time { return &p.CreatedAt }),
	}}

	plainClient = &direct.Object[*ent.ClientAccount]{Name: "ClientAccount", Interfaces: account, Fields: map[string]direct.Field[*ent.ClientAccount]{
		"id":        direct.Text(func(c *ent.ClientAccount) string { return c.ID }),
		"name":      direct.Text(func(c *ent.ClientAccount) string { return c.Name }),
		"kind":      direct.Text(func(*ent.ClientAccount) rule.Kind { return rule.Client }),
		"createdAt": direct.Moment(func(c *ent.ClientAccount) *time.Time { return &c.CreatedAt }),
	}}

	plainRole = &direct.Object[*ent.Role]{Name: "Role", Interfaces: node, Fields: map[string]direct.Field[*ent.Role]{
		"id":          direct.Text(func(o *ent.Role) string { return o.ID }),
		"name":        direct.Text(func(o *ent.Role) string { return o.Name }),
		"kind":        direct.Text(func(o *ent.Role) rule.Kind { return o.Kind }),
		"builtIn":     direct.Bool(func(o *ent.Role) bool { return o.BuiltIn }),
		"permissions": direct.Texts(func(o *ent.Role) []rule.Permission { return o.Permissions.List() }, false),
	}}

	plainUser = &direct.Object[*ent.User]{Name: "User", Interfaces: node, Fields: map[string]direct.Field[*ent.User]{
		"id":            direct.Text(func(u *ent.User) string { return u.ID }),
		"firstName":     direct.Text(func(u *ent.User) string { return u.FirstName }),
		"lastName":      direct.Text(func(u *ent.User) string { return u.LastName }),
		"email":         direct.Text(emailOf),
		"emailVerified": direct.Bool(func(u *ent.User) bool { return u.EmailVerifiedAt != nil }),
		"createdAt":     direct.Moment(func(u *ent.User) *time.Time { return &u.CreatedAt }),
	}}

	plainApplication = &direct.Object[*ent.Application]{Name: "Application", Interfaces: node, Fields: map[string]direct.Field[*ent.Application]{
		"id":        direct.Text(func(a *ent.Application) string { return a.ID }),
		"name":      direct.Text(func(a *ent.Application) string { return a.Name }),
		"createdAt": direct.Moment(func(a *ent.Application) *time.Time { return &a.CreatedAt }),
	}}

	plainMember = &direct.Object[*ent.Membership]{Name: "Membership", Interfaces: node, Fields: map[string]direct.Field[*ent.Membership]{
		"id":              direct.Text(func(m *ent.Membership) string { return m.ID }),
		"account":         direct.Either(plainPractice, plainClient, accountOf),
		"user":            direct.One(plainUser, userOf),
		"firstName":       direct.Text(func(m *ent.Membership) string { return m.FirstName }),
		"lastName":        direct.Text(func(m *ent.Membership) string { return m.LastName }),
		"email":           direct.Maybe(func(m *ent.Membership) *string { return m.Email }),
		"mobile":          direct.Maybe(func(m *ent.Membership) *string { return m.Mobile }),
		"role":            direct.One(plainRole, func(m *ent.Membership) (*ent.Role, bool, bool) { return m.Edges.Role, true, m.Edges.Role != nil }),
		"permissions":     direct.Texts(func(m *ent.Membership) []rule.Permission { return m.Permissions.List() }, false),
		"loginAccess":     direct.Bool(func(m *ent.Membership) bool { return m.LoginAccess }),
		"status":          direct.Text(func(m *ent.Membership) rule.Status { return m.Status }),
		"isOwner":         direct.Bool(func(m *ent.Membership) bool { return m.IsOwner }),
		"isDocumentOwner": direct.Bool(ownsDocuments),
		"invitation":      direct.One(plainInvitation, invitationOf),
		"applications":    direct.Many(plainApplication, applicationsIn),
		"version":         direct.Int(func(m *ent.Membership) int { return m.Version }),
		"createdAt":       direct.Moment(func(m *ent.Membership) *time.Time { return &m.CreatedAt }),
		"lastActiveAt":    direct.Moment(lastActive),
		"deactivatedAt":   direct.Moment(func(m *ent.Membership) *time.Time { return m.DeactivatedAt }),
		"actions":         direct.Alike(plainMenu, menuOf, factsOf),
	}}

	plainInvitation = &direct.Object[*ent.Invitation]{Name: "Invitation", Interfaces: node, Fields: map[string]direct.Field[*ent.Invitation]{
		"id":            direct.Text(func(i *ent.Invitation) string { return i.ID }),
		"channel":       direct.Text(func(i *ent.Invitation) rule.Channel { return i.Channel }),
		"sentTo":        direct.Maybe(func(i *ent.Invitation) *string { return i.SentTo }),
		"sentFrom":      direct.Maybe(func(i *ent.Invitation) *string { return i.SentFrom }),
		"delivery":      direct.Text(func(i *ent.Invitation) rule.Delivery { return i.Delivery }),
		"deliveryError": direct.Maybe(func(i *ent.Invitation) *string { return i.DeliveryError }),
		"createdAt":     direct.Moment(func(i *ent.Invitation) *time.Time { return &i.CreatedAt }),
		"lastSentAt":    direct.Moment(func(i *ent.Invitation) *time.Time { return i.LastSentAt }),
		"expiresAt":     direct.Moment(func(i *ent.Invitation) *time.Time { return i.ExpiresAt }),
		"sentCount":     direct.Int(func(i *ent.Invitation) int { return i.SentCount }),
		"invitedBy":     direct.Text(func(i *ent.Invitation) string { return i.InvitedByName }),
		"acceptedAt":    direct.Moment(func(i *ent.Invitation) *time.Time { return i.AcceptedAt }),
		"cancelledAt":   direct.Moment(func(i *ent.Invitation) *time.Time { return i.CancelledAt }),
		"status": func(p *direct.Plan, _ ast.SelectionSet) direct.Write[*ent.Invitation] {
			if p.Context == nil {
				return nil
			}
			v, _ := viewer.From(p.Context)
			return func(b []byte, i *ent.Invitation) ([]byte, bool) {
				return direct.String(b, string(rule.Standing(i.Status, i.ExpiresAt, v.At))), true
			}
		},
	}}
)

// The Manage menu: each entry's field is the method of its name.
var (
	plainMenu = &direct.Object[*model.MembershipActions]{Name: "MembershipActions", Fields: map[string]direct.Field[*model.MembershipActions]{
		"editDetails":         direct.Is(plainAction, (*model.MembershipActions).EditDetails),
		"changeEmail":         direct.Is(plainAction, (*model.MembershipActions).ChangeEmail),
		"editPrivileges":      direct.Is(plainAction, (*model.MembershipActions).EditPrivileges),
		"setLoginAccess":      direct.Is(plainAction, (*model.MembershipActions).SetLoginAccess),
		"sendPasswordReset":   direct.Is(plainAction, (*model.MembershipActions).SendPasswordReset),
		"deactivate":          direct.Is(plainAction, (*model.MembershipActions).Deactivate),
		"enable":              direct.Is(plainAction, (*model.MembershipActions).Enable),
		"remove":              direct.Is(plainAction, (*model.MembershipActions).Remove),
		"leave":               direct.Is(plainAction, (*model.MembershipActions).Leave),
		"transferOwnershipTo": direct.Is(plainAction, (*model.MembershipActions).TransferOwnershipTo),
		"activate":            direct.Is(plainAction, (*model.MembershipActions).Activate),
		"sendWelcome":         direct.Is(plainAction, (*model.MembershipActions).SendWelcome),
		"editClientAccess":    direct.Is(plainAction, (*model.MembershipActions).EditClientAccess),
	}}

	plainAction = &direct.Object[model.Action]{Name: "Action", Fields: map[string]direct.Field[model.Action]{
		"allowed":  direct.Bool(model.Action.Allowed),
		"problems": direct.Many(plainProblem, func(a model.Action) ([]rule.Problem, bool) { return a.Verdict, true }),
		"effects":  direct.Many(plainEffect, func(a model.Action) ([]rule.Effect, bool) { return a.Told(), true }),
	}}

	plainProblem = &direct.Object[rule.Problem]{Name: "Problem", Fields: map[string]direct.Field[rule.Problem]{
		"code":    direct.Text(func(p rule.Problem) rule.Code { return p.Code }),
		"message": direct.Text(func(p rule.Problem) string { return p.Message }),
		"field":   direct.Texts(func(p rule.Problem) []string { return p.Field }, true),
		"remedy": direct.Leaf(func(b []byte, p rule.Problem) ([]byte, bool) {
			if p.Remedy == "" {
				return append(b, "null"...), true
			}
			return direct.String(b, string(p.Remedy)), true
		}),
		"subject": nobody("null", func(p rule.Problem) bool { return p.Subject == "" }),
		"related": nobody("[]", func(p rule.Problem) bool { return len(p.Related) == 0 }),
	}}

	plainEffect = &direct.Object[rule.Effect]{Name: "Effect", Fields: map[string]direct.Field[rule.Effect]{
		"code":    direct.Text(func(e rule.Effect) rule.EffectCode { return e.Code }),
		"message": direct.Text(func(e rule.Effect) string { return e.Message }),
		"count":   direct.Count(func(e rule.Effect) *int { return e.Count }),
	}}

	plainInfo = &direct.Object[page.Info]{Name: "PageInfo", Fields: map[string]direct.Field[page.Info]{
		"hasNextPage":     direct.Bool(func(i page.Info) bool { return i.HasNextPage }),
		"hasPreviousPage": direct.Bool(func(i page.Info) bool { return i.HasPreviousPage }),
		"startCursor":     direct.Maybe(page.Info.StartCursor),
		"endCursor":       direct.Maybe(page.Info.EndCursor),
	}}
)

// The interfaces of the types.
var (
	node    = []string{"Node"}
	account = []string{"Node", "Account"}
)

// plainPage is a page of rows that can be written.
func plainPage[T any](row string, o *direct.Object[T]) *direct.Object[*page.Connection[T]] {
	edge := &direct.Object[page.Edge[T]]{Name: row + "Edge", Fields: map[string]direct.Field[page.Edge[T]]{
		"cursor": direct.Text(page.Edge[T].Cursor),
		"node":   direct.Is(o, func(e page.Edge[T]) T { return e.Node }),
	}}
	return &direct.Object[*page.Connection[T]]{Name: row + "Connection", Fields: map[string]direct.Field[*page.Connection[T]]{
		"edges":    direct.Many(edge, func(c *page.Connection[T]) ([]page.Edge[T], bool) { return c.Edges, true }),
		"nodes":    direct.Many(o, func(c *page.Connection[T]) ([]T, bool) { return c.Nodes(), true }),
		"pageInfo": direct.Is(plainInfo, func(c *page.Connection[T]) page.Info { return c.PageInfo }),
		"totalCount": func(p *direct.Plan, _ ast.SelectionSet) direct.Write[*page.Connection[T]] {
			if p.Context == nil {
				return nil
			}
			return func(b []byte, c *page.Connection[T]) ([]byte, bool) {
				n, err := c.TotalCount(p.Context)
				return strconv.AppendInt(b, int64(n), 10), err == nil
			}
		},
	}}
}

// nobody is a field of things that have to be looked for: it is written where there are none.
func nobody[T any](text string, none func(T) bool) direct.Field[T] {
	return direct.Leaf(func(b []byte, v T) ([]byte, bool) { return append(b, text...), none(v) })
}

func accountOf(m *ent.Membership) any {
	switch {
	case m.Edges.Practice != nil:
		return m.Edges.Practice
	case m.Edges.ClientAccount != nil:
		return m.Edges.ClientAccount
	}
	return nil
}

func userOf(m *ent.Membership) (u *ent.User, some, ok bool) {
	if m.UserID == nil {
		return nil, false, true
	}
	u, err := m.Edges.UserOrErr()
	return u, u != nil, err == nil || ent.IsNotFound(err)
}

func invitationOf(m *ent.Membership) (i *ent.Invitation, some, ok bool) {
	list, err := m.Edges.InvitationsOrErr()
	if err != nil || len(list) == 0 {
		return nil, false, err == nil
	}
	return list[0], true, true
}

func applicationsIn(m *ent.Membership) (list []*ent.Application, ok bool) {
	list, err := m.Edges.ApplicationsOrErr()
	return list, err == nil && !m.NameOnly
}

func menuOf(m *ent.Membership) *model.MembershipActions {
	return &model.MembershipActions{Facts: m.Managed}
}

// factsOf are all that a menu turns on: people of whom the same is known have the same one, whoever they are.
func factsOf(m *ent.Membership) (facts rule.Managed, ok bool) {
	if m.Managed == nil {
		return facts, false
	}
	facts = *m.Managed
	facts.Member.ID = ""
	return facts, true
}

func lastActive(m *ent.Membership) *time.Time {
	if m.LastActiveAt.Equal(schema.Epoch) {
		return nil
	}
	return &m.LastActiveAt
}
