package house_test

import (
	"context"
	"testing"
	"time"

	"roster/ent"
	"roster/ent/clientgrant"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// colleague adds somebody to a practice, with selected clients, and gives their membership and context.
func (h *home) colleague(owner context.Context, practice, role string, clients ...string) (string, context.Context) {
	h.Helper()
	u := h.somebody()
	add := person(practice, role, u.Email)
	if len(clients) > 0 {
		add.ClientAccess = &people.ClientAccess{Clients: clients}
	}
	added, err := h.people.Add(owner, add)
	return must(h, added, err).Membership, h.as(u)
}

// clients makes many clients of a practice at once.
func (h *home) clients(practice string, n int) (ids []string) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		var made []*ent.ClientAccountCreate
		for range n {
			id := store.NewID("cli")
			ids = append(ids, id)
			made = append(made, tx.ClientAccount.Create().SetID(id).SetPracticeID(practice).SetName(id).SetNameKey(id).SetCreatedAt(tx.Now))
		}
		return bulk(made, func(part []*ent.ClientAccountCreate) error { return tx.ClientAccount.CreateBulk(part...).Exec(ctx) })
	})
	return ids
}

// grants are how many grants a membership has, ended ones too.
func (h *home) grants(member string) int {
	h.Helper()
	n, err := h.store.Read().ClientGrant.Query().Where(clientgrant.MembershipID(member)).Count(store.Facts(h.Context()))
	return must(h, n, err)
}

func granting(clients []string, until *time.Time) people.ClientAccessChange {
	var change people.ClientAccessChange
	for _, id := range clients {
		change.Grant = append(change.Grant, rule.GrantedClient{Client: id, ExpiresAt: until, Reason: "Year end"})
	}
	return change
}

// B6: a thousand clients cost as many statements as two, and one more is refused before anything is read.
func TestAThousandClientsAreGrantedInAFewStatements(t *testing.T) {
	t.Parallel()
	counter := new(storetest.Counter)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		clients := h.clients(practice, 1001)
		took := map[string]int{}
		for _, n := range []int{2, 1000} {
			member, _ := h.colleague(owner, practice, rule.PracticeStandardRole)
			until := s.Now().Add(time.Hour)
			for _, step := range []struct {
				name         string
				change       people.ClientAccessChange
				grants, more int // grants there are then, and lines written
			}{
				{"grant", granting(clients[:n], nil), n, 1},
				{"grant again", granting(clients[:n], nil), n, 0},
				{"grant until", granting(clients[:n], &until), n, 1},
				{"revoke", people.ClientAccessChange{Revoke: clients[:n]}, 0, 1},
				{"revoke again", people.ClientAccessChange{Revoke: clients[:n]}, 0, 0},
			} {
				lines := h.lines(practice, "membershipUpdateClientAccess")
				counter.Reset()
				if err := h.people.UpdateClientAccess(owner, member, step.change); err != nil {
					t.Fatalf("%s %d: %v", step.name, n, err)
				}
				texts := counter.Texts()
				if before, again := took[step.name]; len(texts) > 12 || again && len(texts) != before {
					t.Errorf("%s takes %d statements for %d clients, and %d for two:\n%s", step.name, len(texts), n, before, named(texts))
				}
				took[step.name] = len(texts)
				if got := h.grants(member); got != step.grants {
					t.Errorf("%s %d: %d grants, want %d", step.name, n, got, step.grants)
				}
				if got := h.lines(practice, "membershipUpdateClientAccess") - lines; got != step.more {
					t.Errorf("%s %d: %d lines in the journal, want %d", step.name, n, got, step.more)
				}
			}
		}
		t.Log(took)
		member, _ := h.colleague(owner, practice, rule.PracticeStandardRole)
		for what, change := range map[string]people.ClientAccessChange{"granted": granting(clients, nil), "revoked": {Revoke: clients},
			"of both": {Grant: granting(clients[:500], nil).Grant, Revoke: clients[500:]}} {
			if got := codes(h.people.UpdateClientAccess(owner, member, change)); got != "BAD_REQUEST" || h.grants(member) != 0 {
				t.Errorf("1,001 %s: got %q and %d grants", what, got, h.grants(member))
			}
		}
		self, as := h.colleague(owner, practice, rule.PracticeStandardRole, clients[0]) // whose own grants count, too
		if got := codes(h.people.UpdateClientAccess(as, self, people.ClientAccessChange{Revoke: make([]string, 70_000)})); got != "BAD_REQUEST" {
			t.Errorf("70,000 by whoever does not open all clients: got %q", got)
		}
		add := person(practice, rule.PracticeStandardRole, "many@example.com")
		add.ClientAccess = &people.ClientAccess{Clients: clients}
		if _, err := h.people.Add(owner, add); codes(err) != "BAD_REQUEST" {
			t.Errorf("1,001 with a new colleague: got %v", err)
		}
		h.sound(t)
	}, storetest.WithCounter(counter))
}

