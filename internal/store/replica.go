package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
)

// How a replica is followed. Whoever asks waits up to catchUp for it to have what the primary has; a replica on the same
// network has it within a millisecond or two of a commit. One that did not come that far is left alone for a moment, and
// one that does not answer for longer, so that not everybody waits for it. Being behind is told once it has lasted.
const (
	catchUp      = 10 * time.Millisecond
	lookAgain    = time.Millisecond
	restBehind   = 100 * time.Millisecond
	restAway     = time.Second
	behindTooFar = 5 * time.Second
)

// ReplicaError is what is wrong with Options.Replica.
type ReplicaError struct{ error }

// Unwrap is what lies under it.
func (e ReplicaError) Unwrap() error { return e.error }

var (
	errReplicaSQLite = ReplicaError{errors.New("is set, and DATABASE_URL is a SQLite file, which has no replicas; leave it out, or name a postgres://… address there")}
	errNoReplica     = ReplicaError{errors.New("names a Postgres that is no replica; it must be one that streams from DATABASE_URL's")}
	errOtherReplica  = ReplicaError{errors.New("names a replica of another database than DATABASE_URL's")}
	errPooledReplica = ReplicaError{errors.New("leads to a pooler such as PgBouncer, behind which a replica can be another from one moment to the next; connect to it directly")}
	errWentBack      = errors.New("the replica started again and has not come as far as it had been")
)

// Where a database is in the log of everything that was written, in bytes. A commit can be seen on the primary as soon as
// it is on the disk; where nobody waits for the disk, as soon as it is written down at all.
const (
	primaryAt = `SELECT ((CASE WHEN current_setting('synchronous_commit') = 'off' THEN pg_current_wal_insert_lsn()
ELSE pg_current_wal_flush_lsn() END) - '0/0')::bigint`
	replicaAt = `SELECT CASE WHEN pg_is_in_recovery() THEN coalesce((pg_last_wal_replay_lsn() - '0/0')::bigint, 0) ELSE -1 END`
)

// replica is a copy of the database that is always a little behind.
type replica struct {
	db       *sql.DB
	driver   dialect.Driver
	primary  *sql.DB
	identity string // the primary's
	log      *slog.Logger

	has   atomic.Int64 // how far it is known to have come
	rests atomic.Int64 // until when nobody asks it, in Unix nanoseconds

	counts [3]atomic.Int64

	mu     sync.Mutex
	since  time.Time // since when it cannot be used; zero while it can
	silent bool      // it does not answer, rather than being behind
	told   bool      // the log has a line about it
}

// What became of requests whose reads could have come from the replica.
const (
	fromReplica = iota
	tooFarBehind
	notAnswering
)

// Replica counts the requests that could have been answered from the replica by what came of it: "replica", or the
// primary since the replica was "behind" or "away". Nil without a replica.
func (s *Store) Replica() map[string]int64 {
	if s.replica == nil {
		return nil
	}
	c := &s.replica.counts
	return map[string]int64{"replica": c[fromReplica].Load(), "behind": c[tooFarBehind].Load(), "away": c[notAnswering].Load()}
}

// HasReplica reports whether reads that only show something may go elsewhere.
func (s *Store) HasReplica() bool { return s.replica != nil }

// follow opens the replica. One that does not answer now may do so later; one that is wrong is refused.
func (s *Store) follow(ctx context.Context, address string, o Options) error {
	if address == "" {
		return nil
	}
	if !s.postgres() {
		return errReplicaSQLite
	}
	if !isPostgres(address) {
		return ReplicaError{errors.New("must be postgres://user:password@host/database, the address of a streaming replica")}
	}
	config, err := configOf(address)
	if err != nil {
		return ReplicaError{err}
	}
	r := &replica{log: s.log, primary: s.readers}
	if r.identity, err = identity(ctx, s.readers); err != nil {
		return err
	}
	r.db = openPool(preparing{guarded{connector(config, reading()), r}, true}, poolOfReplica, postgresReaders, o.Tracer, o.Meter)
	r.driver = entsql.OpenDB(s.dialect, r.db)
	s.replica = r

	var at int64
	err = r.db.QueryRowContext(ctx, replicaAt).Scan(&at)
	if wrong, ok := errors.AsType[ReplicaError](err); ok {
		return wrong
	}
	if err != nil {
		r.failed(ctx, err)
	}
	return nil
}

// guarded lets nobody use a connection to what is not the replica, or is but has lost its place: one that crashed may
// start again with less than others saw before.
type guarded struct {
	driver.Connector
	replica *replica
}

// Connect makes a connection and looks where it leads.
func (g guarded) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := g.Connector.Connect(ctx)
	if isPooler(err) {
		return nil, errPooledReplica
	}
	if err != nil {
		return nil, err
	}
	if err := g.replica.allow(ctx, c); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (r *replica) allow(ctx context.Context, c driver.Conn) error {
	has := r.has.Load()
	var at int64
	var id string
	if err := ask(ctx, c, replicaAt, func(v driver.Value) { at, _ = v.(int64) }); err != nil {
		return err
	}
	if err := ask(ctx, c, identify, func(v driver.Value) { id = fmt.Sprintf("%s", v) }); err != nil {
		return err
	}
	switch {
	case at < 0:
		return errNoReplica
	case id != r.identity:
		return errOtherReplica
	case at < has:
		return errWentBack
	}
	return nil
}

