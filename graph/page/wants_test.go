package page

import (
	"context"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

const schema = `
	interface Node { id: ID }
	interface Account implements Node { id: ID name: String owner: Member }
	type Practice implements Node & Account { id: ID name: String owner: Member secret: Member }
	type Client implements Node & Account { id: ID name: String owner: Member practice: Practice edges: [Client] nodes: [Client] node: Client }
	type Member implements Node { id: ID name: String }
	type Edge { cursor: String node: Client }
	type Mixed { nodes: [Account] edges: [MixedEdge] }
	type MixedEdge { node: Account }
	type PageInfo { hasNextPage: Boolean }
	type List { edges: [Edge] nodes: [Client] pageInfo: PageInfo totalCount: Int }
	type Query { list: List mixed: Mixed }`

// resolving is the context in which a resolver of the query's first field runs.
func resolving(t require, ctx context.Context, query string, variables map[string]any) context.Context {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(gqlparser.MustLoadSchema(&ast.Source{Input: schema}), query, rules.NewDefaultRules())
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	op := &graphql.OperationContext{Doc: doc, Operation: doc.Operations[0], Variables: variables}
	field := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Query"})[0]
	return graphql.WithFieldContext(graphql.WithOperationContext(ctx, op), &graphql.FieldContext{Object: "Query", Field: field})
}

func TestAFieldOfTheRowsIsWantedHoweverItIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"{list{nodes{practice{id}}}}",
		"{list{edges{node{practice{id}}}}}",
		"{a:list{b:nodes{c:practice{id}}}}",
		"{a:list{b:edges{c:node{d:practice{id}}}}}",
		"{list{nodes{id} nodes{practice{id}}}}",
		"{list{nodes{id} x:nodes{practice{id}}}}",
		"{list{nodes{id}} list{edges{node{practice{id}}}}}",
		"{list{...{nodes{...{practice{id}}}}}}",
		"{list{nodes{...on Client{practice{id}}}}}",
		"{list{nodes{...on Node{...on Client{practice{id}}}}}}",
		"{list{nodes{...on Account{...on Node{...on Account{...on Client{practice{id}}}}}}}}",
		"{...q} fragment q on Query{list{...l}} fragment l on List{edges{...e}} fragment e on Edge{node{...n}} fragment n on Node{...c} fragment c on Client{practice{id}}",
		"{list{nodes{practice@include(if:true){id}}}}",
		"{list{nodes@skip(if:false){practice{id}}}}",
		"query($yes:Boolean!){list{nodes{practice@include(if:$yes){id}}}}",
		"{mixed{nodes{...on Client{practice{id}}}}}",
		"{mixed{edges{node{...on Node{...on Client{practice{id}}}}}}}",
	} {
		if !Wants(resolving(t, t.Context(), query, map[string]any{"yes": true}), "invitation", "practice") {
			t.Errorf("not seen: %s", query)
		}
	}
}

func TestWhatIsAskedOfAFieldOfTheRowsIsAllOfIt(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"{list{nodes{practice{id}}}}":                                                      "id",
		"{list{nodes{practice{id} p:practice{name}}}}":                                     "id name",
		"{list{nodes{practice{id}} edges{node{practice{x:name id}}}}}":                     "id name id",
		"{list{nodes{...on Node{...on Client{practice{...on Account{name owner{id}}}}}}}}": "name owner",
		"{list{nodes{practice{id@skip(if:true) __typename}}}}":                             "__typename",
		"{list{nodes{id nodes{practice{id}}}}}":                                            "",
	} {
		got, ok := Asked(resolving(t, t.Context(), query, nil), "practice")
		if strings.Join(got, " ") != want || !ok {
			t.Errorf("%s: got %v, %v, want %s", query, got, ok, want)
		}
	}
	if got, ok := Asked(t.Context(), "practice"); ok {
		t.Errorf("where nobody picks fields, got %v", got)
	}
}

func TestAFieldThatNoRowWillBeAskedForIsNotWanted(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"{list{nodes{id name}}}",
		"{list{totalCount}}",
		"{list{__typename}}",
		"{list{edges{cursor}}}",
		"{list{nodes{practice@include(if:false){id}}}}",
		"{list{nodes@skip(if:true){practice{id}}}}",
		"query($yes:Boolean!){list{nodes{...@skip(if:$yes){practice{id}}}}}",
		"{list{nodes{owner{id} practice:name}}}",                             // only called so
		"{list{nodes{nodes{practice{id}} edges{id} node{practice{id}}}}}",    // of a row's own fields
		"{list{nodes{...on Node{...on Practice{practice:secret{id}}}}}}",     // of another type
		"{list{nodes{...on Account{...on Practice{owner{id} secret{id}}}}}}", // no row is one
		"{mixed{nodes{owner{id}}}}",
	} {
		if Wants(resolving(t, t.Context(), query, map[string]any{"yes": true}), "practice", "secret") {
			t.Errorf("taken for wanted: %s", query)
		}
	}
}

func TestEverythingIsWantedWhereNobodyPicksFields(t *testing.T) {
	t.Parallel()
	if !Wants(context.Background(), "practice") {
		t.Error("outside GraphQL a field is not loaded")
	}
}
