// Package storetest gives tests a database of their own: empty but for the built-in roles, migrated, on SQLite always
// and on Postgres wherever there is one, and gone when the test ends. A package that uses it ends its tests by Main:
//
//	func TestMain(m *testing.M) { storetest.Main(m) }
//
// Postgres is the server that TEST_DATABASE_URL names, else one started for the process. Where there is none the
// test is skipped, or fails if REQUIRE_POSTGRES is set.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"roster/internal/store"
)

// The kinds of database, as store.Kind says them.
const (
	SQLite   = "SQLite"
	Postgres = "Postgres"
)

// Option changes how a test's store is opened.
type Option func(*options)

type options struct {
	store   store.Options
	clock   *Clock
	counter *Counter
	pooled  bool
}

// WithClock makes the store, and its job queue, go by c.
func WithClock(c *Clock) Option {
	return func(o *options) { o.store.Now, o.clock = c.Now, c }
}

// WithCounter makes c collect the statements of the store.
func WithCounter(c *Counter) Option {
	return func(o *options) { o.store.Tracer, o.counter = c, c }
}

// Each runs do against each kind of database, one after the other, as the subtests "SQLite" and "Postgres". A clock
// or a counter given is set back for each, to where it was.
func Each(t *testing.T, do func(t *testing.T, s *store.Store), with ...Option) {
	t.Helper()
	o := apply(with)
	start := o.clock.start()
	for _, kind := range []string{SQLite, Postgres} {
		t.Run(kind, func(t *testing.T) {
			s := Open(t, kind, with...)
			o.clock.back(start)
			if o.counter != nil {
				o.counter.Reset()
			}
			do(t, s)
		})
	}
}

// Open opens a new database of one kind; it is closed and removed when the test ends.
func Open(t testing.TB, kind string, with ...Option) *store.Store {
	t.Helper()
	o := apply(with)
	o.store.URL = URL(t, kind)
	if o.pooled && kind == Postgres {
		o.store.URL, o.store.Pooler = Pooled(t, o.store.URL, Ini), Reads
	}
	s, err := store.Open(context.Background(), o.store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// URL makes a new database of one kind and gives its address, for a server that is run as a whole.
func URL(t testing.TB, kind string) string {
	t.Helper()
	if kind == Postgres {
		server := find(t)
		return server.create(t, server.template)
	}
	content, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "roster.db")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Empty is the address of a database of one kind that nothing was done to: it is not even migrated.
func Empty(t testing.TB, kind string) string {
	t.Helper()
	if kind == Postgres {
		return find(t).create(t, "")
	}
	return filepath.Join(t.TempDir(), "roster.db")
}

// Main runs a package's tests and ends the process; the Postgres that they started goes with it.
func Main(m *testing.M) {
	code := m.Run()
	if err := shared.stop(); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		code = max(code, 1)
	}
	os.Exit(code)
}

func apply(with []Option) options {
	var o options
	for _, option := range with {
		option(&o)
	}
	return o
}

// sqliteTemplate is the content of a migrated file, made once in a process: these tests would spend their time
// migrating.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "roster-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "roster.db")
	if err := migrated(file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

func migrated(address string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{URL: address})
	if err != nil {
		return err
	}
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	return s.Close()
}
