// Command diff writes a new migration for each database, from what the migrations so far and the entities differ in:
//
//	go run ./internal/store/diff add_documents
//
// Where nothing differs it writes nothing. The name "initial" makes the first migration anew instead, which is right
// only until the first release. It needs a Postgres as the tests do. What it writes is to be read and, where ent
// cannot say it, completed by hand: data, triggers.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ariga.io/atlas/sql/sqltool"
	"entgo.io/ent/dialect"

	"roster/internal/store"
	"roster/internal/store/throwaway"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/store/diff NAME")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "diff:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, name string) error {
	folder, err := migrations()
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "roster-diff-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(scratch)
	if err := write(ctx, dialect.SQLite, filepath.Join(folder, "sqlite"), name, filepath.Join(scratch, "a"), filepath.Join(scratch, "b")); err != nil {
		return err
	}

	cluster, err := throwaway.Start(ctx)
	if err != nil {
		return err
	}
	defer cluster.Stop()
	current, err := cluster.Create(ctx, "current", "")
	if err != nil {
		return err
	}
	desired, err := cluster.Create(ctx, "desired", "")
	if err != nil {
		return err
	}
	return write(ctx, dialect.Postgres, filepath.Join(folder, "postgres"), name, current, desired)
}

// migrations is their folder, whether this is run from the root of the module or, by go generate, from the package.
func migrations() (string, error) {
	for _, folder := range []string{"internal/store/migrations", "migrations"} {
		if _, err := os.Stat(filepath.Join(folder, "sqlite")); err == nil {
			return folder, nil
		}
	}
	return "", fmt.Errorf("no folder internal/store/migrations here; run it from the root of the module")
}

// write makes one migration, given the addresses of two empty databases.
func write(ctx context.Context, dialect, folder, name, current, desired string) error {
	number := 1
	if name != "initial" {
		existing, err := filepath.Glob(filepath.Join(folder, "*.sql"))
		if err != nil {
			return fmt.Errorf("list the migrations: %w", err)
		}
		number = len(existing) + 1
		if err := migrated(ctx, current); err != nil {
			return err
		}
	}

	plan, err := compare(ctx, dialect, current, desired)
	if err != nil {
		return fmt.Errorf("compare the %s migrations with the entities: %w", dialect, err)
	}
	if len(plan.Changes) == 0 {
		return nil
	}
	files, err := sqltool.GooseFormatter.Format(plan)
	if err != nil {
		return fmt.Errorf("write the migration: %w", err)
	}
	file := filepath.Join(folder, fmt.Sprintf("%05d_%s.sql", number, name))
	if err := os.WriteFile(file, fixed(files[0].Bytes()), 0o644); err != nil {
		return fmt.Errorf("write the migration: %w", err)
	}
	fmt.Println(file)
	return nil
}

// fixed takes off the spaces at the ends of lines.
func fixed(text []byte) []byte {
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return []byte(strings.Join(lines, "\n"))
}

func migrated(ctx context.Context, address string) error {
	s, err := store.Open(ctx, store.Options{URL: address})
	if err != nil {
		return err
	}
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	return s.Close()
}