// ask reads the one value that a query without arguments answers.
func ask(ctx context.Context, c driver.Conn, query string, take func(driver.Value)) (err error) {
	q, ok := c.(driver.QueryerContext)
	if !ok {
		return errors.New("the driver asks nothing by itself")
	}
	rows, err := q.QueryContext(ctx, query, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	value := make([]driver.Value, 1)
	if err := rows.Next(value); err != nil {
		return err
	}
	take(value[0])
	if err := rows.Next(value); err != io.EOF {
		return errors.Join(errors.New("more than one row"), err)
	}
	return nil
}

// shown is one request whose reads decide nothing.
type shown struct {
	once    sync.Once
	replica bool        // its reads come from the replica
	primary atomic.Bool // from now on they do not: it began a transaction, or the replica failed it
}

type shownKey struct{}

// Show is the context of a request that only shows something: its reads may come from a replica, if there is one that has
// everything the primary had when the first of them began. So they are as fresh as from the primary, in whom they let in
// as in what they show; what decides a write is read by a transaction, or without Show.
func Show(ctx context.Context) context.Context { return context.WithValue(ctx, shownKey{}, &shown{}) }

// reads reports whether a read comes from the replica.
func (r *replica) reads(ctx context.Context) bool {
	if r == nil {
		return false
	}
	request, ok := ctx.Value(shownKey{}).(*shown)
	if !ok || request.primary.Load() {
		return false
	}
	request.once.Do(func() { request.replica = r.caughtUp(ctx) })
	return request.replica && !request.primary.Load()
}

// caughtUp waits a little until the replica has what the primary has at this moment; false when that takes too long.
func (r *replica) caughtUp(ctx context.Context) bool {
	began := time.Now()
	if began.UnixNano() < r.rests.Load() {
		r.mu.Lock()
		silent := r.silent
		r.mu.Unlock()
		r.count(silent)
		return false
	}
	var want int64
	if err := r.primary.QueryRowContext(ctx, primaryAt).Scan(&want); err != nil {
		return false // the read that follows asks the primary as well, and tells
	}
	for r.has.Load() < want {
		var at int64
		err := r.db.QueryRowContext(ctx, replicaAt).Scan(&at)
		if err == nil && at < 0 {
			err = errNoReplica
		}
		if err != nil {
			r.failed(ctx, err)
			r.count(true)
			return false
		}
		for has := r.has.Load(); at > has && !r.has.CompareAndSwap(has, at); has = r.has.Load() {
		}
		if at >= want {
			break
		}
		if time.Since(began) > catchUp {
			r.behind(ctx, want-at)
			r.count(false)
			return false
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return false
		}
	}
	r.fine(ctx)
	r.counts[fromReplica].Add(1)
	return true
}

func (r *replica) count(silent bool) {
	if silent {
		r.counts[notAnswering].Add(1)
	} else {
		r.counts[tooFarBehind].Add(1)
	}
}

// failedIn is failed for a request that goes on reading from the primary.
func (r *replica) failedIn(ctx context.Context, err error) {
	if request, ok := ctx.Value(shownKey{}).(*shown); ok {
		request.primary.Store(true)
	}
	r.failed(ctx, err)
}

// failed notes that the replica does not answer, or not what it should.
func (r *replica) failed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return // nobody waited for it
	}
	r.rests.Store(time.Now().Add(restAway).UnixNano())
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.since.IsZero() {
		r.since = time.Now()
	}
	if r.silent && r.told {
		return
	}
	r.silent, r.told = true, true
	r.log.WarnContext(ctx, "the replica cannot be read; reads come from the primary", "error", err)
}

// behind notes that the replica lacks so many bytes of what the primary has.
func (r *replica) behind(ctx context.Context, bytes int64) {
	r.rests.Store(time.Now().Add(restBehind).UnixNano())
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.silent {
		r.silent, r.told, r.since = false, false, time.Time{}
	}
	if r.since.IsZero() {
		r.since = time.Now()
	}
	if !r.told && time.Since(r.since) > behindTooFar {
		r.told = true
		r.log.WarnContext(ctx, "the replica is behind; reads come from the primary", "bytes", bytes, "for", time.Since(r.since).Round(time.Second))
	}
}

// fine notes that the replica can be used.
func (r *replica) fine(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told {
		r.log.InfoContext(ctx, "the replica is read again", "after", time.Since(r.since).Round(time.Second))
	}
	r.since, r.silent, r.told = time.Time{}, false, false
}

func (r *replica) close() error {
	if r == nil {
		return nil
	}
	return r.db.Close()
}

// nearest is the driver of the read client where there is a replica. What the replica fails to answer the primary does.
type nearest struct {
	dialect.Driver
	replica *replica
}

// Query asks the replica or the primary.
func (n nearest) Query(ctx context.Context, query string, args, v any) error {
	if n.replica.reads(ctx) {
		err := n.replica.driver.Query(ctx, query, args, v)
		if err == nil || ctx.Err() != nil {
			return err
		}
		n.replica.failedIn(ctx, err)
	}
	return n.Driver.Query(ctx, query, args, v)
}
