package house_test

import (
	"fmt"
	"testing"
	"time"

	"roster/ent/attempt"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// SECURITY.md, Parameters: 50 failures in 10 minutes for a range of addresses, over all logins, and the mail with a new
// password is never locked out.
func TestARangeOfAddressesGuessesFiftyPasswordsInTenMinutes(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		u := h.withPassword()
		try := func(ip, email, with string) string {
			_, err := h.logins.SignIn(viewer.With(t.Context(), viewer.Viewer{At: s.Now(), IPAddress: ip}), email, with, rule.Mobile)
			return codes(err)
		}
		for i := range 50 {
			if got := try(fmt.Sprintf("192.0.2.%d", i), h.fresh("nobody")+"@example.com", "wrong"); got != "CREDENTIALS_INCORRECT" {
				t.Fatalf("failure %d: got %q", i, got)
			}
			if i%10 == 0 { // those who know their password do not count
				if got := try("192.0.2.77", u.Email, password); got != "" {
					t.Fatalf("the right password after %d failures: got %q", i, got)
				}
			}
		}
		for _, ip := range []string{"192.0.2.99", "::ffff:192.0.2.200"} {
			if got := try(ip, u.Email, password); got != "TOO_MANY_ATTEMPTS" {
				t.Errorf("%s, after fifty failures: got %q", ip, got)
			}
		}
		for _, ip := range []string{"192.0.3.1", "2001:db8::1", ""} {
			if got := try(ip, u.Email, password); got != "" {
				t.Errorf("%q, from elsewhere: got %q", ip, got)
			}
		}
		if err := h.logins.RequestReset(viewer.With(t.Context(), viewer.Viewer{At: s.Now(), IPAddress: "192.0.2.1"}), u.Email); err != nil {
			t.Errorf("the mail with a new password: got %v", err)
		}
		if n, err := s.Read().Attempt.Query().Where(attempt.FailuresLT(0)).Count(store.Facts(t.Context())); n != 0 || err != nil {
			t.Errorf("%d counts are below zero, %v", n, err)
		}
		clock.Advance(10 * time.Minute)
		if got := try("192.0.2.99", u.Email, password); got != "" {
			t.Errorf("ten minutes later: got %q", got)
		}
	}, storetest.WithClock(clock))
}

func TestARangeIsWhatOneSiteIsGiven(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		for i := range 51 {
			_, err := h.logins.SignIn(viewer.With(t.Context(), viewer.Viewer{At: s.Now(), IPAddress: fmt.Sprintf("2001:db8:1:%x::%x", i, i)}), h.fresh("nobody")+"@example.com", "wrong", rule.Web)
			want := "CREDENTIALS_INCORRECT"
			if i == 50 {
				want = "TOO_MANY_ATTEMPTS"
			}
			if got := codes(err); got != want {
				t.Errorf("failure %d: got %q, want %q", i, got, want)
			}
		}
	})
}
