package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
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

// asks asks a text in a transaction, and says how often that ran.
func asks(t *testing.T, s *store.Store, texts ...string) (tries int, err error) {
	t.Helper()
	err = s.Tx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		tries++
		for _, text := range texts {
			rows, err := tx.Query(ctx, text)
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	})
	return tries, err
}

// Statements that were prepared before their columns changed, as while another version migrates, or that the server forgot, are
// prepared anew: a transaction runs once more, however many it meets. What Postgres cannot do at all is asked once.
func TestStatementsThatCannotWorkAnyMoreArePreparedAnew(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 20 {
		texts = append(texts, fmt.Sprintf("SELECT n FROM changing WHERE n::text <> '%d'", i))
	}
	for name, change := range map[string]string{"changed": "ALTER TABLE changing ALTER COLUMN n TYPE text", "forgotten": "DEALLOCATE ALL"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.Open(t, storetest.Postgres)
			for step, c := range []struct {
				texts []string
				tries int
			}{{[]string{"CREATE TABLE changing AS SELECT 1 AS n"}, 1}, {texts, 1}, {texts, 1}, {[]string{change}, 1}, {texts, 2}, {texts, 1}} {
				if tries, err := asks(t, s, c.texts...); err != nil || tries != c.tries {
					t.Errorf("step %d: %d tries, %v, want %d", step, tries, err, c.tries)
				}
			}
		})
	}
	t.Run("not supported", func(t *testing.T) {
		t.Parallel()
		if tries, err := asks(t, storetest.Open(t, storetest.Postgres), "SELECT count(*) FROM users FOR UPDATE"); err == nil || tries != 1 {
			t.Errorf("%d tries, %v", tries, err)
		}
	})
}

// A read outside a transaction does not notice that its statement went stale.
func TestAReadAsksAgainWhereItsStatementWentStale(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.Postgres)
	read := func(text string) {
		t.Helper()
		rows, err := s.Query(t.Context(), text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		for rows.Next() {
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	const text = "SELECT n FROM changing"
	if _, err := asks(t, s, "CREATE TABLE changing AS SELECT 1 AS n"); err != nil {
		t.Fatal(err)
	}
	read(text)
	if _, err := asks(t, s, "ALTER TABLE changing ALTER COLUMN n TYPE text"); err != nil {
		t.Fatal(err)
	}
	read(text)
	read("DEALLOCATE ALL")
	read(text)
}

// So does a write, and after a transaction too, however that ended: the job queue asks on the same connections.
func TestAWriteAsksAgainAfterATransaction(t *testing.T) {
	t.Parallel()
	conn, err := storetest.Open(t, storetest.Postgres).Writers().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	exec := func(text string, args ...any) {
		t.Helper()
		if _, err := conn.ExecContext(t.Context(), text, args...); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	exec("CREATE TEMPORARY TABLE noted (n int)")
	for name, end := range map[string]func(*sql.Tx) error{"commit": (*sql.Tx).Commit, "rollback": (*sql.Tx).Rollback} {
		exec("INSERT INTO noted VALUES ($1)", 1)
		tx, err := conn.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := end(tx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		exec("DEALLOCATE ALL")
		exec("INSERT INTO noted VALUES ($1)", 2)
	}
	n := 0
	if err := conn.QueryRowContext(t.Context(), "SELECT count(*) FROM noted").Scan(&n); err != nil || n != 4 {
		t.Errorf("%d rows, %v, want 4", n, err)
	}
}

// While rows are open nothing else is asked on Postgres, where it was taken for their end; they come in full.
func TestRowsAreNotCutShortByWhatIsAskedMeanwhile(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.Postgres)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, args := range [][]any{nil, {2}} {
			text, all := "SELECT n FROM generate_series(1, 3) n", []int{}
			if args != nil {
				text += " WHERE n > ? - 2"
			}
			rows, err := tx.Query(ctx, text, args...)
			if err != nil {
				return err
			}
			for rows.Next() {
				var n int
				if err := rows.Scan(&n); err != nil {
					t.Error(err)
				}
				all = append(all, n)
				if _, err := tx.Query(ctx, "SELECT ?::int", 1); err == nil || !strings.Contains(err.Error(), "still being read") {
					t.Errorf("a query meanwhile: %v", err)
				}
				if err := tx.KeptSwitcher.Create().SetID("usr_x").Exec(ctx); err == nil || !strings.Contains(err.Error(), "still being read") {
					t.Errorf("a write meanwhile: %v", err)
				}
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil || fmt.Sprint(all) != "[1 2 3]" {
				t.Errorf("read %v, %v", all, err)
			}
		}
		return tx.KeptSwitcher.Create().SetID("usr_x").Exec(ctx)
	})
}
