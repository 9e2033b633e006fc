package main

import (
	"path/filepath"
	"strings"
	"testing"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestDemoIsForDevelopmentOnly(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	got := roster(t, folder, production(t, "DATABASE_URL=roster.db"), "demo")
	if got.code != 1 || !strings.HasPrefix(got.log, "roster: MODE: ") || !strings.Contains(got.log, "development only") {
		t.Errorf("got code %d and %q, want a sentence about MODE", got.code, got.log)
	}
	if found, _ := filepath.Glob(filepath.Join(folder, "*")); len(found) > 0 {
		t.Errorf("it left %v behind", found)
	}
}

func TestDemoRefusesADatabaseWithOtherPeople(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			folder, env := t.TempDir(), []string{"DATABASE_URL=" + storetest.URL(t, kind)}
			serving := start(t, folder, env, "serve")
			serving.must(t, browser(t), signUp, map[string]any{"email": "zoe@example.com", "password": "some words in a row"})
			serving.stop(t)
			before := count(t, env)

			got := roster(t, folder, env, "demo", "--fill-only")
			if got.code != 1 || !strings.HasPrefix(got.log, "roster: DATABASE_URL: ") || !strings.Contains(got.log, "people in it") {
				t.Errorf("got code %d and %q, want a sentence about DATABASE_URL", got.code, got.log)
			}
			if after := count(t, env); after != before || before[0] != 1 {
				t.Errorf("users and memberships: got %v, want %v as before", after, before)
			}
		})
	}
}

func TestDemoFillsAnEmptyDatabaseOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			folder, env := t.TempDir(), []string{"DATABASE_URL=" + storetest.Empty(t, kind)}
			if got := roster(t, folder, env, "demo", "--fill-only"); got.code != 0 || got.log != "" {
				t.Fatalf("got code %d and %q, want 0 and nothing logged", got.code, got.log)
			}
			before := count(t, env)
			if before[0] < len(people) || before[1] < 12 {
				t.Errorf("users and memberships: got %v, want people in every state", before)
			}

			serving := start(t, folder, env, "demo")
			for _, p := range people {
				serving.must(t, browser(t), signIn, map[string]any{"email": p.email, "password": demoPassword})
			}
			serving.stop(t)
			if after := count(t, env); after != before {
				t.Errorf("users and memberships after the second start: got %v, want %v as before", after, before)
			}
			said := serving.out.String()
			for _, want := range []string{serving.base + "/graphiql", serving.base + "/mailbox", people[0].email, demoPassword} {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
		})
	}
}

// count is how many users and memberships a database has.
func count(t *testing.T, env []string) [2]int {
	t.Helper()
	ctx := t.Context()
	s, err := store.Open(ctx, store.Options{URL: strings.TrimPrefix(env[0], "DATABASE_URL=")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	users, err := s.Read().User.Query().Count(store.Facts(ctx))
	if err != nil {
		t.Fatal(err)
	}
	memberships, err := s.Read().Membership.Query().Count(store.Facts(ctx))
	if err != nil {
		t.Fatal(err)
	}
	return [2]int{users, memberships}
}
