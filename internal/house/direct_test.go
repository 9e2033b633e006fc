package house_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/graph"
	"roster/graph/generated"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// twoWays asks the same twice: as Roster answers, and as gqlgen answers alone.
type twoWays struct {
	testing.TB
	schema     *ast.Schema
	ours, slow *executor.Executor
	as         context.Context
	written    atomic.Int64 // answers that were written at once
}

func newTwoWays(h *home, as context.Context) *twoWays {
	w := &twoWays{TB: h, as: graph.WithRequest(as, graph.Request{})}
	config := graph.New(h.store, h.logins, h.people, h.papers).Schema()
	direct := config.Directives.Direct
	config.Directives.Direct = func(ctx context.Context, obj any, next graphql.Resolver) (any, error) {
		found, err := direct(ctx, obj, next)
		if _, is := found.(graphql.Marshaler); is {
			w.written.Add(1)
		}
		return found, err
	}
	ours := generated.NewExecutableSchema(config)
	config.Directives.Direct = func(ctx context.Context, _ any, next graphql.Resolver) (any, error) { return next(ctx) }
	w.schema, w.ours, w.slow = ours.Schema(), executor.New(ours), executor.New(generated.NewExecutableSchema(config))
	return w
}

// same asks both ways, fails where they differ, and says whether the answer, or a part of it, was written at once.
func (w *twoWays) same(query string) bool {
	w.Helper()
	before := w.written.Load()
	ours := w.ask(w.ours, query)
	if slow := w.ask(w.slow, query); ours != slow {
		w.Errorf("%s\nours   %.2000s\ngqlgen %.2000s", query, ours, slow)
	}
	return w.written.Load() > before
}

func (w *twoWays) ask(e *executor.Executor, query string) string {
	w.Helper()
	ctx := graphql.StartOperationTrace(w.as)
	op, errs := e.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: map[string]any{"yes": true, "no": false}})
	if errs != nil {
		w.Fatalf("%s: %v", query, errs)
	}
	run, ctx := e.DispatchOperation(ctx, op)
	a := run(ctx)
	if len(a.Errors) > 0 {
		w.Fatalf("%s: %v", query, a.Errors)
	}
	return string(a.Data)
}

// leaf is a field as it is asked for by itself.
func (w *twoWays) leaf(f *ast.FieldDefinition) string {
	first := ""
	if f.Arguments.ForName("first") != nil {
		first = "(first: 1)"
	}
	if w.schema.Types[f.Type.Name()].IsLeafType() {
		return f.Name
	}
	return f.Name + first + "{__typename}"
}

// everywhere are the places whose rows are written at once, with the type that stands there.
func everywhere(client, practice string) map[string][]string {
	members := `clientAccount(id:"` + client + `"){memberships(first:100,filter:{statuses:[ACTIVE,PENDING,DEACTIVATED,AWAITING_ACTIVATION]}){%s}}`
	colleagues := `practice(id:"` + practice + `"){memberships(first:100){%s}}`
	inside := func(place string, path ...string) string {
		for _, part := range path {
			place = fmt.Sprintf(place, part+"{%s}")
		}
		return place
	}
	accounts := `viewer{accounts(first:100){%s}}`
	return map[string][]string{
		"AccountAccessConnection": {accounts},
		"AccountAccessEdge":       {inside(accounts, "edges")},
		"AccountAccess":           {inside(accounts, "nodes"), inside(accounts, "edges", "node")},
		"PageInfo":                {inside(accounts, "pageInfo"), inside(members, "pageInfo")},
		"Role":                    {inside(accounts, "nodes", "role"), inside(members, "nodes", "role")},
		"Practice":                {inside(accounts, "nodes", "account{... on Practice"), inside(colleagues, "nodes", "account{... on Practice")},
		"ClientAccount":           {inside(accounts, "nodes", "account{... on ClientAccount"), inside(members, "nodes", "account{... on ClientAccount")},
		"MembershipConnection":    {members, colleagues},
		"MembershipEdge":          {inside(members, "edges")},
		"Membership":              {inside(members, "nodes"), inside(colleagues, "nodes")},
		"User":                    {inside(members, "nodes", "user")},
		"Invitation":              {inside(members, "nodes", "invitation")},
		"Application":             {inside(members, "nodes", "applications")},
		"MembershipActions":       {inside(members, "nodes", "actions"), inside(colleagues, "edges", "node", "actions"), `membership(id:"mem_00000"){actions{%s}}`},
		"Action":                  {inside(members, "nodes", "actions", "remove"), inside(members, "nodes", "actions", "deactivate")},
		"Problem":                 {inside(members, "nodes", "actions", "remove", "problems"), inside(members, "nodes", "actions", "leave", "problems")},
		"Effect":                  {inside(members, "nodes", "actions", "deactivate", "effects")},
	}
}

// aside is what gqlgen answers, of the types that are written at once: what has to be read, or is the person's own.
var aside = map[string]string{
	"AccountAccess": "membership",
	"Practice":      "owner memberships roles applications events clients clientRoles actions country clientsKeepAnAdministrator",
	"ClientAccount": "owner memberships roles applications events practice documents submissionAddresses actions country",
	"Role":          "practice",
	"Membership":    "billableAccount submissionAddresses whatsApp clientAccess",
	"User":          "mobile mobileVerified lastSignInAt",
	"Invitation":    "membership resendAllowedAt actions",
	"Application":   "practice",
}

