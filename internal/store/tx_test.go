package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"roster/ent"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

func TestEightWritersNeverLoseAnUpdate(t *testing.T) {
	t.Parallel()
	const writers, rounds = 8, 40
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var id string
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			p, err := practice(ctx, tx)
			if err == nil {
				id = p.ID
			}
			return err
		})

		increment := func(ctx context.Context, tx *store.Tx) error {
			p, err := tx.Practice.Get(store.Facts(ctx), id)
			if err != nil {
				return err
			}
			return tx.Practice.UpdateOneID(id).SetVersion(p.Version + 1).Exec(store.Facts(ctx))
		}
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for range rounds {
					if err := s.Tx(t.Context(), increment); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := s.Read().Practice.GetX(store.Facts(t.Context()), id).Version; got != 1+writers*rounds {
			t.Errorf("after %d increments the version is %d, want %d", writers*rounds, got, 1+writers*rounds)
		}
	})
}

func TestTwoWhoWouldEachDemoteTheOtherLeaveOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for range 20 {
			var members [2]string
			var account string
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				p, err := practice(ctx, tx)
				if err != nil {
					return err
				}
				account = p.ID
				for i, email := range []string{"a@example.com", "b@example.com"} {
					m, err := colleague(tx, account, email).SetRoleID(rule.PracticeAdminRole).SetPermissions(rule.PracticeAdminPermissions).Save(ctx)
					if err != nil {
						return err
					}
					members[i] = m.ID
				}
				return nil
			})

			errLast := errors.New("the last administrator")
			var wg sync.WaitGroup
			for _, id := range members {
				wg.Go(func() {
					err := s.Tx(store.Facts(t.Context()), func(ctx context.Context, tx *store.Tx) error {
						administrators := 0
						for _, m := range tx.Membership.Query().AllX(ctx) {
							if m.AccountID == account && m.Permissions != 0 {
								administrators++
							}
						}
						if administrators < 2 {
							return errLast
						}
						return tx.Membership.UpdateOneID(id).SetPermissions(0).Exec(ctx)
					})
					if err != nil && !errors.Is(err, errLast) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			left := 0
			for _, m := range s.Read().Membership.Query().AllX(store.Facts(t.Context())) {
				if m.AccountID == account && m.Permissions != 0 {
					left++
				}
			}
			if left != 1 {
				t.Fatalf("%d administrators are left, want 1", left)
			}
		}
	})
}

func TestATransactionThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := store.Facts(t.Context())
		errOurs := errors.New("ours")
		err := s.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
			if _, err := practice(ctx, tx); err != nil {
				return err
			}
			return errOurs
		})
		if err != errOurs {
			t.Errorf("got %v, want the closure's error as it is", err)
		}

		func() {
			defer func() {
				if got := recover(); got != "ouch" {
					t.Errorf("recovered %v, want the closure's panic", got)
				}
			}()
			_ = s.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
				if _, err := practice(ctx, tx); err != nil {
					return err
				}
				panic("ouch")
			})
		}()

		cancelled, cancel := context.WithCancel(ctx)
		err = s.Tx(cancelled, func(ctx context.Context, tx *store.Tx) error {
			_, err := practice(ctx, tx)
			cancel()
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a transaction whose context was cancelled: got %v, want that", err)
		}

		if n := s.Read().Practice.Query().CountX(ctx); n != 0 {
			t.Errorf("%d practices are left, want none", n)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { _, err := practice(ctx, tx); return err })
		if n := s.Read().Practice.Query().CountX(ctx); n != 1 {
			t.Errorf("after a transaction that worked there are %d practices, want 1", n)
		}
	})
}

func TestATransactionInATransactionIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var inner error
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			inner = s.Tx(ctx, func(context.Context, *store.Tx) error { return nil })
			return nil
		})
		if inner == nil {
			t.Error("it was not refused")
		}
	})
}

func TestWaitingForATurnCanBeGivenUp(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite)
	write(t, s, func(context.Context, *store.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := s.Tx(ctx, func(context.Context, *store.Tx) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", err)
		}
		return nil
	})
}

func TestAnotherProcessIsWaitedFor(t *testing.T) {
	t.Parallel()
	file := storetest.URL(t, storetest.SQLite)
	var stores [2]*store.Store
	for i := range stores {
		s, err := store.Open(t.Context(), store.Options{URL: file})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		stores[i] = s
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 20 {
				if err := stores[i%2].Tx(t.Context(), func(ctx context.Context, tx *store.Tx) error { _, err := practice(ctx, tx); return err }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := stores[0].Read().Practice.Query().CountX(store.Facts(t.Context())); n != 160 {
		t.Errorf("%d practices were made, want 160", n)
	}
}

func TestTheViewerIsJudgedAtTheTransactionsMoment(t *testing.T) {
	t.Parallel()
	clock := &storetest.Clock{}
	clock.Set(time.Date(2026, 3, 1, 12, 0, 0, 123_456_789, time.FixedZone("", 3600)))
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := time.Date(2026, 3, 1, 11, 0, 0, 123_456_000, time.UTC)
		ctx := viewer.With(t.Context(), viewer.Viewer{UserID: "usr_1"})
		err := s.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
			if v, ok := viewer.From(ctx); !ok || v.At != tx.Now || tx.Now != want || v.UserID != "usr_1" {
				t.Errorf("the viewer is %+v and the transaction's moment %v, want %v", v, tx.Now, want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}, storetest.WithClock(clock))
}

// A shorter fraction of a second must not go after a longer one.
func TestMomentsComeBackEqualAndCompareInSQL(t *testing.T) {
	t.Parallel()
	base := time.Date(2026, 3, 1, 11, 0, 5, 0, time.UTC)
	var moments []time.Time
	for _, micros := range []int{0, 1, 10, 99_999, 100_000, 120_000, 123_000, 123_400, 123_456, 123_457, 500_000, 510_000, 999_999, 1_000_000} {
		moments = append(moments, base.Add(time.Duration(micros)*time.Microsecond))
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := store.Facts(t.Context())
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for i, at := range moments {
				zone := time.FixedZone("", 3600*(i%5-2)) // written from any zone
				if err := user(tx, at.Format("150405.000000")+"@example.com").SetCreatedAt(at.In(zone)).SetEmailVerifiedAt(at).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})

		users := s.Read().User.Query().Order(ent.Asc("created_at")).AllX(ctx)
		for i, u := range users {
			if u.CreatedAt != moments[i] || *u.EmailVerifiedAt != moments[i] || u.LastSignInAt != nil {
				t.Errorf("moment %d in order is %v, %v, %v, want %v twice and none", i, u.CreatedAt, u.EmailVerifiedAt, u.LastSignInAt, moments[i])
			}
		}
		for i, at := range moments {
			var before int
			rows, err := s.Query(ctx, "SELECT count(*) FROM users WHERE created_at < ?", at.In(time.FixedZone("", -7200)))
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				err = errors.Join(err, rows.Scan(&before))
			}
			if err := errors.Join(err, rows.Close()); err != nil || before != i {
				t.Errorf("%d moments are before %v, want %d; %v", before, at, i, err)
			}
		}
	})
}
