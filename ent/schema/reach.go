package schema

import (
	"fmt"

	"roster/internal/rule"
)

// The conditions below are how SQL says what rule.Access says; the truth-table test holds the two together. Each is
// a text with ? where an argument goes. They are EXISTS on an index each, so a page costs a few look-ups a row and
// not a list of everything the viewer can reach.

// open is the condition that membership m lets its login in (RULES.md A2, A5).
const open = "m.user_id = ? AND m.status = 'ACTIVE' AND m.login_access"

// granted is the condition that colleague m reaches client c of their practice (B6).
func granted() string {
	return fmt.Sprintf("((m.permissions & %d) <> 0 OR EXISTS (SELECT 1 FROM client_grants g WHERE g.membership_id = m.id "+
		"AND g.client_account_id = c.id AND (g.expires_at IS NULL OR g.expires_at > ?)))", rule.ClientsAll)
}

// manager is the permission that shows an account's people and journal (L3).
const manager = rule.UsersManage | rule.ColleaguesManage

// opens is the condition that the viewer can open the account whose id stands in a column. args: viewer, viewer, now.
func opens(account string) string {
	return fmt.Sprintf("(EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = %s AND %s) OR %s)", account, open, throughPractice(account))
}

// throughPractice is the condition that the viewer reaches a client account as its practice's colleague. args: viewer, now.
func throughPractice(account string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM client_accounts c JOIN memberships m ON m.practice_id = c.practice_id "+
		"WHERE c.id = %s AND %s AND %s)", account, open, granted())
}

// manages is the condition that the viewer manages the people of an account. args: viewer, viewer, now.
func manages(account string) string {
	return fmt.Sprintf("(EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = %s AND %s AND (m.permissions & %d) <> 0) OR %s)",
		account, open, manager, throughPractice(account))
}

// AccountsOpen is every account a viewer can open now, as the switcher lists them: id, kind, name, its order key, how
// it is opened, and by which membership (RULES.md J6). An own membership goes before the way through the practice.
// args: viewer, viewer, viewer, now, viewer.
func AccountsOpen() string {
	return `SELECT p.id AS id, 'PRACTICE' AS kind, p.name AS name, p.name_key AS name_key, 'MEMBERSHIP' AS via, m.id AS membership_id
FROM memberships m JOIN practices p ON p.id = m.practice_id WHERE ` + open + `
UNION ALL
SELECT c.id, 'CLIENT', c.name, c.name_key, 'MEMBERSHIP', m.id
FROM memberships m JOIN client_accounts c ON c.id = m.client_account_id WHERE ` + open + `
UNION ALL
SELECT c.id, 'CLIENT', c.name, c.name_key, 'PRACTICE', NULL
FROM memberships m JOIN client_accounts c ON c.practice_id = m.practice_id WHERE ` + open + ` AND ` + granted() + `
AND NOT EXISTS (SELECT 1 FROM memberships o WHERE o.account_id = c.id AND o.user_id = ? AND o.status = 'ACTIVE' AND o.login_access)`
}
