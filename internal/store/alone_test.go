package store_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

// A transaction that clashed four times makes the other servers wait as well, and gets its turn before them.
func TestATransactionThatRunsAloneIsAloneAmongServers(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t, storetest.Postgres)
	var servers [2]*store.Store
	for i := range servers {
		s, err := store.Open(t.Context(), store.Options{URL: address})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		servers[i] = s
	}

	tries, done := 0, make(chan error, 1)
	var entered atomic.Bool
	err := servers[0].Tx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if tries++; tries < 5 {
			return &pq.Error{Code: "40001"}
		}
		go func() {
			done <- servers[1].Tx(t.Context(), func(context.Context, *store.Tx) error {
				entered.Store(true)
				return nil
			})
		}()
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end) && !entered.Load(); time.Sleep(time.Millisecond) {
			rows, err := tx.Query(ctx, "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'goose_db_version'::regclass")
			if err != nil {
				return err
			}
			waits := rows.Next()
			if err := rows.Close(); err != nil || waits {
				return err
			}
		}
		t.Error("another server's transaction did not wait")
		return nil
	})
	if err != nil || tries != 5 {
		t.Fatalf("after %d tries: %v", tries, err)
	}
	if err := <-done; err != nil || !entered.Load() {
		t.Errorf("the one that waited: entered %v, %v", entered.Load(), err)
	}
}
