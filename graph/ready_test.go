package graph

import (
	"context"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
)

// A document is ready where it asks for the accounts of the viewer, and for nothing of them that has to be read besides; whatever is
// in doubt is gqlgen's.
func TestWhichDocumentsAreReady(t *testing.T) {
	t.Parallel()
	e := (&Resolver{}).Executable().(ready)
	asks := executor.New(e)
	short := `{viewer{accounts(first:1){nodes{id}}}}`
	for query, want := range map[string]bool{
		short + strings.Repeat(" ", longestReady-len(short)):                                                                                             true,
		short + strings.Repeat(" ", longestReady-len(short)+1):                                                                                           false,
		`{viewer{accounts(first:1){nodes{id}}}}`:                                                                                                         true,
		`query Q($n:Int){viewer{accounts(first:$n){nodes{id via lastUsedAt permissions role{id}}}}}`:                                                     true,
		`{me:viewer{__typename mine:accounts(first:1){edges{cursor node{id}} pageInfo{endCursor hasNextPage}} t:__typename}}`:                            true,
		`{...on Query{viewer{...V}}} fragment V on Viewer{accounts(first:1){nodes{...A}}} fragment A on AccountAccess{account{id ...on Practice{name}}}`: true,
		`{viewer{accounts(first:1,search:"x"){nodes{id}}}}`:                                                                                              true, // and looked at again
		`{viewer{accounts(first:1){totalCount}}}`:                                                                                                        false,
		`{viewer{accounts(first:1){nodes{membership{id}}}}}`:                                                                                             false,
		`{viewer{accounts(first:1){nodes{account{...on ClientAccount{actions{disconnect{allowed}}}}}}}}`:                                                 false,
		`{viewer{id accounts(first:1){nodes{id}}}}`:                                                                                                      false,
		`{viewer{a:accounts(first:1){nodes{id}} b:accounts(first:1){nodes{id}}}}`:                                                                        false,
		`{viewer{accounts(first:1){nodes{id}}} again:viewer{id}}`:                                                                                        false,
		`{__typename viewer{accounts(first:1){nodes{id}}}}`:                                                                                              false,
		`{viewer{id}}`: false,
		`query($no:Boolean!){viewer{accounts(first:1){nodes{id via @skip(if:$no)}}}}`:                     false,
		`query A{viewer{accounts(first:1){nodes{id}}}} query B{viewer{id}}`:                               false,
		`mutation($i:AccountSwitchInput!){accountSwitch(input:$i){viewer{accounts(first:1){nodes{id}}}}}`: false,
	} {
		p := &graphql.RawParams{Query: query, OperationName: "", Variables: map[string]any{"n": 1, "no": false, "i": map[string]any{"accountId": "cli_1"}}}
		if query[:5] == "query" && query[6] == 'A' {
			p.OperationName = "A"
		}
		op, errs := asks.CreateOperationContext(graphql.StartOperationTrace(context.Background()), p)
		if errs != nil {
			t.Fatalf("%s: %v", query, errs)
		}
		for range 2 { // also when it is known
			if got := e.switcher(context.Background(), op) != nil; got != want {
				t.Errorf("%s: ready %v, want %v", query, got, want)
			}
		}
	}
}
