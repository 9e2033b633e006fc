package house_test

import (
	"context"
	"testing"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

const atOnce = 8

// invited is a client with somebody invited into it.
type invited struct {
	*home
	client, email, id, link string
}

func newInvited(h *home, owner context.Context, practice string) invited {
	h.Helper()
	i := invited{home: h, client: h.client(owner, practice), email: h.fresh("invited") + "@example.com"}
	added, link := h.invite(owner, i.client, rule.BusinessAdminRole, i.email)
	i.id, i.link = added.Invitation, link
	return i
}

// done holds that the invitation was accepted once.
func (i invited) done(t *testing.T) {
	t.Helper()
	if a, m := i.accepted(i.id); a != rule.InvitationIsAccepted || m != rule.Active {
		t.Fatalf("the invitation is %s and its membership %s", a, m)
	}
	if n := i.lines(i.client, "invitationAccept"); n != 1 {
		t.Fatalf("%d lines in the journal tell of the acceptance, want 1", n)
	}
}

// nobody is the context of somebody who is not signed in.
func (h *home) nobody() context.Context {
	return viewer.With(h.Context(), viewer.Viewer{At: h.store.Now()})
}

// E7: the invited person is signed in, with an address that was never proved, so that no password is hashed and all of
// them reach the database at once.
func TestOfAThousandSimultaneousAcceptsOneSucceeds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		i := newInvited(h, owner, practice)
		as := h.as(h.loginOf(i.email, false))
		got := race(1000, func(int) error {
			_, err := h.people.Accept(as, i.link, "", rule.Web)
			return err
		})
		wantTally(t, "a thousand accepts", got, map[string]int{"": 1, "INVITATION_ALREADY_ACCEPTED": 999})
		i.done(t)
		h.sound(t)
	})
}

func TestOfEightSimultaneousAcceptsOneSucceedsAgainAndAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for trial := range trials(20) {
			i := newInvited(h, owner, practice)
			as := h.as(h.loginOf(i.email, trial%2 == 0))
			got := race(atOnce, func(int) error {
				_, err := h.people.Accept(as, i.link, "", rule.Web)
				return err
			})
			wantTally(t, "eight accepts", got, map[string]int{"": 1, "INVITATION_ALREADY_ACCEPTED": atOnce - 1})
			i.done(t)
		}
		h.sound(t)
	})
}

func TestOfEightAcceptsWithAPasswordOneMakesTheLogin(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(2) {
			i := newInvited(h, owner, practice)
			got := race(atOnce, func(int) error {
				a, err := h.people.Accept(h.nobody(), i.link, password, rule.Mobile)
				if err == nil && a.Session == nil {
					t.Error("who accepted with a new password has no session")
				}
				return err
			})
			wantTally(t, "eight accepts with a password", got, map[string]int{"": 1, "INVITATION_ALREADY_ACCEPTED": atOnce - 1})
			i.done(t)
		}
		h.sound(t)
	})
}

// E6, E7: the invited person in their session, somebody with the link who is signed out, and somebody else altogether.
func TestAcceptsByDifferentPeopleHaveOneWinner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		winners := map[int]int{}
		for range trials(6) {
			i := newInvited(h, owner, practice)
			viewers := []context.Context{h.as(h.loginOf(i.email, false)), h.nobody(), h.as(h.somebody())}
			list := make([]string, 9)
			together(len(list), func(n int) {
				_, err := h.people.Accept(viewers[n%3], i.link, password, rule.Web)
				list[n] = codes(err)
			})
			for n, code := range list {
				switch {
				case code == "":
					winners[n%3]++
				case code != "INVITATION_ALREADY_ACCEPTED" && (n%3 != 2 || code != "INVITATION_WRONG_PERSON"):
					t.Fatalf("viewer %d was answered %q", n%3, code)
				}
			}
			if n := tally(list)[""]; n != 1 {
				t.Fatalf("%d of them succeeded, want 1: %q", n, list)
			}
			i.done(t)
		}
		if winners[2] != 0 {
			t.Errorf("somebody else accepted %d times", winners[2])
		}
		h.sound(t)
	})
}
