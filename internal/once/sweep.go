package once

import (
	"context"
	"fmt"

	"roster/ent/idempotencykey"
	"roster/internal/store"
)

// How much one sweep takes away at most, in parts that hold up no other writer for long.
const (
	sweepPart  = 500
	sweepParts = 40
)

// Sweep forgets the keys whose day is over. Until then each of them would be forgotten only if it came again.
func Sweep(ctx context.Context, s *store.Store) error {
	for range sweepParts {
		gone := 0
		err := s.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
			gone = 0
			ids, err := tx.IdempotencyKey.Query().Where(idempotencykey.CreatedAtLT(tx.Now.Add(-Kept))).Limit(sweepPart).IDs(store.Facts(ctx))
			if err != nil || len(ids) == 0 {
				return err
			}
			gone, err = tx.IdempotencyKey.Delete().Where(idempotencykey.IDIn(ids...)).Exec(store.Facts(ctx))
			return err
		})
		if err != nil {
			return fmt.Errorf("sweep idempotency keys: %w", err)
		}
		if gone < sweepPart {
			break
		}
	}
	return nil
}
