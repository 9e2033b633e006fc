package house_test

import (
	"context"
	"testing"
	"time"

	"roster/ent/membership"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// duel is a client whose owner signs in and may do little, and two business administrators, each in a session.
type duel struct {
	owned
	as [2]context.Context
}

func newDuel(h *home, by context.Context, practice string) duel {
	h.Helper()
	d := duel{owned: newOwned(h, by, practice)}
	standard := rule.StandardRole
	if err := h.people.UpdatePrivileges(by, d.members[0], people.Privileges{Role: &standard}); err != nil {
		h.Fatal(err)
	}
	for i := range d.as {
		d.as[i] = h.as(d.logins[i+1])
	}
	return d
}

// administrators counts those who administer the client now.
func (d duel) administrators(t *testing.T) int {
	t.Helper()
	list, err := d.store.Read().Membership.Query().Where(membership.AccountID(d.client), membership.StatusEQ(rule.Active), membership.LoginAccess(true)).All(store.Facts(t.Context()))
	n := 0
	for _, m := range must(t, list, err) {
		if m.Permissions.Has(rule.AdministratorsManage) {
			n++
		}
	}
	return n
}

// H1: two administrators act on each other, four times each, and one of them stays. The loser has lost the right, and with
// it the sight of the other.
func TestOfTwoAdministratorsWhoActOnEachOtherOneStays(t *testing.T) {
	t.Parallel()
	standard := rule.StandardRole
	for what, c := range map[string]struct {
		act  func(h *home, as context.Context, id string) error
		verb string
		want map[string]int
	}{
		"demote": {func(h *home, as context.Context, id string) error {
			return h.people.UpdatePrivileges(as, id, people.Privileges{Role: &standard})
		}, "membershipUpdatePrivileges", map[string]int{"": atOnce / 2, "NOT_FOUND": atOnce / 2}},
		"deactivate": {func(h *home, as context.Context, id string) error { return h.people.Deactivate(as, id, "") },
			"membershipDeactivate", map[string]int{"": 1, "MEMBERSHIP_DEACTIVATED": atOnce/2 - 1, "NOT_FOUND": atOnce / 2}},
		"remove": {func(h *home, as context.Context, id string) error { return h.people.Remove(as, id, "") },
			"membershipRemove", map[string]int{"": 1, "MEMBERSHIP_REMOVED": atOnce/2 - 1, "NOT_FOUND": atOnce / 2}},
		"switch off": {func(h *home, as context.Context, id string) error {
			_, err := h.people.SetLoginAccess(as, id, people.LoginAccess{})
			return err
		}, "membershipSetLoginAccess", map[string]int{"": atOnce / 2, "NOT_FOUND": atOnce / 2}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				h := newHome(t, s)
				practice, owner := h.practice()
				for range trials(10) {
					d := newDuel(h, owner, practice)
					before := h.lines(d.client, c.verb)
					got := race(atOnce, func(i int) error { return c.act(h, d.as[i%2], d.members[1+(i+1)%2]) })
					wantTally(t, what+" × "+what, got, c.want)
					if n, lines := d.administrators(t), h.lines(d.client, c.verb)-before; n != 1 || lines != 1 {
						t.Fatalf("H1: %d administrators are left and %d lines tell of it, want 1 and 1", n, lines)
					}
				}
				h.sound(t)
			})
		})
	}
}

// H1, C9: both leave, four times each, and one of them stays.
func TestOfTwoAdministratorsWhoLeaveOneStays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(10) {
			d := newDuel(h, owner, practice)
			got := race(atOnce, func(i int) error { return h.people.Leave(d.as[i%2], d.members[1+i%2]) })
			wantTally(t, "leave × leave", got, map[string]int{"": 1, "NOT_FOUND": atOnce/2 - 1, "LAST_ADMINISTRATOR": atOnce / 2})
			if n := d.administrators(t); n != 1 {
				t.Fatalf("H1: %d administrators are left", n)
			}
		}
		h.sound(t)
	})
}

// F5, F2: whatever comes first, the person is gone in the end, and nothing is changed after that.
func TestRemovingAndChangingAtOnceEndsWithTheRemoval(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		user := rule.UserAdminRole
		for range trials(10) {
			d := newDuel(h, owner, practice)
			got := race(atOnce, func(i int) error {
				if i%2 == 0 {
					return h.people.Remove(owner, d.members[1], "")
				}
				return h.people.UpdatePrivileges(owner, d.members[1], people.Privileges{Role: &user})
			})
			if got[""] < 1 || got[""]+got["MEMBERSHIP_REMOVED"] != atOnce || h.lines(d.client, "membershipRemove") != 1 {
				t.Fatalf("remove × privileges: %v", got)
			}
			m := d.store.Read().Membership.GetX(store.Facts(t.Context()), d.members[1])
			if lines := h.lines(d.client, "membershipUpdatePrivileges"); m.Status != rule.Removed || (m.RoleID == user) != (lines == 2) {
				t.Fatalf("it ended %s as %s, with %d lines of changes", m.Status, m.RoleID, lines)
			}
		}
		h.sound(t)
	})
}

// E7: accept against cancel, resend and login access off has one winner.
func TestAcceptingAgainstWhatEndsTheLinkHasOneWinner(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		end  func(h *home, as context.Context, i invited, member string) error
		lost string // what the accept is answered where the other was first
		late string // what the other is answered where the accept was first
	}{
		"cancel": {func(h *home, as context.Context, i invited, _ string) error { return h.people.Cancel(as, i.id) }, "INVITATION_CANCELLED", "INVITATION_NOT_PENDING"},
		"resend": {func(h *home, as context.Context, i invited, _ string) error { return h.people.Resend(as, i.id, nil) }, "INVITATION_INVALID", "INVITATION_NOT_PENDING"},
		"another address": {func(h *home, as context.Context, i invited, member string) error {
			other := "other." + i.email
			return h.people.UpdateDetails(as, member, people.Details{Email: &other})
		}, "INVITATION_INVALID", "EMAIL_BELONGS_TO_PERSON"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			clock := new(storetest.Clock)
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				h := newHome(t, s)
				practice, owner := h.practice()
				won := 0
				for range trials(10) {
					i := newInvited(h, owner, practice)
					member := h.store.Read().Membership.Query().Where(membership.AccountID(i.client)).OnlyIDX(store.Facts(t.Context()))
					clock.Advance(6 * time.Minute)
					as, by := h.as(h.loginOf(i.email, false)), owner
					var accepted, ended string
					together(2, func(n int) {
						if n == 0 {
							_, err := h.people.Accept(as, i.link, "", rule.Web)
							accepted = codes(err)
						} else {
							ended = codes(c.end(h, by, i, member))
						}
					})
					switch {
					case accepted == "" && ended == c.late:
						won++
						i.done(t)
					case accepted != c.lost || ended != "":
						t.Fatalf("accept × %s: %q and %q", what, accepted, ended)
					}
				}
				t.Logf("accepting won %d times", won)
				h.sound(t)
			}, storetest.WithClock(clock))
		})
	}
}
