package storetest

import (
	"context"
	"errors"
	"os"
	"testing"

	"roster/internal/store/throwaway"
)

// Ini is how PgBouncer is set up in front of Roster; README has the same lines. Four sessions for all clients make sure
// that each meets what others left in them.
const Ini = `
[databases]
roster = TARGET
roster_read = TARGET connect_query='SET default_transaction_read_only = on'
[pgbouncer]
pool_mode = transaction
default_pool_size = 4
max_client_conn = 500
`

// Pooled puts PgBouncer in front of a database on Postgres and gives its address there, which goes with the name
// "roster_read" for readers. ini is Ini or another. Without PgBouncer the test is skipped, or fails if REQUIRE_POSTGRES is
// set.
func Pooled(t testing.TB, address, ini string) string {
	t.Helper()
	p, err := throwaway.Pool(context.Background(), address, ini)
	switch {
	case errors.Is(err, throwaway.ErrNoPooler) && os.Getenv("REQUIRE_POSTGRES") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	return p.URL
}

// Reads is the name in Ini of the database whose connections only read.
const Reads = "roster_read"

// WithPooler puts PgBouncer between the store and its database, where that is on Postgres.
func WithPooler() Option { return func(o *options) { o.pooled = true } }
