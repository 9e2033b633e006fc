package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/riverqueue/river"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"roster/ent"
	"roster/internal/viewer"
)

// ErrOutcomeUnknown means that the connection broke while a transaction was being committed: it may have happened or
// not. Running it again could do it twice; only the asker's idempotency key tells.
var ErrOutcomeUnknown = errors.New("the connection broke at commit; whether it happened is unknown")

var errNested = errors.New("store: a transaction inside a transaction; give the inner function the outer Tx")

// How often a transaction is tried, and the wait before the second try, which doubles each time: about 0.6 s in all.
// After the first few tries all other transactions wait for it: eight goroutines that kept writing one row made one of
// them give up in 3,000 times otherwise, and twelve people at two servers one in some 500, while the tables were small.
const (
	clashTries  = 3
	tries       = 8
	politeTries = 4
	firstWait   = 5 * time.Millisecond
)

// Tx is a transaction: a client bound to it, and the moment it stands for.
type Tx struct {
	*ent.Client
	Now time.Time // the one clock inside the transaction; also At of the viewer in the context

	sql   *sql.Tx
	store *Store
}

type txKey struct{}

// Tx runs do in a serializable transaction and commits if it returns nil; an error or a panic rolls everything back
// and comes out as it is. do may run again, up to 8 times, when the database says that it got in the way of another
// transaction or the connection broke before the commit; so it must read no clock but tx.Now, send nothing, and set
// captured variables afresh each time. The context it gets, and no other, is to be used inside: it judges access at
// tx.Now, and a second transaction inside it is refused, since on SQLite it would wait for itself.
//
// A cancelled context ends it before the commit, never during it. A connection that breaks during the commit is
// answered by ErrOutcomeUnknown.
func (s *Store) Tx(ctx context.Context, do func(ctx context.Context, tx *Tx) error) error {
	if ctx.Value(txKey{}) != nil {
		return errNested
	}
	if request, ok := ctx.Value(shownKey{}).(*shown); ok {
		request.primary.Store(true)
	}
	wait := firstWait
	for try := 1; ; try++ {
		turns := int64(1)
		if try > politeTries {
			turns = s.writing
		}
		err := s.attempt(ctx, turns, do)
		if err == nil || !again(err) && !(try <= clashTries && clash(err)) {
			return err
		}
		if try == tries {
			return fmt.Errorf("gave up after %d tries of a transaction: %w", tries, err)
		}
		s.log.DebugContext(ctx, "transaction runs again", "try", try, "error", err)

		timer := time.NewTimer(wait/2 + rand.N(wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
		wait *= 2
	}
}

func (s *Store) attempt(ctx context.Context, turns int64, do func(ctx context.Context, tx *Tx) error) error {
	if err := s.turns.Acquire(ctx, turns); err != nil {
		return fmt.Errorf("wait for a transaction: %w", context.Cause(ctx))
	}
	defer s.turns.Release(turns)
	return s.run(ctx, queueing(turns > 1), do)
}

// run runs do in a transaction that begins with a statement of queueing.
func (s *Store) run(ctx context.Context, queue string, do func(ctx context.Context, tx *Tx) error) error {
	entTx, end, err := s.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer end()
	open := true
	defer func() {
		if open { // do failed or panicked
			_ = entTx.Rollback() // what went wrong is told already, and the connection is dropped if this fails
		}
	}()

	sqlTx, err := entTx.SQLTx()
	if err != nil {
		return err
	}
	if err := s.queueUp(ctx, sqlTx, queue); err != nil {
		return err
	}
	tx := &Tx{Client: entTx.Client(), Now: s.Now(), sql: sqlTx, store: s}
	inside := context.WithValue(ctx, txKey{}, true)
	if v, ok := viewer.From(ctx); ok {
		v.At = tx.Now
		inside = viewer.With(inside, v)
	}
	if err := do(inside, tx); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}

	open = false
	return outcome(entTx.Commit())
}

// begin starts a transaction that ctx can interrupt while it waits for its turn, but not later: a commit that is
// interrupted has an unknown outcome.
func (s *Store) begin(ctx context.Context) (tx *ent.Tx, end func(), err error) {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	release := context.AfterFunc(ctx, end)
	tx, err = s.writer.BeginTx(life, &sql.TxOptions{Isolation: s.isolation()})
	if !release() { // ctx ended meanwhile
		if err == nil {
			_ = tx.Rollback()
		}
		err = context.Cause(ctx)
	}
	if err != nil {
		end()
		return nil, nil, err
	}
	return tx, end, nil
}

// queueing is the statement that makes the transactions of other servers wait for one that runs alone. turns does so within this
// server; between servers each holds a lock that all can share but one that runs alone. It is a table's, since that takes no
// snapshot: one taken before the wait would be as old as the wait, and clash again. The table is any that nobody writes; who waits
// to be alone goes before those that come later.
func queueing(alone bool) string {
	if alone {
		return "LOCK TABLE goose_db_version IN EXCLUSIVE MODE; " + lookingUp
	}
	return "LOCK TABLE goose_db_version IN ROW SHARE MODE; " + lookingUp
}

// lookingUp makes a transaction look rows up by their index even in a table so small that reading all of it would be quicker. At
// SERIALIZABLE whoever reads a whole table is in the way of all who write to it; and a prepared statement goes on reading all of
// it for as long as nobody counts anew how large it became. Where there is no index for something, Postgres takes its plan for so dear
// that it would compile it.
const lookingUp = "SET LOCAL enable_seqscan = off; SET LOCAL jit = off"

func (s *Store) queueUp(ctx context.Context, tx *sql.Tx, queue string) error {
	if !s.postgres() {
		return nil // SQLite has one writer at a time, whoever it is
	}
	if _, err := tx.ExecContext(ctx, queue); err != nil {
		return fmt.Errorf("queue up for a transaction: %w", err)
	}
	return nil
}

// isolation is serializable; SQLite knows nothing else and its driver does not take the word.
func (s *Store) isolation() sql.IsolationLevel {
	if s.postgres() {
		return sql.LevelSerializable
	}
	return sql.LevelDefault
}

// clash reports whether another transaction made the same unique thing first. Postgres may say so before it notices that
// the two cannot be put in an order; run again, this one sees the other's row and judges by it. A clash that stays is
// no race but a rule with a hole.
func clash(err error) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && e.Code == pqerror.UniqueViolation
}

