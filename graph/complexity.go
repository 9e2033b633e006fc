package graph

import (
	"roster/graph/generated"
	"roster/internal/login"
	"roster/internal/rule"
)

// weights make a list cost what its page could hold, so that one operation cannot ask for a hundred times a hundred
// rows. An operation's budget is in internal/web.
func weights() generated.ComplexityRoot {
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
	c.Query.Nodes = func(child int, ids []string) int { return 1 + len(ids)*child }
	return c
}

// pages is the cost of a page: its rows are counted at what was asked, and sizes that will be refused at most.
func pages(child int, first, last *int) int {
	n := some(first) + some(last)
	if n < 1 || n > 100 {
		n = 100
	}
	if first == nil && last == nil {
		n = 1
	}
	return 1 + n*child
}
