package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/ent"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestTheBuiltInRolesAreThoseOfTheRules(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := store.Facts(t.Context())
		for _, want := range rule.BuiltInRoles {
			got := s.Read().Role.GetX(ctx, want.ID)
			if known := ent.BuiltInRole(want.ID); known.String() != got.String() {
				t.Errorf("the database has %v, known without it is %v", got, known)
			}
			if got.Name != want.Name || got.Kind != want.Kind || got.Permissions != want.Permissions || !got.BuiltIn || got.PracticeID != nil || !got.CreatedAt.Equal(time.Unix(0, 0)) {
				t.Errorf("the database has %v, want %+v", got, want)
			}
		}
		if n := s.Read().Role.Query().CountX(ctx); n != len(rule.BuiltInRoles) {
			t.Errorf("the database has %d roles, want %d", n, len(rule.BuiltInRoles))
		}
	})
}

func TestBehindNamesWhatAFreshPostgresLacks(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), store.Options{URL: storetest.Empty(t, storetest.Postgres)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Behind(t.Context())
	for _, want := range []string{"00001_initial", "00002_built_in", "1 of the job queue", "run `roster migrate`"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}

	// Two that start at once do not get in each other's way.
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := s.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(s.Behind(t.Context()), s.Migrate(t.Context()), s.Behind(t.Context())); err != nil {
		t.Errorf("after migrating: %v", err)
	}
}

func TestIDsAreOrderedByteByByteAndConstraintsHaveTheirNames(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(user(tx, "a@example.com").SetID("usr_b").Exec(ctx), user(tx, "B@example.com").SetID("usr_A").Exec(ctx),
				user(tx, "é@example.com").SetID("usr_a").Exec(ctx))
		})
		for column, want := range map[string]string{"id": "usr_A usr_a usr_b", "email": "B@example.com a@example.com é@example.com"} {
			if got := strings.Join(texts(t, s, "SELECT "+column+" FROM users ORDER BY "+column), " "); got != want {
				t.Errorf("users by %s: got %s, want %s", column, got, want)
			}
		}

		text := "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'river%'"
		if s.Kind() == storetest.Postgres {
			text = "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text NOT LIKE 'river%' " +
				"UNION ALL SELECT indexdef FROM pg_indexes"
		}
		all := strings.Join(texts(t, s, text), "\n")
		for _, want := range []string{
			"memberships_owner_stays", "invitations_sent_has_link", "tokens_used_or_voided", "memberships_one_owner", "invitations_one_pending",
			"memberships_role_of_kind", "client_grants_own_client", "client_grants_own_colleague",
		} {
			if !strings.Contains(all, want) {
				t.Errorf("the database has no %s", want)
			}
		}
		for _, never := range []string{"CASCADE", "SET NULL"} {
			if strings.Contains(all, never) {
				t.Errorf("a foreign key says %s", never)
			}
		}
	})
}

func texts(t *testing.T, s *store.Store, query string) []string {
	t.Helper()
	rows, err := s.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}
