// Package page cuts lists into Relay connections: a page is from 1 to 100 rows from the beginning or the end of a list
// or from a cursor in it, read by one statement, and counted only when somebody asks. It refuses what it does not
// understand (no size, a size beyond 100, a cursor of another list, another order or nobody) and never guesses: a
// wrong page looks right to whoever reads it.
package page

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"entgo.io/ent/dialect/sql"
)

// Connection is one page of a list. Its edges and nodes are the same rows, read once.
type Connection[T any] struct {
	Edges    []Edge[T]
	PageInfo Info

	count func(context.Context) (int, error)
	once  sync.Once
	total int
	err   error
}

// Edge is one row of a page.
type Edge[T any] struct {
	Node  T
	order *Order[T]
}

// Cursor is the row's place in the list. It is made when it is asked for: most who read a page want the last one's.
func (e Edge[T]) Cursor() string { return e.order.Cursor(e.Node) }

// Info says where a page stands in its list. A page that begins after a cursor has something before it, and one that
// ends before a cursor has something behind it: the row that the cursor was made of.
type Info struct {
	HasNextPage     bool
	HasPreviousPage bool

	rows rows
}

// rows are those of a page, of whatever kind they are.
type rows interface{ cursor(last bool) *string }

// StartCursor is the place of the page's first row; nil when the page is empty. Like a row's, it is made when it is asked for.
func (i Info) StartCursor() *string { return i.rows.cursor(false) }

// EndCursor is the place of the page's last row; nil when the page is empty.
func (i Info) EndCursor() *string { return i.rows.cursor(true) }

func (c *Connection[T]) cursor(last bool) *string {
	if len(c.Edges) == 0 {
		return nil
	}
	at := 0
	if last {
		at = len(c.Edges) - 1
	}
	text := c.Edges[at].Cursor()
	return &text
}

// Nodes are the rows without their cursors.
func (c *Connection[T]) Nodes() []T {
	rows := make([]T, len(c.Edges))
	for i, e := range c.Edges {
		rows[i] = e.Node
	}
	return rows
}

// TotalCount is how many rows the whole list has. It counts when it is first called, and once however many aliases
// ask; a list that fits into its first page has been counted by reading it.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) {
	c.once.Do(func() { c.total, c.err = c.count(ctx) })
	return c.total, c.err
}

// query is what every query that ent generates can do.
type query[Q, P, O, T any] interface {
	Where(...P) Q
	Order(...O) Q
	Limit(int) Q
	Clone() Q
	All(context.Context) ([]T, error)
	Count(context.Context) (int, error)
}

// Of reads one page of q, which keeps its filters and what it loads eagerly and must have neither order nor limit of
// its own; q itself stays as it is. A client that asks for the count alone costs no rows. The error is an Error when
// the arguments are to blame.
func Of[Q query[Q, P, O, T], P ~func(*sql.Selector), O ~func(*sql.Selector), T any](
	ctx context.Context, q Q, o Order[T], a Args,
) (*Connection[T], error) {
	return Counted(ctx, q, o, a, q.Clone().Count)
}

// Counted is Of for a list that is counted in another way than it is read, where what the viewer may see of each row need not
// be asked row by row.
func Counted[Q query[Q, P, O, T], P ~func(*sql.Selector), O ~func(*sql.Selector), T any](
	ctx context.Context, q Q, o Order[T], a Args, count func(context.Context) (int, error),
) (*Connection[T], error) {
	s, err := o.Span(ctx, a)
	if err != nil {
		return nil, err
	}
	if s.Size == 0 {
		return Cut(nil, o, s, count), nil
	}

	rows, err := q.Clone().Where(P(o.within(s))).Order(O(o.sorted(s))).Limit(s.Limit()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read a page of %s: %w", o.List, err)
	}
	return Cut(rows, o, s, count), nil
}

// Cut makes a page of rows that were read by hand: those inside the span, in the order of Span.OrderBy, and one more
// than the span's size where there are so many. It keeps rows and may turn them round.
func Cut[T any](rows []T, o Order[T], s Span, count func(context.Context) (int, error)) *Connection[T] {
	more := len(rows) > s.Size
	if more {
		rows = rows[:s.Size]
	}
	if s.Back {
		slices.Reverse(rows)
	}

	c := &Connection[T]{Edges: make([]Edge[T], len(rows)), count: count}
	for i, row := range rows {
		c.Edges[i] = Edge[T]{Node: row, order: &o}
	}
	c.PageInfo = Info{HasNextPage: s.Before != nil || !s.Back && more, HasPreviousPage: s.After != nil || s.Back && more, rows: c}
	if whole := s.Size > 0 && !more && s.After == nil && s.Before == nil; whole {
		c.count = func(context.Context) (int, error) { return len(c.Edges), nil }
	}
	return c
}
