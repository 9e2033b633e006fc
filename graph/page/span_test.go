package page

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestASizeFrom1To100IsRequiredWhereRowsAreAskedFor(t *testing.T) {
	t.Parallel()
	n := func(i int) *int { return &i }
	for _, c := range []struct {
		query string
		args  Args
		size  int // -1: refused
	}{
		{"{list{nodes{id}}}", Args{First: n(1)}, 1},
		{"{list{edges{cursor}}}", Args{Last: n(100)}, 100},
		{"{list{pageInfo{hasNextPage}}}", Args{First: n(50)}, 50},
		{"{list{nodes{id}}}", Args{}, -1},
		{"{list{edges{cursor}}}", Args{}, -1},
		{"{list{pageInfo{hasNextPage}}}", Args{}, -1},
		{"{list{...{n:nodes{id}}}}", Args{}, -1},
		{"{list{nodes{id}}}", Args{First: n(1), Last: n(1)}, -1},
		{"{list{nodes{id}}}", Args{First: n(0)}, -1},
		{"{list{nodes{id}}}", Args{First: n(-1)}, -1},
		{"{list{nodes{id}}}", Args{First: n(101)}, -1},
		{"{list{nodes{id}}}", Args{Last: n(0)}, -1},
		{"{list{nodes{id}}}", Args{Last: n(-5)}, -1},
		{"{list{nodes{id}}}", Args{Last: n(1 << 40)}, -1},
		{"{list{totalCount}}", Args{}, 0},
		{"{list{__typename t:totalCount}}", Args{}, 0},
		{"{list{totalCount nodes@skip(if:true){id}}}", Args{}, 0},
		{"{list{totalCount}}", Args{First: n(10)}, 0},
		{"{list{totalCount}}", Args{First: n(101)}, -1},
		{"{list{totalCount}}", Args{First: n(1), Last: n(1)}, -1},
	} {
		s, err := clients("", false, byName).Span(resolving(t, t.Context(), c.query, nil), c.args)
		if c.size >= 0 && (err != nil || s.Size != c.size) {
			t.Errorf("%s %+v: got %d, %v; want %d", c.query, c.args, s.Size, err, c.size)
		}
		var blamed Error
		if c.size < 0 && (!errors.As(err, &blamed) || blamed.Message != "give either first or last, from 1 to 100" || blamed.Code() != "BAD_REQUEST") {
			t.Errorf("%s %+v: got %v, want it refused", c.query, c.args, err)
		}
	}
	if _, err := clients("", false, byName).Span(context.Background(), Args{}); err == nil {
		t.Error("outside GraphQL rows are always asked for, and a size is required")
	}
}

func TestACursorThatIsRefusedIsNamed(t *testing.T) {
	t.Parallel()
	one, forged := 1, "forged"
	o := clients("", false, byName)
	for argument, args := range map[string]Args{
		"after":  {First: &one, After: &forged},
		"before": {Last: &one, Before: &forged},
	} {
		_, err := o.Span(t.Context(), args)
		var blamed Error
		if !errors.As(err, &blamed) || blamed.Argument != argument || !strings.HasPrefix(err.Error(), argument+" ") {
			t.Errorf("got %v, want an error about %s", err, argument)
		}
		if strings.Contains(err.Error(), forged) {
			t.Errorf("the message repeats the cursor: %v", err)
		}
	}
	if _, err := o.Span(resolving(t, t.Context(), "{list{totalCount}}", nil), Args{After: &forged}); err == nil {
		t.Error("a forged cursor is let pass where only the count is asked for")
	}
}

// TestAListOfHandWrittenSQLIsCutLikeAnyOther reads as the account switcher does.
func TestAListOfHandWrittenSQLIsCutLikeAnyOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		practice := fill(t, s, row{"a", 2, base}, row{"b", 1, base}, row{"b", 1, base.Add(time.Microsecond)}, row{"c", 1, base}, row{"d", 3, base})
		for _, desc := range []bool{false, true} {
			o := clients(practice, desc, byVersion, byAge)
			want := sorted(t, s, practice, o)
			for _, back := range []bool{false, true} {
				for size := 1; size <= 6; size++ {
					if got := walkByHand(t, s, practice, o, size, back); !slices.Equal(got, ids(want)) {
						t.Errorf("desc %v back %v size %d: got %q, want %q", desc, back, size, got, ids(want))
					}
				}
			}
		}
	})
}

func walkByHand(t *testing.T, s *store.Store, practice string, o Order[account], size int, back bool) (all []string) {
	t.Helper()
	byID := map[string]account{}
	for _, a := range sorted(t, s, practice, o) {
		byID[a.ID] = a
	}
	columns := []string{"version", "created_at", "id"}
	args := Args{First: &size}
	if back {
		args = Args{Last: &size}
	}
	for {
		span, err := o.Span(facts(), args)
		if err != nil {
			t.Fatal(err)
		}
		where, values := span.Where(columns...)
		text := fmt.Sprintf("SELECT id FROM client_accounts WHERE practice_id = ? AND %s ORDER BY %s LIMIT %d", where, span.OrderBy(columns...), span.Limit())
		found, err := s.Query(facts(), text, append([]any{practice}, values...)...)
		if err != nil {
			t.Fatal(err)
		}
		var rows []account
		for found.Next() {
			var id string
			if err := found.Scan(&id); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, byID[id])
		}
		if err := errors.Join(found.Err(), found.Close()); err != nil {
			t.Fatal(err)
		}
		c := Cut(rows, o, span, func(context.Context) (int, error) { return len(byID), nil })
		if back {
			all = append(ids(c.Nodes()), all...)
			args.Before = c.PageInfo.StartCursor()
		} else {
			all = append(all, ids(c.Nodes())...)
			args.After = c.PageInfo.EndCursor()
		}
		if back && !c.PageInfo.HasPreviousPage || !back && !c.PageInfo.HasNextPage || len(all) > len(byID) {
			return all
		}
	}
}

func TestAnEmptyListIsAPageWithoutCursors(t *testing.T) {
	t.Parallel()
	one := 1
	o := clients("", false, byName)
	span, err := o.Span(t.Context(), Args{First: &one})
	if err != nil {
		t.Fatal(err)
	}
	c := Cut(nil, o, span, nil)
	if c.Edges == nil || c.Nodes() == nil || len(c.Edges) != 0 || c.PageInfo.HasNextPage || c.PageInfo.HasPreviousPage || c.PageInfo.StartCursor() != nil || c.PageInfo.EndCursor() != nil {
		t.Errorf("got %+v", c)
	}
	if n, err := c.TotalCount(t.Context()); n != 0 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
}
