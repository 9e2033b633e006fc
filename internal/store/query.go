package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Query reads by a text of its own on the read-only connections, with ? for each argument, for the few reads that
// everything waits for. The text is prepared once and kept for the life of the store, so it must be one of a fixed
// few and never put together from what somebody typed; lib/pq takes two round trips where it is not prepared. No
// policy is applied to it. On SQLite a moment that is computed, as by max() or UNION, comes back as text.
func (s *Store) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if s.replica.reads(ctx) {
		rows, err := s.replica.prepared.query(ctx, text, args...)
		if err == nil || ctx.Err() != nil {
			return rows, err
		}
		s.replica.failedIn(ctx, err)
	}
	return s.statements.query(ctx, text, args...)
}

// statements are the prepared ones, by their text.
type statements struct {
	db     *sql.DB
	rebind func(string) string
	pooled bool // nothing can be prepared for later; each goes out with its arguments, in one round trip too

	mu       sync.RWMutex
	prepared map[string]*sql.Stmt
}

func (s *statements) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if s.pooled {
		return s.db.QueryContext(ctx, s.rebind(text), args...)
	}
	statement, err := s.get(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare a query: %w", err)
	}
	return statement.QueryContext(ctx, args...)
}

func (s *statements) get(ctx context.Context, text string) (*sql.Stmt, error) {
	s.mu.RLock()
	statement := s.prepared[text]
	s.mu.RUnlock()
	if statement != nil {
		return statement, nil
	}

	// Prepared outside the lock, so that a slow database does not hold up those that are prepared already. Two that
	// come at once both prepare; the second one is dropped.
	statement, err := s.db.PrepareContext(ctx, s.rebind(text))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.prepared[text]; first != nil {
		return first, statement.Close()
	}
	s.prepared[text] = statement
	return statement, nil
}

func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, statement := range s.prepared {
		errs = append(errs, statement.Close())
	}
	return errors.Join(errs...)
}

// rebind turns each ? into $1, $2 … for Postgres, but not those inside quotes.
func (s *Store) rebind(text string) string {
	if !s.postgres() {
		return text
	}
	var b strings.Builder
	count, quote := 0, rune(0)
	for _, c := range text {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == 0 && c == '?':
			count++
			b.WriteString("$" + strconv.Itoa(count))
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}
