package house_test

import (
	"testing"

	"roster/ent/membership"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// E4, E7: yes, no and taking it back at once: one of them is what happened, and one line tells of it.
func TestAcceptingDecliningAndCancellingAtOnceHaveOneWinner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(12) {
			i := newInvited(h, owner, practice)
			as := h.as(h.loginOf(i.email, false))
			m := h.store.Read().Membership.Query().Where(membership.AccountID(i.client)).WithInvitations().OnlyX(store.Facts(t.Context()))
			list, verbs := make([]string, 9), []string{"invitationAccept", "invitationDecline", "invitationCancel"}
			together(len(list), func(n int) {
				var err error
				switch n % 3 {
				case 0:
					_, err = h.people.Accept(as, i.link, "", rule.Web)
				case 1:
					err = h.people.Decline(h.nobody(), i.link)
				case 2:
					err = h.people.Cancel(owner, m.Edges.Invitations[0].ID)
				}
				list[n] = codes(err)
			})
			winner := -1
			for n, code := range list {
				if code != "" {
					continue
				}
				if winner >= 0 {
					t.Fatalf("two of them succeeded: %q", list)
				}
				winner = n % 3
			}
			if winner < 0 {
				t.Fatalf("none of them succeeded: %q", list)
			}
			dead := []string{"INVITATION_ALREADY_ACCEPTED", "INVITATION_DECLINED", "INVITATION_CANCELLED"}[winner]
			for n, code := range list {
				if n%3 == 2 && code == "NOT_FOUND" && winner != 0 {
					continue // a sole owner disappears, and with them what the practice sees of the invitation
				}
				if code != "" && code != dead && (n%3 != 2 || code != "INVITATION_NOT_PENDING") {
					t.Fatalf("%s won, and another was answered %s: %q", verbs[winner], code, list)
				}
			}
			lines := 0
			for _, verb := range verbs {
				lines += h.lines(i.client, verb)
			}
			now, want := h.row(m.ID), []rule.Status{rule.Active, rule.Removed, rule.Removed}[winner]
			if lines != 1 || h.lines(i.client, verbs[winner]) != 1 || now.Status != want {
				t.Fatalf("%s won: %d lines tell of it, and the member is %s", verbs[winner], lines, now.Status)
			}
		}
		h.sound(t)
	})
}
