package schema

import (
	"fmt"
	"strings"
	"time"

	"roster/internal/rule"
)

// Arm is one of the ways in which accounts come into the switcher (RULES.md J6): a FROM and WHERE with the columns that its rows
// are made of. No account comes in by two of them. Each can be read in the order of names from an index and left off after
// a page, so that an accountant with 10,000 clients waits no longer than a shopkeeper with one shop.
type Arm struct {
	Kind       rule.Kind
	Via        rule.Via
	From       string
	Account    string // the columns: the account's id,
	Key        string // what it is ordered and searched by,
	Membership string // and the membership it is opened by, or NULL
	Args       func(user string, now time.Time) []any
}

// Arms are all ways. An own membership goes before the way through the practice.
func Arms() []Arm { return arms }

var arms = everyArm()

func everyArm() []Arm {
	once := func(user string, _ time.Time) []any { return []any{user} }
	list := []Arm{
		{rule.Practice, rule.ViaMembership, "memberships m JOIN practices p ON p.id = m.practice_id WHERE " + open, "p.id", "p.name_key", "m.id", once},
		{rule.Client, rule.ViaMembership, "memberships m JOIN client_accounts c ON c.id = m.client_account_id WHERE " + open, "c.id", "c.name_key", "m.id", once},
	}
	for nth := range apart + 1 {
		list = append(list, everyClient(nth), grantedClients(nth))
	}
	return list
}

// OwnRole is the id of a practice's own role where that stands in a column, and NULL for one of the built-in roles, which everybody
// knows without looking.
func OwnRole(column string) string {
	known := make([]string, 0, len(rule.BuiltInRoles))
	for _, r := range rule.BuiltInRoles {
		known = append(known, "'"+r.ID+"'")
	}
	return "CASE WHEN " + column + " IN (" + strings.Join(known, ", ") + ") THEN NULL ELSE " + column + " END"
}

// apart is of how many practices somebody has the clients read each from its own place in the index; those of any further
// ones are read and sorted together, since a statement has to say how many places it reads from.
const apart = 2

// everyClient are the clients of a practice in which the viewer opens all.
func everyClient(nth int) Arm {
	return Arm{rule.Client, rule.ViaPractice, "client_accounts c WHERE c.practice_id " + colleague("practice_id", "<>", nth) + " AND " + notOwn("c.id"),
		"c.id", "c.name_key", "NULL", func(user string, _ time.Time) []any { return []any{user, user} }}
}

// grantedClients are those that were granted, of a practice in which the viewer opens no others (B6).
func grantedClients(nth int) Arm {
	return Arm{rule.Client, rule.ViaPractice, "client_grants g WHERE g.membership_id " + colleague("id", "=", nth) +
		" AND (g.expires_at IS NULL OR g.expires_at > ?) AND " + notOwn("g.client_account_id"),
		"g.client_account_id", "g.client_key", "NULL", func(user string, now time.Time) []any { return []any{user, now, user} }}
}

// colleague is the condition that a column is that of the viewer's nth membership in a practice whose permission for all
// clients is as said; after the last place of its own, of any further one. args: viewer.
func colleague(column, allClients string, nth int) string {
	of := fmt.Sprintf("SELECT m.%s FROM memberships m WHERE m.practice_id IS NOT NULL AND %s AND (m.permissions & %d) %s 0 ORDER BY m.id LIMIT %%d OFFSET %d",
		column, open, rule.ClientsAll, allClients, nth)
	if nth < apart {
		return "= (" + fmt.Sprintf(of, 1) + ")"
	}
	return "IN (" + fmt.Sprintf(of, 1_000_000) + ")"
}

// notOwn is the condition that the viewer has no membership of their own that opens an account. args: viewer.
func notOwn(account string) string {
	return "NOT EXISTS (SELECT 1 FROM memberships o WHERE o.account_id = " + account + " AND o.user_id = ? AND o.status = 'ACTIVE' AND o.login_access)"
}

// Unused is the condition that the viewer never used the account. args: viewer.
func (a Arm) Unused() string {
	return "NOT EXISTS (SELECT 1 FROM account_uses x WHERE x.user_id = ? AND x.account_id = " + a.Account + ")"
}

// AccountsUsed are the accounts that the viewer has used and can open now, with recency: id, kind, name_key, via, membership_id,
// recency. args: viewer, viewer, viewer, viewer, now.
func AccountsUsed() string {
	return `SELECT x.account_id AS id, CASE WHEN p.id IS NULL THEN 'CLIENT' ELSE 'PRACTICE' END AS kind, COALESCE(p.name_key, c.name_key) AS name_key,
CASE WHEN m.id IS NULL THEN 'PRACTICE' ELSE 'MEMBERSHIP' END AS via, m.id AS membership_id, x.recency AS recency
FROM account_uses x LEFT JOIN memberships m ON m.account_id = x.account_id AND m.user_id = x.user_id AND m.status = 'ACTIVE' AND m.login_access
LEFT JOIN practices p ON p.id = m.practice_id LEFT JOIN client_accounts c ON c.id = x.account_id
WHERE x.user_id = ? AND (m.id IS NOT NULL OR ` + throughPractice("x.account_id") + ")"
}