// again reports whether the transaction did not happen and may well do so if it is tried once more.
func again(err error) bool {
	if errors.Is(err, ErrOutcomeUnknown) {
		return false
	}
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, errStale) { // broken before the commit: everything was rolled back
		return true
	}
	if e, ok := errors.AsType[*pq.Error](err); ok {
		switch e.Code {
		case pqerror.TRSerializationFailure, pqerror.TRDeadlockDetected,
			pqerror.OutOfMemory: // what SERIALIZABLE remembers has a place of its own, where there is room again when others have ended
			return true
		}
		return false
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_BUSY // also SQLITE_BUSY_SNAPSHOT (517) and its other kinds
	}
	return false
}

// outcome tells what an error of COMMIT means. Where the database itself answered, nothing was committed; anything
// else is a connection that broke.
func outcome(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*pq.Error](err); ok && !e.Fatal() && e.Code != pqerror.TRStatementCompletionUnknown {
		return fmt.Errorf("commit: %w", err)
	}
	if _, ok := errors.AsType[*sqlite.Error](err); ok || errors.Is(err, pq.ErrInFailedTransaction) {
		return fmt.Errorf("commit: %w", err)
	}
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
}

// Query reads by a text of its own inside the transaction, with ? for each argument. No policy is applied to it.
func (tx *Tx) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return tx.sql.QueryContext(ctx, tx.store.rebind(text), args...)
}

// InTurn waits until no other transaction that named one of these ids in this way is under way, and keeps those that come later
// waiting to the end. Correctness does not need it, the transaction is serializable without; it is for the few that change
// the same two rows in either order, which would otherwise hold each other up until Postgres looks for deadlocks, a second
// later. Where it had to wait, what it reads is old by then, and it runs again. On SQLite writers come in turn anyway.
func (tx *Tx) InTurn(ctx context.Context, ids ...string) error {
	if !tx.store.postgres() {
		return nil
	}
	for _, id := range slices.Sorted(slices.Values(ids)) { // one order for all, so that no two wait for each other
		if _, err := tx.sql.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", id); err != nil {
			return fmt.Errorf("wait for %s: %w", id, err)
		}
	}
	return nil
}

// Enqueue gives the job queue a job that exists only if the transaction commits. It runs at once, or at the moment
// given; one for later starts up to five seconds late. args hold ids, never texts or secrets.
func (tx *Tx) Enqueue(ctx context.Context, args river.JobArgs, at ...time.Time) error {
	var options *river.InsertOpts
	if len(at) > 0 {
		options = &river.InsertOpts{ScheduledAt: at[0]}
	}
	if _, err := tx.store.insert.InsertTx(ctx, tx.sql, args, options); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// Job is one of many to be done: at once, or at a moment.
type Job struct {
	Args river.JobArgs
	At   time.Time // zero: at once
}

// EnqueueEach gives the job queue many jobs at once; each exists only if the transaction commits.
func (tx *Tx) EnqueueEach(ctx context.Context, jobs []Job) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, job := range jobs {
		params[i].Args = job.Args
		if !job.At.IsZero() {
			params[i].InsertOpts = &river.InsertOpts{ScheduledAt: job.At}
		}
	}
	if _, err := tx.store.insert.InsertManyTx(ctx, tx.sql, params); err != nil {
		return fmt.Errorf("enqueue %d jobs: %w", len(jobs), err)
	}
	return nil
}
