package house_test

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/ent"
	"roster/ent/accountuse"
	"roster/ent/membership"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// keeper is a login whose switcher is looked at.
type keeper struct {
	*home
	user   *ent.User
	secret string
}

func newKeeper(h *home, u *ent.User) *keeper { return &keeper{h, u, h.open(u, rule.Web).Cookie} }

// looks is what the switcher begins with as the session check reads it along, and whether it read it.
func (k *keeper) looks() (list string, ahead bool) {
	k.Helper()
	v, a, err := k.logins.AuthenticateFor(k.Context(), viewer.Viewer{At: k.store.Now()}, k.secret, rule.Web, 100)
	must(k, v, err)
	if v.UserID != k.user.ID || a != nil && !v.Session.NoPractice {
		k.Fatalf("%s looked, in no practice: %v", v.UserID, v.Session.NoPractice)
	}
	return k.list(a.With(viewer.With(k.Context(), v)), v.Session.NoPractice), a != nil
}

// joined is the same from the tables themselves.
func (k *keeper) joined() string {
	k.Helper()
	v, err := k.logins.Authenticate(k.Context(), viewer.Viewer{At: k.store.Now()}, k.secret, rule.Web)
	return k.list(viewer.With(k.Context(), must(k, v, err)), v.Session.NoPractice)
}

func (k *keeper) list(ctx context.Context, ownOnly bool) string {
	k.Helper()
	list, err := k.logins.Accounts(ctx, login.Query{OwnClients: ownOnly, Order: login.ByName, Limit: 101})
	return spelt(must(k, list, err))
}

// kept is what is kept at this moment; empty where nothing is.
func (k *keeper) kept() string {
	k.Helper()
	row, err := k.store.Read().KeptSwitcher.Get(store.Facts(k.Context()), k.user.ID)
	if ent.IsNotFound(err) || row.Page == nil {
		return ""
	}
	return *must(k, row, err).Page
}

// right looks until it is kept, and fails where that is not what the tables say.
func (k *keeper) right(after string) (list string) {
	k.Helper()
	want := k.joined()
	for range 100 { // a busy machine may leave it for later
		kept := k.kept() != ""
		if list, _ = k.looks(); list != want {
			k.Fatalf("%s, the switcher is\n%s (kept: %v)\nand by its tables\n%s", after, list, kept, want)
		}
		if kept {
			return list
		}
	}
	k.Fatalf("%s, nothing is kept", after)
	return ""
}

