package house_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/login"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// askings are the questions that anybody can ask with an address, by the API and by its page.
var askings = map[string]struct {
	mutation, page string
	form           url.Values
}{
	"signIn": {`mutation($email:String!){signIn(input:{email:$email,password:"not this one at all",client:MOBILE}){viewer{id} tokens{accessToken} problems{code message field}}}`,
		"/sign-in", url.Values{"password": {"not this one at all"}}},
	"signUp": {`mutation($email:String!){signUp(input:{firstName:"Kit",lastName:"Vale",email:$email,password:"velvet harbour ninety lanterns",practiceName:"Vale & Co",client:WEB}){viewer{id} practice{id} tokens{accessToken} problems{code message field}}}`,
		"", nil},
	"passwordResetRequest": {`mutation($email:String!){passwordResetRequest(input:{email:$email}){problems{code message field}}}`, "/forgot", nil},
}

// evenness asks with addresses that have a login and with as many that have none, in pairs, each pair in an order drawn by
// lot, and compares the answers. Under chance alone, whichever machine it runs on and whatever else that does, the one with a
// login takes longer in half of the pairs: how many standard deviations it is away from that is what comes back.
func (h *home) evenness(t *testing.T, name string, pairs int) (deviations float64, known, unknown time.Duration) {
	t.Helper()
	hash, err := h.logins.Hash(h.Context(), password)
	must(t, hash, err)
	addresses := make([][2]string, pairs)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for i := range addresses {
			addresses[i] = [2]string{fmt.Sprintf("known%06d@example.com", i), fmt.Sprintf("other%06d@example.com", i)}
			if err := tx.User.Create().SetID(store.NewID("usr")).SetEmail(addresses[i][0]).SetFirstName("Kit").SetLastName("Vale").SetPasswordHash(hash).
				SetEmailVerifiedAt(tx.Now).SetCreatedAt(tx.Now).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	var took [2][]time.Duration
	longer := 0
	for i, pair := range addresses {
		var now [2]time.Duration
		var said [2]string
		first := rand.IntN(2)
		for _, which := range []int{first, 1 - first} {
			r := asking(h.Context(), name, pair[which], i%2 == 1)
			began := time.Now()
			a := httptest.NewRecorder()
			h.door.ServeHTTP(a, r)
			now[which] = time.Since(began)
			a.Header().Del("X-Request-Id")
			said[which] = strings.ReplaceAll(fmt.Sprint(a.Code, a.Header(), a.Body.String()), pair[which], "ADDRESS")
			took[which] = append(took[which], now[which])
		}
		if said[0] != said[1] {
			t.Fatalf("with a login the answer is\n%s\nand without\n%s", said[0], said[1])
		}
		if now[0] > now[1] {
			longer++
		}
	}
	n := float64(pairs)
	return (float64(longer) - n/2) / math.Sqrt(n/4), median(took[0]), median(took[1])
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// asking is one question as a request: to the API or, where there is one and it is asked for, to the page.
func asking(ctx context.Context, name, email string, page bool) *http.Request {
	q := askings[name]
	if page && q.page != "" {
		form := url.Values{"email": {email}}
		for field, value := range q.form {
			form[field] = value
		}
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, base+q.page, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}
	body := fmt.Sprintf(`{"query":%q,"variables":{"email":%q}}`, q.mutation, email)
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, base+"/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// unlikely is how many standard deviations chance alone does not reach: once in three million tests.
const unlikely = 5.1

// SECURITY.md, Taking over somebody: same answer, length and time for addresses with a login and without.
func TestAddressesWithALoginAreAnsweredLikeThoseWithout(t *testing.T) {
	t.Parallel()
	for name := range askings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				pairs, even := 30, 120*time.Millisecond // 29 of 30 are told
				if soaking() {
					pairs, even = 1000, login.Even
				}
				h := wireWith(t, s, &logbook{}, base, login.Config{Even: even})
				deviations, known, unknown := h.evenness(t, name, pairs)
				t.Logf("%d samples: medians %v and %v, %+.1f standard deviations from even", 2*pairs, known, unknown, deviations)
				if math.Abs(deviations) > unlikely {
					t.Errorf("an address with a login is told by the time of its answer: medians %v and %v, %+.1f standard deviations from even", known, unknown, deviations)
				}
				if known < even || unknown < even {
					t.Errorf("answers come after %v and %v: they are not held", known, unknown)
				}
			})
		})
	}
}

// The positive control: where nothing is held, the same comparison tells them apart.
func TestUnheldAnswersTellAddressesWithALogin(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		deviations, known, unknown := h.evenness(t, "passwordResetRequest", 200)
		t.Logf("medians %v and %v, %+.1f standard deviations from even", known, unknown, deviations)
		if deviations < unlikely {
			t.Errorf("200 pairs tell nothing: medians %v and %v, %+.1f standard deviations", known, unknown, deviations)
		}
	})
}
