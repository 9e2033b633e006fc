package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// ledger is a database with two accounts and lines in their journals.
type ledger struct {
	*testing.T
	store *store.Store
	clock *storetest.Clock
	url   string
}

func newLedger(t *testing.T, kind string) *ledger {
	l := &ledger{T: t, url: storetest.URL(t, kind), clock: new(storetest.Clock)}
	var err error
	if l.store, err = store.Open(t.Context(), store.Options{URL: l.url, Now: l.clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.store.Close() })
	l.write(func(ctx context.Context, tx *store.Tx) error {
		tx.User.Create().SetID("usr_ada").SetEmail("ada@example.com").SetFirstName("Ada").SetLastName("Okafor").SetEmailVerifiedAt(tx.Now).SetCreatedAt(tx.Now).SaveX(ctx)
		tx.Practice.Create().SetID("prc_1").SetName("@SUM(A1) & Partners").SetNameKey("p").SetCreatedAt(tx.Now).SaveX(ctx)
		for _, id := range []string{"cli_1", "cli_2"} {
			tx.ClientAccount.Create().SetID(id).SetPracticeID("prc_1").SetName("=HYPERLINK(\"http://evil.example\";\"Café, Bar\")").SetNameKey(id).SetCreatedAt(tx.Now).SaveX(ctx)
		}
		tx.Membership.Create().SetID("mem_1").SetKind(rule.Client).SetAccountID("cli_1").SetClientAccountID("cli_1").SetRoleID(rule.StandardRole).SetPermissions(rule.StandardPermissions).
			SetFirstName("+Zoë").SetLastName("O\"Neill").SetNameKey("z").SetSearchKey("z").SetLoginAccess(false).SetStatus(rule.Active).SetIsOwner(true).
			SetCreatedAt(tx.Now).SetLastActiveAt(tx.Now).SaveX(ctx)
		return nil
	})
	return l
}

func (l *ledger) write(change func(ctx context.Context, tx *store.Tx) error) {
	l.Helper()
	ctx := viewer.With(l.Context(), viewer.Viewer{UserID: "usr_ada", Name: "－2+3|cmd", RequestID: "req_1"})
	if err := l.store.Tx(ctx, change); err != nil {
		l.Fatal(err)
	}
}

func (l *ledger) line(e journal.Entry) {
	l.Helper()
	l.write(func(ctx context.Context, tx *store.Tx) error { return journal.Write(ctx, tx, e) })
}

// export runs the command and reads what it wrote, as a program that knows CSV does.
func (l *ledger) export(args ...string) (head []string, rows [][]string, raw string) {
	l.Helper()
	var out, log bytes.Buffer
	if err := run(l.Context(), append([]string{"export", "--database-url", l.url}, args...), &out, &log); err != nil {
		l.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil || len(rows) == 0 {
		l.Fatalf("%v\n%s", err, out.String())
	}
	return rows[0], rows[1:], out.String()
}

func eachLedger(t *testing.T, do func(*ledger)) {
	t.Helper()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) { do(newLedger(t, kind)) })
	}
}

