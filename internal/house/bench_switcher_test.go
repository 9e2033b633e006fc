package house_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// What a page of 50 of the switcher costs in the database, for an accountant with few clients and with many, who opens all of
// them, or those that were granted:
//
//	go test ./internal/house -run - -bench Switcher
func BenchmarkSwitcher(b *testing.B) {
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		for _, clients := range []int{100, 10000} {
			for _, granted := range []bool{false, true} {
				h := newHome(b, storetest.Open(b, kind))
				user := accountant(h, clients, granted)
				ctx := viewer.With(b.Context(), viewer.Viewer{UserID: user, At: h.store.Now()})
				for what, q := range map[string]login.Query{
					"first":    {},
					"middle":   {After: []any{fmt.Sprintf("cli_%05d", clients/2), ""}},
					"last":     {Back: true},
					"search":   {Search: fmt.Sprintf("%05d", clients-7)},
					"search2":  {Search: "_0"},
					"lastUsed": {Order: login.ByLastUsed},
				} {
					b.Run(fmt.Sprintf("%s/%d/granted=%v/%s", kind, clients, granted, what), func(b *testing.B) {
						q.Limit = 51
						for b.Loop() {
							if list, err := h.logins.Accounts(ctx, q); err != nil || len(list) == 0 {
								b.Fatal(len(list), err)
							}
						}
					})
				}
			}
		}
	}
}

// accountant is the login of somebody in a practice with many clients.
func accountant(h *home, clients int, granted bool) string {
	h.Helper()
	w := &town{home: h, began: h.store.Now()}
	firm := "prc_firm"
	w.practices = []string{firm}
	user := w.user()
	var set rule.Permissions = rule.ClientsAll
	if granted {
		set = 0
	}
	w.ownerOf(rule.Practice, firm)
	m := w.member(rule.Practice, firm, user, rule.Member{Status: rule.Active, LoginAccess: true, Permissions: set}, false)
	for i := range clients {
		c := townClient{fmt.Sprintf("cli_%05d", i), firm}
		w.clients = append(w.clients, c)
		if granted {
			w.grants = append(w.grants, townGrant{id: w.fresh("grt_"), member: m.ID, client: c.id})
		}
	}
	w.build()
	w.write(func(ctx context.Context, tx *store.Tx) error { // as it is after a night
		rows, err := tx.Query(ctx, "ANALYZE")
		return errors.Join(err, rows.Close())
	})
	return user
}
