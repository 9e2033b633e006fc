package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/ent/membership"
	"roster/ent/session"
	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestASessionIsGoodAtEveryServerAndEndsAtAllAtOnce(t *testing.T) {
	t.Parallel()
	s := twoServers(t)
	laptop, phone := browser(t), browser(t)
	for round := range 5 {
		s.one.must(t, laptop, signIn, ada())
		s.other.must(t, phone, signIn, ada())
		for _, at := range []*running{s.other, s.one, s.front, s.front} {
			if l, p := at.who(t, laptop), at.who(t, phone); l != "usr_ada" || p != "usr_ada" {
				t.Fatalf("round %d: signed in elsewhere, the other server sees %q and %q", round, l, p)
			}
		}
		s.one.must(t, laptop, `mutation { sessionRevokeOthers { problems { code } } }`, nil)
		if got := s.other.who(t, phone); got != "" {
			t.Fatalf("round %d: its session ended at one server, the other still sees %q", round, got)
		}
		s.other.must(t, laptop, `mutation { signOut { problems { code } } }`, nil)
		if got := s.one.who(t, laptop); got != "" {
			t.Fatalf("round %d: signed out at the other server, the first still sees %q", round, got)
		}
	}
	s.one.stop(t)
	s.other.stop(t)
}

func TestWhoLosesAnAccountAtOneServerHasItAtNone(t *testing.T) {
	t.Parallel()
	s := twoServers(t)
	s.write(func(ctx context.Context, tx *store.Tx) error {
		a := tx.User.GetX(store.Facts(ctx), "usr_ada")
		tx.User.UpdateOneID("usr_sam").SetPasswordHash(*a.PasswordHash).SetEmailVerifiedAt(tx.Now).SaveX(ctx)
		tx.Membership.Create().SetID("mem_sam").SetKind(rule.Client).SetAccountID("cli_2").SetClientAccountID("cli_2").SetRoleID(rule.StandardRole).
			SetPermissions(rule.StandardPermissions).SetFirstName("Sam").SetLastName("Ivory").SetNameKey("ivory").SetSearchKey("sam").SetEmail("sam@example.com").
			SetUserID("usr_sam").SetLoginAccess(true).SetStatus(rule.Active).SetIsOwner(true).SetJoinedAt(tx.Now).SetCreatedAt(tx.Now).SetLastActiveAt(tx.Now).SaveX(ctx)
		return nil
	})
	b := browser(t)
	s.one.must(t, b, signIn, map[string]any{"email": "sam@example.com", "password": adasPassword})
	opens := func(at *running) bool {
		t.Helper()
		var data struct{ ClientAccount *struct{ ID string } }
		at.askAs(t, b, `{ clientAccount(id: "cli_2") { id } }`, nil).into(t, &data)
		return data.ClientAccount != nil
	}
	for round := range 5 {
		for _, may := range []bool{true, false} {
			s.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.Membership.UpdateOneID("mem_sam").SetLoginAccess(may).Exec(ctx)
			})
			if one, other := opens(s.one), opens(s.other); one != may || other != may {
				t.Fatalf("round %d: with login access %v, the account opens %v at one server and %v at the other", round, may, one, other)
			}
		}
	}
}

