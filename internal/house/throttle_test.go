package house_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"roster/ent"
	"roster/ent/token"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// cheap is a hash that is compared in no time: what that takes, a hash says itself. Where it is to take as long as in use, it is
// made by login.Logins.Hash.
func cheap(t testing.TB, password string) string {
	t.Helper()
	hash, err := argon2id.CreateHash(password, &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	return must(t, hash, err)
}

// withPassword is a new login with an address, or with one of its own, that signs in with password.
func (h *home) withPassword(email ...string) (u *ent.User) {
	h.Helper()
	hash := cheap(h, password)
	if email == nil {
		u = h.somebody()
	} else {
		u = h.loginOf(email[0], true)
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(u.ID).SetPasswordHash(hash).Exec(ctx)
	})
	return u
}

// SECURITY.md, Parameters: five failures are free; then a second, doubling to a quarter of an hour, for an address that has a
// login as for one that has none.
func TestFailuresMakeOneWaitTwiceAsLongEachTime(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		h.withPassword("known@example.com")
		for _, email := range []string{"known@example.com", "unknown@example.com"} {
			try := func(password string) string {
				_, err := h.logins.SignIn(h.nobody(), email, password, rule.Web)
				return codes(err)
			}
			for n := range 5 {
				if got := try("wrong"); got != "CREDENTIALS_INCORRECT" {
					t.Fatalf("%s: failure %d is answered %q", email, n+1, got)
				}
			}
			for _, wait := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
				wait *= time.Second
				clock.Advance(wait - time.Millisecond)
				if got := try(password); got != "TOO_MANY_ATTEMPTS" {
					t.Fatalf("%s: a millisecond before %v are over the right password is answered %q", email, wait, got)
				}
				clock.Advance(time.Millisecond)
				if got := try("wrong"); got != "CREDENTIALS_INCORRECT" {
					t.Fatalf("%s: after %v a wrong password is answered %q", email, wait, got)
				}
			}
		}

		// Whoever is kept waiting still gets a link for a new password, and with that signs in at once.
		if err := h.logins.RequestReset(h.nobody(), "known@example.com"); err != nil {
			t.Fatal(err)
		}
		id, err := s.Read().Token.Query().Where(token.PurposeEQ(rule.ResetPassword), token.UsedAtIsNil(), token.VoidedAtIsNil()).OnlyID(store.Facts(t.Context()))
		must(t, id, err)
		if err := h.logins.Reset(h.nobody(), h.links.ResetToken(id), "kettle ginger lantern moss"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.logins.SignIn(h.nobody(), "known@example.com", "kettle ginger lantern moss", rule.Web); err != nil {
			t.Errorf("after a new password the first sign-in is answered %v", err)
		}
	}, storetest.WithClock(clock))
}

// Failures are counted before the password is compared: of many at once no more are compared than of as many in turn.
func TestGuessesAtOnceCountLikeGuessesInTurn(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock) // stands still, so that nobody who has to wait has waited
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		for trial := range trials(1) {
			email := fmt.Sprintf("guessed%d@example.com", trial)
			h.loginOf(email, true)
			got := race(4*atOnce, func(int) error {
				_, err := h.logins.SignIn(h.nobody(), email, "wrong", rule.Web)
				return err
			})
			wantTally(t, "32 guesses at once", got, map[string]int{"CREDENTIALS_INCORRECT": 5, "TOO_MANY_ATTEMPTS": 27})
		}
	}, storetest.WithClock(clock))
}

// Hashing is what costs: who comes when the queue is full is told to come again, and the server goes on.
func TestTooManyPasswordsAtOnceAreRefusedAndTheOthersAnswered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		h.withPassword("known@example.com")
		ctx, rest := context.WithCancel(t.Context())
		var busy sync.WaitGroup
		for range 200 { // more than can wait, all the time
			busy.Go(func() {
				for ctx.Err() == nil {
					if _, err := h.logins.Hash(ctx, password); errors.Is(err, rule.ErrBusy) {
						select { // the queue stays full: whose turn is over is back in it at once
						case <-ctx.Done():
						case <-time.After(time.Millisecond):
						}
					}
				}
			})
		}
		got := map[int]int{}
		for i := 0; i < 200 && got[http.StatusTooManyRequests] == 0; i++ {
			form := url.Values{"email": {fmt.Sprintf("two%d@example.com", i)}, "password": {"wrong"}}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, base+"/sign-in", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			got[h.send("", r).status]++
		}
		rest()
		busy.Wait()
		if got[http.StatusTooManyRequests] == 0 {
			t.Errorf("with a full queue, sign-ins by the page are answered %v", got)
		}
		if _, err := h.logins.SignIn(h.nobody(), "known@example.com", password, rule.Web); err != nil {
			t.Errorf("the next one is answered %v", err)
		}
	})
}

// mailed is how many mails wait for their sending, by kind.
func (h *home) mailed(t *testing.T) (n int) {
	t.Helper()
	rows, err := h.store.Query(t.Context(), "SELECT count(*) FROM river_job")
	must(t, rows, err)
	defer rows.Close()
	rows.Next()
	if err := rows.Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// SECURITY.md, Parameters: an address gets five mails a day that somebody typed it into a form for, over all forms; but nobody
// is kept from a new password by that, nor from being invited.
func TestAnAddressGetsFiveMailsADayOverAllForms(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		asker := h.as(h.somebody())
		for name, known := range map[string]bool{"known": true, "unknown": false} {
			email := name + "@example.com"
			if known {
				h.loginOf(email, true)
			}
			signUp := func() error {
				return h.logins.SignUp(h.nobody(), login.SignUp{FirstName: "Kit", LastName: "Vale", Email: email, Password: "kettle ginger lantern moss", Client: rule.Web}, nil)
			}
			change := func() error { return h.logins.RequestNewEmail(asker, email, "") }
			reset := func() error { return h.logins.RequestReset(h.nobody(), email) }
			mails := func(what string, do func() error, want int) {
				t.Helper()
				before := h.mailed(t)
				if err := do(); err != nil {
					t.Fatalf("%s, %s: %v", name, what, err)
				}
				if got := h.mailed(t) - before; got != want {
					t.Errorf("%s, %s: %d mails, want %d", name, what, got, want)
				}
			}
			one := func() int { // a link for a new password goes to a login only, and is counted all the same
				if known {
					return 1
				}
				return 0
			}
			mails("the first: a new password", reset, one())
			mails("the second: an address for another login", change, 1)
			mails("the third: a new password", reset, one())
			mails("the fourth: an address for another login", change, 1)
			mails("the fifth: a sign-up", signUp, 1)
			mails("a sixth: a sign-up", signUp, 0)
			mails("a sixth: an address for another login", change, 0)
			if name == "unknown" {
				continue // there is a login now, that was signed up
			}
			mails("a sixth: a new password, the third in an hour", reset, 1)
			mails("a seventh: a new password, the fourth in an hour", reset, 0)
			for range 3 {
				clock.Advance(time.Hour)
				mails("an hour later: a new password", reset, 1)
				mails("and not another", reset, 0)
			}
			before := h.mailed(t)
			h.invite(owner, h.client(owner, practice), rule.StandardRole, email)
			if h.mailed(t) == before {
				t.Error("who had five mails today is not told of an account")
			}
			clock.Advance(24 * time.Hour)
			asker = h.as(h.somebody())
			mails("a day later: an address for another login", change, 1)
		}
	}, storetest.WithClock(clock))
}
