package ent

import (
	"context"
	"errors"
	"slices"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"

	"roster/ent/membership"
	"roster/ent/predicate"
	"roster/ent/user"
	"roster/internal/rule"
)

// Listing reads a page of one account's memberships, and of the logins behind them what the page shows, in one statement. It is
// a MembershipQuery in all else: the policies say who is seen, of both. What is the same in all rows, since it is what they are
// looked for by, is not read with each; nor is what no page shows, so that SearchKey and JoinedAt are empty: the facts of a menu
// say whether somebody came in.
type Listing struct {
	*MembershipQuery
	kind    rule.Kind
	account string
	logins  []string // columns of users
}

// Listing is a Listing of an account of some kind.
func (c *MembershipClient) Listing(kind rule.Kind, account string) *Listing {
	return &Listing{MembershipQuery: c.Query().Where(membership.AccountID(account)), kind: kind, account: account}
}

// WithLogins reads logins, too: of each the id, the address and the columns that are named. Nothing else of them is there.
func (l *Listing) WithLogins(columns ...string) *Listing {
	l.logins = append([]string{user.FieldEmail}, columns...)
	return l
}

// Where narrows it.
func (l *Listing) Where(ps ...predicate.Membership) *Listing {
	l.MembershipQuery.Where(ps...)
	return l
}

// Order orders it.
func (l *Listing) Order(o ...membership.OrderOption) *Listing {
	l.MembershipQuery.Order(o...)
	return l
}

// Limit is how many rows there are at most.
func (l *Listing) Limit(n int) *Listing {
	l.MembershipQuery.Limit(n)
	return l
}

// Clone is another one like it.
func (l *Listing) Clone() *Listing {
	return &Listing{l.MembershipQuery.Clone(), l.kind, l.account, l.logins}
}

// All reads it. Of what a query can load along it loads logins, invitations, submission addresses and applications.
func (l *Listing) All(ctx context.Context) ([]*Membership, error) {
	if l.withPractice != nil || l.withClientAccount != nil || l.withBillableAccount != nil || l.withRole != nil || l.withGrants != nil || l.withApplicationUses != nil {
		return nil, errors.New("ent: a listing does not load that along")
	}
	ctx = setContextOp(ctx, l.ctx, ent.OpQueryAll)
	if err := l.prepareQuery(ctx); err != nil {
		return nil, err
	}
	spec := l.querySpec()
	rows := l.rows(spec)
	if l.logins != nil {
		seen := (&UserClient{config: l.config}).Query()
		if err := seen.prepareQuery(ctx); err != nil {
			return nil, err
		}
		spec.Modifiers = append(spec.Modifiers, joinLogins(seen.predicates, l.logins))
	}
	if err := sqlgraph.QueryNodes(ctx, l.driver, spec); err != nil {
		return nil, err
	}
	return rows.list, l.load(ctx, rows.list)
}

// columnsListed are the columns that are read of memberships, in the order of listed.to.
const columnsListed = `memberships.id, memberships.user_id, memberships.role_id, memberships.permissions, memberships.first_name, memberships.last_name,
memberships.name_key, memberships.email, memberships.mobile, memberships.whats_app_mobile, memberships.whats_app_active, memberships.billable_account_id,
memberships.login_access, memberships.status, memberships.is_owner, memberships.version, memberships.created_at, memberships.last_active_at,
memberships.deactivated_at, memberships.removed_at`

// listed are the rows of a Listing. All of them are read into one, and copied from there into a piece of memory that they share.
type listed struct {
	*Listing
	to []any // where each column goes

	one                                     Membership
	permissions, version                    int64
	user, email, mobile, whatsApp, billable sql.NullString
	deactivated, removed                    sql.NullTime

	room []listedRow
	list []*Membership
}

// listedRow is a membership with all that it points to.
type listedRow struct {
	Membership
	login       User
	user, email string
}

