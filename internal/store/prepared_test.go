package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// fileOf opens a database of its own.
func fileOf(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{URL: filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// on does something with one connection of a pool.
func on(t *testing.T, pool *sql.DB, do func(*sql.Conn, *preparer)) {
	t.Helper()
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var one *preparer
	if err := conn.Raw(func(c any) error {
		one = c.(*preparer)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	do(conn, one)
}

// Many texts that many ask at once are all answered, and each connection keeps only so many, those that were used last.
func TestStatementsAreKeptWhileTheyAreUsed(t *testing.T) {
	t.Parallel()
	s := fileOf(t)
	ask := func(n int) error {
		rows, err := s.Query(t.Context(), fmt.Sprintf("SELECT %d + ?", n), 1)
		if err != nil {
			return err
		}
		defer rows.Close()
		got := 0
		for rows.Next() {
			err = rows.Scan(&got)
		}
		if err == nil && got != n+1 {
			err = fmt.Errorf("%d + 1 is %d", n, got)
		}
		return err
	}
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 3 * keptTexts {
				if err := ask((i*7 + worker) % (2 * keptTexts)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	on(t, s.readers, func(conn *sql.Conn, one *preparer) {
		for n := range 2 * keptTexts {
			var got int
			if err := conn.QueryRowContext(t.Context(), fmt.Sprintf("SELECT %d + ?", n), 1).Scan(&got); err != nil || got != n+1 {
				t.Fatal(got, err)
			}
		}
		if n := one.kept.Len(); n != keptTexts {
			t.Errorf("%d are kept, want %d", n, keptTexts)
		}
		for _, text := range one.kept.Keys() {
			if statement, _ := one.kept.Peek(text); statement.used || statement.dropped {
				t.Errorf("%s is in use, or dropped, at the end", text)
			}
		}
		if _, ok := one.kept.Peek(fmt.Sprintf("SELECT %d + ?", 2*keptTexts-1)); !ok {
			t.Error("the last one is not kept")
		}
	})
}

// A text whose rows are still being read can be asked again, with other arguments, and dropped meanwhile.
func TestAStatementInUseIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := fileOf(t)
	on(t, s.readers, func(conn *sql.Conn, one *preparer) {
		ctx := t.Context()
		const text = "SELECT column1 + ? FROM (VALUES (1), (2), (3))"
		// read checks what comes, and does something after the first row.
		read := func(plus int, meanwhile func()) {
			t.Helper()
			rows, err := conn.QueryContext(ctx, text, plus)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			want := plus
			for ; rows.Next(); meanwhile() {
				var n int
				if want++; rows.Scan(&n) != nil || n != want {
					t.Errorf("got %d, want %d", n, want)
				}
			}
			if err := rows.Err(); err != nil || want != plus+3 {
				t.Errorf("%d rows, %v", want-plus, err)
			}
		}
		nothing := func() {}
		read(0, nothing)
		read(10, func() { read(20, nothing) })
		read(10, one.kept.Purge)
		read(30, nothing)
	})
}

// What cannot be prepared is not kept, nor what is too long; what has no arguments and writes may be several statements. What fails
// works again when it can.
func TestWhatIsNotKeptPrepared(t *testing.T) {
	t.Parallel()
	s := fileOf(t)
	on(t, s.writers, func(conn *sql.Conn, one *preparer) {
		kept := func(text string, want bool) {
			t.Helper()
			if _, ok := one.kept.Peek(text); ok != want {
				t.Errorf("%.60s is kept: %v", text, ok)
			}
		}
		run := func(text string, fails bool, args ...any) string {
			t.Helper()
			if _, err := conn.ExecContext(t.Context(), text, args...); (err != nil) != fails {
				t.Errorf("%.60s: %v", text, err)
			}
			return text
		}
		kept(run("CREATE TABLE a (n INTEGER PRIMARY KEY); CREATE TABLE b (n INTEGER)", false), false)
		const insert = "INSERT INTO a VALUES (?)"
		kept(run(insert, false, 1), true)
		kept(run(insert, true, 1), true) // it is there already
		kept(run(insert, false, 2), true)
		kept(run("INSERT INTO b VALUES (?)"+strings.Repeat(", (3)", longestText/5), false, 1), false)
		kept(run("INSERT INTO c VALUES (?)", true, 1), false)
		const all = "SELECT max(n), ? FROM a"
		var n, x int
		if err := conn.QueryRowContext(t.Context(), all, 1).Scan(&n, &x); err != nil || n != 2 {
			t.Error(n, err)
		}
		kept(all, true)
		run("DROP TABLE a", false)
		if err := conn.QueryRowContext(t.Context(), all, 1).Scan(&n, &x); err == nil {
			t.Error("a table that is gone was read")
		}
		run("CREATE TABLE a (n INTEGER)", false)
		run(insert, false, 7)
		if err := conn.QueryRowContext(t.Context(), all, 1).Scan(&n, &x); err != nil || n != 7 {
			t.Error(n, err)
		}
	})
}
