package web

import (
	"context"

	"github.com/99designs/gqlgen/complexity"
	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/graph"
)

// costLimit refuses operations that could cost more than maxCost. What a document costs with the largest pages is found out
// once and remembered: where that is within the limit, and it mostly is, no request with it has to be counted.
type costLimit struct {
	*extension.ComplexityLimit
	dearest graphql.ExecutableSchema
	cheap   graphql.Cache[bool] // by the document's text
}

func limitCost() costLimit {
	return costLimit{extension.FixedComplexityLimit(maxCost), graph.Dearest(), brief[bool]{lru.New[bool](parsed)}}
}

// MutateOperationContext refuses what costs too much.
func (c costLimit) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	cheap, known := c.cheap.Get(ctx, op.RawQuery)
	if !known {
		cheap = true
		for _, one := range op.Doc.Operations {
			cheap = cheap && complexity.Calculate(ctx, c.dearest, one, nil) <= maxCost
		}
		c.cheap.Add(ctx, op.RawQuery, cheap)
	}
	if cheap {
		return nil
	}
	return c.ComplexityLimit.MutateOperationContext(ctx, op)
}
