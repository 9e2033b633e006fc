package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// What a connection keeps prepared: so many texts, those that were used last, and none longer than that many bytes, which is one that
// writes many rows. Roster has about sixty that read and as many that write, and some of them for each number of ids that they ask
// for; Postgres keeps each on each connection, at some 50 KB.
const (
	keptTexts   = 200
	longestText = 16 << 10
)

// preparing makes connections that keep their statements prepared. A statement that is not prepared takes lib/pq two round trips, and
// both databases plan it anew: for a page of people, whose policy asks in five ways whether one may see them, that took
// longer than reading it, and for adding somebody, in thirty statements, longer than writing it down.
type preparing struct {
	driver.Connector
	postgres bool
}

// Connect makes a connection.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	able, ok := made.(connection)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a connection of %T cannot prepare", made), made.Close())
	}
	c := &preparer{connection: able, postgres: p.postgres}
	c.kept, err = simplelru.NewLRU(keptTexts, func(_ string, one *statement) { one.drop() })
	return c, err
}

// connection is what the connections of both drivers can do.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// preparer is a connection that prepares a text when it first comes, and after that only sends its arguments.
type preparer struct {
	connection
	postgres bool
	kept     *simplelru.LRU[string, *statement]
	reading  int  // how many rows are open
	inside   bool // of a transaction
}

// statement is one that is prepared. What read it may not be at its end when it is wanted again: then it is in use.
type statement struct {
	runner
	used, dropped bool
}

// runner is what the statements of both drivers can do.
type runner interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// drop closes a statement, once it is no longer in use. Where it cannot be closed its connection is broken, and it went with that.
func (s *statement) drop() {
	if s.dropped = true; !s.used {
		_ = s.Close()
	}
}

// errReading is for whoever asks while rows of the same transaction are open: lib/pq would take what is left of those for the
// answer, or the other way round. SQLite can do both at once.
var errReading = errors.New("store: rows of this transaction are still being read; close them before asking again")

// errStale means that a statement that was prepared cannot work any more, since its columns are others now or the server forgot it.
// All of its connection are dropped by then, and prepared anew when they are wanted: at once outside a transaction, where nothing
// went before that is lost with it; a transaction has to run again.
var errStale = errors.New("a statement was prepared before its tables changed")

// prepared is the statement of a text; nil where it goes out as it is.
func (c *preparer) prepared(ctx context.Context, text string) (*statement, error) {
	if len(text) > longestText {
		return nil, nil
	}
	if one, ok := c.kept.Get(text); ok {
		if one.used {
			return nil, nil
		}
		return one, nil
	}
	made, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	able, ok := made.(runner)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a statement of %T cannot be run", made), made.Close())
	}
	one := &statement{runner: able}
	c.kept.Add(text, one)
	return one, nil
}

// checked is the error of a prepared statement that ran, after which stale ones are dropped.
func (c *preparer) checked(err error) error {
	e, ok := errors.AsType[*pq.Error](err)
	if !ok || e.Code != pqerror.FeatureNotSupported && e.Code != pqerror.InvalidSQLStatementName {
		return err
	}
	c.kept.Purge() // what is true of one may be of others, and a transaction would meet them one by one
	return fmt.Errorf("%w: %w", errStale, err)
}

// BeginTx begins a transaction.
func (c *preparer) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := c.connection.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	c.inside = true
	return transaction{tx, c}, nil
}

// QueryContext reads, by one statement.
func (c *preparer) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.query(ctx, text, args)
	if errors.Is(err, errStale) && !c.inside {
		return c.query(ctx, text, args)
	}
	return rows, err
}

func (c *preparer) query(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if c.postgres && c.reading > 0 {
		return nil, errReading
	}
	one, err := c.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	var rows driver.Rows
	if one == nil {
		rows, err = c.connection.QueryContext(ctx, text, args)
	} else {
		rows, err = one.QueryContext(ctx, args)
		err, one.used = c.checked(err), err == nil
	}
	if err != nil {
		return nil, err
	}
	c.reading++
	return &openRows{rows, c, one}, nil
}

// ExecContext writes. What has no arguments may be many statements, which cannot be prepared as one.
func (c *preparer) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.exec(ctx, text, args)
	if errors.Is(err, errStale) && !c.inside {
		return c.exec(ctx, text, args)
	}
	return result, err
}

func (c *preparer) exec(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if c.postgres && c.reading > 0 {
		return nil, errReading
	}
	if len(args) == 0 {
		return c.connection.ExecContext(ctx, text, args)
	}
	one, err := c.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	if one == nil {
		return c.connection.ExecContext(ctx, text, args)
	}
	result, err := one.ExecContext(ctx, args)
	return result, c.checked(err)
}

// Close closes the connection. SQLite would keep its file open for statements that are not closed before; Postgres forgets them by
// itself, and would have to answer for each.
func (c *preparer) Close() error {
	if !c.postgres {
		c.kept.Purge()
	}
	return c.connection.Close()
}

// CheckNamedValue is the driver's, where it has one.
func (c *preparer) CheckNamedValue(value *driver.NamedValue) error {
	if checker, ok := c.connection.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(value)
	}
	return driver.ErrSkip
}

// openRows are rows that are being read. Of what drivers can tell of rows besides, such as the types of columns, nobody asks.
type openRows struct {
	driver.Rows
	on *preparer
	of *statement // nil where it was not prepared
}

// Close closes the rows, after which their statement is free again.
func (r *openRows) Close() error {
	err := r.Rows.Close()
	r.on.reading--
	if r.of == nil {
		return err
	}
	if r.of.used = false; r.of.dropped {
		r.of.drop()
	}
	return err
}

// transaction is one that its connection knows of.
type transaction struct {
	driver.Tx
	on *preparer
}

// Commit makes it happen.
func (t transaction) Commit() error {
	t.on.inside = false
	return t.Tx.Commit()
}

// Rollback makes it not have happened.
func (t transaction) Rollback() error {
	t.on.inside = false
	return t.Tx.Rollback()
}
