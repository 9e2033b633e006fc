//go:build unix

package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

const switcher = `query Switcher($first: Int) { viewer { user { firstName lastName email } accounts(first: $first, orderBy: NAME) {
	totalCount edges { cursor node { via role { id name } account { __typename id ... on Practice { name } ... on ClientAccount { name } } } } pageInfo { hasNextPage endCursor } } } }`

// bare is a server without the guard: gqlgen's own rules and its cache of documents.
func bare(srv *handler.Server, _ *Documents) { srv.SetQueryCache(lru.New[*ast.QueryDocument](parsed)) }

// BenchmarkGuard measures what the guard costs of the account switcher's throughput, with a document that came before, as an
// app's do, and with one that is new each time. Both doors take turns, and what counts is the processor's time, so that
// others on the machine disturb neither more than the other:
//
//	go test ./internal/web -run - -bench Guard -benchtime 10s
func BenchmarkGuard(b *testing.B) {
	doors := newBench(b)
	for _, known := range []bool{true, false} {
		b.Run(fmt.Sprintf("known=%v", known), func(b *testing.B) {
			const atOnce = 20
			took, asked := map[string]time.Duration{}, 0
			for b.Loop() {
				turns := []string{"with", "without"}
				if asked%2 == 1 {
					slices.Reverse(turns)
				}
				for _, name := range turns {
					began := processor(b)
					for range atOnce {
						text := switcher
						if asked++; !known {
							text += fmt.Sprintf(" # %d", asked)
						}
						doors.ask(b, name, text)
					}
					took[name] += processor(b) - began
				}
				asked++
			}
			b.ReportMetric(float64(took["with"].Microseconds())/float64(b.N*atOnce), "with-µs")
			b.ReportMetric(float64(took["without"].Microseconds())/float64(b.N*atOnce), "without-µs")
			b.ReportMetric(100*(float64(took["with"])/float64(took["without"])-1), "%cost")
		})
	}
}

// processor is the time that this process has used.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// bench are two doors to one house with forty clients.
type bench struct {
	doors map[string]http.Handler
	token string
}

func newBench(b testing.TB) bench {
	b.Helper()
	s := storetest.Open(b, storetest.SQLite)
	links := courier.Links{Base: "http://roster.example.com", Key: bytes.Repeat([]byte("k"), 32)}
	logins := login.New(s, links, login.Config{})
	house := people.New(s, logins, links, people.Config{})
	var o login.Opened
	nobody := viewer.With(context.Background(), viewer.Viewer{At: s.Now()})
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	must(s.Tx(nobody, func(ctx context.Context, tx *store.Tx) error {
		u, err := tx.User.Create().SetID(store.NewID("usr")).SetEmail("ada@example.com").SetFirstName("Ada").SetLastName("Okafor").SetCreatedAt(tx.Now).SetEmailVerifiedAt(tx.Now).Save(ctx)
		if err != nil {
			return err
		}
		o, err = logins.Open(ctx, tx, login.Person{ID: u.ID, Name: "Ada Okafor", Email: u.Email, Verified: true}, rule.Mobile)
		return err
	}))
	ada := viewer.With(context.Background(), o.Viewer)
	practice, err := house.CreatePractice(ada, "Okafor & Partners", "GB")
	must(err)
	for i := range 40 {
		_, err := house.CreateClient(ada, people.CreateClient{OfPractice: true, Practice: practice, Name: fmt.Sprint("Client ", i)})
		must(err)
	}
	w := &Server{store: s, logins: logins, people: house, log: slog.New(slog.DiscardHandler), signIns: perMinute(10), mails: perMinute(10)}
	return bench{map[string]http.Handler{"with": w.identify(w.session(w.graphql(Harden))), "without": w.identify(w.session(w.graphql(bare)))}, o.Tokens.AccessToken}
}

func (d bench) ask(b testing.TB, door, text string) {
	body, err := json.Marshal(map[string]any{"query": text, "variables": map[string]any{"first": 50}, "operationName": "Switcher"})
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", plainJSON)
	r.Header.Set("Authorization", "Bearer "+d.token)
	w := httptest.NewRecorder()
	d.doors[door].ServeHTTP(w, r)
	if w.Code != 200 || strings.Count(w.Body.String(), `"cursor"`) != 41 {
		b.Fatalf("%s: %d %.300s", door, w.Code, w.Body)
	}
}

// TestTheDoorsThatAreComparedAnswerAlike holds that the benchmark measures the same answer.
func TestTheDoorsThatAreComparedAnswerAlike(t *testing.T) {
	t.Parallel()
	doors := newBench(t)
	doors.ask(t, "with", switcher)
	doors.ask(t, "without", switcher)
}
