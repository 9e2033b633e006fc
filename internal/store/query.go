package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Query reads by a text of its own on the read-only connections, with ? for each argument, for the few reads that
// everything waits for. The text is prepared and kept, so it must be one of a fixed few and never put together from what
// somebody typed. No policy is applied to it. On SQLite a moment that is computed, as by max() or UNION, comes back as text,
// which Moment reads.
func (s *Store) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	text = s.rebind(text)
	if s.replica.reads(ctx) {
		rows, err := s.replica.db.QueryContext(ctx, text, args...)
		if err == nil || ctx.Err() != nil {
			return rows, err
		}
		s.replica.failedIn(ctx, err)
	}
	return s.readers.QueryContext(ctx, text, args...)
}

// Moment is a time that is read from a column, or is computed by a statement.
type Moment time.Time

// Scan reads a time, or the text that SQLite has for one.
func (m *Moment) Scan(value any) error {
	switch value := value.(type) {
	case time.Time:
		*m = Moment(value)
		return nil
	case string:
		at, err := time.Parse(sqliteMoment, value)
		*m = Moment(at.UTC())
		return err
	}
	return fmt.Errorf("a moment that is %T", value)
}

// sqliteMoment is how a moment is written in SQLite.
const sqliteMoment = "2006-01-02 15:04:05.999999999-07:00"

// boundTexts is how many texts are remembered as Postgres takes them.
const boundTexts = 500

// rebind turns each ? into $1, $2 … for Postgres, but not those inside quotes. What became of a text is remembered.
func (s *Store) rebind(text string) string {
	if !s.postgres() {
		return text
	}
	if known, ok := s.bound.Get(text); ok {
		return known
	}
	made := numbered(text)
	if len(text) <= longestText {
		s.bound.Add(text, made)
	}
	return made
}

// numbered is what rebind makes of a text.
func numbered(text string) string {
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
