package house_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/ent"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// followed is a home whose database has a replica, with a client account and somebody who sees its people.
type followed struct {
	*home
	pair   *storetest.Pair
	client string
	ada    *ent.User
	owner  context.Context
	tokens map[*ent.User]string
}

func newFollowed(t testing.TB) *followed {
	t.Helper()
	pair, log := storetest.NewPair(t), &logbook{}
	h := wire(t, pair.Open(store.Options{Log: slog.New(slog.NewTextHandler(log, nil))}), log)
	f := &followed{home: h, pair: pair, ada: h.somebody(), tokens: map[*ent.User]string{}}
	f.owner = h.as(f.ada)
	practice, err := h.people.CreatePractice(f.owner, "Okafor", "GB")
	must(h, practice, err)
	f.client = h.client(f.owner, practice)
	return f
}

// asks is what somebody is answered in a session that stays the same.
func (f *followed) asks(u *ent.User, query string) string {
	f.Helper()
	if f.tokens[u] == "" {
		f.tokens[u] = f.open(u, rule.Mobile).Tokens.AccessToken
	}
	body := fmt.Sprintf(`{"query":%q}`, query)
	return through(f.door, request("POST", "/graphql", body, "Authorization", "Bearer "+f.tokens[u])).Body.String()
}

func (f *followed) people(u *ent.User) string {
	f.Helper()
	return f.asks(u, fmt.Sprintf(`{clientAccount(id:%q){memberships(first:100){nodes{lastName}}}}`, f.client))
}

// near waits until what is shown comes from the replica.
func (f *followed) near() {
	f.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		before := f.store.Replica()["replica"]
		f.people(f.ada)
		if f.store.Replica()["replica"] > before {
			return
		}
		if time.Now().After(end) {
			f.Fatalf("nothing is read from the replica: %v\n%s", f.store.Replica(), f.log)
		}
	}
}

// A5 holds with a replica that stands still: who loses a session, a membership or a grant is out at once, and everybody sees
// what was written, whoever wrote it.
func TestAReplicaThatStandsStillLetsNobodyInAndHidesNothing(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	sam := f.somebody()
	added, err := f.home.people.Add(f.owner, person(f.client, rule.BusinessAdminRole, sam.Email))
	must(f, added, err)
	f.near()
	if got := f.people(sam); !strings.Contains(got, "Marlow") {
		t.Fatalf("Sam sees %s", got)
	}

	before := f.store.Replica()["replica"]
	if got := f.asks(sam, `{viewer{accounts(first:5){nodes{id}}}}`); !strings.Contains(got, f.client) || f.store.Replica()["replica"] != before+1 {
		t.Errorf("the accounts were read along with the session, from the primary: %s %v", got, f.store.Replica())
	}

	f.pair.Pause()
	before = f.store.Replica()["replica"]
	f.people(sam)
	if got := f.store.Replica()["replica"]; got != before+1 {
		t.Errorf("nothing was written, and the primary was read: %v", f.store.Replica())
	}
	for i := range 5 { // a person's own writes, and what others see of them
		name := fmt.Sprint("Written", i)
		one := person(f.client, rule.StandardRole, f.fresh("new")+"@example.com")
		one.LastName = name
		added, err := f.home.people.Add(f.owner, one)
		must(f, added, err)
		for who, u := range map[string]*ent.User{"Ada, who added": f.ada, "Sam": sam} {
			if got := f.people(u); !strings.Contains(got, name) {
				t.Errorf("%s: is not shown %s: %s", who, name, got)
			}
		}
	}
	mutation := fmt.Sprintf(`mutation{membershipAdd(input:{accountId:%q,firstName:"Robin",lastName:"Payload",loginAccess:false,roleId:"rol_standard"}){membership{lastName} problems{code}}}`, f.client)
	if got := f.asks(f.ada, mutation); !strings.Contains(got, `"lastName":"Payload"`) {
		t.Errorf("the answer of a mutation lacks what it wrote: %s", got)
	}
	if got := f.people(f.ada); !strings.Contains(got, "Payload") {
		t.Errorf("after a mutation, the list lacks what it wrote: %s", got)
	}

	f.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.Membership.UpdateOneID(added.Membership).SetLoginAccess(false).Exec(ctx)
	})
	if got := f.people(sam); !strings.Contains(got, `"clientAccount":null`) {
		t.Errorf("Sam, who lost login access, sees %s", got)
	}
	if got := f.asks(sam, `{viewer{accounts(first:5){nodes{id}}}}`); !strings.Contains(got, `"nodes":[]`) {
		t.Errorf("Sam's switcher still has %s", got)
	}
	f.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.Session.Update().SetEndedAt(tx.Now).Exec(ctx)
	})
	if got := f.asks(f.ada, `{viewer{id}}`); got != `{"data":{"viewer":null}}` {
		t.Errorf("Ada's session ended, and she sees %s", got)
	}
	if got := f.store.Replica()["replica"]; got != before+1 {
		t.Errorf("the replica was read %d times while it lacked what was written", got-before-1)
	}

	f.pair.Resume()
	f.tokens = map[*ent.User]string{}
	f.near()
	if got := f.people(f.ada); !strings.Contains(got, "Payload") {
		t.Errorf("from the replica, Ada sees %s", got)
	}
}

