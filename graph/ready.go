package graph

import (
	"context"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/graph/direct"
	"roster/graph/generated"
	"roster/graph/page"
	"roster/internal/login"
)

// Executable is the schema with what answers it.
func (r *Resolver) Executable() graphql.ExecutableSchema {
	return ready{generated.NewExecutableSchema(r.Schema()), r, lru.New[*switcher](documents)}
}

// ready answers what apps ask most, which is the switcher and nothing else: for a shop's one account gqlgen takes ten times as
// long to go from field to field as it takes to write what they hold. How a document is written is found out when it first
// comes. Whatever else is asked, and whatever cannot be answered so, is answered as always, and both answer the same.
type ready struct {
	graphql.ExecutableSchema
	resolver *Resolver
	known    graphql.Cache[*switcher] // by the document; nil for what is answered as always
}

// documents is how many are known, and longestReady of how many bytes they are at most. None that apps have is longer.
const documents, longestReady = 250, 4 << 10

// Exec answers an operation.
func (e ready) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	s := e.switcher(ctx, op)
	if s == nil {
		return e.ExecutableSchema.Exec(ctx)
	}
	var rest graphql.ResponseHandler
	return func(ctx context.Context) *graphql.Response {
		if rest == nil {
			rest = graphql.OneShot(nil)
			if data, ok := s.answer(ctx, e.resolver, op.Variables); ok {
				return &graphql.Response{Data: data}
			}
			rest = e.ExecutableSchema.Exec(ctx)
		}
		return rest(ctx)
	}
}

// switcher is how a document's answer is written; nil where that is not known.
func (e ready) switcher(ctx context.Context, op *graphql.OperationContext) *switcher {
	if op.Operation.Operation != ast.Query || len(op.RawQuery) > longestReady {
		return nil
	}
	s, known := e.known.Get(ctx, op.RawQuery)
	if !known {
		s = newSwitcher(op)
		e.known.Add(ctx, op.RawQuery, s)
	}
	return s
}

// switcher is a query for the accounts of the viewer: what stands in its answer before and behind them, what writes them, and
// the field that says which.
type switcher struct {
	before, behind string
	write          direct.Write[*page.Connection[*login.Access]]
	field          *ast.Field
}

// newSwitcher is how an operation is written that asks for the accounts of the viewer and nothing else; nil where it is
// another, or may be another with other variables.
func newSwitcher(op *graphql.OperationContext) *switcher {
	if len(op.Doc.Operations) > 1 || strings.Contains(op.RawQuery, "@") {
		return nil
	}
	root := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Query"})
	if len(root) != 1 || root[0].Name != "viewer" {
		return nil
	}
	var s switcher
	text := `{"` + root[0].Alias + `":{`
	for i, f := range graphql.CollectFields(op, root[0].Selections, []string{"Viewer", "Node"}) {
		if i > 0 {
			text += ","
		}
		text += strconv.Quote(f.Alias) + ":"
		switch {
		case f.Name == "__typename":
			text += `"Viewer"`
		case f.Name == "accounts" && s.field == nil:
			s.before, text = text, ""
			s.field, s.write = f.Field, direct.Lasting(op, plainAccounts, f.Selections)
		default:
			return nil
		}
	}
	if s.behind = text + "}}"; s.write == nil {
		return nil
	}
	return &s
}

// answer is the data of an answer; ok is false where it is to be answered as always.
func (s *switcher) answer(ctx context.Context, r *Resolver, variables map[string]any) (data []byte, ok bool) {
	v, first := me(ctx), firstBy(s.field, variables)
	if v == nil || first == 0 {
		return nil, false
	}
	c, err := r.accounts(ctx, v, page.Args{First: &first}, login.Query{Order: login.ByName}, nothing)
	if err != nil {
		return nil, false
	}
	return direct.Whole(ctx, s.write, c, s.before, s.behind)
}

func nothing([]*login.Access) error { return nil }