// gapped fills a place's gap, and closes what a fragment opened.
func gapped(at, with string) string {
	text := "query($yes:Boolean!,$no:Boolean!){" + fmt.Sprintf(at, with) + " __typename @skip(if:$no) __typename @include(if:$yes)}"
	return text + strings.Repeat("}", strings.Count(text, "{")-strings.Count(text, "}"))
}

// TestTwoNamesOfOneRowAreAnsweredAtOnce is for the race detector: gqlgen answers fields at once, and each of these has something
// to read first.
func TestTwoNamesOfOneRowAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFull(t, s, nil, 2)
		v, err := f.logins.Authenticate(t.Context(), viewer.Viewer{At: s.Now()}, f.owner, "WEB")
		if err != nil || !v.SignedIn() {
			t.Fatal(v, err)
		}
		w := newTwoWays(f.home, viewer.With(t.Context(), v))
		for range 20 {
			w.same(`{membership(id:"mem_00000"){a:actions{remove{allowed}} b:actions{leave{allowed}}}
				viewer{accounts(first:2){nodes{a:account{id ...on ClientAccount{actions{disconnect{allowed}}}} b:account{id ...on ClientAccount{actions{disconnect{allowed}}}}}}}}`)
		}
	})
}

// TestWhatIsWrittenAtOnceIsWhatGqlgenAnswers asks for every field of every type by itself, for all of them, and for mixtures
// with other names, fragments and conditions.
func TestWhatIsWrittenAtOnceIsWhatGqlgenAnswers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFull(t, s, new(storetest.Counter), 9)
		f.odd()
		v, err := f.logins.Authenticate(t.Context(), viewer.Viewer{At: s.Now()}, f.owner, "WEB")
		if err != nil || !v.SignedIn() {
			t.Fatal(v, err)
		}
		w := newTwoWays(f.home, viewer.With(t.Context(), v))
		places := everywhere(f.client, f.practice)
		for kind, list := range places {
			for _, at := range list {
				all := ""
				for _, field := range w.schema.Types[kind].Fields {
					if strings.HasPrefix(field.Name, "__") {
						continue
					}
					written := w.same(gapped(at, w.leaf(field)))
					if apart := slices.Contains(strings.Fields(aside[kind]), field.Name); written == apart && !strings.Contains(at, "... on") && !strings.HasPrefix(at, "membership(") {
						t.Errorf("%s.%s in %s: written at once %v", kind, field.Name, at, written)
					} else if !apart {
						all += " " + w.leaf(field)
					}
				}
				if !w.same(gapped(at, all)) {
					t.Errorf("%s: all that can be written at once is not", gapped(at, all))
				}
			}
		}
		random := rand.New(rand.NewPCG(7, uint64(len(s.Kind()))))
		kinds := slices.Sorted(maps.Keys(places))
		for range trials(150) {
			kind := kinds[random.IntN(len(kinds))]
			at := places[kind][random.IntN(len(places[kind]))]
			w.same(gapped(at, w.mixture(random, kind, 3)))
		}
		if w.written.Load() == 0 {
			t.Error("nothing was written at once")
		}
	})
}

// mixture is a selection of a type's fields by chance.
func (w *twoWays) mixture(random *rand.Rand, kind string, depth int) string {
	def, text := w.schema.Types[kind], " __typename"
	for range 1 + random.IntN(5) {
		field := def.Fields[random.IntN(len(def.Fields))]
		of := w.schema.Types[field.Type.Name()]
		if strings.HasPrefix(field.Name, "__") || len(field.Arguments) > 0 {
			continue
		}
		one := fmt.Sprintf("%s_%s_%d: %s", kind, field.Name, random.IntN(3), field.Name)
		if !of.IsLeafType() {
			if depth == 0 || of.IsAbstractType() && field.Name != "account" {
				continue
			}
			inside := " __typename"
			if of.Kind == ast.Object {
				inside = w.mixture(random, of.Name, depth-1)
			} else {
				for _, possible := range []string{"Practice", "ClientAccount"} {
					inside += " ... on " + possible + " {" + w.mixture(random, possible, depth-1) + "}"
				}
			}
			one += " {" + inside + "}"
		}
		switch random.IntN(6) {
		case 0:
			one = "... on " + kind + " {" + one + "}"
		case 1:
			one = "... @include(if: $yes) {" + one + "}"
		case 2:
			one = "... @skip(if: $yes) {" + one + "}"
		case 3:
			one += " " + one
		}
		text += " " + one
	}
	return text
}

// odd gives some of the rows what others do not have: characters that JSON escapes, a removed login access, a decline.
func (f *full) odd() {
	f.Helper()
	f.write(func(ctx context.Context, tx *store.Tx) error {
		for id, name := range map[string]string{"mem_00001": "Quo\"te\\d", "mem_00002": "Ünïcödé <b>&amp;</b> \u2028", "mem_00003": "tab\there"} {
			if err := tx.Membership.UpdateOneID(id).SetFirstName(name).SetMobile("+447700900123").Exec(ctx); err != nil {
				return err
			}
		}
		if err := tx.Membership.UpdateOneID("mem_00004").SetStatus("DEACTIVATED").SetDeactivatedAt(tx.Now).Exec(ctx); err != nil {
			return err
		}
		return tx.Membership.UpdateOneID("mem_00006").SetLastActiveAt(tx.Now).SetLoginAccess(false).Exec(ctx)
	})
}
