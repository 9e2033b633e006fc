package house_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"roster/internal/store/storetest"
)

// What the switcher of somebody with one account costs behind the front door, in time and in allocations:
//
//	go test ./internal/house -run - -bench Door -benchmem
func BenchmarkDoor(b *testing.B) {
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		b.Run(kind, func(b *testing.B) {
			f := newFull(b, storetest.Open(b, kind), nil, 5)
			body := `{"query":"query Switcher($first: Int!) { viewer { accounts(first: $first) { nodes { id via lastUsedAt role { id name } account { __typename id name } } } } }","variables":{"first":50}}`
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				r.AddCookie(&http.Cookie{Name: "roster", Value: f.admin})
				w := httptest.NewRecorder()
				f.door.ServeHTTP(w, r)
				if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "acs_") {
					b.Fatalf("%d %.300s", w.Code, w.Body)
				}
			}
		})
	}
}