// SECURITY.md, Parameters: a second server gives nobody who guesses a second allowance, however they come and whatever they
// write into X-Forwarded-For.
func TestGuessesAreCountedOverAllServers(t *testing.T) {
	t.Parallel()
	s := twoServers(t, "SIGN_INS_A_MINUTE=10")

	// One address, many logins, all at once.
	began := time.Now()
	var answered, refused atomic.Int64
	var some sync.WaitGroup
	for i := range 40 {
		guess := from(t, "127.0.0.7")
		some.Go(func() {
			r, err := http.NewRequest(http.MethodPost, s.front.base+"/sign-in", strings.NewReader(url.Values{"email": {fmt.Sprintf("x%d@example.com", i)}, "password": {"wrong"}}.Encode()))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i))
			answer, err := guess.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			_ = answer.Body.Close()
			switch answer.StatusCode {
			case http.StatusUnprocessableEntity:
				answered.Add(1)
			case http.StatusTooManyRequests:
				refused.Add(1)
			default:
				t.Errorf("got status %d", answer.StatusCode)
			}
		})
	}
	some.Wait()
	if answered.Load() != 10 || refused.Load() != 30 {
		t.Errorf("40 guesses from one address in %s: %d were compared and %d refused, want 10 and 30", time.Since(began), answered.Load(), refused.Load())
	}

	// One login, many addresses, all at once. Five are free; then a second goes by, and two, before there is another.
	began = time.Now()
	var compared, waiting atomic.Int64
	for i := range 12 {
		guess := from(t, "127.0.0.1")
		guess.Transport = forwarded{guess.Transport, fmt.Sprintf("198.51.100.%d", i)}
		some.Go(func() {
			var data struct {
				SignIn struct{ Problems []struct{ Code string } }
			}
			[]*running{s.one, s.other}[i%2].askAs(t, guess, signIn, map[string]any{"email": "ada@example.com", "password": "wrong"}).into(t, &data)
			switch p := data.SignIn.Problems; {
			case len(p) == 1 && p[0].Code == "CREDENTIALS_INCORRECT":
				compared.Add(1)
			case len(p) == 1 && p[0].Code == "TOO_MANY_ATTEMPTS":
				waiting.Add(1)
			default:
				t.Errorf("got %v", p)
			}
		})
	}
	some.Wait()
	most := int64(5)
	for wait, over := time.Second, time.Since(began); wait <= over; wait *= 2 {
		over -= wait
		most++
	}
	if got := compared.Load(); got < 5 || got > most || got+waiting.Load() != 12 {
		t.Errorf("12 guesses at one login at two servers: %d were compared and %d told to wait, want 5 to %d compared", got, waiting.Load(), most)
	}

	// Everybody else signs in.
	s.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Attempt.Delete().Exec(ctx) // a quarter of an hour goes by for Ada's login
		return err
	})
	office := from(t, "127.0.0.9")
	for range 15 {
		s.front.must(t, office, signIn, ada())
	}
	last := s.store.Read().Session.Query().Order(session.ByCreatedAt(), session.ByID()).AllX(store.Facts(t.Context()))
	if got := *last[len(last)-1].IPAddress; got != "127.0.0.9" {
		t.Errorf("behind the proxy, a session's address is %s, want that of whoever asked it", got)
	}
}

const addOne = `mutation($input: MembershipAddInput!) { membershipAdd(input: $input) { membership { id } problems { code } } }`

func TestAKeySentToTwoServersAtOnceAddsOnce(t *testing.T) {
	t.Parallel()
	s := twoServers(t)
	b := browser(t)
	s.one.must(t, b, signIn, ada())
	const rounds = 25
	for round := range rounds {
		input := map[string]any{"input": map[string]any{"accountId": "cli_2", "firstName": "Robin", "lastName": fmt.Sprint("Marlow ", round),
			"loginAccess": false, "roleId": "rol_standard", "idempotencyKey": fmt.Sprint("round ", round)}}
		var both sync.WaitGroup
		var ids [2]string
		for i, at := range []*running{s.one, s.other} {
			both.Go(func() {
				ids[i] = string(at.must(t, b, addOne, input)["membership"])
			})
		}
		both.Wait()
		if ids[0] != ids[1] || !strings.Contains(ids[0], "mem_") {
			t.Fatalf("round %d: the same key answers %s at one server and %s at the other", round, ids[0], ids[1])
		}
	}
	if got := s.in("cli_2"); got != rounds {
		t.Errorf("%d calls, each sent to both servers, added %d people", rounds, got)
	}
}

