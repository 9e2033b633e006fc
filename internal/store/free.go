package store

import (
	"context"
	"errors"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// The waits of IfFree: for a lock, and for all of it.
const (
	lockWait = "20ms"
	freeWait = 100 * time.Millisecond
)

// IfFree is Tx for what may as well be left: it runs do once, if nobody has to be waited for, and says whether it did. Where
// another transaction is in its way, or does not end, it gives up within a tenth of a second. Of those that may be left there are
// four at a time, on SQLite one, so that others seldom wait for one.
func (s *Store) IfFree(ctx context.Context, do func(ctx context.Context, tx *Tx) error) (done bool, err error) {
	if ctx.Value(txKey{}) != nil {
		return false, errNested
	}
	if !s.free.TryAcquire(1) {
		return false, nil
	}
	defer s.free.Release(1)
	if !s.turns.TryAcquire(1) {
		return false, nil
	}
	defer s.turns.Release(1)
	soon, stop := context.WithTimeout(ctx, freeWait)
	defer stop()
	err = s.run(soon, "SET LOCAL lock_timeout = '"+lockWait+"'; "+queueing(false), do)
	if err != nil && (again(err) || locked(err) || soon.Err() != nil) {
		s.log.DebugContext(ctx, "left, since others are at it", "error", err)
		return false, nil
	}
	return err == nil, err
}

// locked reports whether another transaction held what was needed.
func locked(err error) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && e.Code == pqerror.LockNotAvailable
}
