package main

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"roster/internal/store"
)

// TestTheTownHangsTogether holds, on a small one, that every row refers to one that is there, which the large one is not
// checked for while it is filled, and that all constraints let it in.
func TestTheTownHangsTogether(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1000, 20_000} {
		file := filepath.Join(t.TempDir(), "town.db")
		s, err := store.Open(t.Context(), store.Options{URL: file})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		w := town{memberships: size, now: time.Now().UTC(), hash: "$argon2id$"}
		if err := fillSQLite(t.Context(), file, w); err != nil {
			t.Fatal(err)
		}
		count := func(text string) (n int) {
			t.Helper()
			rows, err := s.Query(context.WithoutCancel(t.Context()), text)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				if err := rows.Scan(&n); err != nil {
					t.Fatal(err)
				}
			}
			return n
		}
		if n := count("SELECT count(*) FROM pragma_foreign_key_check"); n > 0 {
			t.Errorf("%d rows refer to nothing", n)
		}
		for text, want := range map[string]int{
			"SELECT count(*) FROM client_accounts":                                                                                           size/10 + 1,
			"SELECT count(*) FROM client_accounts WHERE practice_id = '" + bigID + "'":                                                       size / 100,
			"SELECT count(*) FROM memberships WHERE user_id = '" + manyUser + "' AND status = 'ACTIVE'":                                      many,
			"SELECT count(*) FROM client_accounts c WHERE NOT EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = c.id AND m.is_owner)": 0,
			"SELECT max(n) FROM (SELECT count(*) AS n FROM memberships WHERE user_id < '" + userID(w.logins()/2) + "' GROUP BY user_id)":     2,
		} {
			if n := count(text); n != want {
				t.Errorf("%s: got %d, want %d", text, n, want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