// Two servers that write one row all the time must not give up: each makes its own writers wait, and not the other's.
func TestWritersOfTwoServersAtOneRowAllComeThrough(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.Postgres)
	another, err := store.Open(t.Context(), store.Options{URL: o.url})
	if err != nil {
		t.Fatal(err)
	}
	defer another.Close()
	const writers, each = 8, 20
	var all sync.WaitGroup
	for _, s := range []*store.Store{o.store, another} {
		for range writers {
			all.Go(func() {
				for range each {
					err := s.Tx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
						may, err := courier.Within(ctx, tx, "test", "one row", 1<<20, time.Hour)
						if err == nil && !may {
							t.Error("it was full")
						}
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	rows := o.store.Read().Attempt.Query().AllX(store.Facts(t.Context()))
	if len(rows) != 1 || rows[0].Failures != 2*writers*each {
		t.Errorf("got %v, want a count of %d", rows, 2*writers*each)
	}
}

func TestJobsOfTwoServersAreDoneOnce(t *testing.T) {
	t.Parallel()
	s := twoServers(t)
	b := browser(t)
	s.one.must(t, b, signIn, ada())
	const people = 60
	rows := make([]map[string]any, people)
	for i := range rows {
		rows[i] = map[string]any{"firstName": "Robin", "lastName": "Marlow", "loginAccess": true, "roleId": "rol_standard", "email": fmt.Sprintf("robin%d@example.com", i)}
	}
	input := map[string]any{"input": map[string]any{"accountId": "cli_2", "rows": rows, "notifyByEmail": true}}
	s.front.must(t, b, addMany, input)
	if got := s.in("cli_2"); got != people {
		t.Fatalf("%d people were added, want %d", got, people)
	}

	until(t, "every mail is sent", func() bool {
		return s.count("SELECT count(*) FROM river_job WHERE kind = 'invitation' AND state = 'completed'") == people
	})
	s.post.mu.Lock()
	mails, to := len(s.post.mails), map[string]int{}
	for _, m := range s.post.mails {
		to[m.to]++
	}
	s.post.mu.Unlock()
	if mails != people || len(to) != people {
		t.Errorf("%d mails went to %d people, want one to each of %d", mails, len(to), people)
	}
	workers := s.count("SELECT count(DISTINCT attempted_by[1]) FROM river_job WHERE kind = 'invitation'")
	t.Logf("%d of the servers sent them", workers)
	until(t, "the chore is done", func() bool {
		return s.count("SELECT count(*) FROM river_job WHERE kind = 'chore' AND state = 'completed'") > 0
	})
	if got := s.count("SELECT count(*) FROM river_job WHERE kind = 'chore'"); got != 1 {
		t.Errorf("the hourly chore was asked for %d times, want once for both servers", got)
	}
	if got := s.count("SELECT count(*) FROM river_leader"); got != 1 {
		t.Errorf("%d servers lead the queue, want one", got)
	}

	// A link that one server mailed opens at both, and of two that accept by it at once one succeeds.
	link := linkIn(t, s.post.next(t, "robin7@example.com", ""))
	for _, at := range []*running{s.one, s.other} {
		answer, err := http.Get(at.base + link)
		if err != nil {
			t.Fatal(err)
		}
		if body := text(t, answer); answer.StatusCode != http.StatusOK || !strings.Contains(body, "Accept the invitation") {
			t.Errorf("the link: got %d %s", answer.StatusCode, body)
		}
	}
	var both sync.WaitGroup
	for _, at := range []*running{s.one, s.other} {
		both.Go(func() {
			answer, err := from(t, "127.0.0.1").PostForm(at.base+link, url.Values{"password": {adasPassword}})
			if err != nil {
				t.Error(err)
				return
			}
			_ = answer.Body.Close()
		})
	}
	both.Wait()
	accepted := s.store.Read().Membership.Query().Where(membership.Email("robin7@example.com"), membership.StatusEQ(rule.Active)).CountX(store.Facts(t.Context()))
	if events := s.count("SELECT count(*) FROM events WHERE verb = 'invitationAccept'"); accepted != 1 || events != 1 {
		t.Errorf("accepted at two servers at once: %d memberships are active and the journal tells of %d, want 1 and 1", accepted, events)
	}
}
