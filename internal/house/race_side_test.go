package house_test

import (
	"context"
	"testing"

	"roster/ent"
	"roster/ent/membership"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// row is a membership as it is now.
func (h *home) row(id string) *ent.Membership {
	h.Helper()
	m, err := h.store.Read().Membership.Get(store.Facts(h.Context()), id)
	return must(h, m, err)
}

// F4: of many who do the same at once one does it, and one line tells of it.
func TestDeactivatingAndEnablingAtOnceHappensOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(10) {
			d := newDuel(h, owner, practice)
			got := race(atOnce, func(int) error { return h.people.Deactivate(owner, d.members[1], "") })
			wantTally(t, "deactivate × deactivate", got, map[string]int{"": 1, "MEMBERSHIP_DEACTIVATED": atOnce - 1})
			got = race(atOnce, func(int) error { return h.people.Enable(owner, d.members[1]) })
			wantTally(t, "enable × enable", got, map[string]int{"": 1, "MEMBERSHIP_NOT_DEACTIVATED": atOnce - 1})
			if off, on := h.lines(d.client, "membershipDeactivate"), h.lines(d.client, "membershipEnable"); off != 1 || on != 1 {
				t.Fatalf("%d lines tell of deactivating and %d of enabling", off, on)
			}
		}
		h.sound(t)
	})
}

// F5, F4: whatever comes first, the person is gone in the end.
func TestRemovingAndDeactivatingAtOnceEndsWithTheRemoval(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(10) {
			d, list := newDuel(h, owner, practice), make([]string, atOnce)
			together(atOnce, func(i int) {
				if i%2 == 0 {
					list[i] = codes(h.people.Remove(owner, d.members[1], ""))
				} else {
					list[i] = codes(h.people.Deactivate(owner, d.members[1], ""))
				}
			})
			removed, off := 0, 0
			for i, code := range list {
				switch {
				case code == "" && i%2 == 0:
					removed++
				case code == "":
					off++
				case code != "MEMBERSHIP_REMOVED" && (i%2 == 0 || code != "MEMBERSHIP_DEACTIVATED"):
					t.Fatalf("remove × deactivate: %q", list)
				}
			}
			if m := h.row(d.members[1]); m.Status != rule.Removed || m.DeactivatedAt != nil || removed != 1 || off > 1 {
				t.Fatalf("%q, and the member is %s", list, m.Status)
			}
			if lines := h.lines(d.client, "membershipRemove"); lines != 1 || h.lines(d.client, "membershipDeactivate") != off {
				t.Fatalf("%d lines tell of the removal", lines)
			}
		}
		h.sound(t)
	})
}

// A1, E7: taking login access while it is accepted leaves somebody without, and the link is dead either way.
func TestTakingLoginAccessWhileItIsAcceptedTakesIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		first := 0
		for range trials(10) {
			i := newInvited(h, owner, practice)
			member := h.store.Read().Membership.Query().Where(membership.AccountID(i.client)).OnlyIDX(store.Facts(t.Context()))
			as := h.as(h.loginOf(i.email, false))
			list := make([]string, atOnce)
			together(atOnce, func(n int) {
				var err error
				if n%2 == 0 {
					_, err = h.people.Accept(as, i.link, "", rule.Web)
				} else {
					_, err = h.people.SetLoginAccess(owner, member, people.LoginAccess{})
				}
				list[n] = codes(err)
			})
			accepted := 0
			for n, code := range list {
				switch {
				case code == "" && n%2 == 0:
					accepted++
				case code != "" && (n%2 == 1 || code != "INVITATION_ALREADY_ACCEPTED" && code != "INVITATION_CANCELLED"):
					t.Fatalf("accept × login access off: %q", list)
				}
			}
			m := h.row(member)
			if accepted > 1 || m.Status != rule.Active || m.LoginAccess || (m.JoinedAt != nil) != (accepted == 1) || h.lines(i.client, "membershipSetLoginAccess") != 1 {
				t.Fatalf("%q, and the member is %s with login access %v", list, m.Status, m.LoginAccess)
			}
			first += accepted
		}
		t.Logf("accepting was first %d times", first)
		h.sound(t)
	})
}

// C4, C5: somebody who was a user of the client is let in again while the practice adds them as its colleague. One of the
// two happens.
func TestNobodyIsLetInOnBothSidesAtOnce(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		shut func(h *home, as context.Context, id string) error
		open func(h *home, as context.Context, id string) error
	}{
		"enable": {func(h *home, as context.Context, id string) error { return h.people.Deactivate(as, id, "") },
			func(h *home, as context.Context, id string) error { return h.people.Enable(as, id) }},
		"login access": {func(h *home, as context.Context, id string) error {
			_, err := h.people.SetLoginAccess(as, id, people.LoginAccess{})
			return err
		}, func(h *home, as context.Context, id string) error {
			_, err := h.people.SetLoginAccess(as, id, people.LoginAccess{On: true})
			return err
		}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				h := newHome(t, s)
				practice, owner := h.practice()
				won := map[string]int{}
				for range trials(10) {
					d := newDuel(h, owner, practice)
					if err := c.shut(h, owner, d.members[1]); err != nil {
						t.Fatal(err)
					}
					list := make([]string, 2)
					together(2, func(i int) {
						if i == 0 {
							list[0] = codes(c.open(h, owner, d.members[1]))
							return
						}
						_, err := h.people.Add(owner, person(practice, rule.PracticeStandardRole, d.logins[1].Email))
						list[1] = codes(err)
					})
					if (list[0] != "" || list[1] != "MEMBER_OF_CLIENT") && (list[0] != "PRACTICE_COLLEAGUE" || list[1] != "") {
						t.Fatalf("C4, C5: %s and add at once: %q", what, list)
					}
					won[list[0]]++
				}
				t.Log(won)
				h.sound(t)
			})
		})
	}
}

// C6, F4: adding somebody who is just being enabled adds nobody.
func TestAddingWhileEnablingAddsNobody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(10) {
			d := newDuel(h, owner, practice)
			if err := h.people.Deactivate(owner, d.members[1], ""); err != nil {
				t.Fatal(err)
			}
			got := race(atOnce, func(i int) (err error) {
				if i%2 == 0 {
					return h.people.Enable(owner, d.members[1])
				}
				_, err = h.people.Add(owner, person(d.client, rule.StandardRole, d.logins[1].Email))
				return err
			})
			if got[""] != 1 || got["MEMBERSHIP_NOT_DEACTIVATED"] != atOnce/2-1 || got["MEMBER_DEACTIVATED"]+got["ALREADY_MEMBER"] != atOnce/2 {
				t.Fatalf("add × enable: %v", got)
			}
			if all, owners := h.members(d.client); all != 3 || owners != 1 {
				t.Fatalf("there are %d members and %d owners", all, owners)
			}
		}
		h.sound(t)
	})
}