// J6: whatever changes what a switcher shows, by whatever way of writing, is seen at the next look.
func TestAKeptSwitcherIsForgottenWithWhateverItShows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, r := newHome(t, s), seeded(t)
		k, other := newKeeper(h, shopkeeper(h, r, false)), newKeeper(h, shopkeeper(h, r, false))
		own := s.Read().Membership.Query().Where(membership.UserID(k.user.ID), membership.ClientAccountIDNotNil(), membership.StatusEQ(rule.Active), membership.LoginAccess(true)).
			Order(ent.Asc(membership.FieldID)).WithRole().AllX(store.Facts(t.Context()))
		slices.SortStableFunc(own, func(a, b *ent.Membership) int { return cmp.Compare(len(a.RoleID), len(b.RoleID)) }) // a practice's own have short ids
		role := own[0].RoleID
		theirs := s.Read().Membership.Query().Where(membership.UserID(other.user.ID), membership.StatusEQ(rule.Active), membership.LoginAccess(true)).FirstX(store.Facts(t.Context()))
		use := func(tx *store.Tx, account string, at time.Time) error {
			return tx.AccountUse.Create().SetID(store.NewID("use")).SetUserID(k.user.ID).SetAccountID(account).SetUsedAt(at).SetRecency(-at.UnixMicro()).
				OnConflictColumns("user_id", "account_id").Update(func(u *ent.AccountUseUpsert) { u.UpdateUsedAt(); u.UpdateRecency() }).Exec(store.Facts(t.Context()))
		}
		w := &town{home: h, began: s.Now(), practices: []string{h.fresh("a_")}}
		w.clients = []townClient{{h.fresh("cli_new"), ""}}
		colleague := w.member(rule.Practice, w.practices[0], k.user.ID, rule.Member{Status: rule.Active, LoginAccess: true}, false)
		added := w.member(rule.Client, w.clients[0].id, k.user.ID, rule.Member{Status: rule.Active, LoginAccess: true, Permissions: rule.StandardPermissions}, false)
		alone := &town{home: h, began: w.began, practices: w.practices, clients: w.clients, members: []townMember{added}}
		before := k.right("at first")
		for _, change := range []struct {
			name string
			do   func(ctx context.Context, tx *store.Tx) error
		}{
			{"a client has another name", func(ctx context.Context, tx *store.Tx) error {
				return tx.ClientAccount.UpdateOneID(own[0].AccountID).SetName("Renamed").Exec(ctx)
			}},
			{"a client stands elsewhere in the order", func(ctx context.Context, tx *store.Tx) error {
				return tx.ClientAccount.UpdateOneID(own[0].AccountID).SetNameKey("zz").Exec(ctx)
			}},
			{"a client has a practice, or none", func(ctx context.Context, tx *store.Tx) error {
				c := tx.ClientAccount.GetX(ctx, own[1].AccountID)
				if c.PracticeID != nil {
					return tx.ClientAccount.UpdateOne(c).ClearPracticeID().Exec(ctx)
				}
				return tx.ClientAccount.UpdateOne(c).SetPracticeID(*own[0].Edges.Role.PracticeID).Exec(ctx)
			}},
			{"a client is of another version", func(ctx context.Context, tx *store.Tx) error {
				return tx.ClientAccount.UpdateOneID(own[1].AccountID).AddVersion(1).Exec(ctx)
			}},
			{"a membership allows more", func(ctx context.Context, tx *store.Tx) error {
				return tx.Membership.UpdateOneID(own[1].ID).SetPermissions(rule.BusinessAdminPermissions).Exec(ctx)
			}},
			{"a membership has another role", func(ctx context.Context, tx *store.Tx) error {
				return tx.Membership.UpdateOneID(own[1].ID).SetRoleID(rule.BusinessAdminRole).Exec(ctx)
			}},
			{"a role has another name", func(ctx context.Context, tx *store.Tx) error {
				return tx.Role.UpdateOneID(role).SetName("Till").Exec(ctx)
			}},
			{"a role allows more", func(ctx context.Context, tx *store.Tx) error {
				return tx.Role.UpdateOneID(role).SetPermissions(rule.BusinessAdminPermissions).Exec(ctx)
			}},
			{"login access is taken", func(ctx context.Context, tx *store.Tx) error {
				return tx.Membership.UpdateOneID(own[2].ID).SetLoginAccess(false).Exec(ctx)
			}},
			{"a membership is deactivated", func(ctx context.Context, tx *store.Tx) error {
				return tx.Membership.UpdateOneID(own[3].ID).SetStatus(rule.Deactivated).SetDeactivatedAt(tx.Now).Exec(ctx)
			}},
			{"it is active again", func(ctx context.Context, tx *store.Tx) error {
				return tx.Membership.UpdateOneID(own[3].ID).SetStatus(rule.Active).ClearDeactivatedAt().Exec(ctx)
			}},
			{"a membership goes to another login", func(ctx context.Context, tx *store.Tx) error {
				return tx.Membership.UpdateOneID(own[4].ID).SetUserID(other.user.ID).Exec(ctx)
			}},
			{"one comes from another login", func(ctx context.Context, tx *store.Tx) error {
				return tx.Membership.UpdateOneID(theirs.ID).SetUserID(k.user.ID).Exec(ctx)
			}},
			{"a membership is of no login", func(ctx context.Context, tx *store.Tx) error {
				return tx.Membership.UpdateOneID(theirs.ID).ClearUserID().SetLoginAccess(false).Exec(ctx)
			}},
			{"an account is used", func(_ context.Context, tx *store.Tx) error { return use(tx, own[0].AccountID, tx.Now) }},
			{"it is used again", func(_ context.Context, tx *store.Tx) error { return use(tx, own[0].AccountID, tx.Now.Add(time.Hour)) }},
			{"its use is forgotten", func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.AccountUse.Delete().Where(accountuse.UserID(k.user.ID), accountuse.AccountID(own[0].AccountID)).Exec(ctx)
				return err
			}},
			{"a client is added", func(ctx context.Context, tx *store.Tx) error {
				if err := w.buildAccounts(ctx, tx); err != nil {
					return err
				}
				return alone.buildMembers(ctx, tx)
			}},
			{"they come into a practice", func(ctx context.Context, tx *store.Tx) error {
				return (&town{home: h, began: w.began, members: []townMember{colleague}}).buildMembers(ctx, tx)
			}},
			{"they leave the practice", func(ctx context.Context, tx *store.Tx) error {
				return tx.Membership.UpdateOneID(colleague.ID).SetStatus(rule.Removed).SetRemovedAt(tx.Now).Exec(ctx)
			}},
		} {
			other.right(change.name + ", before")
			h.write(change.do)
			if k.kept() != "" {
				t.Errorf("%s, and what is kept stays", change.name)
			}
			after := k.right(change.name)
			if after == before {
				t.Errorf("%s, and nobody could see it", change.name)
			}
			other.right(change.name)
			before = after
		}
	})
}