func (l *Listing) rows(spec *sqlgraph.QuerySpec) *listed {
	r := &listed{Listing: l, list: []*Membership{}}
	m := &r.one
	r.to = []any{&m.ID, &r.user, &m.RoleID, &r.permissions, &m.FirstName, &m.LastName, &m.NameKey, &r.email, &r.mobile, &r.whatsApp, &m.WhatsAppActive, &r.billable,
		&m.LoginAccess, (*string)(&m.Status), &m.IsOwner, &r.version, &m.CreatedAt, &m.LastActiveAt, &r.deactivated, &r.removed}
	n := len(r.to)
	m.config, m.Kind, m.AccountID = l.config, l.kind, l.account
	if l.kind == rule.Practice {
		m.PracticeID = &l.account
	} else {
		m.ClientAccountID = &l.account
	}
	m.Edges.loadedTypes[2], m.Edges.loadedTypes[5] = l.logins != nil || l.withUser != nil, l.withInvitations != nil
	m.Edges.loadedTypes[7], m.Edges.loadedTypes[8] = l.withSubmissionAddresses != nil, l.withApplications != nil

	spec.Node.Columns = nil // not by name
	spec.Modifiers = append(slices.Clone(l.modifiers), func(s *sql.Selector) { s.AppendSelectExpr(sql.Raw(columnsListed)) })
	spec.ScanValues = again(func(columns []string) ([]any, error) {
		more, err := (*User).scanValues(nil, columns[n:])
		return append(r.to, more...), err
	})
	spec.Assign = func(columns []string, values []any) error { return r.add(columns[n:], values[n:]) }
	return r
}

// add copies the row that was read.
func (r *listed) add(columns []string, login []any) error {
	if len(r.room) == cap(r.room) {
		r.room = make([]listedRow, 0, 26) // 25 KB, and two for most pages; those before stay where they are
	}
	r.room = r.room[:len(r.room)+1]
	row := &r.room[len(r.room)-1]
	m := &row.Membership
	*m = r.one
	m.Permissions, m.Version = rule.Permissions(r.permissions), int(r.version)
	row.user, row.email = r.user.String, r.email.String
	if r.user.Valid {
		m.UserID = &row.user
	}
	if r.email.Valid {
		m.Email = &row.email
	}
	m.Mobile, m.WhatsAppMobile, m.BillableAccountID = text(r.mobile), text(r.whatsApp), text(r.billable)
	m.DeactivatedAt, m.RemovedAt = moment(r.deactivated), moment(r.removed)
	r.list = append(r.list, m)
	if len(columns) == 0 {
		return nil
	}
	if err := row.login.assignValues(columns, login); err != nil {
		return err
	}
	if row.login.Email != "" { // else there is none, or none that is seen
		row.login.config, row.login.ID = r.config, row.user
		m.Edges.User = &row.login
	}
	return nil
}

// joinLogins joins the logins that are seen.
func joinLogins(seen []predicate.User, columns []string) func(*sql.Selector) {
	return func(s *sql.Selector) {
		t := sql.Table(user.Table)
		s.LeftJoin(t).On(s.C(membership.FieldUserID), t.C(user.FieldID))
		q := sql.Dialect(s.Dialect()).Select().From(t)
		for _, p := range seen {
			p(q)
		}
		if who := q.P(); who != nil { // nil where everything is seen
			s.OnP(who)
		}
		s.AppendSelect(t.Columns(columns...)...)
	}
}

// load loads along what was asked for.
func (l *Listing) load(ctx context.Context, list []*Membership) error {
	if len(list) == 0 {
		return nil
	}
	if q := l.withUser; q != nil {
		if err := l.loadUser(ctx, q, list, nil, func(m *Membership, u *User) { m.Edges.User = u }); err != nil {
			return err
		}
	}
	if q := l.withInvitations; q != nil {
		if err := l.loadInvitations(ctx, q, list, func(m *Membership) { m.Edges.Invitations = []*Invitation{} },
			func(m *Membership, i *Invitation) { m.Edges.Invitations = append(m.Edges.Invitations, i) }); err != nil {
			return err
		}
	}
	if q := l.withSubmissionAddresses; q != nil {
		if err := l.loadSubmissionAddresses(ctx, q, list, func(m *Membership) { m.Edges.SubmissionAddresses = []*SubmissionAddress{} },
			func(m *Membership, a *SubmissionAddress) {
				m.Edges.SubmissionAddresses = append(m.Edges.SubmissionAddresses, a)
			}); err != nil {
			return err
		}
	}
	if q := l.withApplications; q != nil {
		return l.loadApplications(ctx, q, list, func(m *Membership) { m.Edges.Applications = []*Application{} },
			func(m *Membership, a *Application) { m.Edges.Applications = append(m.Edges.Applications, a) })
	}
	return nil
}

func text(s sql.NullString) *string {
	if !s.Valid {
		return nil
	}
	value := s.String
	return &value
}

func moment(t sql.NullTime) *time.Time {
	if !t.Valid {
		return nil
	}
	value := t.Time
	return &value
}

// WithoutLogin is the same membership with its login not read, for whoever may ask more of it than a listing has.
func (m *Membership) WithoutLogin() *Membership {
	one := *m
	one.Edges.User, one.Edges.loadedTypes[2] = nil, false // as UserOrErr numbers it
	return &one
}
