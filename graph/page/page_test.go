package page

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/ent"
	"roster/ent/clientaccount"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

type account = *ent.ClientAccount

// The columns that the tests order by, each with few different values among many rows.
var (
	byName    = Text(clientaccount.FieldNameKey, func(a account) string { return a.NameKey })
	byVersion = Number(clientaccount.FieldVersion, func(a account) int64 { return int64(a.Version) })
	byAge     = Moment(clientaccount.FieldCreatedAt, func(a account) time.Time { return a.CreatedAt })
)

func clients(practice string, desc bool, by ...Column[account]) Order[account] {
	return Order[account]{List: "clients", Scope: practice, By: by, Desc: desc, ID: func(a account) string { return a.ID }}
}

// row is what a test says of a client account; its id comes from the store.
type row struct {
	name    string
	version int
	at      time.Time
}

// fill makes a practice with these client accounts and returns its id.
func fill(t require, s *store.Store, rows ...row) (practice string) {
	t.Helper()
	practice = store.NewID("prc")
	err := s.Tx(facts(), func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Practice.Create().SetID(practice).SetName("P").SetNameKey("p").SetCreatedAt(tx.Now).Exec(ctx); err != nil {
			return err
		}
		all := make([]*ent.ClientAccountCreate, len(rows))
		for i, r := range rows {
			all[i] = tx.ClientAccount.Create().SetID(store.NewID("cli")).SetPracticeID(practice).
				SetName(r.name).SetNameKey(r.name).SetVersion(r.version).SetCreatedAt(r.at)
		}
		return tx.ClientAccount.CreateBulk(all...).Exec(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	return practice
}

// require is what testing.T and rapid.T have in common.
type require interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func facts() context.Context { return store.Facts(context.Background()) }

func list(s *store.Store, practice string) *ent.ClientAccountQuery {
	return s.Read().ClientAccount.Query().Where(clientaccount.PracticeID(practice))
}

func ids(rows []account) []string {
	all := make([]string, len(rows))
	for i, a := range rows {
		all[i] = a.ID
	}
	return all
}

// base has a fraction of a second with trailing zeros: SQLite keeps it as text of another length.
var base = time.Date(2026, time.March, 29, 1, 59, 59, 500_000_000, time.UTC)

var someRows = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row {
	return row{
		name:    rapid.SampledFrom([]string{"a", "A", "é", "<b>&\u2028", "z\"\\", "日本", "\U0001f3ca"}).Draw(t, "name"),
		version: rapid.SampledFrom([]int{-1, 0, 1, 2, 1 << 40}).Draw(t, "version"),
		at: base.Add(rapid.SampledFrom([]time.Duration{0, time.Microsecond, 10 * time.Millisecond, 499_999 * time.Microsecond,
			500 * time.Millisecond, time.Hour, -500 * time.Millisecond, -1e6 * time.Hour}).Draw(t, "at")),
	}
}), 0, 20)

var someOrders = rapid.Custom(func(t *rapid.T) []Column[account] {
	return rapid.SampledFrom([][]Column[account]{{byName}, {byVersion}, {byAge}, {byAge, byName}, {byVersion, byAge, byName}, nil}).Draw(t, "order")
})

// sorted are the rows of a practice as the order says, by another way than SQL.
func sorted(t require, s *store.Store, practice string, o Order[account]) []account {
	t.Helper()
	rows, err := list(s, practice).All(facts())
	if err != nil {
		t.Fatal(err)
	}
	compare := func(a, b account) int {
		for _, c := range o.By {
			var by int
			switch v := c.value(a).(type) {
			case string:
				by = cmp.Compare(v, c.value(b).(string))
			case int64:
				by = cmp.Compare(v, c.value(b).(int64))
			case time.Time:
				by = v.Compare(c.value(b).(time.Time))
			}
			if by != 0 {
				return by
			}
		}
		return cmp.Compare(a.ID, b.ID)
	}
	slices.SortFunc(rows, compare)
	if o.Desc {
		slices.Reverse(rows)
	}
	return rows
}

