package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/login"
	"roster/internal/store/storetest"
)

func TestServeRefusesAPostgresThatIsBehindUntilItIsMigrated(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	env := []string{"DATABASE_URL=" + storetest.Empty(t, storetest.Postgres)}

	refused := roster(t, folder, env, "serve")
	if refused.code != 1 || refused.out != "" || !strings.HasPrefix(refused.log, "roster: the database lacks migrations: 00001_initial") ||
		!strings.Contains(refused.log, "run `roster migrate`") || strings.Count(refused.log, "\n") != 1 {
		t.Fatalf("a new Postgres: got code %d, %q and %q, want a sentence that names the migrations and `roster migrate`", refused.code, refused.out, refused.log)
	}
	for _, when := range []string{"the first time", "again"} {
		migrated := roster(t, folder, env, "migrate")
		if want := "The Postgres database is up to date.\n"; migrated.code != 0 || migrated.out != want || migrated.log != "" {
			t.Fatalf("migrate %s: got code %d, %q and %q, want 0 and %q", when, migrated.code, migrated.out, migrated.log, want)
		}
	}
	start(t, folder, env, "serve").stop(t)
}

func TestServeMigratesSQLiteByItself(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for range 2 { // the second finds what the first left
		serving := start(t, folder, nil, "serve")
		if got := string(serving.ask(t, `{viewer{id}}`, nil).Data); got != `{"viewer":null}` {
			t.Errorf("got %s, want nobody signed in", got)
		}
		serving.stop(t)
		if said := serving.out.String(); !strings.HasPrefix(said, "Roster answers at "+serving.base+" (development, SQLite)\n") {
			t.Errorf("got %q, want it to begin with where Roster answers", said)
		}
	}
	if found, err := filepath.Glob(filepath.Join(folder, "roster.db")); len(found) != 1 || err != nil {
		t.Errorf("roster.db: got %v %v, want it in the working folder", found, err)
	}
}

// SECURITY.md, Taking over somebody: what is held in tests of time is held in production.
func TestServeHoldsAnswersThatCouldTellWhoHasALogin(t *testing.T) {
	t.Parallel()
	serving := start(t, t.TempDir(), nil, "serve")
	for _, asked := range []string{
		`mutation{signUp(input:{firstName:"Kit",lastName:"Vale",email:"kit@example.com",password:"quiet river stone window",client:WEB}){problems{code}}}`,
		`mutation{signIn(input:{email:"nobody@example.com",password:"wrong",client:WEB}){problems{code}}}`,
		`mutation{passwordResetRequest(input:{email:"nobody@example.com"}){problems{code}}}`,
	} {
		began := time.Now()
		serving.ask(t, asked, nil)
		if took := time.Since(began); took < login.Even {
			t.Errorf("%s is answered after %v, want no sooner than %v", asked, took, login.Even)
		}
	}
	serving.stop(t)
}

func TestSIGTERMLetsARequestFinishAndEndsWithZero(t *testing.T) {
	t.Parallel()
	serving := start(t, t.TempDir(), nil, "serve")
	connection, err := net.Dial("tcp", strings.TrimPrefix(serving.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()

	// The server says "100 Continue" once it waits for the body: then the request is under way.
	const body = `{"query":"{viewer{id}}"}`
	_, err = fmt.Fprintf(connection, "POST /graphql HTTP/1.1\r\nHost: roster\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body))
	if err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(connection)
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("got %q %v, want 100 Continue", line, err)
	}
	if _, err := reader.ReadString('\n'); err != nil {
		t.Fatal(err)
	}

	serving.terminate(t)
	until(t, "nobody else is let in", func() bool {
		c, err := net.Dial("tcp", strings.TrimPrefix(serving.base, "http://"))
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	if _, err := io.WriteString(connection, body); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatalf("the request under way was cut off: %v", err)
	}
	if got, want := text(t, response), `{"data":{"viewer":null}}`; response.StatusCode != http.StatusOK || strings.TrimSpace(got) != want {
		t.Errorf("got %d %s, want 200 %s", response.StatusCode, got, want)
	}
	if code := serving.code(t); code != 0 {
		t.Errorf("got exit code %d, want 0\n%s", code, serving.out.String())
	}
}
