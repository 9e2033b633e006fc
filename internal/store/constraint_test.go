package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestAViolatedConstraintIsKnownByItsName(t *testing.T) {
	t.Parallel()
	cases := []struct {
		want string
		do   func(ctx context.Context, tx *store.Tx) error
	}{
		{"users_one_login_per_email", func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(user(tx, "a@example.com").Exec(ctx), user(tx, "a@example.com").Exec(ctx))
		}},
		{"users_pkey", func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(user(tx, "a@example.com").SetID("usr_1").Exec(ctx), user(tx, "b@example.com").SetID("usr_1").Exec(ctx))
		}},
		{"memberships_one_owner", func(ctx context.Context, tx *store.Tx) error {
			p, err := practice(ctx, tx)
			return errors.Join(err, colleague(tx, p.ID, "a@example.com").SetIsOwner(true).Exec(ctx), colleague(tx, p.ID, "b@example.com").SetIsOwner(true).Exec(ctx))
		}},
		{"memberships_one_per_email", func(ctx context.Context, tx *store.Tx) error {
			p, err := practice(ctx, tx)
			return errors.Join(err, colleague(tx, p.ID, "a@example.com").Exec(ctx), colleague(tx, p.ID, "a@example.com").Exec(ctx))
		}},
		{"memberships_not_yet_in", func(ctx context.Context, tx *store.Tx) error {
			p, err := practice(ctx, tx)
			u, err2 := user(tx, "a@example.com").Save(ctx)
			return errors.Join(err, err2, colleague(tx, p.ID, "a@example.com").SetUserID(u.ID).Exec(ctx))
		}},
		{"memberships_permissions_fit", func(ctx context.Context, tx *store.Tx) error {
			p, err := practice(ctx, tx)
			return errors.Join(err, colleague(tx, p.ID, "a@example.com").SetPermissions(rule.DocumentsSubmit).Exec(ctx))
		}},
		{"users_email_not_null", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO users (id, first_name, last_name, created_at) VALUES ('usr_1', '', '', '2026-01-05 09:00:00+00:00')")
			return err
		}},
		{"memberships_role_of_kind foreign_key", func(ctx context.Context, tx *store.Tx) error {
			p, err := practice(ctx, tx)
			return errors.Join(err, colleague(tx, p.ID, "a@example.com").SetRoleID(rule.StandardRole).Exec(ctx))
		}},
		{"", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO nothing VALUES (1)")
			return err
		}},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, c := range cases {
			err := s.Tx(t.Context(), c.do)
			if err == nil {
				t.Errorf("%s was not violated", c.want)
				continue
			}
			if got := store.Constraint(err); got != c.want && (got == "" || !strings.Contains(c.want, got)) {
				t.Errorf("got constraint %q of %v, want %q", got, err, c.want)
			}
		}
	})
	if got := store.Constraint(errors.New("UNIQUE constraint failed: users.email")); got != "" {
		t.Errorf("a text is taken for a constraint, %q", got)
	}
}

func TestMembershipsAndTheJournalAreKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			p, err := practice(ctx, tx)
			return errors.Join(err, colleague(tx, p.ID, "a@example.com").Exec(ctx),
				tx.Event.Create().SetID(store.NewID("evt")).SetAt(tx.Now).SetVerb("membershipAdd").SetActorName("Ann Lee").Exec(ctx))
		})
		cases := []struct{ text, want string }{
			{"DELETE FROM memberships", "memberships_kept"},
			{"DELETE FROM events", "events_kept"},
			{"UPDATE events SET actor_name = 'Nobody'", "events_kept"},
		}
		if s.Kind() == storetest.Postgres {
			cases = append(cases, struct{ text, want string }{"TRUNCATE events", "events_kept"},
				struct{ text, want string }{"TRUNCATE memberships CASCADE", "memberships_kept events_kept"})
		}
		for _, c := range cases {
			err := s.Tx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.ExecContext(ctx, c.text)
				return err
			})
			if got := store.Constraint(err); got == "" || !strings.Contains(c.want, got) {
				t.Errorf("%s: got %v, want it refused by %s", c.text, err, c.want)
			}
		}
		ctx := store.Facts(t.Context())
		if m, e := s.Read().Membership.Query().CountX(ctx), s.Read().Event.Query().OnlyX(ctx).ActorName; m != 1 || e != "Ann Lee" {
			t.Errorf("%d memberships and an event by %q are left, want 1 and Ann Lee", m, e)
		}
	})
}
