package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Pools are the figures of the pools of connections, by their names.
func (s *Store) Pools() map[string]sql.DBStats {
	pools := map[string]sql.DBStats{poolOfWriters: s.writers.Stats(), poolOfReaders: s.readers.Stats()}
	if s.replica != nil {
		pools[poolOfReplica] = s.replica.db.Stats()
	}
	return pools
}

// Alive is an error when the database does not answer, or cannot be written to. On SQLite it asks the readers only: the
// one writer may be busy for seconds, which is no fault.
func (s *Store) Alive(ctx context.Context) error {
	var one int
	if err := s.readers.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return fmt.Errorf("ask the database: %w", err)
	}
	if !s.postgres() {
		return nil
	}
	var readOnly string
	if err := s.writers.QueryRowContext(ctx, "SHOW transaction_read_only").Scan(&readOnly); err != nil {
		return fmt.Errorf("ask the database: %w", err)
	}
	if readOnly == "on" { // a standby that nobody promoted
		return errors.New("the database can only be read")
	}
	return nil
}

// notDone are the states of jobs that are not done, by the names that the queue has for them.
const notDone = "'available', 'pending', 'retryable', 'running', 'scheduled'"

// Waiting counts the jobs that are not done, by their state.
func (s *Store) Waiting(ctx context.Context) (map[string]int, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT state, count(*) FROM river_job WHERE state IN ("+notDone+") GROUP BY state")
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	defer rows.Close()
	counts := map[string]int{"available": 0, "retryable": 0, "running": 0, "scheduled": 0}
	for rows.Next() {
		var state string
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, fmt.Errorf("count jobs: %w", err)
		}
		counts[state] = n
	}
	return counts, rows.Err()
}

// Due reports whether a job of some queues that could be worked has waited since a moment.
func (s *Store) Due(ctx context.Context, since time.Time, queues ...string) (bool, error) {
	args := []any{since.UTC()}
	for _, q := range queues {
		args = append(args, q)
	}
	in := strings.TrimSuffix(strings.Repeat("?,", len(queues)), ",")
	var n int
	err := s.readers.QueryRowContext(ctx, s.rebind("SELECT count(*) FROM river_job WHERE state = 'available' AND scheduled_at < ? AND queue IN ("+in+")"), args...).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for jobs that are due: %w", err)
	}
	return n > 0, nil
}
