package store_test

import (
	"context"
	"testing"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

// On Postgres a text that was asked is prepared on its connection, whether it reads or writes; behind a pooler, where the
// connection may be another the next time, nothing is.
func TestPostgresPreparesATextOnce(t *testing.T) {
	t.Parallel()
	const kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT code + %'"
	for name, c := range map[string]struct {
		with []storetest.Option
		want int
	}{"direct": {nil, 1}, "behind a pooler": {[]storetest.Option{storetest.WithPooler()}, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.Open(t, storetest.Postgres, c.with...)
			number := func(ctx context.Context, tx *store.Tx, text string, args ...any) (n int, err error) {
				rows, err := tx.Query(ctx, text, args...)
				if err != nil {
					return 0, err
				}
				defer rows.Close()
				for rows.Next() {
					err = rows.Scan(&n)
				}
				return n, err
			}
			const text = "SELECT code + ? FROM (SELECT 1 AS code) one"
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				for plus := range 8 { // the sixth time Postgres may take a plan that fits all
					if n, err := number(ctx, tx, text, plus); err != nil || n != plus+1 {
						t.Errorf("got %d, %v", n, err)
					}
				}
				if n, err := number(ctx, tx, kept); err != nil || n != c.want {
					t.Errorf("%d are prepared, %v, want %d", n, err, c.want)
				}
				return nil
			})
		})
	}
}

// A statement that was prepared before its columns changed, as while another version migrates, is prepared anew: a transaction
// runs again.
func TestAStatementWhoseColumnsChangedIsPreparedAnew(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.Postgres)
	run := func(text string, args ...any) (got string) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			rows, err := tx.Query(ctx, text, args...)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				err = rows.Scan(&got)
			}
			return err
		})
		return got
	}
	run("CREATE TABLE changing AS SELECT 1 AS n")
	const text = "SELECT n FROM changing WHERE n::text <> ?"
	if got := run(text, ""); got != "1" {
		t.Errorf("got %q", got)
	}
	run("ALTER TABLE changing ALTER COLUMN n TYPE text USING 'one'")
	if got := run(text, ""); got != "one" {
		t.Errorf("got %q", got)
	}
}
