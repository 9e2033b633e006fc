package house_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"roster/ent/membership"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// byHandTo opens a database beside the store, as whoever writes by hand does.
func byHandTo(t *testing.T, kind string) (*home, *sql.DB) {
	t.Helper()
	address := storetest.URL(t, kind)
	s, err := store.Open(t.Context(), store.Options{URL: address})
	must(t, s, err)
	t.Cleanup(func() { must(t, s, s.Close()) })
	db, err := sql.Open(map[string]string{storetest.SQLite: "sqlite", storetest.Postgres: "postgres"}[kind], address)
	must(t, db, err)
	t.Cleanup(func() { must(t, db, db.Close()) })
	return newHome(t, s), db
}

// A client, or a role, is renamed by hand in a serializable transaction only: then whoever came in meanwhile, and looked, is in its way.
func TestWhoComesInWhileARenameIsNotOverSeesTheNewName(t *testing.T) {
	t.Parallel()
	for _, isolation := range []sql.IsolationLevel{sql.LevelReadCommitted, sql.LevelRepeatableRead, sql.LevelSerializable} {
		for _, change := range []string{"UPDATE client_accounts SET name = 'Renamed' WHERE id = '%[1]s'", "UPDATE roles SET name = 'Renamed' WHERE id = '%[2]s'"} {
			t.Run(fmt.Sprint(isolation, " ", strings.Fields(change)[1]), func(t *testing.T) {
				t.Parallel()
				h, byHand := byHandTo(t, storetest.Postgres)
				k := newKeeper(h, h.somebody())
				w := &town{home: h, began: h.store.Now(), practices: []string{h.fresh("prc_")}}
				w.clients = []townClient{{h.fresh("cli_"), w.practices[0]}}
				w.roles = []townRole{{h.fresh("rol_"), w.practices[0]}}
				w.ownerOf(rule.Client, w.clients[0].id)
				w.build()
				k.right("at first")
				tx, err := byHand.BeginTx(t.Context(), &sql.TxOptions{Isolation: isolation})
				must(t, tx, err)
				_, err = tx.ExecContext(t.Context(), fmt.Sprintf(change, w.clients[0].id, w.roles[0].id))
				if serializable := isolation == sql.LevelSerializable; (err == nil) != serializable || err != nil && !strings.Contains(err.Error(), "BEGIN ISOLATION LEVEL SERIALIZABLE") {
					t.Fatalf("the change by hand: %v", err)
				}
				added := (&town{home: h, began: w.began}).member(rule.Client, w.clients[0].id, k.user.ID, rule.Member{Status: rule.Active, LoginAccess: true}, false)
				(&town{home: h, began: w.began, members: []townMember{added}}).build()
				h.write(func(ctx context.Context, tx *store.Tx) error {
					return tx.Membership.Update().Where(membership.ID(added.ID)).SetRoleID(w.roles[0].id).SetPermissions(0).Exec(ctx)
				})
				k.right("when they came in")
				_ = tx.Commit() // which may be refused, and nothing was renamed
				k.right("after the rename")
			})
		}
	}
}

// What goes to another login by hand is forgotten by the one it was of, on SQLite as on Postgres.
func TestAUseThatGoesToAnotherLoginIsForgotten(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h, byHand := byHandTo(t, kind)
			k, other := newKeeper(h, shopkeeper(h, seeded(t), false)), newKeeper(h, h.somebody())
			own := h.store.Read().Membership.Query().Where(membership.UserID(k.user.ID), membership.StatusEQ(rule.Active), membership.LoginAccess(true)).FirstX(store.Facts(t.Context()))
			must(h, 0, h.logins.Switch(h.as(k.user), own.AccountID))
			k.right("at first")
			_, err := byHand.ExecContext(t.Context(), "UPDATE account_uses SET user_id = '"+other.user.ID+"' WHERE user_id = '"+k.user.ID+"'")
			must(t, 0, err)
			if got, want := listed(k.looks()), k.joined(); got != want {
				t.Errorf("the switcher is\n%s\nand by its tables\n%s", got, want)
			}
		})
	}
}

func listed(list string, _ bool) string { return list }

// A restore of data alone sets an empty search path, under which the triggers find what they forget all the same.
func TestSwitchersAreForgottenUnderAnEmptySearchPath(t *testing.T) {
	t.Parallel()
	h, byHand := byHandTo(t, storetest.Postgres)
	k := newKeeper(h, shopkeeper(h, seeded(t), false))
	k.right("at first")
	own := h.store.Read().Membership.Query().Where(membership.UserID(k.user.ID), membership.StatusEQ(rule.Active), membership.LoginAccess(true)).FirstX(store.Facts(t.Context()))
	byHand.SetMaxOpenConns(1) // the path is its connection's
	for _, text := range []string{"SET search_path = ''", "UPDATE public.memberships SET status = 'DEACTIVATED', deactivated_at = now() WHERE id = '" + own.ID + "'"} {
		_, err := byHand.ExecContext(t.Context(), text)
		must(t, 0, err)
	}
	k.right("after one is no longer let in")
}
