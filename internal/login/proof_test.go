package login

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/ent"
	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// desk is where one login proves another.
type desk struct {
	*testing.T
	store *store.Store
	me    viewer.Viewer
	other *ent.User
}

func newDesk(t *testing.T, s *store.Store) *desk {
	t.Helper()
	d := &desk{T: t, store: s}
	d.other = d.login("other@example.com")
	d.me = d.signIn(d.login("me@example.com"))
	return d
}

func (d *desk) tx(as viewer.Viewer, do func(ctx context.Context, tx *store.Tx) error) error {
	return d.store.Tx(viewer.With(d.Context(), as), do)
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) login(email string) (u *ent.User) {
	d.Helper()
	d.must(d.tx(viewer.Viewer{}, func(ctx context.Context, tx *store.Tx) (err error) {
		u, err = tx.User.Create().SetID(store.NewID("usr")).SetEmail(email).SetFirstName("Kit").SetLastName("Vale").SetEmailVerifiedAt(tx.Now).SetCreatedAt(tx.Now).Save(ctx)
		return err
	}))
	return u
}

func (d *desk) signIn(u *ent.User) (v viewer.Viewer) {
	d.Helper()
	l := New(d.store, courier.Links{}, Config{})
	d.must(d.tx(viewer.Viewer{}, func(ctx context.Context, tx *store.Tx) error {
		o, err := l.Open(ctx, tx, person(u), rule.Web)
		v = o.Viewer
		return err
	}))
	return v
}

// issue makes a proof of the other login for my session.
func (d *desk) issue() (proof string) {
	d.Helper()
	d.must(d.tx(d.me, func(ctx context.Context, tx *store.Tx) error {
		u, err := tx.User.Get(store.Facts(ctx), d.other.ID)
		if err != nil {
			return err
		}
		proof, err = issueProof(ctx, tx, u, d.me.SessionID)
		return err
	}))
	return proof
}

// spend answers the login that a proof proved, or the code of the refusal.
func (d *desk) spend(as viewer.Viewer, proof string) string {
	var login string
	err := d.tx(as, func(ctx context.Context, tx *store.Tx) (err error) {
		login, err = spendProof(ctx, tx, proof)
		return err
	})
	var no rule.Verdict
	if errors.As(err, &no) && strings.Join(no[0].Field, ".") == "input.ssoProof" {
		return string(no[0].Code)
	}
	if err != nil {
		return err.Error()
	}
	return login
}

// RULES.md J4: what single sign-on proved is good for the session that asked, once, for ten minutes, and while the proved
// login stays as it is.
func TestAProofIsOneSessionsAndUsedOnce(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s)
		proof := d.issue()
		if !strings.HasPrefix(proof, "rsp_") || len(proof) != 47 {
			t.Errorf("got %q, want 256 bits behind rsp_", proof)
		}
		mine, err := s.Read().User.Get(store.Facts(t.Context()), d.me.UserID)
		d.must(err)
		for what, as := range map[string]viewer.Viewer{"nobody": {}, "another session of mine": d.signIn(mine), "the other login itself": d.signIn(d.other)} {
			if got := d.spend(as, proof); got != "TOKEN_INVALID" {
				t.Errorf("by %s: got %s, want TOKEN_INVALID", what, got)
			}
		}
		for _, wrong := range []string{"", "rsp_", "rsp_" + strings.Repeat("A", 43), "rvt_" + proof[4:], proof + "A", strings.Repeat(proof, 3)} {
			if got := d.spend(d.me, wrong); got != "TOKEN_INVALID" {
				t.Errorf("%.20q: got %s, want TOKEN_INVALID", wrong, got)
			}
		}
		if got := d.spend(d.me, proof); got != d.other.ID {
			t.Errorf("got %s, want %s", got, d.other.ID)
		}
		if got := d.spend(d.me, proof); got != "TOKEN_INVALID" {
			t.Errorf("again: got %s, want TOKEN_INVALID", got)
		}

		late := d.issue()
		clock.Advance(ProofFor - time.Second)
		if got := d.spend(d.me, late); got != d.other.ID {
			t.Errorf("to the last second: got %s", got)
		}
		late = d.issue()
		clock.Advance(ProofFor)
		if got := d.spend(d.me, late); got != "TOKEN_EXPIRED" {
			t.Errorf("after ten minutes: got %s, want TOKEN_EXPIRED", got)
		}
		for _, c := range []struct {
			what   string
			change func(u *ent.UserUpdateOne) *ent.UserUpdateOne
		}{
			{"its credentials changed", func(u *ent.UserUpdateOne) *ent.UserUpdateOne { return u.AddVersion(1) }},
			{"it ended", func(u *ent.UserUpdateOne) *ent.UserUpdateOne {
				return u.SetEmail(d.other.ID).SetEndedEmail(d.other.Email).SetEndedAt(clock.Now()).SetMergedIntoID(d.me.UserID)
			}},
		} {
			proof = d.issue()
			d.must(d.tx(viewer.Viewer{}, func(ctx context.Context, tx *store.Tx) error {
				return c.change(tx.User.UpdateOneID(d.other.ID)).Exec(store.Facts(ctx))
			}))
			if got := d.spend(d.me, proof); got != "TOKEN_INVALID" {
				t.Errorf("after %s: got %s, want TOKEN_INVALID", c.what, got)
			}
		}
	}, storetest.WithClock(clock))
}

func TestAProofIsSpentOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s)
		for trial := range 10 {
			proof := d.issue()
			var got [8]string
			var all sync.WaitGroup
			for i := range got {
				all.Go(func() { got[i] = d.spend(d.me, proof) })
			}
			all.Wait()
			spent := 0
			for _, one := range got {
				if one == d.other.ID {
					spent++
				} else if one != "TOKEN_INVALID" {
					t.Errorf("trial %d: got %s", trial, one)
				}
			}
			if spent != 1 {
				t.Errorf("trial %d: spent %d times, want 1", trial, spent)
			}
		}
	})
}