func TestExportWritesEachChangeOnALineThatNoSpreadsheetComputes(t *testing.T) {
	t.Parallel()
	eachLedger(t, func(l *ledger) {
		l.line(journal.Entry{Verb: "membershipUpdateDetails", Account: "cli_1", Membership: "mem_1", Via: "prc_1", Reason: "  =cmd|' /C calc'!A0",
			Changes: []journal.Change{journal.Turn("mobile", "+447400123456", "@import"), journal.Turn("lastName", "a;=1+1", "\t=1")}})
		l.line(journal.Entry{Verb: "membershipLeave", Account: "cli_1", Membership: "mem_1", Reason: "a \"quoted\", ordinary reason: 5 - 3 = 2"})
		l.line(journal.Entry{Verb: "clientAccountUpdate", Account: "cli_2"})
		head, rows, raw := l.export("cli_1")
		if !slices.Equal(head, exported) {
			t.Errorf("columns %q, want %q", head, exported)
		}
		at := l.clock.Now().UTC().Format(time.RFC3339Nano)
		name, practice := `'=HYPERLINK("http://evil.example";"Café, Bar")`, "'@SUM(A1) & Partners"
		want := [][]string{
			{at, "membershipUpdateDetails", "cli_1", name, "mem_1", `'+Zoë O"Neill`, "usr_ada", "'－2+3|cmd", practice, "'  =cmd|' /C calc'!A0", "mobile", "'+447400123456", "'@import", "req_1"},
			{at, "membershipUpdateDetails", "cli_1", name, "mem_1", `'+Zoë O"Neill`, "usr_ada", "'－2+3|cmd", practice, "'  =cmd|' /C calc'!A0", "lastName", "a;'=1+1", "'\t'=1", "req_1"},
			{at, "membershipLeave", "cli_1", name, "mem_1", `'+Zoë O"Neill`, "usr_ada", "'－2+3|cmd", "", `a "quoted", ordinary reason: 5 - 3 = 2`, "", "", "", "req_1"},
		}
		if fmt.Sprintf("%q", rows) != fmt.Sprintf("%q", want) {
			t.Errorf("got\n%q\nwant\n%q", rows, want)
		}
		if lines := strings.Split(strings.TrimSuffix(raw, "\r\n"), "\r\n"); len(lines) != len(want)+1 || strings.Contains(strings.ReplaceAll(raw, "\r\n", ""), "\n") {
			t.Errorf("want %d lines that end in CRLF:\n%q", len(want)+1, raw)
		}
		if _, _, marked := l.export("cli_1", "--bom"); marked != "\ufeff"+raw {
			t.Errorf("with a mark it is another: %.40q", marked)
		}
		if _, rows, _ := l.export("prc_1"); len(rows) > 0 {
			t.Errorf("nothing happened in the practice, and it shows %q", rows)
		}
	})
}

// Cells are read as by programs that cut at commas, semicolons and tabs, and that know nothing of quotes.
func TestHarmlessLeavesNoCellThatIsComputed(t *testing.T) {
	t.Parallel()
	signs := []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"}
	for _, sign := range signs {
		for _, before := range []string{"", " ", "\u00a0", "\u200b", "\ufeff", "\x01", "x;", "x; ", "x\t", "x\r\n", "x;\u3000", ";;", ";=;", "-;"} {
			cell := before + sign + "1+1"
			for _, part := range strings.FieldsFunc(harmless(cell), func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
				bare := strings.TrimLeft(part, " \u00a0\u200b\ufeff\x01\u3000")
				if slices.ContainsFunc(signs, func(s string) bool { return strings.HasPrefix(bare, s) }) {
					t.Errorf("%q became %q, of which %q is computed", cell, harmless(cell), part)
				}
			}
		}
	}
	for _, cell := range []string{"", "Zoë", "5 - 3 = 2", "a@b.example", "a;b", "'quoted'", "2099-01-05T09:00:00Z", "Marsh; Sons - Bakers"} {
		if got := harmless(cell); got != cell {
			t.Errorf("%q needs no apostrophe, and became %q", cell, got)
		}
	}
}

func TestExportTakesPartsOfTheJournalPageByPage(t *testing.T) {
	t.Parallel()
	eachLedger(t, func(l *ledger) {
		const many = 2*exportPage + 3
		first := l.clock.Now()
		l.write(func(ctx context.Context, tx *store.Tx) error { // all at one moment
			for i := range many {
				if err := journal.Write(ctx, tx, journal.Entry{Verb: fmt.Sprint("verb", i%2), Account: "cli_1", Changes: []journal.Change{journal.Set("n", i)}}); err != nil {
					return err
				}
			}
			return nil
		})
		l.clock.Advance(time.Hour)
		l.write(func(ctx context.Context, tx *store.Tx) error { // another server's id, which is less
			return tx.Event.Create().SetID("evt_0").SetAt(tx.Now).SetVerb("later").SetActorName("Ada").SetAccountID("cli_1").SetChanges("[]").Exec(ctx)
		})
		_, rows, _ := l.export("cli_1")
		seen := map[string]bool{}
		for _, row := range rows {
			seen[row[12]] = true
		}
		if len(rows) != many+1 || len(seen) != many+1 || rows[many][1] != "later" {
			t.Errorf("%d lines, %d of them different, the last %q; want %d, each once, the oldest first", len(rows), len(seen), rows[len(rows)-1], many+1)
		}
		moment, hour := first.UTC().Format(time.RFC3339Nano), first.Add(time.Hour).UTC().Format(time.RFC3339)
		for _, c := range []struct {
			args []string
			want int
		}{
			{[]string{"--since", hour}, 1},
			{[]string{"--until", hour}, many},
			{[]string{"--since", moment, "--until", hour}, many},
			{[]string{"--until", moment}, 0},
			{[]string{"--since", "2099-12-31"}, 0},
			{[]string{"--until", "2199-01-01"}, many + 1},
			{[]string{"--verb", "later"}, 1},
			{[]string{"--verb", "later,verb1"}, 1 + many/2},
			{[]string{"--verb", "later", "--verb", "verb1", "--until", hour}, many / 2},
			{[]string{"--verb", "nothing"}, 0},
		} {
			if _, rows, _ := l.export(append([]string{"cli_1"}, c.args...)...); len(rows) != c.want {
				t.Errorf("%v: %d lines, want %d", c.args, len(rows), c.want)
			}
		}
		stuck := &stuck{}
		if err := run(t.Context(), []string{"export", "--database-url", l.url, "cli_1"}, stuck, stuck); !errors.Is(err, errStuck) || stuck.writes > 1 {
			t.Errorf("got %v after %d writes, want to stop at the first that fails", err, stuck.writes)
		}
	})
}

