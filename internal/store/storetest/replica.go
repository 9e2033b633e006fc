package storetest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"testing"

	"roster/internal/store"
	"roster/internal/store/throwaway"
)

// Pair is a Postgres of a test's own with a streaming replica of it. Its commits wait for the disk, as they do in use,
// which is no disk here: it is not flushed.
type Pair struct {
	testing.TB
	Primary, Replica string // addresses of the migrated database

	cluster, copied *throwaway.Cluster
	stopped         bool
}

// NewPair makes both, which takes some seconds. Without Postgres the test is skipped, or fails if REQUIRE_POSTGRES is
// set.
func NewPair(t testing.TB) *Pair {
	t.Helper()
	ctx := context.Background()
	p := &Pair{TB: t}
	var err error
	p.cluster, err = throwaway.Start(ctx)
	if errors.Is(err, throwaway.ErrNotFound) && os.Getenv("REQUIRE_POSTGRES") == "" {
		t.Skip(err)
	}
	p.must(err)
	t.Cleanup(func() { p.must(p.cluster.Stop()) })
	p.Primary, err = p.cluster.Create(ctx, "roster", "")
	p.must(err)
	p.do(p.Primary, "ALTER DATABASE roster SET synchronous_commit = on")
	p.must(migrated(p.Primary))
	p.copied, err = p.cluster.Replica(ctx)
	p.must(err)
	t.Cleanup(p.Stop)
	p.Replica, err = p.copied.At("roster")
	p.must(err)
	return p
}

// Open opens a store that reads from the replica.
func (p *Pair) Open(o store.Options) *store.Store {
	p.Helper()
	o.URL, o.Replica = p.Primary, p.Replica
	s, err := store.Open(context.Background(), o)
	p.must(err)
	p.Cleanup(func() { p.must(s.Close()) })
	return s
}

// Pause makes the replica stay as it is.
func (p *Pair) Pause() { p.Helper(); p.do(p.Replica, "SELECT pg_wal_replay_pause()") }

// Resume lets it catch up.
func (p *Pair) Resume() { p.Helper(); p.do(p.Replica, "SELECT pg_wal_replay_resume()") }

// Promote makes the replica a Postgres of its own.
func (p *Pair) Promote() { p.Helper(); p.do(p.Replica, "SELECT pg_promote()") }

// Stop ends the replica.
func (p *Pair) Stop() {
	p.Helper()
	if !p.stopped {
		p.stopped = true
		p.must(p.copied.Stop())
	}
}

func (p *Pair) do(address, text string) {
	p.Helper()
	db, err := sql.Open("postgres", address)
	p.must(err)
	defer db.Close()
	_, err = db.Exec(text)
	p.must(err)
}

func (p *Pair) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}
