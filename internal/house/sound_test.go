package house_test

import (
	"testing"

	"roster/ent/event"
	"roster/ent/invitation"
	"roster/ent/membership"
	"roster/internal/rule"
	"roster/internal/store"
)

// unsound are questions to which a sound database has no answer: each finds rows that a use case left half done.
var unsound = map[string]string{
	"G1: an account with users has one owner": `SELECT account_id FROM memberships WHERE status <> 'REMOVED'
		GROUP BY account_id HAVING sum(CASE WHEN is_owner THEN 1 ELSE 0 END) <> 1`,
	"C6: one live membership per login and account": `SELECT account_id FROM memberships WHERE status <> 'REMOVED' AND user_id IS NOT NULL
		GROUP BY account_id, user_id HAVING count(*) > 1`,
	"C6: one live membership per address and account": `SELECT account_id FROM memberships WHERE status <> 'REMOVED' AND email IS NOT NULL
		GROUP BY account_id, email HAVING count(*) > 1`,
	"C3: who is pending has one pending invitation": `SELECT m.id FROM memberships m WHERE m.status = 'PENDING' AND
		(SELECT count(*) FROM invitations i WHERE i.membership_id = m.id AND i.status = 'PENDING') <> 1`,
	"C3: only who is pending has a pending invitation": `SELECT i.id FROM invitations i JOIN memberships m ON m.id = i.membership_id
		WHERE i.status = 'PENDING' AND m.status <> 'PENDING'`,
	"E5: who accepted has come in, with a proved address": `SELECT i.id FROM invitations i JOIN memberships m ON m.id = i.membership_id LEFT JOIN users u ON u.id = m.user_id
		WHERE i.status = 'ACCEPTED' AND (m.status IN ('PENDING', 'AWAITING_ACTIVATION') OR m.joined_at IS NULL OR u.email_verified_at IS NULL)`,
	"E7: each acceptance has one line in the journal": `SELECT i.id FROM invitations i WHERE i.status = 'ACCEPTED' AND
		(SELECT count(*) FROM events e WHERE e.membership_id = i.membership_id AND e.verb = 'invitationAccept') <> 1`,
	"L1: nobody is in without a line in the journal": `SELECT m.id FROM memberships m WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.membership_id = m.id)`,
	"L1: each person was added once":                 `SELECT e.membership_id FROM events e WHERE e.verb = 'membershipAdd' GROUP BY e.membership_id HAVING count(*) > 1`,
	"C4: nobody is a user of a client and a colleague of its practice": `SELECT u.id FROM memberships u JOIN client_accounts c ON c.id = u.client_account_id
		JOIN memberships p ON p.practice_id = c.practice_id AND (p.email = u.email OR p.user_id = u.user_id) WHERE u.status NOT IN ('REMOVED', 'DEACTIVATED') AND u.login_access AND p.status <> 'REMOVED'`,
	"B6: a grant is for a colleague who is there, and a client of the same practice": `SELECT g.id FROM client_grants g JOIN memberships m ON m.id = g.membership_id
		JOIN client_accounts c ON c.id = g.client_account_id WHERE m.status = 'REMOVED' OR c.practice_id IS NULL OR c.practice_id <> g.practice_id OR m.account_id <> g.practice_id`,
	"J6: a grant is listed under its client's name": `SELECT g.id FROM client_grants g JOIN client_accounts c ON c.id = g.client_account_id WHERE g.client_key <> c.name_key`,
	"B3, G5: a practice's own roles are for itself and for its clients": `SELECT m.id FROM memberships m JOIN roles r ON r.id = m.role_id
		LEFT JOIN client_accounts c ON c.id = m.client_account_id WHERE r.practice_id IS NOT NULL AND r.practice_id <> COALESCE(m.practice_id, c.practice_id, '')`,
	"B3: a practice's own role is had in the practice and its clients only, and a deleted one by nobody": `SELECT m.id FROM memberships m JOIN roles r ON r.id = m.role_id
		LEFT JOIN client_accounts c ON c.id = m.client_account_id WHERE m.status <> 'REMOVED' AND (r.deleted_at IS NOT NULL OR r.practice_id <> COALESCE(m.practice_id, c.practice_id, ''))`,
	"B7: everybody may do what their role allows": `SELECT m.id FROM memberships m JOIN roles r ON r.id = m.role_id WHERE m.status <> 'REMOVED' AND (m.permissions & r.permissions) <> r.permissions`,
	"J4: a login that ended is nobody's": `SELECT u.id FROM users u WHERE u.ended_at IS NOT NULL AND (
		EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.status <> 'REMOVED') OR EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id AND s.ended_at IS NULL)
		OR EXISTS (SELECT 1 FROM identities i WHERE i.user_id = u.id) OR EXISTS (SELECT 1 FROM tokens t WHERE (t.user_id = u.id OR t.other_id = u.id) AND t.used_at IS NULL AND t.voided_at IS NULL)
		OR EXISTS (SELECT 1 FROM invitations i WHERE i.invited_by_id = u.id AND i.status = 'PENDING'))`,
	"J4: a login that ended was merged into one that has not": `SELECT u.id FROM users u JOIN users o ON o.id = u.merged_into_id WHERE o.ended_at IS NOT NULL`,
	"J1: one login per address":                               `SELECT min(id) FROM users GROUP BY email HAVING count(*) > 1`,
	"an ended session has no live token":                      `SELECT t.id FROM tokens t JOIN sessions s ON s.id = t.session_id WHERE s.ended_at IS NOT NULL AND t.used_at IS NULL AND t.voided_at IS NULL`,
}

