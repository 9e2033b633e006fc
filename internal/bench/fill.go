package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	_ "github.com/lib/pq"
	"modernc.org/sqlite"
)

// fillPostgres writes the town into a migrated database by COPY. What refers to what is not checked meanwhile, which would
// take twice as long; the tests of this package check that it holds.
func fillPostgres(ctx context.Context, address string, w town) error {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "SET session_replication_role = replica; SET maintenance_work_mem = '256MB'"); err != nil {
		return err
	}
	for _, t := range w.tables() {
		if err := t.copy(ctx, db); err != nil {
			return fmt.Errorf("fill %s: %w", t.name, err)
		}
	}
	_, err = db.ExecContext(ctx, "VACUUM ANALYZE")
	return err
}

func (t table) copy(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after the commit it says that there is nothing to undo
	s, err := tx.PrepareContext(ctx, "COPY "+t.name+" ("+strings.Join(t.columns, ", ")+") FROM STDIN")
	if err != nil {
		return err
	}
	for row := range t.rows {
		if _, err := s.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	if _, err := s.ExecContext(ctx); err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	return tx.Commit()
}

// fillSQLite writes the town into a migrated file.
func fillSQLite(ctx context.Context, file string, w town) error {
	connector, err := sqlite.NewConnector("file:" + file + "?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-400000)&_pragma=temp_store(MEMORY)&_time_format=sqlite&_timezone=UTC")
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, t := range w.tables() {
		if err := t.insert(ctx, db); err != nil {
			return fmt.Errorf("fill %s: %w", t.name, err)
		}
	}
	_, err = db.ExecContext(ctx, "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// atOnce is how many rows one INSERT has.
const atOnce = 100

func (t table) insert(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // as above
	head := "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES "
	one := "(?" + strings.Repeat(", ?", len(t.columns)-1) + ")"
	full, err := tx.PrepareContext(ctx, head+one+strings.Repeat(", "+one, atOnce-1))
	if err != nil {
		return err
	}
	var args []any
	for row := range t.rows {
		if args = append(args, row...); len(args) < atOnce*len(t.columns) {
			continue
		}
		if _, err := full.ExecContext(ctx, args...); err != nil {
			return err
		}
		args = args[:0]
	}
	if left := len(args) / len(t.columns); left > 0 {
		if _, err := tx.ExecContext(ctx, head+one+strings.Repeat(", "+one, left-1), args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
