package schema

import (
	"fmt"
	"strconv"
	"strings"

	"roster/internal/rule"
	"roster/internal/viewer"
)

// The conditions below are how SQL says what rule.Access says; the truth-table test holds the two together. Each is
// a text with ? where an argument goes. They are EXISTS on an index each, so a page costs a few look-ups a row and
// not a list of everything the viewer can reach.

// Open is the condition that membership m lets its login in (RULES.md A2, A5), and open that it lets the viewer in.
const (
	Open = "m.status = 'ACTIVE' AND m.login_access"
	open = "m.user_id = ? AND " + Open
)

// manager is the permission that shows an account's people and journal (L3).
const manager = rule.UsersManage | rule.ColleaguesManage

// managerBits and everyClientBits are permissions as SQL says them.
var managerBits, everyClientBits = strconv.FormatInt(int64(manager), 10), strconv.FormatInt(int64(rule.ClientsAll), 10)

// opens is the condition that the viewer can open the account whose id stands in a column. args: as openedBy.
func opens(account string) string { return opensOf(practiceOf(account), account) }

// opensOf is opens where it is known which practice looks after the account. args: as openedBy.
func opensOf(practice, account string) string {
	return "(EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = " + account + " AND " + open + ") OR " + colleagueOf(practice, account) + ")"
}

// openedBy are the arguments of opens, manages and documentSeen.
func openedBy(v viewer.Viewer) []any { return []any{v.UserID, v.UserID, v.UserID, v.UserID, v.At} }

// throughPractice is the condition that the viewer reaches a client account as its practice's colleague (B6).
// args: viewer, viewer, viewer, now.
func throughPractice(account string) string {
	return colleagueOf(practiceOf(account), account)
}

// practiceOf is the practice that looks after a client account.
func practiceOf(account string) string {
	return "(SELECT c.practice_id FROM client_accounts c WHERE c.id = " + account + ")"
}

// colleagueOf is throughPractice where it is known which practice looks after the account. It asks first, and once for a whole
// statement, whether the viewer is in any practice: for most nothing else has to be looked at. Postgres may have what the second
// part is about in a hash, which are the viewer's practices, but not all clients of these for each page. Grants are looked up by a
// count, since an EXISTS could become a hash of all that the viewer has.
func colleagueOf(practice, account string) string {
	return "((SELECT count(*) FROM memberships m WHERE m.practice_id IS NOT NULL AND " + open + ") > 0 AND " +
		"(EXISTS (SELECT 1 FROM memberships m WHERE m.practice_id = " + practice + " AND " + open + " AND (m.permissions & " + everyClientBits + ") <> 0) OR " +
		"(SELECT count(*) FROM client_grants g JOIN memberships m ON m.id = g.membership_id AND m.practice_id = g.practice_id WHERE g.client_account_id = " + account +
		" AND g.practice_id = " + practice + " AND " + open + " AND (g.expires_at IS NULL OR g.expires_at > ?)) > 0))"
}

// manages is the condition that the viewer manages the people of an account. args: as openedBy.
func manages(account string) string {
	return "(EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = " + account + " AND " + open + " AND (m.permissions & " + managerBits + ") <> 0) OR " +
		throughPractice(account) + ")"
}

// allDocuments are the permissions that show all documents of an account (K2): who manages them sees them, too.
const allDocuments = rule.DocumentsViewAll | rule.DocumentsManageAll

// documentSeen is the condition that the viewer sees a document of an account that has an owner or none. args: as
// openedBy.
func documentSeen(account, owner string) string {
	return fmt.Sprintf("(EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = %s AND %s AND ((m.permissions & %d) <> 0 OR m.id = %s)) OR %s)",
		account, open, allDocuments, owner, throughPractice(account))
}

