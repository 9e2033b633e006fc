package house_test

import (
	"fmt"
	"testing"

	"roster/ent/membership"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestTheFirstUserAddedByEightAtOnceIsOneOwner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(20) {
			client := h.client(owner, practice)
			got := race(atOnce, func(i int) error {
				_, err := h.people.Add(owner, person(client, rule.StandardRole, fmt.Sprintf("first%d@example.com", i)))
				return err
			})
			wantTally(t, "eight first users (C8)", got, map[string]int{"": atOnce})
			if all, owners := h.members(client); all != atOnce || owners != 1 || h.lines(client, "membershipAdd") != atOnce {
				t.Fatalf("%d members with %d owners and %d lines, want 8, 1 and 8", all, owners, h.lines(client, "membershipAdd"))
			}
		}
		h.sound(t)
	})
}

func TestOnePersonAddedByEightAtOnceIsThereOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for trial := range trials(20) {
			client, email, refusal := h.client(owner, practice), h.fresh("twin")+"@example.com", "INVITATION_ALREADY_PENDING"
			if trial%2 == 1 { // C2: a proved login is in at once
				email, refusal = h.somebody().Email, "ALREADY_MEMBER"
			}
			got := race(atOnce, func(int) error {
				_, err := h.people.Add(owner, person(client, rule.StandardRole, email))
				return err
			})
			wantTally(t, "one person eight times (C6)", got, map[string]int{"": 1, refusal: atOnce - 1})
			if all, owners := h.members(client); all != 1 || owners != 1 || h.lines(client, "membershipAdd") != 1 {
				t.Fatalf("%d members with %d owners and %d lines, want 1 of each", all, owners, h.lines(client, "membershipAdd"))
			}
		}
		h.sound(t)
	})
}

func TestOneIdempotencyKeyUsedByEightAtOnceAddsOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(20) {
			client := h.client(owner, practice)
			add := person(client, rule.StandardRole, h.fresh("once")+"@example.com")
			add.IdempotencyKey = h.fresh("key")
			results := make([]people.Added, atOnce)
			got := race(atOnce, func(i int) (err error) {
				results[i], err = h.people.Add(owner, add)
				return err
			})
			wantTally(t, "one key eight times", got, map[string]int{"": atOnce})
			for _, r := range results {
				if r != results[0] || r.Membership == "" || r.Invitation == "" {
					t.Fatalf("the same key was answered %v", results)
				}
			}
			if all, _ := h.members(client); all != 1 || h.lines(client, "membershipAdd") != 1 {
				t.Fatalf("%d members and %d lines, want 1 of each", all, h.lines(client, "membershipAdd"))
			}
		}
		h.sound(t)
	})
}

func TestOneIdempotencyKeyUsedByEightAtOnceMakesOneClient(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(10) {
			input := people.CreateClient{OfPractice: true, Practice: practice, Name: "Hill Bakery", IdempotencyKey: h.fresh("key")}
			results := make([]string, atOnce)
			got := race(atOnce, func(i int) (err error) {
				results[i], err = h.people.CreateClient(owner, input)
				return err
			})
			wantTally(t, "one key eight times", got, map[string]int{"": atOnce})
			if len(tally(results)) != 1 {
				t.Fatalf("the same key was answered %v", results)
			}
		}
		h.sound(t)
	})
}

// C4, C5: each add alone is fine; both together are not, and no row of one is a row of the other.
func TestNobodyBecomesUserAndColleagueAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		client := h.client(owner, practice)
		_, _ = h.invite(owner, client, rule.StandardRole, "owner@example.com")
		for trial := range trials(20) {
			email := h.fresh("both") + "@example.com"
			if trial%2 == 1 {
				email = h.somebody().Email
			}
			accounts, roles := []string{client, practice}, []string{rule.StandardRole, rule.PracticeStandardRole}
			got := race(atOnce, func(i int) error {
				_, err := h.people.Add(owner, person(accounts[i%2], roles[i%2], email))
				return err
			})
			if got[""] != 1 {
				t.Fatalf("%d of them succeeded, want 1: %v", got[""], got)
			}
			m := h.store.Read().Membership.Query().Where(membership.Email(email), membership.StatusNEQ(rule.Removed)).OnlyX(store.Facts(t.Context()))
			side, other, there := "PRACTICE_COLLEAGUE", "INVITATION_ALREADY_PENDING", "ALREADY_MEMBER"
			if m.Kind == rule.Client {
				side = "MEMBER_OF_CLIENT"
			}
			if got[side] != atOnce/2 || got[other]+got[there] != atOnce/2-1 {
				t.Fatalf("%s won, and the others were answered %v", m.Kind, got)
			}
		}
		h.sound(t)
	})
}
