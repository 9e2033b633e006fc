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

// Accounts lists what the viewer can open now, in one prepared statement.
func (l *Logins) Accounts(ctx context.Context, q Query) ([]*Access, error) {
	return accounts(ctx, l.store, q)
}

// reader reads by a text of its own: the store, or a transaction.
type reader interface {
	Query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

func accounts(ctx context.Context, r reader, q Query) ([]*Access, error) {
	t, ok := page(ctx, q)
	if !ok {
		return nil, nil
	}
	rows, err := r.Query(ctx, t.String(), t.args...)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	defer rows.Close()
	var list []*Access
	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list accounts: %w", err)
		}
		list = append(list, a)
	}
	return list, rows.Err()
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

func scan(rows *sql.Rows) (*Access, error) {
	var (
		a                                            Access
		id                                           string
		membership, practiceOf, rolePractice         sql.NullString
		used                                         sql.NullTime
		pName, pKey, pCountry, cName, cKey, cCountry sql.NullString
		pKeep                                        sql.NullBool
		pVersion, cVersion, permissions              sql.NullInt64
		pCreated, cCreated                           sql.NullTime
		role                                         ent.Role
	)
	err := rows.Scan(&id, &a.Via, &membership, &a.Recency, &used, &pName, &pKey, &pCountry, &pKeep, &pVersion, &pCreated,
		&practiceOf, &cName, &cKey, &cCountry, &cVersion, &cCreated,
		&permissions, &role.ID, &rolePractice, &role.Name, &role.BuiltIn, &role.Permissions, &role.CreatedAt)
	if err != nil {
		return nil, err
	}
	a.ID, a.MembershipID, a.Role = AccessID(id), membership.String, &role
	if rolePractice.Valid {
		role.PracticeID = &rolePractice.String
	}
	if used.Valid {
		a.LastUsedAt = &used.Time
	}
	a.Permissions = rule.Permissions(permissions.Int64).List()
	if a.Via == rule.ViaPractice {
		a.Permissions = rule.BusinessAdminPermissions.List()
	}
	role.Kind = rule.Client
	if pName.Valid {
		role.Kind = rule.Practice
		a.Account = &ent.Practice{ID: id, Name: pName.String, NameKey: pKey.String, Country: pCountry.String,
			ClientsKeepAnAdministrator: pKeep.Bool, Version: int(pVersion.Int64), CreatedAt: pCreated.Time}
		return &a, nil
	}
	client := &ent.ClientAccount{ID: id, Name: cName.String, NameKey: cKey.String, Country: cCountry.String, Version: int(cVersion.Int64), CreatedAt: cCreated.Time}
	if practiceOf.Valid {
		client.PracticeID = &practiceOf.String
	}
	a.Account = client
	return &a, nil
}