func TestWalkingInPagesOfAnySizeGivesEachRowOnceInOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		rapid.Check(t, func(t *rapid.T) {
			practice := fill(t, s, someRows.Draw(t, "rows")...)
			o := clients(practice, rapid.Bool().Draw(t, "desc"), someOrders.Draw(t, "by")...)
			size := rapid.IntRange(1, 7).Draw(t, "size")
			want := ids(sorted(t, s, practice, o))

			if got := walk(t, s, practice, o, size, false); !slices.Equal(got, want) {
				t.Fatalf("forward: got %q, want %q", got, want)
			}
			if got := walk(t, s, practice, o, size, true); !slices.Equal(got, want) {
				t.Fatalf("backward: got %q, want %q", got, want)
			}
		})
	})
}

// walk goes through a list page by page, by what each page says of itself, and returns the ids in the list's order.
func walk(t require, s *store.Store, practice string, o Order[account], size int, back bool) (all []string) {
	t.Helper()
	args := Args{First: &size}
	if back {
		args = Args{Last: &size}
	}
	for began := false; ; began = true {
		c, err := Of(facts(), list(s, practice), o, args)
		if err != nil {
			t.Fatal(err)
		}
		page := ids(c.Nodes())
		if len(page) > size || len(page) == 0 && began || len(all) > 100 {
			t.Fatalf("a page of %d has %d rows, after %d others", size, len(page), len(all))
		}
		further, behind := c.PageInfo.HasNextPage, c.PageInfo.HasPreviousPage
		if back {
			further, behind, all = behind, further, append(page, all...)
			args.Before = c.PageInfo.StartCursor()
		} else {
			all = append(all, page...)
			args.After = c.PageInfo.EndCursor()
		}
		if behind != began {
			t.Fatalf("page info %+v: what is behind is wrong", c.PageInfo)
		}
		if !further {
			return all
		}
	}
}

func TestAPageBetweenTwoCursorsHoldsWhatIsBetweenThem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		rapid.Check(t, func(t *rapid.T) {
			rows := append(someRows.Draw(t, "rows"), row{"a", 1, base}, row{"a", 1, base})
			practice := fill(t, s, rows...)
			o := clients(practice, rapid.Bool().Draw(t, "desc"), someOrders.Draw(t, "by")...)
			want := sorted(t, s, practice, o)
			from, to := rapid.IntRange(0, len(want)-1).Draw(t, "after"), rapid.IntRange(0, len(want)-1).Draw(t, "before")
			size := rapid.IntRange(1, 7).Draw(t, "size")
			after, before := o.Cursor(want[from]), o.Cursor(want[to])
			between := ids(want[min(from+1, max(to, from+1)):max(to, from+1)])

			for _, back := range []bool{false, true} {
				args, part := Args{First: &size, After: &after, Before: &before}, between[:min(size, len(between))]
				if back {
					args.First, args.Last = nil, &size
					part = between[max(0, len(between)-size):]
				}
				c, err := Of(facts(), list(s, practice), o, args)
				if err != nil {
					t.Fatal(err)
				}
				if got := ids(c.Nodes()); !slices.Equal(got, part) {
					t.Fatalf("back %v, after %d before %d: got %q, want %q", back, from, to, got, part)
				}
				if !c.PageInfo.HasNextPage || !c.PageInfo.HasPreviousPage {
					t.Fatalf("there are rows on both sides, but the page says %+v", c.PageInfo)
				}
			}
		})
	})
}

