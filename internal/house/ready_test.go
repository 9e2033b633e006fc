package house_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"roster/graph"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// What is answered by what was made ready is what gqlgen answers: for the shopkeeper whose accounts are read along with the session,
// for the colleague whose are not, for nobody, and where there is an error; again and again, and by many at a time.
func TestAReadySwitcherIsWhatGqlgenAnswers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, r := newHome(t, s), seeded(t)
		w := newTwoWays(h, t.Context())
		ready := executor.New(graph.New(h.store, h.logins, h.people, h.papers).Executable())
		secrets := []string{"", h.open(shopkeeper(h, r, false), rule.Web).Cookie, h.open(shopkeeper(h, r, true), rule.Web).Cookie}
		for _, form := range asked(w, r) {
			for _, secret := range secrets {
				want := spoken(h, w.slow, secret, form, 1)
				var all sync.WaitGroup
				for range 3 {
					all.Go(func() {
						for range 2 {
							if got := spoken(h, ready, secret, form, 1); got != want {
								t.Errorf("%s\nready  %.2000s\ngqlgen %.2000s", form, got, want)
							}
						}
					})
				}
				all.Wait()
				if got, want := spoken(h, ready, secret, form, 3), spoken(h, w.slow, secret, form, 3); got != want {
					t.Errorf("%s, with another number\nready  %.2000s\ngqlgen %.2000s", form, got, want)
				}
			}
		}
	})
}

// asked are ways to ask for the switcher, and some that look like it.
func asked(w *twoWays, r *rand.Rand) []string {
	list := []string{
		`{viewer{accounts(first:0){nodes{id}}}}`, `{viewer{accounts(first:101){nodes{id}}}}`, `{viewer{accounts{nodes{id}}}}`, `{viewer{accounts(first:null){nodes{id}}}}`,
		`{viewer{accounts(first:2,last:2){nodes{id}}}}`, `{viewer{accounts(last:2){nodes{id}}}}`, `{viewer{accounts(first:2,after:"x"){nodes{id}}}}`, `{viewer{accounts(first:2,after:null,search:null){nodes{id}}}}`,
		`{viewer{accounts(first:2,search:"cli_1"){nodes{id}}}}`, `{viewer{accounts(first:9,search:""){nodes{id}}}}`, `{viewer{accounts(first:9,kinds:[]){nodes{id}}}}`, `{viewer{accounts(first:9,via:[PRACTICE]){nodes{id}}}}`,
		`{viewer{accounts(first:3,orderBy:LAST_USED){nodes{id}}}}`, `{viewer{accounts(first:3,orderBy:NAME){nodes{id account{name}}}}}`,
		`query($n:Int){viewer{accounts(first:$n){pageInfo{hasNextPage endCursor startCursor} edges{cursor}}}}`, `query($n:Int){viewer{accounts(first:2,orderBy:LAST_USED,last:$n){nodes{id}}}}`,
		`query($n:Int=100){v:viewer{__typename a:accounts(first:$n){n:nodes{id x:id} n:nodes{role{id name kind builtIn permissions}}} b:__typename}}`,
		`{...Q} fragment Q on Query{viewer{...V ... on Node{__typename}}} fragment V on Viewer{accounts(first:50){nodes{account{__typename id ...on ClientAccount{name} ...on Practice{n:name}}}}}`,
		`{viewer{accounts(first:5){totalCount nodes{membership{id role{name}}}}}}`, `{viewer{id accounts(first:5){nodes{id}}}}`, `{viewer{accounts(first:5){nodes{id account{...on ClientAccount{actions{disconnect{allowed}}}}}}}}`,
	}
	for range trials(60) {
		mixture := strings.NewReplacer("@include(if: $yes)", "", "@skip(if: $yes)", "").Replace(w.mixture(r, "AccountAccessConnection", 4))
		list = append(list, fmt.Sprintf(`query($n:Int){viewer{__typename accounts(first:$n){%s}}}`, mixture))
	}
	return list
}

// spoken is a whole answer to somebody, with what was read along with their session.
func spoken(h *home, e *executor.Executor, secret, query string, n int) string {
	h.Helper()
	op, errs := e.CreateOperationContext(graphql.StartOperationTrace(context.Background()), &graphql.RawParams{Query: query, Variables: map[string]any{"n": n}})
	if errs != nil {
		return errs.Error()
	}
	v, a, err := h.logins.AuthenticateFor(h.Context(), viewer.Viewer{At: h.store.Now()}, secret, rule.Web, graph.Ahead(op))
	if err != nil {
		h.Error(err)
	}
	ctx := a.With(graph.WithRequest(viewer.With(graphql.StartOperationTrace(h.Context()), v), graph.Request{}))
	ctx, back := graph.Lend(ctx)
	run, ctx := e.DispatchOperation(ctx, op)
	response := run(ctx)
	text, err := json.Marshal(response)
	if err != nil {
		h.Error(err)
	}
	if len(response.Errors) == 0 {
		back()
	}
	return string(text)
}
