package store

import (
	"container/list"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
)

// keptTexts is how many texts a pool keeps prepared, those that were used last. Roster has about sixty, and some of them for
// each number of ids that they ask for; Postgres keeps each on each of a pool's connections, at some 50 KB.
const keptTexts = 200

// statements are the prepared ones of a pool, by their text. A statement that is not prepared takes lib/pq two round trips, and
// both databases plan it anew: for a page of people, whose policy asks in five ways whether one may see them, that took
// longer than reading it.
type statements struct {
	db     *sql.DB
	rebind func(string) string
	pooled bool // nothing can be prepared for later; each goes out with its arguments, in one round trip too

	mu     sync.Mutex
	byText map[string]*list.Element // of *statement
	recent list.List                // the one used last first
}

// statement is a prepared one. It is closed by the last who uses it, once it is no longer kept.
type statement struct {
	*sql.Stmt
	text  string
	users int
	kept  bool
}

func (s *statements) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if s.pooled {
		return s.db.QueryContext(ctx, s.rebind(text), args...)
	}
	one, err := s.take(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare a query: %w", err)
	}
	defer s.giveBack(one) // rows hold what they need of it
	return one.QueryContext(ctx, args...)
}

// take gives the statement of a text to whoever uses it until giveBack.
func (s *statements) take(ctx context.Context, text string) (*statement, error) {
	s.mu.Lock()
	one := s.known(text)
	s.mu.Unlock()
	if one != nil {
		return one, nil
	}

	// Prepared outside the lock, so that a slow database does not hold up those that are prepared already. Two that
	// come at once both prepare; the second one is dropped.
	made, err := s.db.PrepareContext(ctx, s.rebind(text))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.known(text); first != nil {
		return first, made.Close()
	}
	one = &statement{Stmt: made, text: text, users: 1, kept: true}
	s.byText[text] = s.recent.PushFront(one)
	if s.recent.Len() > keptTexts {
		return one, s.drop(s.recent.Back())
	}
	return one, nil
}

// known is a text's statement, with one user more; nil where there is none. The lock is held.
func (s *statements) known(text string) *statement {
	at := s.byText[text]
	if at == nil {
		return nil
	}
	s.recent.MoveToFront(at)
	one := at.Value.(*statement)
	one.users++
	return one
}

func (s *statements) giveBack(one *statement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one.users--
	_ = one.closeUnused() // where it cannot be, its connection is broken, and it went with that
}

// drop keeps a statement no longer.
func (s *statements) drop(at *list.Element) error {
	one := s.recent.Remove(at).(*statement)
	if s.byText[one.text] == at {
		delete(s.byText, one.text)
	}
	one.kept = false
	return one.closeUnused()
}

func (one *statement) closeUnused() error {
	if one.kept || one.users > 0 {
		return nil
	}
	return one.Close()
}

func (s *statements) close() error {
	if s == nil { // nothing was opened
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for s.recent.Len() > 0 {
		errs = append(errs, s.drop(s.recent.Front()))
	}
	return errors.Join(errs...)
}

// driver is how ent reads by prepared statements.
func (s *statements) driver(kind string) dialect.Driver {
	return entsql.NewDriver(kind, entsql.Conn{ExecQuerier: reading{s}})
}

// reading is a pool from which ent reads, and to which it writes nothing.
type reading struct{ statements *statements }

// QueryContext reads.
func (r reading) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return r.statements.query(ctx, text, args...)
}

// ExecContext refuses.
func (reading) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	return nil, errReadOnly
}

func newStatements(db *sql.DB, rebind func(string) string, pooled bool) *statements {
	return &statements{db: db, rebind: rebind, pooled: pooled, byText: map[string]*list.Element{}}
}
