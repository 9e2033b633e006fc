package graph

import (
	"context"
	"math"

	"github.com/99designs/gqlgen/graphql"

	"roster/graph/generated"
	"roster/graph/page"
	"roster/internal/login"
	"roster/internal/rule"
)

// weights make a list cost what its page could hold, so that one operation cannot ask for a hundred times a hundred
// rows. An operation's budget is in internal/web.
func weights() generated.ComplexityRoot {
	return weigh(pages, func(child int, ids []string) int { return 1 + len(ids)*child })
}

// Dearest is the schema in which every page costs what the largest there is would, so that no request for a document costs
// more, whatever its variables are. It only tells costs.
func Dearest() graphql.ExecutableSchema {
	largest := func(child int, _, _ *int) int { return 1 + page.Max*child }
	unknown := func(int, []string) int { return math.MaxInt } // as many as are named
	return dearest{generated.NewExecutableSchema(generated.Config{Complexity: weigh(largest, unknown)})}
}

type dearest struct{ graphql.ExecutableSchema }

// Complexity looks at no arguments: they may be variables.
func (d dearest) Complexity(ctx context.Context, typeName, field string, child int, _ map[string]any) (int, bool) {
	return d.ExecutableSchema.Complexity(ctx, typeName, field, child, nil)
}

// weigh gives every list its weight: a page's by its fields and what was asked of its size, and that of things by their ids.
func weigh(pages func(child int, first, last *int) int, nodes func(child int, ids []string) int) generated.ComplexityRoot {
	var c generated.ComplexityRoot
	c.Viewer.Accounts = func(child int, first *int, _ *string, last *int, _ *string, _ *string, _ []rule.Kind, _ []rule.Via, _ login.Order) int {
		return pages(child, first, last)
	}
	c.Practice.Clients = func(child int, first *int, _ *string, last *int, _ *string, _ *string) int {
		return pages(child, first, last)
	}
	people := func(child int, first *int, _ *string, last *int, _ *string, _ *generated.MembershipFilter, _ *generated.MembershipOrder) int {
		return pages(child, first, last)
	}
	c.Practice.Memberships, c.ClientAccount.Memberships = people, people
	journal := func(child int, first *int, _ *string, last *int, _ *string, _ *generated.EventFilter) int {
		return pages(child, first, last)
	}
	c.Practice.Events, c.ClientAccount.Events = journal, journal
	c.ClientAccount.Documents = func(child int, first *int, _ *string, last *int, _ *string, _ *generated.DocumentFilter) int {
		return pages(child, first, last)
	}
	c.ClientAccess.Grants = func(child int, first *int, _ *string, last *int, _ *string) int { return pages(child, first, last) }
	c.Query.Nodes = nodes
	return c
}

// pages is the cost of a page: its rows are counted at what was asked, and sizes that will be refused at most.
func pages(child int, first, last *int) int {
	n := some(first) + some(last)
	if n < 1 || n > page.Max {
		n = page.Max
	}
	if first == nil && last == nil {
		n = 1
	}
	return 1 + n*child
}
