package house_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/journal"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// newcomers are people to invite, the last of them with an address of the test's choice.
func (h *home) newcomers(n int, last string) *[]people.Row {
	list := make([]people.Row, n)
	for i := range list {
		list[i] = people.Row{FirstName: "Robin", LastName: fmt.Sprint("Marlow ", i), Email: h.fresh("row") + "@example.com", LoginAccess: true, Role: rule.StandardRole}
	}
	list[n-1].Email = last
	return &list
}

// C6, D2: lists and single adds of one person at once: one of them adds the person, and a list that comes second adds
// nobody at all.
func TestOnePersonInListsAndSingleAddsAtOnceIsThereOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for trial := range trials(12) {
			client, email := h.client(owner, practice), h.fresh("twin")+"@example.com"
			if trial%2 == 1 { // C2: a proved login is in at once
				email = h.somebody().Email
			}
			lists := make([]*[]people.Row, atOnce)
			for i := range lists {
				lists[i] = h.newcomers(3, email)
			}
			refusal := map[bool]string{false: "INVITATION_ALREADY_PENDING", true: "ALREADY_MEMBER"}[trial%2 == 1]
			got := race(atOnce, func(i int) error {
				if i%2 == 0 {
					_, err := h.people.Add(owner, person(client, rule.StandardRole, email))
					return err
				}
				done, err := h.people.AddMany(owner, people.AddMany{Account: client, Rows: lists[i], Notify: true})
				if err == nil && done.Problems.Refused() {
					return done.Rows[2].Problems
				}
				return err
			})
			wantTally(t, "lists and single adds (C6)", got, map[string]int{"": 1, refusal: atOnce - 1})
			all, owners := h.members(client)
			if lines := h.lines(client, "membershipAdd") + h.lines(client, "membershipAddMany"); all != 1 && all != 3 || owners != 1 || lines != all {
				t.Fatalf("%d members with %d owners and %d lines", all, owners, lines)
			}
		}
		h.sound(t)
	})
}

// D2, C8: lists of different people at once: all come in, and one is the owner.
func TestListsAddedAtOnceToAnEmptyAccountHaveOneOwner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(12) {
			client := h.client(owner, practice)
			lists := make([]*[]people.Row, atOnce)
			for i := range lists {
				lists[i] = h.newcomers(3, h.fresh("last")+"@example.com")
			}
			got := race(atOnce, func(i int) error {
				_, err := h.people.AddMany(owner, people.AddMany{Account: client, Rows: lists[i]})
				return err
			})
			wantTally(t, "eight lists (C8)", got, map[string]int{"": atOnce})
			if all, owners := h.members(client); all != 3*atOnce || owners != 1 || h.lines(client, "membershipAddMany") != all {
				t.Fatalf("%d members with %d owners", all, owners)
			}
		}
		h.sound(t)
	})
}

// D3: one key used by eight at once adds the list once, and each is told the same.
func TestOneIdempotencyKeyUsedByEightListsAtOnceAddsOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(12) {
			client := h.client(owner, practice)
			list := people.AddMany{Account: client, Rows: h.newcomers(3, "not an address"), SkipRows: true, Notify: true, IdempotencyKey: h.fresh("key")}
			results := make([]people.ManyAdded, atOnce)
			got := race(atOnce, func(i int) (err error) {
				results[i], err = h.people.AddMany(owner, list)
				return err
			})
			wantTally(t, "one key eight times", got, map[string]int{"": atOnce})
			for _, r := range results {
				same := slices.EqualFunc(r.Rows, results[0].Rows, func(a, b people.RowAdded) bool {
					return a.Line == b.Line && a.Outcome == b.Outcome && a.Email == b.Email && a.Membership == b.Membership && len(a.Problems) == len(b.Problems)
				})
				if !same || r.Added != 2 || r.Refused != 1 || r.Rows[0].Membership == "" {
					t.Fatalf("the same key was answered %+v and %+v", r, results[0])
				}
			}
			if all, _ := h.members(client); all != 2 || h.lines(client, "membershipAddMany") != 2 {
				t.Fatalf("%d members, want 2", all)
			}
		}
		h.sound(t)
	})
}

// SECURITY.md, "Parameters": at most 10,000 rows a day into one account, whoever adds them; the next day it goes on.
func TestAnAccountTakesTenThousandRowsADay(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		client := h.client(owner, practice)
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return journal.WriteEach(ctx, tx, slices.Repeat([]journal.Entry{{Verb: "membershipAddMany", Account: client}}, rule.MaxRowsADay-2))
		})
		add := func(n int) people.ManyAdded {
			done, err := h.people.AddMany(owner, people.AddMany{Account: client, Rows: h.newcomers(n, h.fresh("last")+"@example.com")})
			return must(t, done, err)
		}
		if done := add(3); codes(done.Problems) != "TOO_MANY_ROWS" || done.Problems[0].Remedy != rule.Wait || len(done.Rows) != 0 {
			t.Errorf("one too many is answered %+v", done)
		}
		if done := add(2); done.Added != 2 {
			t.Errorf("the last two of the day are answered %+v", done)
		}
		if done := add(1); codes(done.Problems) != "TOO_MANY_ROWS" {
			t.Errorf("the next one is answered %+v", done)
		}
		clock.Advance(24*time.Hour + time.Second)
		if done := add(3); done.Added != 3 {
			t.Errorf("the next day is answered %+v", done)
		}
	}, storetest.WithClock(clock))
}

// One statement for each batch of 500 rows where one a row would be felt; the job queue's own are left out: SQLite's inserts row by row.
func TestAListTakesAsManyStatementsWithManyRowsAsWithFew(t *testing.T) {
	t.Parallel()
	counter := new(storetest.Counter)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for _, dry := range []bool{true, false} {
			var took []int
			for _, n := range []int{5, 400} {
				client, list := h.client(owner, practice), h.newcomers(n, h.somebody().Email)
				counter.Reset()
				done, err := h.people.AddMany(owner, people.AddMany{Account: client, Rows: list, Notify: true, DryRun: dry})
				if err != nil || done.Added != n {
					t.Fatalf("%d added, %v, %v", done.Added, done.Problems, err)
				}
				texts := slices.DeleteFunc(counter.Texts(), func(text string) bool {
					return strings.Contains(text, "river_job") || strings.Contains(text, "pg_notify") // that only now and then
				})
				took = append(took, len(texts))
			}
			if took[0] != took[1] || took[0] > 15 {
				t.Errorf("dry %v: 5 and 400 rows took %v statements", dry, took)
			}
		}
	}, storetest.WithCounter(counter))
}
