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
// limit, validation that suggests no names, a cache of documents. Transport, cost limit and introspection are the
// caller's.
func Harden(srv *handler.Server) {
	limits, known := DefaultLimits(), lru.New[*ast.QueryDocument](250)
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
	srv.Use(Guard{Limits: limits, Known: known})
	srv.AroundRootFields(tellSchema)
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