func TestWhatAQueryWritesItReads(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	f.near()
	ctx := store.Show(viewer.With(t.Context(), viewer.Viewer{}))
	before := f.store.Replica()["replica"]
	shown := func() bool {
		n, err := f.store.Read().Attempt.Query().Count(store.Facts(ctx))
		must(t, n, err)
		return n > 0
	}
	for f.store.Replica()["replica"] == before { // the one decision of this request
		ctx = store.Show(viewer.With(t.Context(), viewer.Viewer{}))
		shown()
	}
	f.pair.Pause()
	if shown() {
		t.Fatal("there is an attempt already")
	}
	err := f.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Attempt.Create().SetID("att_1").SetBlockedUntil(tx.Now).SetUpdatedAt(tx.Now).Exec(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if !shown() {
		t.Error("a request does not see what it wrote itself")
	}
}

func TestWithoutItsReplicaAServerReadsFromThePrimary(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	f.near()
	f.pair.Stop()
	for range 20 {
		if got := f.people(f.ada); strings.Contains(got, "errors") || !strings.Contains(got, `"nodes":`) {
			t.Fatalf("without the replica: %s", got)
		}
	}
	f.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOne(f.ada).SetFirstName("Ada").Exec(ctx)
	})
	if got := f.asks(f.ada, `{viewer{user{firstName}}}`); !strings.Contains(got, `"Ada"`) {
		t.Errorf("without the replica: %s", got)
	}
	if n := strings.Count(f.log.String(), "the replica cannot be read"); n != 1 || f.store.Replica()["away"] == 0 {
		t.Errorf("the log tells %d times that the replica cannot be read, counts are %v", n, f.store.Replica())
	}

	// A server that starts meanwhile does so without it.
	s, err := store.Open(t.Context(), store.Options{URL: f.pair.Primary, Replica: f.pair.Replica})
	if err != nil {
		t.Fatalf("a server does not start without its replica: %v", err)
	}
	_ = s.Close()
}

func TestAReplicaThatWasPromotedIsNotRead(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	f.near()
	f.pair.Promote()
	before := f.store.Replica()["replica"]
	for i := range 3 {
		one := person(f.client, rule.StandardRole, f.fresh("new")+"@example.com")
		one.LastName = fmt.Sprint("Written", i)
		added, err := f.home.people.Add(f.owner, one)
		must(f, added, err)
		if got := f.people(f.ada); !strings.Contains(got, one.LastName) {
			t.Errorf("got %s", got)
		}
	}
	if got := f.store.Replica()["replica"]; got != before {
		t.Errorf("what was promoted was read %d times", got-before)
	}
	if _, err := store.Open(t.Context(), store.Options{URL: f.pair.Primary, Replica: f.pair.Replica}); err == nil || !strings.Contains(err.Error(), "no replica") {
		t.Errorf("a server that starts with it: got %v", err)
	}
}

// BenchmarkReplica says which part of the queries a replica answers while somebody writes all the time.
func BenchmarkReplica(b *testing.B) {
	for _, writers := range []int{0, 1, 4} {
		b.Run(fmt.Sprint(writers, "writers"), func(b *testing.B) {
			f := newFollowed(b)
			f.near()
			ctx, stop := context.WithCancel(b.Context())
			var all sync.WaitGroup
			var wrote atomic.Int64
			for i := range writers {
				all.Go(func() {
					for ctx.Err() == nil {
						err := f.store.Tx(viewer.With(b.Context(), viewer.Viewer{}), func(ctx context.Context, tx *store.Tx) error {
							return tx.Attempt.Create().SetID(store.NewID("att")).SetFailures(i).SetBlockedUntil(tx.Now).SetUpdatedAt(tx.Now).Exec(ctx)
						})
						if err == nil {
							wrote.Add(1)
						}
					}
				})
			}
			before := f.store.Replica()
			for b.Loop() {
				f.people(f.ada)
			}
			after := f.store.Replica()
			stop()
			all.Wait()
			n := float64(after["replica"] + after["behind"] + after["away"] - before["replica"] - before["behind"] - before["away"])
			b.ReportMetric(100*float64(after["replica"]-before["replica"])/n, "%replica")
			b.ReportMetric(float64(wrote.Load())/b.Elapsed().Seconds(), "writes/s")
		})
	}
}
