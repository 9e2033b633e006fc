package main

import (
	"context"
	"database/sql"
	"fmt"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	entschema "entgo.io/ent/dialect/sql/schema"

	"roster/internal/store"
)

// compare plans how to get from the database current to the entities, which it makes in the empty database desired.
// Both sides are read back from a database, so that they are told in the same words.
func compare(ctx context.Context, dialect, current, desired string) (*migrate.Plan, error) {
	from, err := open(dialect, current)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	to, err := open(dialect, desired)
	if err != nil {
		return nil, err
	}
	defer to.Close()

	entities, err := entschema.NewMigrate(entsql.OpenDB(dialect, to))
	if err != nil {
		return nil, err
	}
	if err := entities.Create(ctx, store.Tables()...); err != nil {
		return nil, err
	}
	return plan(ctx, dialect, from, to)
}

func plan(ctx context.Context, dialect string, from, to *sql.DB) (*migrate.Plan, error) {
	_, before, err := inspect(ctx, dialect, from)
	if err != nil {
		return nil, err
	}
	driver, after, err := inspect(ctx, dialect, to)
	if err != nil {
		return nil, err
	}
	changes, err := driver.SchemaDiff(before, after)
	if err != nil {
		return nil, err
	}
	return driver.PlanChanges(ctx, "changes", changes, func(o *migrate.PlanOptions) {
		unqualified := ""
		o.SchemaQualifier, o.Indent = &unqualified, "  "
	})
}

// inspect reads the tables of a database, but those of the job queue and of the migrations themselves.
func inspect(ctx context.Context, kind string, db *sql.DB) (driver migrate.Driver, tables *schema.Schema, err error) {
	if kind == dialect.Postgres {
		driver, err = postgres.Open(db)
	} else {
		driver, err = sqlite.Open(db)
	}
	if err != nil {
		return nil, nil, err
	}
	tables, err = driver.InspectSchema(ctx, "", &schema.InspectOptions{
		Mode: schema.InspectTables, Exclude: []string{"river_*", "goose_db_version*"},
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read the tables: %w", err)
	}
	return driver, tables, nil
}

// open opens a database by the name that its driver has.
func open(kind, address string) (*sql.DB, error) {
	if kind == dialect.Postgres {
		return sql.Open("postgres", address)
	}
	return sql.Open("sqlite", "file:"+address+"?_pragma=foreign_keys(1)")
}