// A page of grants is read at once, whatever is asked of each.
func TestAPageOfGrantsKeepsItsBudgetOfStatements(t *testing.T) {
	t.Parallel()
	counter := new(storetest.Counter)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFull(t, s, counter, 5)
		u := f.somebody()
		owner := f.as(u)
		practice, err := f.people.CreatePractice(owner, "Grants", "GB")
		must(t, practice, err)
		cookie := f.open(u, rule.Web).Cookie
		var few int
		for _, n := range []int{3, 60} {
			member, _ := f.colleague(owner, practice, rule.PracticeStandardRole, f.home.clients(practice, n)...)
			texts, rows := f.statements(t, cookie, `query($id:ID!){membership(id:$id){clientAccess{scope grants(first:50){totalCount nodes{row:id grantedAt expiresAt reason clientAccount{id name} grantedBy{id firstName}}}}}}`,
				map[string]any{"id": member})
			if rows != min(n, 50) || len(texts) > 6 || few > 0 && len(texts) > few+1 { // the count of a list that is longer than its page
				t.Errorf("%d grants: %d rows in %d statements, few take %d:\n%s", n, rows, len(texts), few, named(texts))
			}
			few = len(texts)
		}
	}, storetest.WithCounter(counter))
}

// One client granted by eight at once is granted once, and told once.
func TestOneClientGrantedByEightAtOnceIsGrantedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(20) {
			member, _ := h.colleague(owner, practice, rule.PracticeStandardRole)
			client := h.client(owner, practice)
			before := h.lines(practice, "membershipUpdateClientAccess")
			got := race(atOnce, func(int) error { return h.people.UpdateClientAccess(owner, member, granting([]string{client}, nil)) })
			wantTally(t, "eight grants of one client (B6)", got, map[string]int{"": atOnce})
			if n, lines := h.grants(member), h.lines(practice, "membershipUpdateClientAccess")-before; n != 1 || lines != 1 {
				t.Fatalf("%d grants and %d lines, want 1 of each", n, lines)
			}
		}
		h.sound(t)
	})
}

// Granting against what ends grants: whoever is second finds what the first left.
func TestNoGrantOutlivesItsColleagueOrItsClient(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for trial := range trials(20) {
			member, as := h.colleague(owner, practice, rule.PracticeStandardRole)
			client := h.client(owner, practice)
			h.admin(owner, client)
			ends := func() error { return h.people.Remove(owner, member, "") }
			switch trial % 3 {
			case 1:
				ends = func() error { return h.people.Leave(as, member) }
			case 2:
				ends = func() error { return h.people.Disconnect(owner, client, "", "") }
			}
			list := make([]string, atOnce)
			together(atOnce, func(i int) {
				if i == 0 {
					list[i] = codes(ends())
				} else {
					list[i] = codes(h.people.UpdateClientAccess(owner, member, granting([]string{client}, nil)))
				}
			})
			for i, code := range list {
				if i == 0 && code != "" || i > 0 && code != "" && code != "MEMBERSHIP_REMOVED" && code != "NOT_FOUND" {
					t.Fatalf("trial %d: the %d. was answered %q", trial, i, code)
				}
			}
			if n := h.grants(member); n != 0 {
				t.Fatalf("trial %d: %d grants are left", trial, n)
			}
			if _, err := h.people.Access(as, client); codes(err) != "NOT_FOUND" {
				t.Fatalf("trial %d: the client is still open: %v", trial, err)
			}
		}
		h.sound(t)
	})
}

// admin gives a client an administrator who owns it.
func (h *home) admin(owner context.Context, client string) {
	h.Helper()
	added, err := h.people.Add(owner, person(client, rule.BusinessAdminRole, h.somebody().Email))
	must(h, added, err)
}

// B6: a grant ends at its moment, in a session and in a transaction that began before.
func TestAGrantEndsAtItsVeryMoment(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		client, until := h.client(owner, practice), s.Now().Add(time.Hour)
		h.admin(owner, client)
		member, as := h.colleague(owner, practice, rule.PracticeStandardRole)
		if err := h.people.UpdateClientAccess(owner, member, granting([]string{client}, &until)); err != nil {
			t.Fatal(err)
		}
		add := func() string {
			_, err := h.people.Add(as, person(client, rule.StandardRole, h.fresh("late")+"@example.com"))
			return codes(err)
		}
		clock.Set(until.Add(-time.Microsecond))
		if got := add(); got != "" {
			t.Errorf("a microsecond before: got %q", got)
		}
		clock.Set(until)
		// The viewer asked before the end; what counts is when the transaction begins.
		if got := add(); got != "NOT_FOUND" {
			t.Errorf("at the moment: got %q", got)
		}
		h.sound(t)
	}, storetest.WithClock(clock))
}
