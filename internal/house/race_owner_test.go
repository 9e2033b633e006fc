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

// owned is a client with an owner and two other business administrators, all of whom are in.
type owned struct {
	*home
	client  string
	members [3]string // the owner first
	logins  [3]*ent.User
}

func newOwned(h *home, by context.Context, practice string) owned {
	h.Helper()
	o := owned{home: h, client: h.client(by, practice)}
	for i := range o.members {
		o.logins[i] = h.somebody()
		added, err := h.people.Add(by, person(o.client, rule.BusinessAdminRole, o.logins[i].Email))
		o.members[i] = must(h, added, err).Membership
	}
	return o
}

// owner is who owns the client now, which is one.
func (o owned) owner(t *testing.T) *ent.Membership {
	t.Helper()
	m, err := o.store.Read().Membership.Query().Where(membership.AccountID(o.client), membership.IsOwner(true)).Only(store.Facts(t.Context()))
	if err != nil {
		t.Fatalf("G1: the owner of %s: %v", o.client, err)
	}
	if !m.LoginAccess || m.Status != rule.Active {
		t.Fatalf("G4: the owner is %s, with login access %v", m.Status, m.LoginAccess)
	}
	return m
}

// support is the context of a login that was appointed.
func (h *home) support() context.Context {
	h.Helper()
	u := h.somebody()
	if err := h.logins.Appoint(h.Context(), u.Email, true); err != nil {
		h.Fatal(err)
	}
	u.Support = true
	return h.as(u)
}

// G1, G2: whoever is first, the owner is never deactivated.
func TestDeactivatingAndTransferringAtOnceLeavesAnActiveOwner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, by := h.practice()
		support, won := h.support(), map[string]int{}
		for range trials(20) {
			o := newOwned(h, by, practice)
			list := make([]string, 2)
			together(2, func(i int) {
				if i == 0 {
					list[0] = codes(h.people.Deactivate(by, o.members[1], ""))
					return
				}
				_, err := h.people.Transfer(support, o.client, o.members[1], "Asked for it")
				list[1] = codes(err)
			})
			owner := o.owner(t)
			switch {
			case list[0] == "" && list[1] == "CANNOT_OWN" && owner.ID == o.members[0]:
			case list[0] == "OWNER_CANNOT_BE_DEACTIVATED" && list[1] == "" && owner.ID == o.members[1]:
			default:
				t.Fatalf("answers %q with owner %s of %v", list, owner.ID, o.members)
			}
			won[list[0]]++
		}
		t.Log(won)
		h.sound(t)
	})
}

// G1: many transfers at once are one after the other, each from the owner before it.
func TestTransfersAtOnceLeaveOneOwner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, by := h.practice()
		support := h.support()
		for range trials(20) {
			o := newOwned(h, by, practice)
			before := make([]string, 2)
			got := race(2, func(i int) (err error) {
				before[i], err = h.people.Transfer(support, o.client, o.members[1+i], "Asked for it")
				return err
			})
			wantTally(t, "two transfers", got, map[string]int{"": 2})
			last := 0
			if owner := o.owner(t); owner.ID == o.members[2] {
				last = 1
			}
			if before[last] != o.members[2-last] || before[1-last] != o.members[0] || h.lines(o.client, "ownershipTransfer") != 2 {
				t.Fatalf("before them the owners were %v of %v", before, o.members)
			}
		}
		h.sound(t)
	})
}

// G5: an account never ends up alone with an owner who cannot own it, whoever is first.
func TestDisconnectingAndTransferringAtOnceLeaveOneOwner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, by := h.practice()
		support, won := h.support(), map[string]int{}
		for range trials(20) {
			o := newOwned(h, by, practice)
			if _, err := h.people.SetLoginAccess(by, o.members[0], people.LoginAccess{Invite: rule.NotSent}); err != nil {
				t.Fatal(err)
			}
			list := make([]string, 2)
			together(2, func(i int) {
				if i == 0 {
					list[0] = codes(h.people.Disconnect(by, o.client, o.members[1], ""))
					return
				}
				_, err := h.people.Transfer(support, o.client, o.members[2], "Asked for it")
				list[1] = codes(err)
			})
			if owner := o.owner(t); owner.ID != o.members[2] || list[1] != "" {
				t.Fatalf("answers %q with owner %s of %v", list, owner.ID, o.members)
			}
			alone := h.store.Read().ClientAccount.GetX(store.Facts(t.Context()), o.client).PracticeID == nil
			switch {
			case list[0] == "" && alone: // then support moved it on
			case list[0] == "ONLY_SUPPORT_TRANSFERS_OWNERSHIP" && !alone: // the owner could own it by then
			default:
				t.Fatalf("answers %q, and it stands alone: %v", list, alone)
			}
			won[list[0]]++
		}
		t.Log(won)
		h.sound(t)
	})
}

// G5: of many who disconnect at once one does, and the others find nothing to see.
func TestDisconnectingTwiceAtOnceIsDoneOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, by := h.practice()
		for range trials(20) {
			o := newOwned(h, by, practice)
			got := race(atOnce, func(int) error { return h.people.Disconnect(by, o.client, "", "") })
			wantTally(t, "eight who disconnect", got, map[string]int{"": 1, "NOT_FOUND": atOnce - 1})
			if o.owner(t).ID != o.members[0] || h.lines(o.client, "clientAccountDisconnect") != 1 {
				t.Fatalf("the owner is %s, and %d lines tell of it", o.owner(t).ID, h.lines(o.client, "clientAccountDisconnect"))
			}
		}
		h.sound(t)
	})
}

// G5: nobody who comes in while the practice parts keeps a role of its own, nor a grant for the account.
func TestDisconnectingWhileTheirRoleAndAGrantAreGivenLeavesNeither(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, by := h.practice()
		role, err := h.people.CreateRole(by, people.CreateRole{Practice: practice, Kind: rule.Client, Name: "Keeper", Permissions: rule.StandardPermissions.List()})
		must(t, role, err)
		colleague, err := h.people.Add(by, person(practice, rule.PracticeStandardRole, h.somebody().Email))
		must(t, colleague, err)
		won := map[string]int{}
		for range trials(20) {
			o := newOwned(h, by, practice)
			list := make([]string, 3)
			together(3, func(i int) {
				var err error
				switch i {
				case 0:
					err = h.people.Disconnect(by, o.client, "", "")
				case 1:
					_, err = h.people.Add(by, person(o.client, role, h.fresh("late")+"@example.com"))
				default:
					err = h.people.UpdateClientAccess(by, colleague.Membership, people.ClientAccessChange{Grant: []rule.GrantedClient{{Client: o.client}}})
				}
				list[i] = codes(err)
			})
			if list[0] != "" {
				t.Fatalf("disconnecting is answered %q", list[0])
			}
			for _, code := range list[1:] {
				if code != "" && code != "NOT_FOUND" {
					t.Fatalf("answers %q", list)
				}
				won[code]++
			}
		}
		t.Log(won)
		h.sound(t)
	})
}
