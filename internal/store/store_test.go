package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/ent"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// write runs do in a transaction that must work.
func write(t *testing.T, s *store.Store, do func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := s.Tx(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

// user is a login yet to be saved.
func user(tx *store.Tx, email string) *ent.UserCreate {
	return tx.User.Create().SetID(store.NewID("usr")).SetEmail(email).SetFirstName("Ann").SetLastName("Lee").SetCreatedAt(tx.Now)
}

// practice saves a practice.
func practice(ctx context.Context, tx *store.Tx) (*ent.Practice, error) {
	return tx.Practice.Create().SetID(store.NewID("prc")).SetName("Able").SetNameKey("able").SetCreatedAt(tx.Now).Save(ctx)
}

// colleague is a membership yet to be saved that any practice may have.
func colleague(tx *store.Tx, practice, email string) *ent.MembershipCreate {
	return tx.Membership.Create().SetID(store.NewID("mem")).SetKind(rule.Practice).SetAccountID(practice).SetPracticeID(practice).
		SetRoleID(rule.PracticeStandardRole).SetPermissions(0).SetFirstName("Ann").SetLastName("Lee").SetNameKey("lee ann").
		SetSearchKey("ann lee " + email).SetEmail(email).SetLoginAccess(true).SetStatus(rule.Pending).
		SetCreatedAt(tx.Now).SetLastActiveAt(time.Unix(0, 0))
}

func TestTheReadClientRefusesWrites(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := store.Facts(t.Context())
		if n := s.Read().Role.Query().CountX(ctx); n != len(rule.BuiltInRoles) {
			t.Fatalf("the read client sees %d roles, want %d", n, len(rule.BuiltInRoles))
		}
		err := s.Read().Practice.Create().SetID("prc_1").SetName("Able").SetNameKey("able").SetCreatedAt(s.Now()).Exec(ctx)
		if err == nil || !strings.Contains(err.Error(), "the read client refuses writes") {
			t.Errorf("a creation by the read client: got %v, want it refused", err)
		}
		if err := s.Read().Role.Update().SetName("x").Exec(ctx); err == nil {
			t.Error("an update by the read client was not refused")
		}
	})
}

func TestTheDatabaseRefusesWritesOnTheReadConnections(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, text := range []string{
			"INSERT INTO practices (id, name, name_key, created_at) VALUES ('prc_1', 'Able', 'able', '2026-01-05 09:00:00+00:00') RETURNING id",
			"UPDATE roles SET name = 'x' WHERE id <> '' RETURNING id",
			"DELETE FROM roles WHERE id <> '' RETURNING id",
		} {
			rows, err := s.Query(t.Context(), text)
			if err == nil {
				rows.Next()
				err = errors.Join(rows.Err(), rows.Close())
			}
			if err == nil {
				t.Errorf("%s was not refused", text)
			}
		}
		if _, err := s.Read().ExecContext(t.Context(), "DELETE FROM roles"); err == nil {
			t.Error("a raw DELETE by the read client was not refused")
		}
		if n := s.Read().Role.Query().CountX(store.Facts(t.Context())); n != len(rule.BuiltInRoles) {
			t.Errorf("%d roles are left, want %d", n, len(rule.BuiltInRoles))
		}
	})
}

func TestAQueryIsOneStatementWithQuestionMarks(t *testing.T) {
	t.Parallel()
	counter := &storetest.Counter{}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for range 3 {
			rows, err := s.Query(t.Context(), "SELECT name, '?' FROM roles WHERE kind = ? AND id = ?", "CLIENT", rule.StandardRole)
			if err != nil {
				t.Fatal(err)
			}
			var name, mark string
			for rows.Next() {
				if err := rows.Scan(&name, &mark); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil || name != "Standard" || mark != "?" {
				t.Errorf("got %q, %q, %v, want Standard and a question mark", name, mark, err)
			}
		}
		if got := counter.Texts(); len(got) != 3 {
			t.Errorf("three queries were %d statements: %q", len(got), got)
		}

		counter.Reset()
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return user(tx, "a@example.com").Exec(ctx) })
		if got := counter.Texts(); len(got) != 1 || !strings.HasPrefix(got[0], "INSERT INTO") {
			t.Errorf("a transaction with one write was %d statements: %q", len(got), got)
		}
	}, storetest.WithCounter(counter))
}

func TestIDsSortAsTheyWereMade(t *testing.T) {
	t.Parallel()
	ids := make([]string, 10_000)
	for i := range ids {
		ids[i] = store.NewID("mem")
	}
	if !slices.IsSorted(ids) || len(slices.Compact(ids)) != 10_000 {
		t.Error("ids are not in the order in which they were made, each once")
	}
	if got := ids[0]; len(got) != len("mem_")+32 || !strings.HasPrefix(got, "mem_") {
		t.Errorf("an id is %q, want mem_ and 32 digits", got)
	}
}

func TestASQLiteFileIsNobodyElsesToRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a ?#%20b.db")
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + file})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Migrate(t.Context()), s.Behind(t.Context())); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: got %v, %v, want its mode to be 0600", info, err)
	}
}

func TestAWrongAddressIsAClearErrorWithoutThePassword(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"mysql://roster:hunter2@localhost/roster", "postgres://roster:hunter2%zz@localhost/roster",
		"postgres://roster:hunter2@localhost:port/roster", "postgres://roster:hunter2@127.0.0.1:1/roster?sslmode=disable",
		"postgres://roster:hunter2@localhost/roster?sslmode=perhaps", ":memory:", "/nowhere/roster.db",
	} {
		s, err := store.Open(t.Context(), store.Options{URL: address})
		if err == nil {
			t.Errorf("%s was opened: %v", address, s.Close())
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}
