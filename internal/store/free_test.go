package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

// What may be left is done where nobody has to be waited for, and left at once where somebody has: as many others that may be left
// as there may be, transactions that take all turns, a row that another transaction writes. What is wrong with it itself comes out.
func TestWhatMayBeLeftWaitsForNobody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, wrong := t.Context(), errors.New("wrong")
		write := func(ctx context.Context, tx *store.Tx) error {
			return tx.KeptSwitcher.Create().SetID("usr_x").SetPage("x").OnConflictColumns("id").UpdateNewValues().Exec(ctx)
		}
		free := func(want bool, while string) {
			t.Helper()
			if done, err := s.IfFree(ctx, write); done != want || err != nil {
				t.Errorf("%s: done %v, %v", while, done, err)
			}
		}
		free(true, "alone")
		if done, err := s.IfFree(ctx, func(ctx context.Context, _ *store.Tx) error {
			if _, err := s.IfFree(ctx, write); err == nil {
				t.Error("it was nested")
			}
			return wrong
		}); done || !errors.Is(err, wrong) {
			t.Errorf("done %v, %v, want what was wrong", done, err)
		}
		if err := s.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
			if err := write(ctx, tx); err != nil {
				return err
			}
			free(false, "a row is being written")
			return nil
		}); err != nil {
			t.Error(err)
		}
		free(true, "alone again")
		if n := s.Read().KeptSwitcher.Query().CountX(store.Facts(ctx)); n != 1 {
			t.Errorf("%d were written", n)
		}
	})
}

// Few that may be left are done at one time, so that who has to write still can; and none while those have all turns.
func TestWhatMayBeLeftLeavesTurnsToOthers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		nothing := func(context.Context, *store.Tx) error { return nil }
		turns, few := 1, 1
		if s.Kind() == storetest.Postgres {
			turns, few = 10, 4
		}
		// held runs n at one time, as long as during lasts.
		held := func(n int, run func(do func(context.Context, *store.Tx) error) error, during func()) {
			t.Helper()
			var all, inside sync.WaitGroup
			over := make(chan struct{})
			inside.Add(n)
			for range n {
				all.Go(func() {
					if err := run(func(context.Context, *store.Tx) error {
						inside.Done()
						<-over
						return nil
					}); err != nil {
						t.Error(err)
					}
				})
			}
			inside.Wait()
			during()
			close(over)
			all.Wait()
		}
		left := func() {
			t.Helper()
			if done, err := s.IfFree(t.Context(), nothing); done || err != nil {
				t.Errorf("done %v, %v, want it left", done, err)
			}
		}
		ifFree := func(do func(context.Context, *store.Tx) error) error {
			_, err := s.IfFree(t.Context(), do) // whether it was done is not asked: being held takes too long
			return err
		}
		held(few, ifFree, func() {
			left()
			if turns == few {
				return
			}
			if err := s.Tx(t.Context(), nothing); err != nil {
				t.Error(err)
			}
		})
		held(turns, func(do func(context.Context, *store.Tx) error) error { return s.Tx(t.Context(), do) }, left)
		if done, err := s.IfFree(t.Context(), nothing); !done || err != nil {
			t.Errorf("done %v, %v, want it done when all were over", done, err)
		}
	})
}
