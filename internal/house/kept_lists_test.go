package house_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store/storetest"
)

// Two lists of the same people, in opposite orders, are added to two clients without a deadlock: each of those costs a second.
func TestListsOfTheSamePeopleInOppositeOrdersHaveNoDeadlock(t *testing.T) {
	t.Parallel()
	h, byHand := byHandTo(t, storetest.Postgres)
	w := &town{home: h, began: h.store.Now()}
	for range 2000 {
		w.user()
	}
	w.build()
	backwards := slices.Clone(w.users)
	slices.Reverse(backwards)
	var files, clients [2]string
	var owners [2]context.Context
	for i, users := range [][]string{w.users, backwards} {
		practice, owner := h.practice()
		owners[i], clients[i], files[i] = owner, h.client(owner, practice), "First name,Last name,Email\n"
		for _, u := range users {
			files[i] += "Kit,Vale," + u + "@example.com\n"
		}
	}
	together(2, func(i int) {
		if _, err := h.people.AddMany(owners[i], people.AddMany{Account: clients[i], CSV: &files[i], DefaultRole: rule.StandardRole}); err != nil {
			t.Error(err)
		}
	})
	deadlocks := 0
	for range 20 { // Postgres counts them within a second
		must(t, 0, byHand.QueryRowContext(t.Context(), "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").Scan(&deadlocks))
		time.Sleep(100 * time.Millisecond)
	}
	if deadlocks > 0 {
		t.Errorf("%d deadlocks", deadlocks)
	}
}
