package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// Query reads by a text of its own on the read-only connections, with ? for each argument, for the few reads that
// everything waits for. The text is prepared and kept, so it must be one of a fixed few and never put together from what
// somebody typed. No policy is applied to it. On SQLite a moment that is computed, as by max() or UNION, comes back as text.
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
