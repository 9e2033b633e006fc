package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/rivermigrate"
)

// A change of the entities needs a migration. `go run ./internal/store/diff NAME` makes one, from what the migrations
// so far and the entities differ in; then what ent cannot say is added by hand. Until the first release the initial
// migration is made anew instead, in place; from then on it is history and this line says "change".
//
//go:generate go run ./diff initial

// migrations are ours, in goose's format, one folder for each database.
//
//go:embed migrations
var migrations embed.FS

// migrationLock is the number of the lock on Postgres that lets one server at a time migrate.
const migrationLock = 0x526f73746572

// Migrate brings the database up to the newest migrations, ours and the job queue's. Several servers that start at
// once wait for each other.
func (s *Store) Migrate(ctx context.Context) (err error) {
	unlock, err := s.lockMigrations(ctx)
	if err != nil {
		return fmt.Errorf("wait to migrate: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()

	provider, err := s.provider()
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	queue, err := rivermigrate.New(s.queue, &rivermigrate.Config{Logger: troubles(s.log)})
	if err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	if _, err := queue.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	return nil
}

// Behind is an error that names the migrations that the database lacks and says what to do, or nil.
func (s *Store) Behind(ctx context.Context) error {
	provider, err := s.provider()
	if err != nil {
		return err
	}
	applied, err := s.applied(ctx, "goose_db_version", "SELECT version_id FROM goose_db_version WHERE is_applied")
	if err != nil {
		return fmt.Errorf("read which migrations the database has: %w", err)
	}
	var lacking []string
	for _, source := range provider.ListSources() {
		if !slices.Contains(applied, source.Version) {
			lacking = append(lacking, strings.TrimSuffix(path.Base(source.Path), ".sql"))
		}
	}

	queue, err := rivermigrate.New(s.queue, &rivermigrate.Config{Logger: troubles(s.log)})
	if err != nil {
		return fmt.Errorf("read which migrations the job queue has: %w", err)
	}
	existing, err := s.applied(ctx, "river_migration", "SELECT version FROM river_migration")
	if err != nil {
		return fmt.Errorf("read which migrations the job queue has: %w", err)
	}
	for _, m := range queue.AllVersions() {
		if !slices.Contains(existing, int64(m.Version)) {
			lacking = append(lacking, fmt.Sprintf("%d of the job queue", m.Version))
		}
	}

	if len(lacking) > 0 {
		return fmt.Errorf("the database lacks migrations: %s; run `roster migrate`", strings.Join(lacking, ", "))
	}
	return nil
}

// applied are the versions that a table of migrations holds; none where there is no such table yet. Its own library would
// make the table to tell, and ask the writers, of which SQLite has one.
func (s *Store) applied(ctx context.Context, table, query string) ([]int64, error) {
	exists := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	if s.postgres() {
		exists = "SELECT count(*) FROM pg_class WHERE oid = to_regclass($1)"
	}
	var count int
	if err := s.readers.QueryRowContext(ctx, exists, table).Scan(&count); err != nil || count == 0 {
		return nil, err
	}

	rows, err := s.readers.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var versions []int64
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return nil, err
		}
		versions = append(versions, version)
	}
	return versions, rows.Err()
}

func (s *Store) provider() (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if s.postgres() {
		dialect = goose.DialectPostgres
	}
	folder, err := fs.Sub(migrations, "migrations/"+strings.ToLower(s.kind))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	provider, err := goose.NewProvider(dialect, s.writers, folder, goose.WithDisableGlobalRegistry(true), goose.WithSlog(troubles(s.log)))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}

// lockMigrations holds others off until unlock is called. SQLite needs none: its one writer is the lock. The lock is a
// transaction's, since a session's could be left behind in a pooler.
func (s *Store) lockMigrations(ctx context.Context) (unlock func() error, err error) {
	if !s.postgres() {
		return func() error { return nil }, nil
	}
	lock, err := s.writers.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, err
	}
	if _, err := lock.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
		return nil, errors.Join(err, lock.Rollback())
	}
	return func() error {
		err := lock.Rollback()
		if errors.Is(err, sql.ErrTxDone) || errors.Is(err, driver.ErrBadConn) {
			err = nil // the lock went with its connection
		}
		return err
	}, nil
}