func TestACursorWhoseRowIsGoneStillMarksItsPlace(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		practice := fill(t, s, row{"a", 1, base}, row{"b", 1, base}, row{"b", 1, base}, row{"c", 1, base})
		o, one := clients(practice, false, byName), 1
		all := sorted(t, s, practice, o)
		stale := o.Cursor(all[1])
		err := s.Tx(facts(), func(ctx context.Context, tx *store.Tx) error {
			return tx.ClientAccount.DeleteOneID(all[1].ID).Exec(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}

		next, err := Of(facts(), list(s, practice), o, Args{First: &one, After: &stale})
		if err != nil || !slices.Equal(ids(next.Nodes()), []string{all[2].ID}) {
			t.Errorf("after it: got %v, %v; want %s", next, err, all[2].ID)
		}
		previous, err := Of(facts(), list(s, practice), o, Args{Last: &one, Before: &stale})
		if err != nil || !slices.Equal(ids(previous.Nodes()), []string{all[0].ID}) {
			t.Errorf("before it: got %v, %v; want %s", previous, err, all[0].ID)
		}
	})
}

func TestAPageIsReadByOneStatementAndCountedByOneMore(t *testing.T) {
	t.Parallel()
	var counter storetest.Counter
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		practice := fill(t, s, row{"a", 1, base}, row{"b", 1, base}, row{"c", 1, base})
		o, two, three := clients(practice, false, byName), 2, 3
		statements := func(query string, args Args, total int) int {
			counter.Reset()
			ctx := resolving(t, facts(), query, nil)
			c, err := Of(ctx, list(s, practice), o, args)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if total == 0 {
					break
				}
				if got, err := c.TotalCount(ctx); err != nil || got != total {
					t.Errorf("%s: got %d, %v; want %d", query, got, err, total)
				}
			}
			return len(counter.Texts())
		}
		after := o.Cursor(sorted(t, s, practice, o)[0])
		for _, c := range []struct {
			query             string
			args              Args
			total, statements int
		}{
			{"{list{nodes{id} edges{node{id}}}}", Args{First: &two}, 0, 1},
			{"{list{nodes{id} totalCount}}", Args{First: &two}, 3, 2},
			{"{list{nodes{id} totalCount}}", Args{Last: &two}, 3, 2},
			{"{list{nodes{id} totalCount}}", Args{First: &two, After: &after}, 3, 2},
			{"{list{nodes{id} totalCount}}", Args{First: &three}, 3, 1}, // the page is the whole list
			{"{list{totalCount __typename}}", Args{}, 3, 1},
			{"{list{totalCount}}", Args{First: &two}, 3, 1},
			{"{list{__typename}}", Args{}, 0, 0},
		} {
			if got := statements(c.query, c.args, c.total); got != c.statements {
				t.Errorf("%s %+v: got %d statements, want %d: %q", c.query, c.args, got, c.statements, counter.Texts())
			}
		}
	}, storetest.WithCounter(&counter))
}

func TestTheQueryThatWasGivenStaysAsItIs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		practice := fill(t, s, row{"a", 1, base}, row{"b", 1, base}, row{"c", 1, base})
		o, one, q := clients(practice, true, byName), 1, list(s, practice).WithPractice()
		after := o.Cursor(sorted(t, s, practice, o)[0])
		for range 2 { // as two aliases of one list would
			c, err := Of(facts(), q, o, Args{First: &one, After: &after})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Nodes(); len(got) != 1 || got[0].Name != "b" || got[0].Edges.Practice == nil {
				t.Errorf("got %v, want b with its practice", got)
			}
			if n, err := c.TotalCount(facts()); n != 3 || err != nil {
				t.Errorf("got %d, %v; want 3", n, err)
			}
		}
	})
}

func TestAPageThatCannotBeReadIsNoErrorOfTheClient(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, cancel := context.WithCancel(facts())
		cancel()
		one := 1
		_, err := Of(ctx, list(s, "prc_none"), clients("prc_none", false, byName), Args{First: &one})
		var blamed Error
		if !errors.Is(err, context.Canceled) || errors.As(err, &blamed) {
			t.Errorf("got %v, want that the context was canceled", err)
		}
	})
}
