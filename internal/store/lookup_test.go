package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

// Two who read and write a row each of a small table are not in each other's way, though reading all of it would be quicker.
func TestWhoWritesOtherRowsOfASmallTableIsNotInTheWay(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.Postgres)
	names := []string{"usr_a", "usr_b"}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, name := range names {
			tx.KeptSwitcher.Create().SetID(name).ExecX(ctx)
		}
		rows, err := tx.Query(ctx, "ANALYZE kept_switchers")
		if err != nil {
			return err
		}
		return rows.Close()
	})
	var all, read sync.WaitGroup
	var tries atomic.Int64
	read.Add(len(names))
	for _, name := range names {
		all.Go(func() {
			met := false
			if err := s.Tx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				tries.Add(1)
				tx.KeptSwitcher.GetX(store.Facts(ctx), name)
				if !met {
					met = true
					read.Done()
					read.Wait()
				}
				return tx.KeptSwitcher.UpdateOneID(name).SetPage("x").Exec(ctx)
			}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	write(t, s, func(ctx context.Context, tx *store.Tx) error { // and what has no index is not compiled for it
		rows, err := tx.Query(ctx, "SELECT current_setting('jit')")
		if err != nil {
			return err
		}
		defer rows.Close()
		for jit := ""; rows.Next(); {
			if err := rows.Scan(&jit); err != nil || jit != "off" {
				t.Errorf("jit is %q, %v", jit, err)
			}
		}
		return rows.Err()
	})
	if n := tries.Load(); n != 2 {
		t.Errorf("two transactions ran %d times", n)
	}
}

// What only reads looks rows up as well.
func TestReadersLookRowsUp(t *testing.T) {
	t.Parallel()
	rows, err := storetest.Open(t, storetest.Postgres).Query(t.Context(), "SELECT current_setting('enable_seqscan') || ' ' || current_setting('jit')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for is := ""; rows.Next(); {
		if err := rows.Scan(&is); err != nil || is != "off off" {
			t.Errorf("enable_seqscan and jit are %s, %v", is, err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}
