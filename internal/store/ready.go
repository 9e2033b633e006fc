package store

import "context"

// Ready makes the database fit to be served from: an embedded one is brought up to date at once, since nobody else
// looks after it; one that others share is left as it is, and refused if it is behind.
func (s *Store) Ready(ctx context.Context) error {
	if s.postgres() {
		return s.Behind(ctx)
	}
	return s.Migrate(ctx)
}
