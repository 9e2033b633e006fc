package house_test

import (
	"testing"

	"roster/ent/event"
	"roster/ent/session"
	"roster/ent/token"
	"roster/ent/user"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

func TestOneAddressSignedUpByEightAtOnceIsOneLogin(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		for range trials(2) {
			email := h.fresh("new") + "@example.com"
			got := race(atOnce, func(int) error {
				return h.logins.SignUp(h.nobody(), login.SignUp{FirstName: "Kit", LastName: "Vale", Email: email, Password: password, Client: rule.Web}, nil)
			})
			wantTally(t, "one address eight times (J1)", got, map[string]int{"": atOnce})
			ctx := store.Facts(t.Context())
			u := s.Read().User.Query().Where(user.Email(email)).OnlyX(ctx)
			live := s.Read().Token.Query().Where(token.UserID(u.ID), token.VoidedAtIsNil(), token.UsedAtIsNil()).CountX(ctx)
			lines := s.Read().Event.Query().Where(event.UserID(u.ID), event.Verb("signUp")).CountX(ctx)
			if live != 1 || lines != 1 {
				t.Fatalf("%d live confirmations and %d lines, want 1 of each", live, lines)
			}
		}
		h.sound(t)
	})
}

func TestARefreshTokenUsedByEightAtOnceWorksOnceAndEndsTheSession(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		for range trials(20) {
			o := h.open(h.somebody(), rule.Mobile)
			fresh := make([]*login.Tokens, atOnce)
			got := race(atOnce, func(i int) (err error) {
				fresh[i], err = h.logins.Refresh(h.nobody(), o.Tokens.RefreshToken)
				return err
			})
			wantTally(t, "one refresh token eight times", got, map[string]int{"": 1, "TOKEN_INVALID": atOnce - 1})
			if n := s.Read().Session.Query().Where(session.ID(o.Viewer.SessionID), session.EndedAtIsNil()).CountX(store.Facts(t.Context())); n != 0 {
				t.Fatal("the session outlived the second use of its token")
			}
			for _, tokens := range fresh {
				if tokens != nil {
					h.dead(t, tokens)
				}
			}
		}
		h.sound(t)
	})
}

// dead holds that the winner's new tokens open nothing any more either.
func (h *home) dead(t *testing.T, tokens *login.Tokens) {
	t.Helper()
	if _, err := h.logins.Refresh(h.nobody(), tokens.RefreshToken); codes(err) != "TOKEN_INVALID" {
		t.Fatalf("the winner's refresh token is answered %q", codes(err))
	}
	v, err := h.logins.Authenticate(t.Context(), viewer.Viewer{At: h.store.Now()}, tokens.AccessToken, rule.Mobile)
	if err != nil || v.SignedIn() {
		t.Fatalf("the winner's access token opens %q, %v", v.UserID, err)
	}
}

// The positive control: one after the other, each token works once.
func TestRefreshTokensUsedInTurnKeepTheSession(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		tokens := h.open(h.somebody(), rule.Mobile).Tokens
		for range 5 {
			next, err := h.logins.Refresh(h.nobody(), tokens.RefreshToken)
			tokens = must(t, next, err)
			v, err := h.logins.Authenticate(t.Context(), viewer.Viewer{At: s.Now()}, tokens.AccessToken, rule.Mobile)
			if err != nil || !v.SignedIn() {
				t.Fatalf("a new access token opens nothing: %v", err)
			}
		}
	})
}

// J2: a confirmation link works once, and who proves the address first decides the password.
func TestAConfirmationLinkUsedByEightAtOnceWorksOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		for range trials(3) {
			u := h.loginOf(h.fresh("unproved")+"@example.com", false)
			as := h.as(u)
			if err := h.logins.ResendVerification(as); err != nil {
				t.Fatal(err)
			}
			id := s.Read().Token.Query().Where(token.UserID(u.ID), token.VoidedAtIsNil()).OnlyIDX(store.Facts(t.Context()))
			got := race(atOnce, func(int) error {
				_, err := h.logins.Verify(as, h.links.VerificationToken(id), "")
				return err
			})
			wantTally(t, "one confirmation link eight times", got, map[string]int{"": 1, "TOKEN_INVALID": atOnce - 1})
			if n := s.Read().Event.Query().Where(event.UserID(u.ID), event.Verb("emailVerify")).CountX(store.Facts(t.Context())); n != 1 {
				t.Fatalf("%d lines tell of the proof, want 1", n)
			}
		}
		h.sound(t)
	})
}