// WaysIn are the memberships by which a login may open an account: its own there, and the one in the practice that
// looks after it, with whether a grant for the account has not ended.
// args: account, now, user, account, account.
func WaysIn() string {
	return `SELECT m.id, m.account_id, m.status, m.login_access, m.permissions, EXISTS (SELECT 1 FROM client_grants g
WHERE g.membership_id = m.id AND g.client_account_id = ? AND (g.expires_at IS NULL OR g.expires_at > ?))
FROM memberships m WHERE m.user_id = ? AND m.status <> 'REMOVED'
AND (m.account_id = ? OR m.account_id = (SELECT c.practice_id FROM client_accounts c WHERE c.id = ?))`
}

// PeopleFacts is what managing some memberships of one account turns on (rule.Managed): for each its id, the viewer's own
// membership there and the one in its practice, with whether they reach the client by a grant, all three with one row only, since
// they are the same in all; whether the person ever came in, whether nobody else is in the account, whether a practice is behind
// it and whether that keeps administrators, how many administer the account and how many have login access (2 stands for more),
// the same person's memberships on the other side (C4, C5), whether the address belongs to a verified login, running sessions,
// client grants, documents, and how often the pending invitation was sent.
//
// A prepared statement is planned for n rows, however few there are. Where Postgres can have all logins or all clients in a hash
// it takes that for cheaper than n look-ups, up to some ten thousand rows, and then reads all of them each time. So the client is
// joined as the one that it is, and what is asked of each row is counted, which is always a look-up, where EXISTS or a join need not be.
// args: now, the account, the account, now, now, the account, the row's id, viewer, the row's id, viewer, and the ids of n of the
// account's memberships.
func PeopleFacts(n int) string {
	same := func(m string) string { return "(" + m + ".email = m.email OR " + m + ".user_id = m.user_id)" }
	return `SELECT m.id, me.id, me.status, me.login_access, me.permissions, us.id, us.status, us.login_access, us.permissions,
(SELECT count(*) FROM client_grants g WHERE g.membership_id = us.id AND g.client_account_id = m.client_account_id AND (g.expires_at IS NULL OR g.expires_at > ?)) > 0,
m.joined_at IS NOT NULL,
NOT EXISTS (SELECT 1 FROM memberships o WHERE o.account_id = m.account_id AND o.id <> m.id AND o.status <> 'REMOVED'),
c.practice_id IS NOT NULL, COALESCE(p.clients_keep_an_administrator, FALSE),
(SELECT count(*) FROM (SELECT 1 FROM memberships o WHERE o.account_id = ? AND ` + administrator("o.") + ` LIMIT 2) few),
(SELECT count(*) FROM (SELECT 1 FROM memberships o WHERE o.account_id = ? AND o.status IN ('ACTIVE', 'PENDING', 'AWAITING_ACTIVATION') AND o.login_access LIMIT 2) few),
(SELECT min(o.id) FROM memberships o WHERE o.account_id = c.practice_id AND o.status <> 'REMOVED' AND ` + same("o") + `),
(SELECT min(o.id) FROM memberships o WHERE m.practice_id IS NOT NULL AND o.login_access AND o.status IN ('ACTIVE', 'PENDING', 'AWAITING_ACTIVATION') AND ` + same("o") + `
	AND (SELECT oc.practice_id FROM client_accounts oc WHERE oc.id = o.client_account_id) = m.practice_id),
(SELECT count(*) FROM users u WHERE u.email = m.email AND u.email_verified_at IS NOT NULL) > 0,
(SELECT count(*) FROM sessions s WHERE s.user_id = m.user_id AND s.ended_at IS NULL AND s.expires_at > ?),
(SELECT count(*) FROM client_grants g WHERE g.membership_id = m.id AND (g.expires_at IS NULL OR g.expires_at > ?)),
(SELECT count(*) FROM (SELECT 1 FROM documents d WHERE d.owner_id = m.id LIMIT ` + strconv.Itoa(rule.ManyDocuments+1) + `) few),
COALESCE((SELECT i.sent_count FROM invitations i WHERE i.membership_id = m.id AND i.status = 'PENDING'), 0)
FROM memberships m LEFT JOIN client_accounts c ON c.id = ? LEFT JOIN practices p ON p.id = c.practice_id
LEFT JOIN memberships me ON m.id = ? AND me.account_id = m.account_id AND me.user_id = ? AND me.status <> 'REMOVED'
LEFT JOIN memberships us ON m.id = ? AND us.account_id = c.practice_id AND us.user_id = ? AND us.status <> 'REMOVED'
WHERE m.id IN (?` + strings.Repeat(", ?", n-1) + `)`
}

