package web

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Harden sets up a server so that no document can keep it busy before its cost is known: the guard, the parser's token
// limit, validation that suggests no names, a cache of documents. documents are those that clients may name instead of
// sending. Transport, cost limit and introspection are the caller's.
func Harden(srv *handler.Server, documents *Documents) {
	limits, known := DefaultLimits(), brief[*ast.QueryDocument]{lru.New[*ast.QueryDocument](parsed)}
	srv.SetParserTokenLimit(limits.Tokens)
	srv.SetDisableSuggestion(true)
	srv.SetValidationRulesFn(func() *rules.Rules { // anew each time, since gqlgen changes what it gets
		quiet := rules.NewDefaultRules()
		quiet.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
		quiet.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
		quiet.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
		return quiet
	})
	srv.SetQueryCache(known)
	srv.Use(documents)
	srv.Use(Guard{Limits: limits, Known: known})
	srv.AroundRootFields(tellSchema)
}

// parsed is how many documents are kept as they were parsed.
const parsed = 250

// brief keeps nothing of documents that are longer than any app's: a few of them would fill the memory.
type brief[T any] struct{ graphql.Cache[T] }

// Add keeps a document.
func (b brief[T]) Add(ctx context.Context, text string, value T) {
	if len(text) <= longestKept {
		b.Cache.Add(ctx, text, value)
	}
}

// tellSchema answers for the schema where introspection is off: no type is known, and to ask for all of it is a
// mistake. gqlgen alone would call both an internal error, and report it.
func tellSchema(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	name := graphql.GetRootFieldContext(ctx).Field.Name
	if hidden := graphql.GetOperationContext(ctx).DisableIntrospection; hidden && name == "__type" {
		return graphql.Null
	} else if hidden && name == "__schema" {
		graphql.AddError(ctx, refusal(codeBadRequest, "this server does not tell its schema"))
		return graphql.RequiredNull
	}
	return next(ctx)
}
