package login

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"roster/ent"
	"roster/internal/rule"
)

// Order is how the account switcher is ordered.
type Order string

// The orders of the switcher.
const (
	ByName     Order = "NAME"
	ByLastUsed Order = "LAST_USED"
)

// Access is one account a login can open, and as what (RULES.md J6).
type Access struct {
	ID          string
	Account     any // *ent.Practice or *ent.ClientAccount
	Via         rule.Via
	Role        *ent.Role
	Permissions []rule.Permission
	LastUsedAt  *time.Time

	Membership   *ent.Membership // set where it was read along
	MembershipID string          // empty through a practice
	Recency      int64           // what ByLastUsed orders by: smaller is later, 0 is never
}

// AccountID is the id of the account it opens.
func (a *Access) AccountID() string { return strings.TrimPrefix(a.ID, accessIDPrefix) }

// NameKey is what ByName orders by.
func (a *Access) NameKey() string {
	switch x := a.Account.(type) {
	case *ent.Practice:
		return x.NameKey
	case *ent.ClientAccount:
		return x.NameKey
	}
	return ""
}

const accessIDPrefix = "acs_"

// AccessID is the id under which a login's way into an account is known; AccountOf reads it back.
func AccessID(account string) string { return accessIDPrefix + account }

// AccountOf is the account whose access an id names; empty when it names none.
func AccountOf(accessID string) string {
	if account, ok := strings.CutPrefix(accessID, accessIDPrefix); ok {
		return account
	}
	return ""
}

// Query is which accounts to list. Positions are the values a row is ordered by, its id last.
type Query struct {
	Search        string // part of the name, without letter case
	Kinds         []rule.Kind
	Via           []rule.Via
	Accounts      []string // only these
	OwnClients    bool     // only clients in which they have a membership of their own: whoever is in no practice has no other accounts
	Order         Order
	After, Before []any
	Back          bool // from the end
	Limit         int
}

// Accounts lists what the viewer can open now, in one prepared statement, or what of it was read ahead.
func (l *Logins) Accounts(ctx context.Context, q Query) ([]*Access, error) {
	if list, ok := readAlready(ctx, q); ok {
		return list, nil
	}
	return accounts(ctx, l.store, q)
}

// reader reads by a text of its own: the store, or a transaction.
type reader interface {
	Query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

func accounts(ctx context.Context, r reader, q Query) (list []*Access, err error) {
	err = each(ctx, r, q, func(one *row) { list = append(list, one.access()) })
	return list, err
}

// each reads the rows of a page, all into the same one.
func each(ctx context.Context, r reader, q Query, do func(*row)) error {
	t, ok := page(ctx, q)
	if !ok {
		return nil
	}
	rows, err := r.Query(ctx, t.String(), t.args...)
	if err != nil {
		return fmt.Errorf("list accounts: %w", err)
	}
	defer rows.Close()
	var one row
	for to := one.to(); rows.Next(); {
		if err := rows.Scan(to...); err != nil {
			return fmt.Errorf("list accounts: %w", err)
		}
		do(&one)
	}
	return rows.Err()
}

// CountAccounts counts what Accounts would list without a limit.
func (l *Logins) CountAccounts(ctx context.Context, q Query) (n int, err error) {
	t, ok := total(ctx, q)
	if !ok {
		return 0, nil
	}
	rows, err := l.store.Query(ctx, t.String(), t.args...)
	if err != nil {
		return 0, fmt.Errorf("count accounts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, fmt.Errorf("count accounts: %w", err)
		}
	}
	return n, rows.Err()
}

// AccessTo is the viewer's way into one account; nil when there is none.
func (l *Logins) AccessTo(ctx context.Context, account string) (*Access, error) {
	if account == "" {
		return nil, nil
	}
	list, err := l.Accounts(ctx, Query{Accounts: []string{account}, Limit: 1})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// row is what is read of one account. One of them is read into again and again.
type row struct {
	id                                           string
	via                                          rule.Via
	membership, practiceOf, rolePractice         sql.NullString
	recency                                      sql.NullInt64
	used                                         sql.NullTime
	pName, pKey, pCountry, cName, cKey, cCountry sql.NullString
	pKeep                                        sql.NullBool
	pVersion, cVersion, permissions              sql.NullInt64
	pCreated, cCreated                           sql.NullTime
	roleID                                       string
	roleName                                     sql.NullString
	rolePermissions                              sql.NullInt64
	roleCreated                                  sql.NullTime

	role   *ent.Role         // that of the row before, which many have in common; nil before the first
	list   []rule.Permission // what the row before allowed,
	listed rule.Permissions  // as a set
}

// to is where each column goes.
func (r *row) to() []any {
	return append([]any{&r.via, &r.pName, &r.pKey, &r.pCountry, &r.pKeep, &r.pVersion, &r.pCreated}, r.toClient()...)
}

// toClient is where those go that a client has.
func (r *row) toClient() []any {
	return []any{&r.id, &r.membership, &r.recency, &r.used, &r.practiceOf, &r.cName, &r.cKey, &r.cCountry, &r.cVersion, &r.cCreated,
		&r.permissions, &r.roleID, &r.rolePractice, &r.roleName, &r.rolePermissions, &r.roleCreated}
}

// itsRole is the role that the row names: one of the built-in ones, or what was read of it.
func (r *row) itsRole() *ent.Role {
	if r.role != nil && r.role.ID == r.roleID {
		return r.role
	}
	if r.role = ent.BuiltInRole(r.roleID); r.role != nil {
		return r.role
	}
	r.role = &ent.Role{ID: r.roleID, Kind: rule.Client, Name: r.roleName.String, Permissions: rule.Permissions(r.rolePermissions.Int64), CreatedAt: r.roleCreated.Time}
	if r.rolePractice.Valid {
		practice := r.rolePractice.String
		r.role.PracticeID = &practice
	}
	if r.pName.Valid {
		r.role.Kind = rule.Practice
	}
	return r.role
}

// may is what the row's login may do there. Rows that allow the same share the list.
func (r *row) may() []rule.Permission {
	set := rule.Permissions(r.permissions.Int64)
	if r.via == rule.ViaPractice {
		set = rule.BusinessAdminPermissions
	}
	if r.list == nil || r.listed != set {
		r.list, r.listed = set.List(), set
	}
	return r.list
}

// access is what the row says.
func (r *row) access() *Access {
	a := Access{ID: AccessID(r.id), Via: r.via, Role: r.itsRole(), MembershipID: r.membership.String, Recency: r.recency.Int64, Permissions: r.may()}
	if r.used.Valid {
		used := r.used.Time
		a.LastUsedAt = &used
	}
	if r.pName.Valid {
		a.Account = &ent.Practice{ID: r.id, Name: r.pName.String, NameKey: r.pKey.String, Country: r.pCountry.String,
			ClientsKeepAnAdministrator: r.pKeep.Bool, Version: int(r.pVersion.Int64), CreatedAt: r.pCreated.Time}
		return &a
	}
	both := &struct { // what is read together is kept together
		access Access
		client ent.ClientAccount
	}{a, ent.ClientAccount{ID: r.id, Name: r.cName.String, NameKey: r.cKey.String, Country: r.cCountry.String, Version: int(r.cVersion.Int64), CreatedAt: r.cCreated.Time}}
	if r.practiceOf.Valid {
		practice := r.practiceOf.String
		both.client.PracticeID = &practice
	}
	both.access.Account = &both.client
	return &both.access
}
