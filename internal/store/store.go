// Package store keeps everything Roster remembers, in SQLite or in Postgres, and is the only room that knows which.
// It gives a client that can only read, a transaction that is serializable and runs again when the database asks for
// it, the job queue in the same database, and the migrations. It decides nothing: what may be written is decided by
// roster/internal/rule, and who sees what by the policies of the entities.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/semaphore"

	"roster/ent"
	"roster/ent/privacy"
	_ "roster/ent/runtime" // the entities' defaults, validators and policies
)

// errReadOnly is what a mutation through the read client gets.
var errReadOnly = errors.New("store: the read client refuses writes; they need a transaction, Store.Tx")

// Options say where the database is and what the store is to use.
type Options struct {
	URL     string               // a file name, "sqlite:FILE" or "postgres://…"; empty for roster.db in the working folder
	Pooler  string               // where URL leads to PgBouncer: its second name for the database, whose connections only read; empty for none in between
	Replica string               // a streaming replica that contexts of Show may read from, as "postgres://…"; empty for none
	Now     func() time.Time     // the clock, also of the job queue; nil for the real one
	Log     *slog.Logger         // nil for silence
	Tracer  trace.TracerProvider // gets a span for each statement, with its text and never its arguments; nil for none
	Meter   metric.MeterProvider // gets the duration of each statement, with the attribute "pool"; nil for none
}

// Store is an open database. It is safe for use by many goroutines.
type Store struct {
	kind    string
	dialect string
	log     *slog.Logger
	clock   func() time.Time
	stubbed bool // the clock is not the real one

	writers *sql.DB
	readers *sql.DB
	writer  *ent.Client
	reader  *ent.Client
	writing int64                      // how many transactions there may be at a time
	turns   *semaphore.Weighted        // one for each of them
	free    *semaphore.Weighted        // one for each of IfFree, which are fewer
	replica *replica                   // nil without one
	bound   *lru.Cache[string, string] // texts as rebind made them

	queue  riverdriver.Driver[*sql.Tx]
	insert *river.Client[*sql.Tx]
}

// Open opens the database; a SQLite file that does not exist yet is made. It does not migrate: see Migrate and Behind.
func Open(ctx context.Context, o Options) (*Store, error) {
	place, err := locate(o.URL, o.Pooler)
	if err != nil {
		return nil, err
	}

	s := &Store{kind: place.kind, dialect: place.dialect, log: o.Log, clock: o.Now, stubbed: o.Now != nil}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	s.writers, s.readers = place.pools(o.Tracer, o.Meter)
	s.bound, _ = lru.New[string, string](boundTexts) // the error is always nil: it is a number above zero
	s.writing, s.turns = int64(place.writers), semaphore.NewWeighted(int64(place.writers))
	s.free = semaphore.NewWeighted(int64(place.free))
	if err := s.connect(ctx, place, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context, place place, o Options) error {
	// The writers come first: they make a new SQLite file what it is to be, which a reader may not.
	if err := s.writers.PingContext(ctx); err != nil {
		return fmt.Errorf("open the %s database: %w", s.kind, err)
	}
	if err := place.onlyReads(ctx, s.readers); err != nil {
		return err
	}

	if err := place.together(ctx, s.writers, s.readers); err != nil {
		return err
	}

	s.writer = ent.NewClient(ent.Driver(entsql.OpenDB(s.dialect, s.writers)))
	if err := s.follow(ctx, o.Replica, o); err != nil {
		return err
	}
	reads := dialect.Driver(entsql.OpenDB(s.dialect, s.readers))
	if s.replica != nil {
		reads = nearest{reads, s.replica}
	}
	s.reader = ent.NewClient(ent.Driver(reads))
	s.reader.Use(func(ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(context.Context, ent.Mutation) (ent.Value, error) { return nil, errReadOnly })
	})
	s.queue = place.queue(s.writers)

	var err error
	if s.insert, err = river.NewClient(s.queue, s.jobs(&river.Config{})); err != nil {
		return fmt.Errorf("open the job queue: %w", err)
	}
	return nil
}

// Close closes the database. Job clients made by Jobs must be stopped before.
func (s *Store) Close() error {
	return errors.Join(s.replica.close(), s.readers.Close(), s.writers.Close())
}

// Kind is the database's name for people, "SQLite" or "Postgres". Nothing may be decided by it.
func (s *Store) Kind() string { return s.kind }

// Now is the moment it is: UTC, to the microsecond, which is what both databases keep.
func (s *Store) Now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// Read is a client that only reads. It sees what the policies show to the viewer in the context. Mutations are
// refused by a hook, and by the database itself: its connections are read-only.
func (s *Store) Read() *ent.Client { return s.reader }

// Facts lets reads go past the policies, for the facts that rules judge and for the system's own jobs. What was read
// under it must not be shown.
func Facts(ctx context.Context) context.Context { return privacy.DecisionContext(ctx, privacy.Allow) }

func (s *Store) postgres() bool { return s.dialect == dialect.Postgres }
