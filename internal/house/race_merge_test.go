package house_test

import (
	"context"
	"testing"

	"roster/ent"
	"roster/ent/event"
	"roster/ent/membership"
	"roster/ent/user"
	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// pair are two logins of one person: both in one client, the second in another one, too, and the plan to merge it.
type pair struct {
	*home
	by            context.Context // the practice's owner
	logins        [2]*ent.User
	as            [2]context.Context
	shared, other string
	members       [3]string // of the first in the shared client, of the second there, of the second in the other
	plan          string
}

func newPair(h *home, by context.Context, practice string) *pair {
	h.Helper()
	p := &pair{home: h, by: by, shared: h.client(by, practice), other: h.client(by, practice)}
	for i := range p.logins {
		p.logins[i] = h.somebody()
	}
	for i, in := range []struct {
		login         int
		account, role string
	}{{0, p.shared, rule.StandardRole}, {1, p.shared, rule.UserAdminRole}, {1, p.other, rule.StandardRole}} {
		added, err := h.people.Add(by, person(in.account, in.role, p.logins[in.login].Email))
		p.members[i] = must(h, added, err).Membership
	}
	for i, u := range p.logins {
		p.as[i] = h.as(u)
	}
	p.plan = h.planOf(p.as[0], p.logins[0], p.logins[1])
	return p
}

// planOf is the token of a plan to merge the second login into the first.
func (h *home) planOf(as context.Context, ours, theirs *ent.User) (token string) {
	h.Helper()
	err := h.store.Tx(as, func(ctx context.Context, tx *store.Tx) (err error) {
		token, _, err = h.logins.PlanMerge(ctx, tx, ours, theirs)
		return err
	})
	return must(h, token, err)
}

func (p *pair) confirm() error {
	_, _, err := p.people.ConfirmMerge(p.as[0], p.plan)
	return err
}

// reach are the accounts that a login opens.
func (h *home) reach(users ...*ent.User) map[string]bool {
	h.Helper()
	all := map[string]bool{}
	for _, u := range users {
		ctx := viewer.With(h.Context(), viewer.Viewer{UserID: u.ID, At: h.store.Now()})
		list, err := h.logins.Accounts(ctx, login.Query{Limit: 1000})
		for _, a := range must(h, list, err) {
			all[a.AccountID()] = true
		}
	}
	return all
}

// whole holds what must be true whoever was first: one login is left where the merge was done, and it opens what both did.
func (p *pair) whole(t *testing.T, merged bool, opens ...string) {
	t.Helper()
	ended := p.store.Read().User.Query().Where(user.IDIn(p.logins[0].ID, p.logins[1].ID), user.EndedAtNotNil()).CountX(store.Facts(t.Context()))
	if (ended == 1) != merged || ended > 1 {
		t.Fatalf("J4: merged: %v, and %d logins have ended", merged, ended)
	}
	reach := p.reach(p.logins[:]...)
	if len(reach) != len(opens) {
		t.Fatalf("J5: they open %v, want %v", reach, opens)
	}
	for _, account := range opens {
		if !reach[account] {
			t.Fatalf("J5: they do not open %s", account)
		}
	}
	lines := p.store.Read().Event.Query().Where(event.Verb("loginMergeConfirm"), event.UserID(p.logins[0].ID), event.AccountIDIsNil()).CountX(store.Facts(t.Context()))
	if merged != (lines == 1) {
		t.Fatalf("L1: merged: %v, and %d lines tell of it", merged, lines)
	}
}

// J4: a plan that eight confirm at once is done once.
func TestAPlanConfirmedByEightAtOnceIsDoneOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(5) {
			p := newPair(h, owner, practice)
			got := race(atOnce, func(int) error { return p.confirm() })
			wantTally(t, "one plan eight times", got, map[string]int{"": 1, "TOKEN_INVALID": atOnce - 1})
			p.whole(t, true, p.shared, p.other)
		}
		h.sound(t)
	})
}

// J4: each of two logins is to be merged into the other, four times each: one of them stays.
func TestOfTwoLoginsMergedCrosswiseOneStays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(5) {
			p := newPair(h, owner, practice)
			back := h.planOf(p.as[1], p.logins[1], p.logins[0])
			got := race(atOnce, func(i int) error {
				if i%2 == 0 {
					return p.confirm()
				}
				_, _, err := h.people.ConfirmMerge(p.as[1], back)
				return err
			})
			if got[""] != 1 || got[""]+got["TOKEN_INVALID"]+got["UNAUTHENTICATED"] != atOnce {
				t.Fatalf("merge × merge crosswise: %v", got)
			}
			ended := s.Read().User.Query().Where(user.IDIn(p.logins[0].ID, p.logins[1].ID), user.EndedAtNotNil()).CountX(store.Facts(t.Context()))
			if reach := h.reach(p.logins[:]...); ended != 1 || len(reach) != 2 {
				t.Fatalf("%d have ended, and %v can be opened", ended, reach)
			}
		}
		h.sound(t)
	})
}

// J4: one login is to be merged into two others at once: one of them gets it.
func TestALoginIsMergedIntoOneOfTwo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(5) {
			p := newPair(h, owner, practice)
			third := h.somebody()
			as := h.as(third)
			plan := h.planOf(as, third, p.logins[1])
			got := race(2, func(i int) error {
				if i == 0 {
					return p.confirm()
				}
				_, _, err := h.people.ConfirmMerge(as, plan)
				return err
			})
			wantTally(t, "one login into two", got, map[string]int{"": 1, "TOKEN_INVALID": 1})
		}
		h.sound(t)
	})
}

