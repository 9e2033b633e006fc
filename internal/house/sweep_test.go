package house_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"roster/ent"
	"roster/ent/attempt"
	"roster/ent/idempotencykey"
	"roster/ent/session"
	"roster/ent/token"
	"roster/internal/courier"
	"roster/internal/once"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

const day = 24 * time.Hour

// What has ended is forgotten; what a rule still asks for stays.
func TestASweepForgetsWhatHasEndedAndNothingElse(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		u, other := h.somebody(), h.somebody()
		began := s.Now()
		var stays, goes []string
		h.write(func(ctx context.Context, tx *store.Tx) error {
			put := func(id string, keep bool) string {
				if keep {
					stays = append(stays, id)
				} else {
					goes = append(goes, id)
				}
				return id
			}
			session := func(id string, keep bool, expires time.Duration, ended *time.Time) {
				q := tx.Session.Create().SetID(put(id, keep)).SetUserID(u.ID).SetKind(rule.Mobile).SetSecretHash(id).SetSecretExpiresAt(began.Add(expires)).
					SetExpiresAt(began.Add(expires)).SetCreatedAt(began).SetSignedInAt(began).SetLastSeenAt(began).SetNillableEndedAt(ended)
				if err := q.Exec(ctx); err != nil {
					t.Error(err)
				}
			}
			ended := func(at time.Duration) *time.Time { m := began.Add(at); return &m }
			session("ses_lives", true, 90*day, nil)
			session("ses_ended lately", true, 90*day, ended(31*day))
			session("ses_ended long ago", false, 90*day, ended(29*day))
			session("ses_expired lately", true, 31*day, nil)
			session("ses_expired long ago", false, 29*day, nil)

			tok := func(id string, keep bool, purpose rule.Purpose, session string, expires time.Duration, change func(*ent.TokenCreate)) {
				q := tx.Token.Create().SetID(put(id, keep)).SetPurpose(purpose).SetHash(id).SetUserID(u.ID).SetCreatedAt(began).SetExpiresAt(began.Add(expires))
				if session != "" {
					q.SetSessionID(session)
				}
				if change != nil {
					change(q)
				}
				if err := q.Exec(ctx); err != nil {
					t.Error(err)
				}
			}
			used := func(q *ent.TokenCreate) { q.SetUsedAt(began) }
			tok("tok_refreshes", true, rule.Refresh, "ses_lives", 90*day, nil)
			tok("tok_was used, and would show a thief", true, rule.Refresh, "ses_lives", 61*day, used)
			tok("tok_refreshed long ago", false, rule.Refresh, "ses_lives", 58*day, used)
			tok("tok_of a session that goes", false, rule.Refresh, "ses_ended long ago", 90*day, nil)
			tok("tok_a link that says it is too old", true, rule.ResetPassword, "", 31*day, nil)
			tok("tok_a link that was used lately", true, rule.VerifyEmail, "", 31*day, used)
			tok("tok_a link of long ago", false, rule.VerifyEmail, "", 29*day, nil)

			att := func(id string, keep bool, updated, blocked time.Duration) {
				err := tx.Attempt.Create().SetID(put(id, keep)).SetFailures(5).SetUpdatedAt(began.Add(updated)).SetBlockedUntil(began.Add(blocked)).Exec(ctx)
				if err != nil {
					t.Error(err)
				}
			}
			att("att_counts still", true, 59*day+time.Hour, 59*day+time.Hour)
			att("att_blocks still", true, 58*day, 61*day)
			att("att_of yesterday", false, 59*day-time.Hour, 59*day-time.Hour)

			for id, age := range map[string]time.Duration{"idk_of today": 59*day + time.Hour, "idk_of yesterday": 59*day - time.Hour} {
				err := tx.IdempotencyKey.Create().SetID(put(id, id == "idk_of today")).SetUserID(other.ID).SetMutation("m").SetKey(id).SetInputHash("x").SetResult("").SetCreatedAt(began.Add(age)).Exec(ctx)
				if err != nil {
					t.Error(err)
				}
			}
			return nil
		})
		if got := h.remembered(t); len(got) != len(stays)+len(goes) {
			t.Fatalf("before: got %q", got)
		}
		clock.Advance(60 * day)
		for range 2 { // again changes nothing
			if err := h.logins.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := once.Sweep(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			got := h.remembered(t)
			slices.Sort(got)
			slices.Sort(stays)
			if !slices.Equal(got, stays) {
				t.Errorf("after it there are\n%q\nwant\n%q", got, stays)
			}
		}
	}, storetest.WithClock(clock))
}

// remembered are the ids of everything that a sweep looks at.
func (h *home) remembered(t *testing.T) []string {
	t.Helper()
	ctx, read := store.Facts(t.Context()), h.store.Read()
	a, err1 := read.Attempt.Query().Order(attempt.ByID()).IDs(ctx)
	b, err2 := read.Token.Query().Order(token.ByID()).IDs(ctx)
	c, err3 := read.Session.Query().Order(session.ByID()).IDs(ctx)
	d, err4 := read.IdempotencyKey.Query().Order(idempotencykey.ByID()).IDs(ctx)
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return slices.Concat(a, b, c, d)
}

func TestASweepTakesMoreThanOnePart(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		h.write(func(ctx context.Context, tx *store.Tx) error {
			var rows []*ent.AttemptCreate
			for i := range 1100 {
				rows = append(rows, tx.Attempt.Create().SetID(fmt.Sprint("att_", i)).SetFailures(1).SetUpdatedAt(tx.Now).SetBlockedUntil(tx.Now))
			}
			return bulk(rows, func(part []*ent.AttemptCreate) error { return tx.Attempt.CreateBulk(part...).Exec(ctx) })
		})
		clock.Advance(2 * day)
		if err := h.logins.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := h.remembered(t); len(got) != 0 {
			t.Errorf("%d are left", len(got))
		}
	}, storetest.WithClock(clock))
}

// The queue itself asks for the chores, at the start.
func TestTheQueueDoesItsChores(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		done := make(chan struct{}, 10)
		c, err := courier.New(s, courier.Config{Mailbox: t.TempDir(), Links: newHome(t, s).links, Chores: []courier.Chore{
			{Name: "sweep", Every: time.Hour, Do: func(context.Context) error { done <- struct{}{}; return nil }},
		}})
		must(t, c, err)
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Error("nobody did the chore")
		}
		if err := c.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