// sound holds the database against all of them.
func (h *home) sound(t *testing.T) {
	t.Helper()
	for promise, question := range unsound {
		rows, err := h.store.Query(t.Context(), question)
		if err != nil {
			t.Fatalf("%s: %v", promise, err)
		}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%s, and %s does not hold it", promise, id)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// lines counts the lines of the journal about an account with one verb.
func (h *home) lines(account, verb string) int {
	h.Helper()
	n, err := h.store.Read().Event.Query().Where(event.AccountID(account), event.Verb(verb)).Count(store.Facts(h.Context()))
	return must(h, n, err)
}

// members counts the members of an account, and its owners.
func (h *home) members(account string) (all, owners int) {
	h.Helper()
	ctx, q := store.Facts(h.Context()), h.store.Read().Membership.Query().Where(membership.AccountID(account), membership.StatusNEQ(rule.Removed))
	all, err := q.Clone().Count(ctx)
	must(h, all, err)
	owners, err = q.Where(membership.IsOwner(true)).Count(ctx)
	return all, must(h, owners, err)
}

// accepted is what an invitation and its membership have become.
func (h *home) accepted(id string) (rule.InvitationStatus, rule.Status) {
	h.Helper()
	i, err := h.store.Read().Invitation.Query().Where(invitation.ID(id)).WithMembership().Only(store.Facts(h.Context()))
	must(h, i, err)
	return i.Status, i.Edges.Membership.Status
}

// tally counts answers by their codes.
func tally(list []string) map[string]int {
	n := map[string]int{}
	for _, code := range list {
		n[code]++
	}
	return n
}

// race calls do n times at once and counts how it was answered: "" is a success.
func race(n int, do func(i int) error) map[string]int {
	list := make([]string, n)
	together(n, func(i int) { list[i] = codes(do(i)) })
	return tally(list)
}

// wantTally compares counts of answers.
func wantTally(t *testing.T, what string, got, want map[string]int) {
	t.Helper()
	same := len(got) == len(want)
	for code, n := range want {
		same = same && got[code] == n
	}
	if !same {
		t.Fatalf("%s: answers %v, want %v", what, got, want)
	}
}
