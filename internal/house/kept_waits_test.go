package house_test

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// Who looks at their switcher waits for no transaction of somebody else that is not over: a list is only read. Nor does anybody
// who writes something else wait for those who look.
func TestALookAtASwitcherWaitsForNobody(t *testing.T) {
	t.Parallel()
	const question = `{viewer{accounts(first:20){nodes{id}}}}`
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h, byHand := byHandTo(t, kind)
			w := &town{home: h, began: h.store.Now(), clients: []townClient{{h.fresh("cli_"), ""}}}
			w.ownerOf(rule.Client, w.clients[0].id)
			for range 12 {
				w.member(rule.Client, w.clients[0].id, w.user(), rule.Member{Status: rule.Active, LoginAccess: true}, false)
			}
			w.build()
			var cookies []string
			for _, id := range w.users {
				cookies = append(cookies, h.open(h.store.Read().User.GetX(store.Facts(t.Context()), id), rule.Web).Cookie)
			}
			other := h.somebody()

			options := &sql.TxOptions{}
			if kind == storetest.Postgres {
				options.Isolation = sql.LevelSerializable
			}
			tx, err := byHand.BeginTx(t.Context(), options)
			must(t, tx, err)
			_, err = tx.ExecContext(t.Context(), fmt.Sprintf("UPDATE client_accounts SET name = 'Renamed' WHERE id = '%s'", w.clients[0].id))
			must(t, tx, err)
			var all sync.WaitGroup
			for i, cookie := range cookies {
				all.Go(func() {
					if got := h.ask(cookie, question, nil); !strings.Contains(got.body, "acs_") {
						t.Errorf("look %d: %d %.300s", i, got.status, got.body)
					}
				})
			}
			if kind == storetest.Postgres { // on SQLite nobody else writes anyway
				h.open(other, rule.Web)
			}
			all.Wait() // and none of that waits for this to end
			must(t, tx, tx.Rollback())
		})
	}
}
