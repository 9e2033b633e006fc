package web

import (
	"context"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/complexity"
	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/graph"
)

// costLimit refuses operations that could cost more than maxCost. What a document costs with the largest pages is found out
// once and remembered: where that is within the limit, and it mostly is, no request with it has to be counted. Of the others
// it is remembered with which sizes they are within it.
type costLimit struct {
	*extension.ComplexityLimit
	dearest graphql.ExecutableSchema
	cheap   graphql.Cache[bool] // by the document's text
	allowed graphql.Cache[bool] // by its text, its operation and the sizes that were asked for
}

func limitCost() costLimit {
	return costLimit{extension.FixedComplexityLimit(maxCost), graph.Dearest(), brief[bool]{lru.New[bool](parsed)}, brief[bool]{lru.New[bool](parsed)}}
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
	as, whole := sized(op)
	if !whole {
		return c.ComplexityLimit.MutateOperationContext(ctx, op)
	}
	if _, known := c.allowed.Get(ctx, as); known {
		return nil
	}
	refused := c.ComplexityLimit.MutateOperationContext(ctx, op)
	if refused == nil {
		c.allowed.Add(ctx, as, true)
	}
	return refused
}

// sized is a document with what its cost can turn on in a request: the operation, the variables that are numbers, and the
// lengths of lists of ids. It is not whole where a variable is of another type: what cannot be read of a list's arguments has
// the list counted without its size.
func sized(op *graphql.OperationContext) (as string, whole bool) {
	var b strings.Builder
	b.Grow(len(op.RawQuery) + len(op.OperationName) + 20*len(op.Operation.VariableDefinitions))
	b.WriteString(op.RawQuery)
	b.WriteByte(0)
	b.WriteString(op.OperationName)
	for _, v := range op.Operation.VariableDefinitions {
		b.WriteByte(0)
		switch value := op.Variables[v.Variable].(type) {
		case nil:
			b.WriteString("null")
		case []any:
			if v.Type.Elem == nil || v.Type.Elem.NamedType != "ID" {
				return "", false
			}
			fmt.Fprint(&b, "of ", len(value))
		default:
			switch v.Type.NamedType {
			case "Int":
				fmt.Fprint(&b, value)
			case "ID", "String", "Boolean":
			default:
				return "", false
			}
		}
	}
	return b.String(), true
}
