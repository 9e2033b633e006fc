package web

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2"

	"roster/graph"
	"roster/graph/generated"
)

// What is remembered of a document changes no decision: each request is refused just when counting it alone would refuse it.
func TestTheCostThatIsRememberedRefusesTheSame(t *testing.T) {
	schema := generated.NewExecutableSchema((&graph.Resolver{}).Schema())
	exact, remembering := extension.FixedComplexityLimit(maxCost), limitCost()
	if err := exact.Validate(schema); err != nil {
		t.Fatal(err)
	}
	if err := remembering.Validate(schema); err != nil {
		t.Fatal(err)
	}
	const (
		one      = `query($n: Int) { viewer { accounts(first: $n) { nodes { id role { id name } } } } }`
		backward = `query($n: Int, $order: AccountOrder!) { viewer { accounts(last: $n, orderBy: $order) { nodes { id } } } }`
		nested   = `query($n: Int) { viewer { accounts(first: $n) { nodes { account { ... on Practice { clients(first: $n) { nodes { id name } } } } } } } }`
		between  = `query($n: Int, $filter: EventFilter) { practice(id: "p") { clients(first: $n) { nodes { events(first: $n, filter: $filter) { nodes { id } } } } } }`
		byID     = `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Practice { clients(first: 50) { nodes { id name createdAt } } } } }`
	)
	many := func(n int) (ids []any) {
		for range n {
			ids = append(ids, "pra_1")
		}
		return ids
	}
	refused := 0
	for _, c := range []struct {
		text      string
		variables map[string]any
		want      bool
	}{
		{one, map[string]any{"n": 1}, false}, {one, map[string]any{"n": 100}, false}, {one, nil, false},
		{backward, map[string]any{"n": 100, "order": "NAME"}, false},
		{nested, map[string]any{"n": 1}, false}, {nested, map[string]any{"n": 100}, true}, {nested, map[string]any{"n": -1}, true}, {nested, map[string]any{"n": 10}, false},
		{between, map[string]any{"n": 100, "filter": map[string]any{"since": "never"}}, false}, {between, map[string]any{"n": 100}, true},
		{between, map[string]any{"n": 100, "filter": map[string]any{"since": "2026-01-01T00:00:00Z"}}, true},
		{byID, map[string]any{"ids": many(2)}, false}, {byID, map[string]any{"ids": many(100)}, true},
	} {
		doc, errs := gqlparser.LoadQueryWithRules(schema.Schema(), c.text, nil)
		if errs != nil {
			t.Fatal(errs)
		}
		for range 2 {
			op := graphql.OperationContext{RawQuery: c.text, Doc: doc, Operation: doc.Operations[0], Variables: c.variables}
			plain, kept := exact.MutateOperationContext(t.Context(), &op), remembering.MutateOperationContext(t.Context(), &op)
			if (plain != nil) != c.want || (kept != nil) != c.want {
				t.Errorf("%s with %d: got %v when counted and %v when remembered, want refused %v", strings.TrimSpace(c.text), len(c.variables), plain, kept, c.want)
			}
		}
		if c.want {
			refused++
		}
	}
	if cheap, known := remembering.cheap.Get(t.Context(), one); !known || !cheap {
		t.Error("a document that is affordable with the largest page is not remembered as such")
	}
	if cheap, _ := remembering.cheap.Get(t.Context(), byID); cheap || refused == 0 {
		t.Error("a list of ids of any length counts as affordable")
	}
}
