package page

import (
	"context"
	"strings"

	"entgo.io/ent/dialect/sql"
)

// Max is the largest page that can be asked for. More is refused, never cut down: a client that asks for 500 and gets
// 100 believes that it has seen the whole list.
const Max = 100

// Args are a connection's arguments, as the client gave them.
type Args struct {
	First  *int
	After  *string
	Last   *int
	Before *string
}

// Error is what is wrong with a connection's arguments, told to the client.
type Error struct {
	Argument string // after or before; empty when it is about the size
	Message  string
}

// Error is the message.
func (e Error) Error() string { return e.Message }

// Code is the extensions.code that clients are answered with.
func (e Error) Code() string { return "BAD_REQUEST" }

// Span is the part of a list that was asked for, checked, for those who write their SQL by hand.
type Span struct {
	Size   int   // from 1 to 100; 0 when no row is asked for, only the count
	Back   bool  // the rows nearest to the end are wanted, and read from there
	Desc   bool  // the list runs from the largest to the smallest
	After  []any // the place behind which rows begin: the columns' values, then the id; nil when none is given
	Before []any // the place before which rows end
}

// Span checks the arguments and reads the cursors. The size can be left out only by a client that asks for neither
// rows nor where the page stands.
func (o Order[T]) Span(ctx context.Context, a Args) (Span, error) {
	s := Span{Back: a.Last != nil, Desc: o.Desc}
	size := a.First
	if s.Back {
		size = a.Last
	}
	none := a.First == nil && a.Last == nil
	if none && rowsAsked(ctx) || a.First != nil && a.Last != nil || size != nil && (*size < 1 || *size > Max) {
		return Span{}, Error{Message: "give either first or last, from 1 to 100"}
	}
	if size != nil && rowsAsked(ctx) {
		s.Size = *size
	}

	var err error
	if s.After, err = o.bound("after", a.After); err != nil {
		return Span{}, err
	}
	if s.Before, err = o.bound("before", a.Before); err != nil {
		return Span{}, err
	}
	return s, nil
}

func (o Order[T]) bound(argument string, cursor *string) ([]any, error) {
	if cursor == nil {
		return nil, nil
	}
	place, ok := o.Decode(*cursor)
	if !ok {
		return nil, Error{argument, argument + " is not a cursor of this list in this order; leave it out to begin anew"}
	}
	return place, nil
}

// Limit is how many rows to read: one more than the page holds, to know whether there are more.
func (s Span) Limit() int { return s.Size + 1 }

// descending reports whether the rows are read from the largest to the smallest.
func (s Span) descending() bool { return s.Desc != s.Back }

// Where is the condition that keeps a hand-written statement inside the span, and its arguments for the ? in it. The
// columns, or expressions that are never null, are those of the order, with the id last.
func (s Span) Where(columns ...string) (string, []any) {
	var parts []string
	var args []any
	add := func(place []any, less bool) {
		if place == nil {
			return
		}
		sign := " > "
		if less {
			sign = " < "
		}
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(place)), ", ")
		parts = append(parts, "("+strings.Join(columns, ", ")+")"+sign+"("+marks+")")
		args = append(args, place...)
	}
	add(s.After, s.Desc)
	add(s.Before, !s.Desc)
	if len(parts) == 0 {
		return "1 = 1", nil
	}
	return strings.Join(parts, " AND "), args
}

// OrderBy is the order in which a hand-written statement must read the columns named as for Where.
func (s Span) OrderBy(columns ...string) string {
	if !s.descending() {
		return strings.Join(columns, ", ")
	}
	return strings.Join(columns, " DESC, ") + " DESC"
}

// within keeps an ent query inside the span.
func (o Order[T]) within(s Span) func(*sql.Selector) {
	return func(q *sql.Selector) {
		columns := o.columns(q)
		bound := func(place []any, less bool) {
			switch {
			case place == nil:
			case less:
				q.Where(sql.CompositeLT(columns, place...))
			default:
				q.Where(sql.CompositeGT(columns, place...))
			}
		}
		bound(s.After, s.Desc)
		bound(s.Before, !s.Desc)
	}
}

// sorted orders an ent query in the direction in which the span is read.
func (o Order[T]) sorted(s Span) func(*sql.Selector) {
	return func(q *sql.Selector) {
		for _, column := range o.columns(q) {
			if s.descending() {
				column = sql.Desc(column)
			}
			q.OrderBy(column)
		}
	}
}

func (o Order[T]) columns(q *sql.Selector) []string {
	names := make([]string, 0, len(o.By)+1)
	for _, c := range o.By {
		names = append(names, q.C(c.name))
	}
	return append(names, q.C("id"))
}
