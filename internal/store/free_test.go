package store_test

import (
	"context"
	"errors"
	"testing"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

// What may be left is done where nobody has to be waited for, and left at once where somebody has: another that may be left,
// transactions that take all turns, a row that another transaction writes. What is wrong with it itself comes out.
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
			free(false, "inside another")
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
