package house_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// broken are the constraints that a member breaks, whoever wrote it: the last word where a rule had a hole.
func (b *book) broken(m *bookMember) (list []string) {
	never := m.status == rule.Pending || m.status == rule.AwaitingActivation
	for name, breaks := range map[string]bool{
		"colleague_has_login_access": b.accounts[m.account].kind == rule.Practice && !m.login, // C1
		"login_access_has_email":     m.login && m.email == "",                                // C1
		"active_login_has_user":      m.status == rule.Active && m.login && m.user == "",      // A2
		"not_yet_in":                 never && (m.user != "" || !m.login),                     // C3
		"owner_stays":                m.owner && (m.status == rule.Deactivated || m.status == rule.Removed),
	} {
		if breaks {
			list = append(list, name)
		}
	}
	for _, o := range b.in(m.account, m.id) {
		if m.owner && o.owner { // G1
			list = append(list, "one_owner")
		}
		if m.live() && m.user != "" && o.user == m.user { // C6
			list = append(list, "one_per_login")
		}
		if m.live() && m.email != "" && o.email == m.email {
			list = append(list, "one_per_email")
		}
	}
	return list
}

// raw is what would be written by somebody who asked no rule: the same in SQL and in the book.
type raw struct {
	verb string
	set  columns
	do   func(m *bookMember)
}

func (x *truth) raws(m *bookMember, o *bookMember) []raw {
	gone := columns{"status": rule.Removed, "removed_at": x.book.now, "deactivated_at": nil}
	email, user := any(nil), any(nil)
	if o.email != "" {
		email = o.email
	}
	if o.user != "" {
		user = o.user
	}
	return []raw{
		{"remove", gone, func(m *bookMember) { m.status = rule.Removed }},
		{"deactivate", columns{"status": rule.Deactivated, "deactivated_at": x.book.now, "removed_at": nil}, func(m *bookMember) { m.status = rule.Deactivated }},
		{"enable", columns{"status": rule.Active, "deactivated_at": nil, "removed_at": nil}, func(m *bookMember) { m.status = rule.Active }},
		{"login access off", columns{"login_access": false}, func(m *bookMember) { m.login = false }},
		{"login access on", columns{"login_access": true}, func(m *bookMember) { m.login = true }},
		{"own", columns{"is_owner": true}, func(m *bookMember) { m.owner = true }},
		{"own no more", columns{"is_owner": false}, func(m *bookMember) { m.owner = false }},
		{"no address", columns{"email": nil}, func(m *bookMember) { m.email = "" }},
		{"another's address", columns{"email": email}, func(m *bookMember) { m.email = o.email }},
		{"another's login", columns{"user_id": user}, func(m *bookMember) { m.user = o.user }},
	}
}

// rewrite writes columns of a membership by raw SQL, and takes it back. It answers the constraint that refused it.
func (x *truth) rewrite(id string, set columns) string {
	x.Helper()
	var names []string
	var args []any
	for name, value := range set {
		names, args = append(names, name+" = ?"), append(args, plain(value))
	}
	return x.try("UPDATE memberships SET "+strings.Join(names, ", ")+" WHERE id = ? RETURNING id", append(args, id)...)
}

func (x *truth) try(text string, args ...any) string {
	x.Helper()
	err := x.store.Tx(x.Context(), func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, text, args...)
		if err != nil {
			return err
		}
		for rows.Next() {
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		return errUndo
	})
	if errors.Is(err, errUndo) {
		return ""
	}
	if name := store.Constraint(err); name != "" {
		return strings.TrimPrefix(name, "memberships_")
	}
	return "error: " + err.Error()
}

// G1, G2, A2, C1, C3, C6: what a mutation must not make, the database does not take either, in every state; and what the
// mutations made in the truth table, it takes.
func TestTheDatabaseRefusesWhatEveryMutationMust(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := newTruth(t, s)
		x.clients()
		x.practices()
		x.plant(x.book)
		seen, taken, refused := map[string]bool{}, 0, map[string]int{}
		for _, c := range x.scenes {
			m := c.target
			state := fmt.Sprint(x.book.accounts[m.account].kind, m.status, m.login, m.joined, m.owner, len(x.book.in(m.account, m.id)) > 0)
			if seen[state] {
				continue
			}
			seen[state] = true
			other := &bookMember{}
			if ids := x.book.sorted(func(o *bookMember) bool { return o.account == m.account && o != m && o.user != "" && o.live() }); len(ids) > 0 {
				other = x.book.members[ids[0]]
			}
			for _, r := range x.raws(m, other) {
				then := x.book.copy(m.account)
				r.do(then.members[m.id])
				want, got := then.broken(then.members[m.id]), x.rewrite(m.id, r.set)
				if got == "" && len(want) > 0 || got != "" && !slices.Contains(want, got) {
					t.Errorf("%s of somebody (%s), written by hand: refused by %q, want one of %q", r.verb, c.name, got, want)
				}
				if got == "" {
					taken++
				} else {
					refused[got]++
				}
			}
			for what, set := range map[string]columns{"role_of_kind": {"role_id": "rol_none"}, "permissions_fit": {"permissions": 1 << 40}} {
				if got := x.rewrite(m.id, set); !sameConstraint(got, what) {
					t.Errorf("somebody (%s): refused by %q, want %q", c.name, got, what)
				}
			}
			if got := x.try("DELETE FROM memberships WHERE id = ? RETURNING id", m.id); got == "" {
				t.Errorf("L1: somebody (%s) is deleted", c.name)
			}
		}
		t.Logf("%d states: taken %d, refused %v", len(seen), taken, refused)
	}, storetest.WithClock(clock))
}
