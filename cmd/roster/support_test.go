package main

import (
	"strings"
	"testing"

	"roster/internal/store/storetest"
)

// RULES.md G4: support is appointed on the command line, while the server runs.
func TestSupportIsAppointedOnTheCommandLine(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			folder, env := t.TempDir(), []string{"DATABASE_URL=" + storetest.Empty(t, kind)}
			if got := roster(t, folder, env, "demo", "--fill-only"); got.code != 0 {
				t.Fatal(got.log)
			}
			serving := start(t, folder, env, "demo")
			defer serving.stop(t)
			ada := browser(t)
			serving.must(t, ada, signIn, map[string]any{"email": people[0].email, "password": demoPassword})
			is := func() string { return string(serving.must(t, ada, `{viewer{isSupport}}`, nil)["isSupport"]) }
			for _, step := range []struct {
				args []string
				code int
				says string
				is   string
			}{
				{[]string{"support", "revoke", people[0].email}, 0, "is not Roster's support", "false"},
				{[]string{"support", "grant", "ADA@example.com"}, 0, "is Roster's support from now on", "true"},
				{[]string{"support", "grant", people[0].email}, 0, "is Roster's support from now on", "true"},
				{[]string{"support", "revoke", people[0].email}, 0, "is not Roster's support", "false"},
				{[]string{"support", "grant", "nobody@example.com"}, 1, "nobody has a login", "false"},
				{[]string{"support", "grant", "nonsense"}, 1, "is not an email address", "false"},
			} {
				got := roster(t, folder, env, step.args...)
				if got.code != step.code || !strings.Contains(got.out+got.log, step.says) {
					t.Errorf("%v: got code %d, %q and %q, want %d and %q", step.args, got.code, got.out, got.log, step.code, step.says)
				}
				if now := is(); now != step.is {
					t.Errorf("%v: the running session is %s, want %s", step.args, now, step.is)
				}
			}
		})
	}
}
