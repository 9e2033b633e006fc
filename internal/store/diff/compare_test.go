package main

import (
	"testing"

	"entgo.io/ent/dialect"

	"roster/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestTheMigrationsEqualTheEntities(t *testing.T) {
	t.Parallel()
	for kind, name := range map[string]string{storetest.SQLite: dialect.SQLite, storetest.Postgres: dialect.Postgres} {
		t.Run(kind, func(t *testing.T) {
			same(t, name, storetest.URL(t, kind), storetest.Empty(t, kind))
		})
	}
}

func same(t *testing.T, dialect, migrated, empty string) {
	t.Helper()
	plan, err := compare(t.Context(), dialect, migrated, empty)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range plan.Changes {
		t.Errorf("the migrations lack: %s: %s; run `go generate ./internal/store`", change.Comment, change.Cmd)
	}
}