// administrator is the condition that a membership of either kind opens its account and administers it (B7): no membership has
// the permission of the other kind. It is the condition of an index, too, so it says the permissions as a number.
func administrator(m string) string {
	return fmt.Sprintf("%[1]sstatus = 'ACTIVE' AND %[1]slogin_access AND (%[1]spermissions & %[2]d) <> 0", m, rule.Client.Administer()|rule.Practice.Administer())
}

// AdministeredBy are the accounts of a practice, and the practice itself, that somebody with another role administers.
// args: practice, practice, role, administer.
func AdministeredBy() string {
	return `SELECT DISTINCT m.account_id FROM memberships m LEFT JOIN client_accounts c ON c.id = m.client_account_id
WHERE (m.practice_id = ? OR c.practice_id = ?) AND m.role_id <> ? AND m.status = 'ACTIVE' AND m.login_access AND (m.permissions & ?) <> 0`
}

// WaysInto are the ways in of WaysIn for n client accounts at once, each row with the account it is for.
// args: now, user, and n ids of client accounts.
func WaysInto(n int) string {
	return `SELECT c.id, m.id, m.account_id, m.status, m.login_access, m.permissions, EXISTS (SELECT 1 FROM client_grants g
WHERE g.membership_id = m.id AND g.client_account_id = c.id AND (g.expires_at IS NULL OR g.expires_at > ?))
FROM client_accounts c JOIN memberships m ON m.account_id IN (c.id, c.practice_id) AND m.user_id = ? AND m.status <> 'REMOVED'
WHERE c.id IN (?` + strings.Repeat(", ?", n-1) + `)`
}

// LeavingFacts is what disconnecting n client accounts from their practice turns on (rule.Leaving): for each its id,
// whether a practice looks after it, whether the viewer administers that practice, whether the owner and whether anybody
// can own it, whether it has an administrator and anybody with login access, and how many grants there are for it.
// args: viewer, practice administrator, administrator, now, and n ids of client accounts.
func LeavingFacts(n int) string {
	able := "o.account_id = c.id AND o.status = 'ACTIVE' AND o.login_access"
	return `SELECT c.id, c.practice_id IS NOT NULL,
EXISTS (SELECT 1 FROM memberships m WHERE m.practice_id = c.practice_id AND ` + open + ` AND (m.permissions & ?) <> 0),
EXISTS (SELECT 1 FROM memberships o WHERE ` + able + ` AND o.is_owner),
EXISTS (SELECT 1 FROM memberships o WHERE ` + able + `),
EXISTS (SELECT 1 FROM memberships o WHERE ` + able + ` AND (o.permissions & ?) <> 0),
EXISTS (SELECT 1 FROM memberships o WHERE o.account_id = c.id AND o.status IN ('ACTIVE', 'PENDING', 'AWAITING_ACTIVATION') AND o.login_access),
(SELECT count(*) FROM client_grants g WHERE g.client_account_id = c.id AND (g.expires_at IS NULL OR g.expires_at > ?))
FROM client_accounts c WHERE c.id IN (?` + strings.Repeat(", ?", n-1) + `)`
}

// AdministeredAmong are those of n accounts that have an administrator with login access, who is in or is to come in
// (RULES.md H2). args: administer, and n ids of accounts.
func AdministeredAmong(n int) string {
	return `SELECT DISTINCT m.account_id FROM memberships m WHERE m.login_access AND m.status IN ('ACTIVE', 'PENDING', 'AWAITING_ACTIVATION')
AND (m.permissions & ?) <> 0 AND m.account_id IN (?` + strings.Repeat(", ?", n-1) + `)`
}
