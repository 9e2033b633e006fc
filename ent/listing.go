package ent

import (
	"context"
	"slices"

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
// looked for by, is not read with each; nor is what they are searched by, so that SearchKey is empty.
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

// ofListing are the columns that are read.
var ofListing = slices.DeleteFunc(slices.Clone(membership.Columns), func(column string) bool {
	return slices.Contains([]string{membership.FieldKind, membership.FieldAccountID, membership.FieldPracticeID, membership.FieldClientAccountID, membership.FieldSearchKey}, column)
})

// All reads it.
func (l *Listing) All(ctx context.Context) ([]*Membership, error) {
	ctx = setContextOp(ctx, l.ctx, ent.OpQueryAll)
	if err := l.prepareQuery(ctx); err != nil {
		return nil, err
	}
	logins := loginsOf{columns: l.logins}
	if l.logins != nil {
		q := (&UserClient{config: l.config}).Query()
		if err := q.prepareQuery(ctx); err != nil {
			return nil, err
		}
		logins.seen = q.predicates
	}
	list, err := l.sqlAll(ctx, func(_ context.Context, spec *sqlgraph.QuerySpec) {
		spec.Node.Columns = ofListing
		logins.join(spec)
	})
	for i, m := range list {
		m.Kind, m.AccountID = l.kind, l.account
		if l.kind == rule.Practice {
			m.PracticeID = &l.account
		} else {
			m.ClientAccountID = &l.account
		}
		if u := logins.of(i); u != nil {
			u.config, u.ID = l.config, *m.UserID
			m.Edges.User = u
		}
	}
	return list, err
}

// loginsOf are the logins behind the rows of a statement about memberships, which it joins to them.
type loginsOf struct {
	columns []string         // none where none are wanted
	seen    []predicate.User // who of them is seen
	rows    []User           // by the number of the row; without an address there is none, or none that is seen
}

func (l *loginsOf) of(row int) *User {
	if row >= len(l.rows) || l.rows[row].Email == "" {
		return nil
	}
	return &l.rows[row]
}

func (l *loginsOf) join(spec *sqlgraph.QuerySpec) {
	if len(l.columns) == 0 {
		return
	}
	l.rows = make([]User, 0, spec.Limit)
	spec.Modifiers = append(slices.Clone(spec.Modifiers), func(s *sql.Selector) {
		t := sql.Table(user.Table)
		s.LeftJoin(t).On(s.C(membership.FieldUserID), t.C(user.FieldID))
		seen := sql.Dialect(s.Dialect()).Select().From(t)
		for _, p := range l.seen {
			p(seen)
		}
		if who := seen.P(); who != nil { // nil where everything is seen
			s.OnP(who)
		}
		s.AppendSelect(t.Columns(l.columns...)...)
	})
	scan, assign, n := spec.ScanValues, spec.Assign, len(spec.Node.Columns)
	spec.ScanValues = again(func(columns []string) ([]any, error) {
		values, err := scan(columns[:n])
		if err != nil {
			return nil, err
		}
		more, err := (*User).scanValues(nil, columns[n:])
		return append(values, more...), err
	})
	spec.Assign = func(columns []string, values []any) error {
		if err := assign(columns[:n], values[:n]); err != nil {
			return err
		}
		var u User
		err := u.assignValues(columns[n:], values[n:])
		l.rows = append(l.rows, u)
		return err
	}
}
