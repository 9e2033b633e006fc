package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// PgBouncer in transaction mode gives each transaction, and each statement outside of one, to whichever session of
// Postgres is free. Nothing that a session keeps can be relied on, so behind it
//
//   - a statement goes out in one message with its arguments (lib/pq's binary parameters). Prepared in one message and run
//     in the next, it met whatever somebody else had prepared: wrong rows, without an error.
//   - nothing is prepared for later.
//   - readers cannot ask to be read-only when they connect, which PgBouncer refuses. It gives them the database under a
//     second name, whose sessions it makes read-only itself.
//   - locks are held by transactions. Job clients only poll, here as elsewhere, and listen for nothing.
//
// In session mode all of this works as well.

// PoolerError is what is wrong with Options.Pooler.
type PoolerError struct{ error }

// Unwrap is what lies under it.
func (e PoolerError) Unwrap() error { return e.error }

var (
	errPooler = PoolerError{errors.New("must be set, since DATABASE_URL leads to a pooler such as PgBouncer, which does not let connections be read-only by themselves " +
		"and would mix up their statements; README has the lines for pgbouncer.ini. Or connect to Postgres directly")}
	errPoolerWrites    = PoolerError{errors.New("names a database that can be written; in pgbouncer.ini its line needs connect_query='SET default_transaction_read_only = on'")}
	errPoolerElsewhere = PoolerError{errors.New("names a database that is not the one of DATABASE_URL")}
	errPoolerSQLite    = PoolerError{errors.New("is set, and DATABASE_URL is a SQLite file, before which PgBouncer has no place; leave it out, or name a postgres://… address")}
)

// throughPooler changes how connections are made to what works behind a pooler, and answers how readers get theirs.
func throughPooler(config *pq.Config, name string) (readers pq.Config, settings map[string]string) {
	config.BinaryParameters = true
	readers = config.Clone()
	readers.Database = name
	return readers, map[string]string{"timezone": "UTC"}
}

// isPooler reports whether a connection was refused for what it wanted to begin with, which Postgres itself knows.
func isPooler(err error) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && e.Code == pqerror.ProtocolViolation
}

// together makes sure that both names of a pooler lead to one database.
func (p place) together(ctx context.Context, writers, readers *sql.DB) error {
	if !p.pooled {
		return nil
	}
	there, err := identity(ctx, writers)
	if err != nil {
		return err
	}
	here, err := identity(ctx, readers)
	if err != nil {
		return err
	}
	if here != there {
		return errPoolerElsewhere
	}
	return nil
}

// identify tells databases apart; a replica answers as its primary does.
const identify = "SELECT system_identifier::text || ' ' || current_database() FROM pg_control_system()"

func identity(ctx context.Context, db *sql.DB) (id string, err error) {
	if err := db.QueryRowContext(ctx, identify).Scan(&id); err != nil {
		return "", fmt.Errorf("ask which database this is: %w", err)
	}
	return id, nil
}
