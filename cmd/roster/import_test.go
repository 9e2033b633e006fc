package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"roster/ent/membership"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// office is a practice of Ada's with a client, in a database that roster's own commands are run on.
type office struct {
	*testing.T
	store                 *store.Store
	url, practice, client string
}

func newOffice(t *testing.T, kind string) *office {
	l := newLedger(t, kind)
	s, err := store.Open(t.Context(), store.Options{URL: l.url}) // by the real clock, as the processes beside it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	o := &office{T: t, store: s, url: l.url, practice: "prc_1", client: "cli_2"}
	l.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Membership.Create().SetID("mem_ada").SetKind(rule.Practice).SetAccountID("prc_1").SetPracticeID("prc_1").SetRoleID(rule.PracticeAdminRole).
			SetPermissions(rule.Practice.Of()).SetFirstName("Ada").SetLastName("Okafor").SetNameKey("okafor").SetSearchKey("ada").SetEmail("ada@example.com").
			SetUserID("usr_ada").SetLoginAccess(true).SetStatus(rule.Active).SetIsOwner(true).SetJoinedAt(tx.Now).SetCreatedAt(tx.Now).SetLastActiveAt(tx.Now).SaveX(ctx)
		tx.User.Create().SetID("usr_sam").SetEmail("sam@example.com").SetFirstName("Sam").SetLastName("Ivory").SetCreatedAt(tx.Now).SaveX(ctx)
		return nil
	})
	return o
}

// file writes a file and gives its name.
func (o *office) file(text string) string {
	o.Helper()
	name := filepath.Join(o.TempDir(), "people.csv")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		o.Fatal(err)
	}
	return name
}

// imports runs the command as Ada unless args say otherwise.
func (o *office) imports(args ...string) ended {
	o.Helper()
	folder := o.TempDir()
	return roster(o.T, folder, []string{"DATABASE_URL=" + o.url}, append([]string{"import"}, args...)...)
}

func (o *office) people() int {
	o.Helper()
	return o.store.Read().Membership.Query().Where(membership.AccountID(o.client)).CountX(store.Facts(o.Context()))
}

func eachOffice(t *testing.T, do func(*office)) {
	t.Helper()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			do(newOffice(t, kind))
		})
	}
}

// wide is a text as spreadsheets save "Unicode text": UTF-16 with a byte order mark.
func wide(text string, little bool) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		high, low := byte(unit>>8), byte(unit)
		if little {
			high, low = low, high
		}
		b.WriteByte(high)
		b.WriteByte(low)
	}
	return b.String()
}

func TestImportAddsThePeopleOfAFileInWhateverUnicodeItIs(t *testing.T) {
	t.Parallel()
	const text = "First name\tLast name\tEmail\tMobile\r\nZoë\tMarsh\tzoe%@example.com\t'+44 7400 123456\r\n"
	eachOffice(t, func(o *office) {
		for i, saved := range []string{text, "\ufeff" + text, wide(text, true), wide(text, false)} {
			digit := string(rune('0' + i))
			saved = strings.Replace(saved, "%", digit, 1) // one byte of two in UTF-16
			got := o.imports("--as", "ada@example.com", "--role", "rol_standard", o.client, o.file(saved))
			if got.code != 0 || !strings.Contains(got.out, "1 people were added: 0 at once, 1 by invitation, 0 without login access.") {
				o.Errorf("way %d: got code %d and %s%s", i, got.code, got.out, got.log)
			}
		}
		for _, m := range o.store.Read().Membership.Query().Where(membership.AccountID(o.client)).AllX(store.Facts(o.Context())) {
			if m.FirstName != "Zoë" || m.Mobile == nil || *m.Mobile != "+447400123456" {
				o.Errorf("got %q with %v, want Zoë with her number", m.FirstName, m.Mobile)
			}
		}
		if n := o.people(); n != 4 {
			o.Errorf("got %d people, want 4", n)
		}
	})
}

func TestImportTellsOfEachRowAndLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(o *office) {
		file := o.file("First name,Last name,Email,Role\nTom,Marsh,tom@example.com,Standard\nNell,Marsh,nobody,Standard\nPia,Fox,info@example.com,Baker\n")
		as := []string{"--as", "ada@example.com", o.client, file}
		for _, way := range [][]string{{"--dry-run"}, {}} {
			got := o.imports(append(way, as...)...)
			for _, want := range []string{"line 3: EMAIL_INVALID", "line 4: ROLE_NOT_ASSIGNABLE There is no role “Baker”", "line 4: EMAIL_GENERIC info@example.com", "ROW_REFUSED 2 of 3 rows cannot be added, so nobody was: see line 3, 4."} {
				if got.code != 1 || !strings.Contains(got.out, want) {
					o.Errorf("%v: got code %d and %s%s, want it to say %s", way, got.code, got.out, got.log, want)
				}
			}
		}
		if n := o.people(); n != 0 {
			o.Fatalf("got %d people, want none", n)
		}
		got := o.imports(append([]string{"--skip-rows", "--dry-run"}, as...)...)
		if got.code != 0 || !strings.Contains(got.out, "1 people can be added; nothing was written") || o.people() != 0 {
			o.Errorf("looking: got code %d, %d people and %s", got.code, o.people(), got.out)
		}
		for range 2 { // the second time it was done already
			got := o.imports(append([]string{"--skip-rows"}, as...)...)
			if got.code != 0 || !strings.Contains(got.out, "1 people were added") || o.people() != 1 {
				o.Errorf("skipping: got code %d, %d people and %s%s", got.code, o.people(), got.out, got.log)
			}
		}
	})
}

func TestImportMayNoMoreThanThePersonItActsFor(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(o *office) {
		file := o.file("First name,Last name,Email\nTom,Marsh,tom@example.com\n")
		for name, c := range map[string]struct{ as, account, file, want string }{
			"nobody's address":       {"nobody@example.com", o.client, file, "nobody has a login with nobody@example.com"},
			"an unconfirmed address": {"sam@example.com", o.client, file, "was never confirmed"},
			"no address":             {"sam", o.client, file, `"sam" is not an email address`},
			"an account of nobody":   {"ada@example.com", "cli_0", file, "does not see the account cli_0"},
			"a file that is missing": {"ada@example.com", o.client, file + "x", "no such file"},
			"a practice":             {"ada@example.com", o.practice, file, "one at a time"},
		} {
			got := o.imports("--as", c.as, "--role", "rol_standard", c.account, c.file)
			if said := got.out + got.log; got.code != 1 || !strings.Contains(said, c.want) {
				o.Errorf("%s: got code %d and %s, want it to say %s", name, got.code, said, c.want)
			}
		}
		if n := o.people(); n != 0 {
			o.Errorf("got %d people, want none", n)
		}
	})
}
