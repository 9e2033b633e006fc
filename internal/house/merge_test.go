package house_test

import (
	"strings"
	"testing"
	"time"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// J8: a merge gives no credentials of the login that stays, so its new session is as fresh as the one before, and no longer.
func TestAMergeMakesNoSessionFresherOrLonger(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		p := newPair(h, owner, practice)
		v, _ := viewer.From(p.as[0])
		before := s.Read().Session.GetX(store.Facts(t.Context()), v.SessionID)
		clock.Advance(5 * time.Minute)
		opened, _, err := h.people.ConfirmMerge(p.as[0], p.plan)
		must(t, opened, err)
		after := s.Read().Session.GetX(store.Facts(t.Context()), opened.Viewer.SessionID)
		if after.ID == before.ID || !after.SignedInAt.Equal(before.SignedInAt) || !after.ExpiresAt.Equal(before.ExpiresAt) {
			t.Errorf("%s, signed in at %v until %v, became %s, %v until %v", before.ID, before.SignedInAt, before.ExpiresAt, after.ID, after.SignedInAt, after.ExpiresAt)
		}
	}, storetest.WithClock(clock))
}

// J5: who signs up with an address that was merged, and does not prove it, keeps nobody from the invitations sent there; who
// proves it has them.
func TestAnInvitationToAMergedAddressIsItsLastProversOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		for proved, want := range map[bool]string{false: "", true: "INVITATION_WRONG_PERSON"} {
			practice, owner := h.practice()
			p := newPair(h, owner, practice)
			_, link := h.invite(owner, h.client(owner, practice), rule.StandardRole, h.fresh("later")+"@example.com")
			if _, err := h.people.Accept(p.as[0], link, "", rule.Web); codes(err) != "INVITATION_WRONG_PERSON" {
				t.Fatalf("somebody else's invitation is answered %q", codes(err))
			}
			if err := p.confirm(); err != nil {
				t.Fatal(err)
			}
			_, link = h.invite(owner, h.client(owner, practice), rule.StandardRole, p.logins[1].Email)
			h.loginOf(p.logins[1].Email, proved)
			if _, err := h.people.Accept(p.as[0], link, "", rule.Web); codes(err) != want {
				t.Errorf("proved by somebody else since: %v, answered %q, want %q", proved, codes(err), want)
			}
		}
	})
}

// SECURITY.md, Parameters: an address that nobody ever proved gets five mails a day, those of logins that ended among them.
func TestAnAddressThatWasNeverProvedIsToldFiveTimesADay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		ours := h.somebody()
		for range 7 {
			as := h.as(s.Read().User.GetX(store.Facts(t.Context()), ours.ID))
			now := s.Read().User.GetX(store.Facts(t.Context()), ours.ID)
			if _, _, err := h.people.ConfirmMerge(as, h.planOf(as, now, h.loginOf("victim@example.com", false))); err != nil {
				t.Fatal(err)
			}
		}
		if n := strings.Count(strings.Join(texts(h, "SELECT CAST(args AS text) FROM river_job"), "\n"), "LOGIN_ENDED"); n != 5 {
			t.Errorf("%d mails, want 5", n)
		}
	})
}
