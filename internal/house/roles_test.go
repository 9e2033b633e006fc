package house_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"roster/ent/event"
	"roster/ent/membership"
	"roster/ent/schema"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// staff puts n people with a role into a client, half of them with an option of their own, each with their line in the
// journal.
func (h *home) staff(client, role string, set, option rule.Permissions, n int) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for i := range n {
			id, email := h.fresh("mem_staff"), h.fresh("staff")+"@example.com"
			p := set
			if i%2 == 1 {
				p |= option
			}
			tx.Membership.Create().SetID(id).SetKind(rule.Client).SetAccountID(client).SetClientAccountID(client).SetRoleID(role).SetPermissions(p).
				SetFirstName("Robin").SetLastName("Marlow").SetNameKey(fmt.Sprint("marlow", i)).SetSearchKey(email).SetEmail(email).SetLoginAccess(false).
				SetStatus(rule.Active).SetIsOwner(i == 0).SetCreatedAt(tx.Now).SetLastActiveAt(schema.Epoch).SaveX(ctx)
			tx.Event.Create().SetID("evt_" + id).SetAt(tx.Now).SetVerb("membershipAdd").SetAccountID(client).SetClientAccountID(client).SetMembershipID(id).
				SetActorName("Kit Vale").SaveX(ctx)
		}
		return nil
	})
}

// A role reaches thousands in a few statements: those who had the same in one, and five hundred lines of the journal in
// one.
func TestARoleThatThousandsHaveChangesInAFewStatements(t *testing.T) {
	t.Parallel()
	counter := new(storetest.Counter)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		client := h.client(owner, practice)
		role := h.role(owner, practice, rule.Client, rule.DocumentsSubmit)
		n := 1200
		if soaking() {
			n = 12_000
		}
		h.staff(client, role, rule.DocumentsSubmit, rule.DocumentsViewAll, n)

		counter.Reset()
		began := time.Now()
		if err := h.allow(owner, role, rule.DocumentsSubmit|rule.PublishItems); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d people in %v", n, time.Since(began))
		if got, want := len(counter.Texts()), 12+(n+499)/500; got > want {
			t.Errorf("changing a role of %d people takes %d statements, want at most %d:\n%s", n, got, want, named(counter.Texts()))
		}

		all, c := store.Facts(h.Context()), s.Read()
		for p, want := range map[rule.Permissions]int{rule.DocumentsSubmit | rule.PublishItems: n / 2, rule.DocumentsSubmit | rule.PublishItems | rule.DocumentsViewAll: n / 2} {
			if got := c.Membership.Query().Where(membership.RoleID(role), membership.Permissions(p), membership.Version(2)).CountX(all); got != want {
				t.Errorf("%d of %d have %v", got, want, p.List())
			}
		}
		told := c.Event.Query().Where(event.Verb("roleUpdate"), event.AccountID(client), event.ViaPracticeID(practice)).Select(event.FieldMembershipID).StringsX(all)
		people := map[string]bool{}
		for _, id := range told {
			people[id] = true
		}
		if len(told) != n || len(people) != n || h.lines(practice, "roleUpdate") != 1 {
			t.Errorf("L1: %d lines tell of %d people, and %d of the role, want %d, %d and 1", len(told), len(people), h.lines(practice, "roleUpdate"), n, n)
		}
		h.sound(t)
	}, storetest.WithCounter(counter))
}