// A switcher that is put together while a transaction that is not over changes it waits for that and is put together again,
// whatever that transaction's isolation is: somebody may write by hand.
func TestASwitcherThatChangesWhileItIsPutTogetherIsPutTogetherAgain(t *testing.T) {
	t.Parallel()
	for kind, driver := range map[string]string{storetest.SQLite: "sqlite", storetest.Postgres: "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := storetest.URL(t, kind)
			s, err := store.Open(t.Context(), store.Options{URL: address})
			must(t, s, err)
			t.Cleanup(func() { must(t, s, s.Close()) })
			byHand, err := sql.Open(driver, address)
			must(t, byHand, err)
			t.Cleanup(func() { must(t, byHand, byHand.Close()) })
			h, r := newHome(t, s), seeded(t)
			for name, before := range map[string]func(*keeper){
				"forgotten before": func(*keeper) {},
				"never kept": func(k *keeper) {
					k.write(func(ctx context.Context, tx *store.Tx) error { return tx.KeptSwitcher.DeleteOneID(k.user.ID).Exec(ctx) })
				},
				"kept before": func(k *keeper) { k.right("at first") },
			} {
				k := newKeeper(h, shopkeeper(h, r, false))
				before(k)
				old := k.joined()
				tx, err := byHand.BeginTx(t.Context(), nil)
				_, err2 := must(t, tx, err).ExecContext(t.Context(), "UPDATE memberships SET login_access = FALSE WHERE user_id = '"+k.user.ID+"' AND NOT is_owner")
				must(t, tx, err2)
				during := make(chan string, 1)
				go func() {
					list, _ := k.looks()
					during <- list
				}()
				time.Sleep(100 * time.Millisecond) // it has read by now, and waits to write
				must(t, tx, tx.Commit())
				if seen := <-during; seen != "" && seen != old {
					t.Errorf("%s: during the change the switcher is\n%s", name, seen)
				}
				if k.right("after the change") == old {
					t.Errorf("%s: nothing has changed", name)
				}
			}
		})
	}
}

// Looks and changes at the same time, of the same logins, leave what is kept as the tables are.
func TestKeptSwitchersAreRightAfterARace(t *testing.T) {
	t.Parallel()
	rounds := 15
	if soaking() {
		rounds = 1000
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, r := newHome(t, s), seeded(t)
		for range rounds {
			k := newKeeper(h, shopkeeper(h, r, false))
			one := s.Read().Membership.Query().Where(membership.UserID(k.user.ID), membership.ClientAccountIDNotNil(), membership.StatusEQ(rule.Active)).FirstX(store.Facts(t.Context()))
			var all sync.WaitGroup
			for range 2 {
				all.Go(func() {
					for range 5 {
						k.looks()
					}
				})
			}
			for n := range 3 {
				h.write(func(ctx context.Context, tx *store.Tx) error {
					return tx.ClientAccount.UpdateOneID(one.AccountID).SetName(fmt.Sprintf("Round %d", n)).Exec(ctx)
				})
				h.write(func(ctx context.Context, tx *store.Tx) error {
					return tx.Membership.UpdateOneID(one.ID).SetLoginAccess(n%2 == 0).Exec(ctx)
				})
			}
			all.Wait()
			k.right("after the race")
		}
	})
}

// What cannot be kept is read from the tables, and the log says so; what another version kept is put together again.
func TestASwitcherThatCannotBeKeptIsReadAllTheSame(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, r := newHome(t, s), seeded(t)
		k, other := newKeeper(h, shopkeeper(h, r, false)), newKeeper(h, shopkeeper(h, r, false))
		for _, page := range []string{"", "0o", "1o5:", "1o-", "2o", "1o" + strings.Repeat("1:x", 16)} {
			k.right("at first")
			h.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.KeptSwitcher.UpdateOneID(k.user.ID).SetPage(page).Exec(ctx)
			})
			k.right(fmt.Sprintf("with %q kept", page))
		}
		question := `{viewer{accounts(first:20){nodes{id account{id} role{id} lastUsedAt}}}}`
		want := h.ask(other.secret, question, nil).body
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE kept_switchers SET page = NULL WHERE id = '"+other.user.ID+"'")
			_, err2 := tx.ExecContext(ctx, "CREATE UNIQUE INDEX only_one ON kept_switchers ((page IS NOT NULL)) WHERE page IS NOT NULL")
			return errors.Join(err, err2)
		})
		if got := h.ask(other.secret, question, nil).body; got != want || !strings.Contains(got, `"id":"acs_`) {
			t.Errorf("what cannot be kept is\n%s\nand was\n%s", got, want)
		}
		if text := h.log.String(); !strings.Contains(text, "keep the switcher of "+other.user.ID) {
			t.Error("the log does not say what could not be kept")
		}
	})
}
