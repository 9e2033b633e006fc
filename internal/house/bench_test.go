package house_test

import (
	"fmt"
	"testing"

	"roster/internal/store/storetest"
)

// What a page of 50 users costs with their menus, through the front door, with few people in the account and with many:
//
//	go test ./internal/house -run - -bench Page
func BenchmarkPageOfUsersWithTheirMenus(b *testing.B) {
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		for _, people := range []int{50, 5000} {
			b.Run(fmt.Sprintf("%s/%d", kind, people), func(b *testing.B) {
				counter := new(storetest.Counter)
				f := newFull(b, storetest.Open(b, kind, storetest.WithCounter(counter)), counter, people)
				for b.Loop() {
					if _, rows := f.statements(b, f.owner, users, map[string]any{"id": f.client, "n": 50}); rows != 50 {
						b.Fatalf("%d rows", rows)
					}
				}
				b.ReportMetric(float64(len(counter.Texts())), "statements")
			})
		}
	}
}