// F4, J5: somebody is deactivated while their login is merged: whichever of the two memberships it was, it is shut, unless the
// person is in by the other one.
func TestMergingWhileAMemberIsDeactivated(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		first := 0
		for i := range trials(20) {
			p := newPair(h, owner, practice)
			which := []string{p.members[1], p.members[2]}[i%2]
			var merged, shut string
			together(2, func(n int) {
				if n == 0 {
					merged = codes(p.confirm())
				} else {
					shut = codes(h.people.Deactivate(owner, which, ""))
				}
			})
			opens := []string{p.shared, p.other}
			switch {
			case merged != "" || i%2 == 0 && shut != "" && shut != "OWNER_CANNOT_BE_DEACTIVATED" && shut != "MEMBERSHIP_REMOVED" || i%2 == 1 && shut != "OWNER_CANNOT_BE_DEACTIVATED" && shut != "":
				t.Fatalf("merge × deactivate: %q and %q", merged, shut)
			case i%2 == 1 && shut == "":
				opens = opens[:1]
			}
			if shut == "" {
				first++
			}
			p.whole(t, true, opens...)
			if m := s.Read().Membership.GetX(store.Facts(t.Context()), p.members[0]); m.Status != rule.Active {
				t.Fatalf("the survivor's own membership is %s", m.Status)
			}
		}
		t.Logf("deactivating was in time %d times", first)
		h.sound(t)
	})
}

// C3, J5: the login that ends accepts an invitation at the same moment. Either it is in and the survivor opens that account as
// well, or the link waits for the survivor.
func TestMergingWhileAnInvitationIsAccepted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		won := 0
		for range trials(10) {
			p := newPair(h, owner, practice)
			third := h.client(owner, practice)
			email := p.logins[1].Email
			h.write(func(ctx context.Context, tx *store.Tx) error { // as if it was invited before it was proved
				return tx.User.UpdateOneID(p.logins[1].ID).ClearEmailVerifiedAt().Exec(ctx)
			})
			added, link := h.invite(owner, third, rule.StandardRole, email)
			h.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(p.logins[1].ID).SetEmailVerifiedAt(tx.Now).Exec(ctx)
			})
			var merged, accepted string
			together(2, func(n int) {
				if n == 0 {
					merged = codes(p.confirm())
				} else {
					_, err := h.people.Accept(p.as[1], link, "", rule.Web)
					accepted = codes(err)
				}
			})
			switch {
			case merged == "" && accepted == "":
				won++
				p.whole(t, true, p.shared, p.other, third)
			case merged == "" && accepted == "INVITATION_WRONG_PERSON":
				p.whole(t, true, p.shared, p.other)
				if _, err := h.people.Accept(p.as[0], link, "", rule.Web); err != nil {
					t.Fatalf("the survivor cannot accept: %v", err)
				}
				if m := s.Read().Membership.GetX(store.Facts(t.Context()), added.Membership); m.UserID == nil || *m.UserID != p.logins[0].ID {
					t.Fatalf("it was accepted for %v", m.UserID)
				}
			default:
				t.Fatalf("merge × accept: %q and %q", merged, accepted)
			}
		}
		t.Logf("accepting was in time %d times", won)
		h.sound(t)
	})
}

// J4, J8: the login that ends changes its password at the same moment. Then the plan is dead, or the login is.
func TestMergingWhileThePasswordChanges(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		hash, err := h.logins.Hash(t.Context(), password)
		must(t, hash, err)
		changed := 0
		for range trials(5) {
			p := newPair(h, owner, practice)
			h.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(p.logins[1].ID).SetPasswordHash(hash).Exec(ctx)
			})
			var merged, change string
			ready := make(chan struct{})
			together(2, func(n int) {
				if n == 0 {
					<-ready
					merged = codes(p.confirm())
				} else {
					close(ready)
					_, err := h.logins.ChangePassword(p.as[1], password, "another lantern by the harbour")
					change = codes(err)
				}
			})
			switch {
			case merged == "" && (change == "UNAUTHENTICATED" || change == "CREDENTIALS_INCORRECT"):
				p.whole(t, true, p.shared, p.other)
			case merged == "TOKEN_INVALID" && change == "":
				changed++
				p.whole(t, false, p.shared, p.other)
			default:
				t.Fatalf("merge × password change: %q and %q", merged, change)
			}
		}
		t.Logf("the password was first %d times", changed)
		h.sound(t)
	})
}

// J4: the login that ends makes a business of its own, or a practice, at the same moment. Nobody owns what nobody can open.
func TestMergingWhileTheOtherLoginMakesAnAccount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		made := 0
		for i := range trials(10) {
			p := newPair(h, owner, practice)
			var merged, create, id string
			together(2, func(n int) {
				if n == 0 {
					merged = codes(p.confirm())
					return
				}
				var err error
				if i%2 == 0 {
					id, err = h.people.CreatePractice(p.as[1], "Second thoughts", "GB")
				} else {
					id, err = h.people.CreateClient(p.as[1], people.CreateClient{Name: "Second thoughts"})
				}
				create = codes(err)
			})
			switch {
			case merged == "" && create == "":
				made++
				p.whole(t, true, p.shared, p.other, id)
			case merged == "" && create == "UNAUTHENTICATED":
				p.whole(t, true, p.shared, p.other)
			default:
				t.Fatalf("merge × create: %q and %q", merged, create)
			}
			if n := s.Read().Membership.Query().Where(membership.UserID(p.logins[1].ID), membership.StatusNEQ(rule.Removed)).CountX(store.Facts(t.Context())); n != 0 {
				t.Fatalf("the ended login still has %d memberships", n)
			}
		}
		t.Logf("the account was made in time %d times", made)
		h.sound(t)
	})
}