var errStuck = errors.New("nobody reads")

type stuck struct{ writes int }

// Write fails.
func (s *stuck) Write([]byte) (int, error) {
	s.writes++
	return 0, errStuck
}

func TestExportWritesANewFileOrNone(t *testing.T) {
	t.Parallel()
	l := newLedger(t, storetest.SQLite)
	l.line(journal.Entry{Verb: "membershipLeave", Account: "cli_1"})
	_, _, want := l.export("cli_1")
	file := filepath.Join(t.TempDir(), "journal.csv")
	var out, log bytes.Buffer
	args := []string{"export", "--database-url", l.url, "cli_1", "-o", file}
	if err := run(t.Context(), args, &out, &log); err != nil || out.Len() > 0 {
		t.Fatalf("got %v and %q", err, out.String())
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("%v; the file has %q, want %q", err, got, want)
	}
	if about, err := os.Stat(file); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("%v; it is %v, want it to be readable to oneself alone", err, about.Mode())
	}
	if err := run(t.Context(), args, &out, &log); err == nil || !strings.HasPrefix(err.Error(), "--output: ") || !strings.Contains(err.Error(), "there already") {
		t.Errorf("a file that is there already: got %v", err)
	}
	if again, _ := os.ReadFile(file); string(again) != want {
		t.Error("the file that was there is gone")
	}
	l.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.Event.Create().SetID("evt_x").SetAt(tx.Now.Add(time.Hour)).SetVerb("broken").SetActorName("Ada").SetAccountID("cli_1").SetChanges("no list").Exec(ctx)
	})
	other := filepath.Join(t.TempDir(), "other.csv")
	if err := run(t.Context(), append(args[:len(args)-1:len(args)-1], other), &out, &log); err == nil {
		t.Error("a line that cannot be read, and it says nothing")
	}
	if _, err := os.Stat(other); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it left half a journal behind: %v", err)
	}
}

func TestExportRefusesWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t, storetest.SQLite)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"cli_0"}, `there is no account "cli_0"; ids begin with prc_ or cli_`},
		{[]string{"Marsh Bakery"}, "there is no account"},
		{[]string{"cli_0", "--since", "yesterday"}, "--since: must be a day such as 2026-12-06"},
		{[]string{"cli_0", "--until", "2026-02-30"}, "--until: must be a day"},
		{[]string{}, "expected"},
	} {
		var out, log bytes.Buffer
		err := run(t.Context(), append([]string{"export", "--database-url", url}, c.args...), &out, &log)
		if err == nil || !strings.Contains(err.Error(), c.want) || out.Len() > 0 {
			t.Errorf("%v: got %v and %q, want a sentence with %q", c.args, err, out.String(), c.want)
		}
	}
	var out, log bytes.Buffer
	if err := run(t.Context(), []string{"export", "--database-url", storetest.Empty(t, storetest.SQLite), "cli_1"}, &out, &log); err == nil || !strings.Contains(err.Error(), "roster migrate") {
		t.Errorf("a database that is behind: got %v", err)
	}
}
