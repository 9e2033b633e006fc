package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

// What the store must not do behind PgBouncer in transaction mode, seen to go wrong: if this test fails, PgBouncer or lib/pq has
// learnt something, and pooler.go can.
func TestPgBouncerMixesUpStatementsThatAreNotSentWithTheirArguments(t *testing.T) {
	t.Parallel()
	address := storetest.Pooled(t, storetest.Empty(t, storetest.Postgres), storetest.Ini)
	wrong, failed := askedThrough(t, address)
	if wrong == 0 {
		t.Error("no answer was somebody else's")
	}
	t.Logf("of 4,000 answers %d were somebody else's, %d were errors", wrong, failed)
	if wrong, failed := askedThrough(t, address+"&binary_parameters=yes"); wrong+failed > 0 {
		t.Errorf("sent with their arguments, of 4,000 answers %d were somebody else's and %d were errors", wrong, failed)
	}
}

// askedThrough asks different things on many connections at once.
func askedThrough(t *testing.T, address string) (wrong, failed int64) {
	t.Helper()
	db, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	var bad, broken atomic.Int64
	var all sync.WaitGroup
	for who := range 20 {
		all.Go(func() {
			query := fmt.Sprintf("SELECT $1::int + %d", who*1000) // each has a text of its own
			for i := range 200 {
				var got int
				switch err := db.QueryRow(query, i).Scan(&got); {
				case err != nil:
					broken.Add(1)
				case got != who*1000+i:
					bad.Add(1)
				}
			}
		})
	}
	all.Wait()
	return bad.Load(), broken.Load()
}

func TestTheStoreRefusesAPoolerThatItIsNotToldOf(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t, storetest.Postgres)
	another := strings.ReplaceAll(storetest.Ini, "roster_read = TARGET", "roster_read = TARGET dbname=postgres")
	for name, c := range map[string]struct{ ini, reads, want string }{
		"not told":                    {storetest.Ini, "", "must be set, since DATABASE_URL leads to a pooler"},
		"the setting is swallowed":    {storetest.Ini + "ignore_startup_parameters = default_transaction_read_only\n", "", "must be set, since DATABASE_URL leads to a pooler"},
		"readers can write":           {storetest.Ini, "roster", "connect_query='SET default_transaction_read_only = on'"},
		"readers are somewhere else":  {another, storetest.Reads, "not the one of DATABASE_URL"},
		"the second name is mistyped": {storetest.Ini, "roster_raed", "cannot be read: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := store.Open(t.Context(), store.Options{URL: storetest.Pooled(t, address, c.ini), Pooler: c.reads})
			if err == nil {
				_ = s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "/tmp/") {
				t.Errorf("got %v, want a sentence with %q", err, c.want)
			}
		})
	}
	if _, err := store.Open(t.Context(), store.Options{URL: t.TempDir() + "/roster.db", Pooler: storetest.Reads}); err == nil || !strings.Contains(err.Error(), "SQLite") {
		t.Errorf("PgBouncer before a SQLite file: got %v", err)
	}
}

func TestSeveralMigrateThroughAPoolerAndNoLockStaysBehind(t *testing.T) {
	t.Parallel()
	direct := storetest.Empty(t, storetest.Postgres)
	address := storetest.Pooled(t, direct, strings.ReplaceAll(storetest.Ini, "default_pool_size = 4", "default_pool_size = 8"))
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			s, err := store.Open(t.Context(), store.Options{URL: address, Pooler: storetest.Reads})
			if err != nil {
				t.Error(err)
				return
			}
			err = s.Migrate(t.Context())
			if err := errors.Join(err, s.Behind(t.Context()), s.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	db, err := sql.Open("postgres", direct)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var locks int
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err = db.QueryRow("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").Scan(&locks)
		if err != nil || locks == 0 || time.Now().After(end) {
			break
		}
	}
	if err != nil || locks != 0 {
		t.Errorf("%d locks stayed in the pooler's sessions, %v", locks, err)
	}
}
