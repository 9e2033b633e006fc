package login

import (
	"context"
	"fmt"
	"time"

	"roster/ent/attempt"
	"roster/ent/predicate"
	"roster/ent/session"
	"roster/ent/token"
	"roster/internal/rule"
	"roster/internal/store"
)

// How long what has ended is kept. A link that is too old says so for a while, and support can see for as long from
// where somebody was signed in; a refresh token is needed until its last day, to notice one that was stolen.
const (
	endedKept   = 30 * 24 * time.Hour
	refreshKept = 24 * time.Hour
	failureKept = 24 * time.Hour // after which a failure no longer counts
)

// How much one sweep takes away at most, in parts that hold up no other writer for long. The rest is for the next one.
const (
	sweepPart  = 500
	sweepParts = 40
)

// Sweep forgets what no rule asks for any more: counts of failures and mails, tokens and sessions that ended long ago.
// The journal keeps what was done with them.
func (l *Logins) Sweep(ctx context.Context) error {
	for _, part := range []func(context.Context, *store.Tx) (int, error){sweepAttempts, sweepTokens, sweepSessions} {
		for range sweepParts {
			gone := 0
			err := l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
				gone, err = part(store.Facts(ctx), tx)
				return err
			})
			if err != nil {
				return fmt.Errorf("sweep: %w", err)
			}
			if gone < sweepPart {
				break
			}
		}
	}
	return nil
}

func sweepAttempts(ctx context.Context, tx *store.Tx) (int, error) {
	ids, err := tx.Attempt.Query().Where(attempt.UpdatedAtLT(tx.Now.Add(-failureKept)), attempt.BlockedUntilLT(tx.Now)).Limit(sweepPart).IDs(ctx)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return tx.Attempt.Delete().Where(attempt.IDIn(ids...)).Exec(ctx)
}

func sweepTokens(ctx context.Context, tx *store.Tx) (int, error) {
	ids, err := tx.Token.Query().Where(token.Or(
		token.ExpiresAtLT(tx.Now.Add(-endedKept)),
		token.And(token.PurposeEQ(rule.Refresh), token.ExpiresAtLT(tx.Now.Add(-refreshKept))),
	)).Limit(sweepPart).IDs(ctx)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return tx.Token.Delete().Where(token.IDIn(ids...)).Exec(ctx)
}

func sweepSessions(ctx context.Context, tx *store.Tx) (int, error) {
	ended := tx.Now.Add(-endedKept)
	old := func() predicate.Session { return session.Or(session.EndedAtLT(ended), session.ExpiresAtLT(ended)) }
	ids, err := tx.Session.Query().Where(old()).Limit(sweepPart).IDs(ctx)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	if _, err := tx.Token.Delete().Where(token.SessionIDIn(ids...)).Exec(ctx); err != nil {
		return 0, err
	}
	return tx.Session.Delete().Where(session.IDIn(ids...)).Exec(ctx)
}
