package house_test

import (
	"context"
	"testing"

	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// role makes a practice's own role.
func (h *home) role(by context.Context, practice string, kind rule.Kind, p rule.Permissions) string {
	h.Helper()
	id, err := h.people.CreateRole(by, people.CreateRole{Practice: practice, Kind: kind, Name: h.fresh("Role "), Permissions: p.List()})
	return must(h, id, err)
}

// allow makes a role allow something else.
func (h *home) allow(as context.Context, role string, p rule.Permissions) error {
	list := p.List()
	return h.people.UpdateRole(as, role, nil, &list)
}

// joins adds somebody who is in at once, and gives their membership and a context of theirs.
func (h *home) joins(by context.Context, account, role string) (string, context.Context) {
	h.Helper()
	u := h.somebody()
	added, err := h.people.Add(by, person(account, role, u.Email))
	return must(h, added, err).Membership, h.as(u)
}

// B3: a role is deleted or given, whatever comes first, and nobody has a role that is gone.
func TestDeletingARoleAndGivingItHaveOneWinner(t *testing.T) {
	t.Parallel()
	for what, give := range map[string]func(h *home, by context.Context, client, member, role string) error{
		"add": func(h *home, by context.Context, client, _, role string) error {
			_, err := h.people.Add(by, person(client, role, h.fresh("late")+"@example.com"))
			return err
		},
		"privileges": func(h *home, by context.Context, _, member, role string) error {
			return h.people.UpdatePrivileges(by, member, people.Privileges{Role: &role})
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				h := newHome(t, s)
				practice, owner := h.practice()
				won := 0
				for range trials(10) {
					client := h.client(owner, practice)
					member, _ := h.joins(owner, client, rule.StandardRole)
					role := h.role(owner, practice, rule.Client, rule.DocumentsSubmit)
					got := race(atOnce, func(i int) error {
						if i%2 == 0 {
							return h.people.DeleteRole(owner, role)
						}
						return give(h, owner, client, member, role)
					})
					want := map[string]int{"": 1, "NOT_FOUND": atOnce - 1}
					if got["ROLE_IN_USE"] > 0 {
						want = map[string]int{"": atOnce / 2, "ROLE_IN_USE": atOnce / 2}
						won++
					}
					wantTally(t, "roleDelete × "+what, got, want)
				}
				t.Logf("it was given first %d times", won)
				h.sound(t)
			})
		})
	}
}

// B4: two colleagues take their rights from each other's role, four times each, and one of them keeps them.
func TestOfTwoRolesThatAreDemotedByEachOtherOneStays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		for range trials(10) {
			practice, owner := h.practice()
			var roles [2]string
			var as [2]context.Context
			for i := range roles {
				roles[i] = h.role(owner, practice, rule.Practice, rule.PracticeAdminPermissions)
				_, as[i] = h.joins(owner, practice, roles[i])
			}
			got := race(atOnce, func(i int) error { return h.allow(as[i%2], roles[(i+1)%2], 0) })
			wantTally(t, "roleUpdate × roleUpdate", got, map[string]int{"": atOnce / 2, "NOT_PERMITTED": atOnce / 2})
			if n := h.lines(practice, "roleUpdate"); n != 2 {
				t.Fatalf("%d lines tell of one role and the one who has it, want 2", n)
			}
		}
		h.sound(t)
	})
}

// H1: a client that is to keep an administrator has two, of two roles. However both are taken, one of them stays.
func TestOfTwoRolesThatAdministerAClientOneStays(t *testing.T) {
	t.Parallel()
	standard := rule.StandardRole
	for what, take := range map[string]func(h *home, by context.Context, member, role string) error{
		"roleUpdate": func(h *home, by context.Context, _, role string) error {
			return h.allow(by, role, rule.DocumentsSubmit)
		},
		"privileges": func(h *home, by context.Context, member, _ string) error {
			return h.people.UpdatePrivileges(by, member, people.Privileges{Role: &standard})
		},
		"deactivate": func(h *home, by context.Context, member, _ string) error {
			err := h.people.Deactivate(by, member, "")
			if codes(err) == "MEMBERSHIP_DEACTIVATED" { // by one of the others
				return nil
			}
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				h, yes := newHome(t, s), true
				practice, owner := h.practice()
				if err := h.people.UpdatePractice(owner, practice, people.PracticeSettings{ClientsKeepAnAdministrator: &yes}); err != nil {
					t.Fatal(err)
				}
				won := 0
				for range trials(10) {
					d := duel{owned: owned{home: h, client: h.client(owner, practice)}}
					h.joins(owner, d.client, rule.StandardRole) // who owns it
					var roles [2]string
					for i := range roles {
						roles[i] = h.role(owner, practice, rule.Client, rule.BusinessAdminPermissions)
						d.members[i], _ = h.joins(owner, d.client, roles[i])
					}
					list := make([]string, atOnce)
					together(atOnce, func(i int) {
						if i%2 == 0 {
							list[i] = codes(h.allow(owner, roles[0], rule.DocumentsSubmit))
						} else {
							list[i] = codes(take(h, owner, d.members[1], roles[1]))
						}
					})
					wantTally(t, "roleUpdate × "+what, tally(list), map[string]int{"": atOnce / 2, "LAST_ADMINISTRATOR": atOnce / 2})
					if n := d.administrators(t); n != 1 {
						t.Fatalf("H1: %d administrators are left", n)
					}
					if list[0] == "" {
						won++
					}
				}
				t.Logf("the role changed first %d times", won)
				h.sound(t)
			})
		})
	}
}

// A5, B7: whoever gets a role while it changes has what it allows in the end.
func TestARoleThatChangesWhileItIsGivenReachesEverybody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		client := h.client(owner, practice)
		for range trials(10) {
			role := h.role(owner, practice, rule.Client, rule.DocumentsSubmit)
			got := race(atOnce, func(i int) error {
				if i%2 == 0 {
					return h.allow(owner, role, rule.DocumentsSubmit|rule.Permissions(rule.DocumentsViewAll)<<(i/2))
				}
				_, err := h.people.Add(owner, person(client, role, h.fresh("given")+"@example.com"))
				return err
			})
			wantTally(t, "roleUpdate × membershipAdd", got, map[string]int{"": atOnce})
		}
		h.sound(t) // B7
	})
}

// B3: of many roles of one name that are made at once one is.
func TestOfManyRolesOfOneNameOneIsMade(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(10) {
			name := h.fresh("Keeper ")
			before := h.lines(practice, "roleCreate")
			got := race(atOnce, func(int) error {
				_, err := h.people.CreateRole(owner, people.CreateRole{Practice: practice, Kind: rule.Client, Name: name})
				return err
			})
			wantTally(t, "roleCreate × roleCreate", got, map[string]int{"": 1, "INVALID": atOnce - 1})
			if n := h.lines(practice, "roleCreate") - before; n != 1 {
				t.Fatalf("%d lines tell of one role", n)
			}
		}
		h.sound(t)
	})
}
