package store_test

import (
	"context"
	"database/sql"
	"errors"
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
	if n := tries.Load(); n != 2 {
		t.Errorf("two transactions ran %d times", n)
	}
}

// So it is told in transactions and where it is only read; and what has no index for it is not compiled for that.
func TestPostgresIsToldToLookRowsUp(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.Postgres)
	told := func(rows *sql.Rows, err error) error {
		if err != nil {
			return err
		}
		defer rows.Close()
		is := ""
		for rows.Next() {
			err = errors.Join(err, rows.Scan(&is))
		}
		if is != "off off" {
			t.Errorf("enable_seqscan and jit are %q", is)
		}
		return errors.Join(err, rows.Err())
	}
	const text = "SELECT current_setting('enable_seqscan') || ' ' || current_setting('jit')"
	if err := told(s.Query(t.Context(), text)); err != nil {
		t.Error(err)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return told(tx.Query(ctx, text)) })
}
