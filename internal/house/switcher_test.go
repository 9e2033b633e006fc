package house_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// shown is a row of the switcher as the promises say it, worked out in Go.
type shown struct {
	id, key string
	kind    rule.Kind
	via     rule.Via
	recency int64
}

// J6: whatever somebody opens, by however many practices, each page of the switcher is the next part of the whole list, in both
// orders and both directions, filtered and searched.
func TestEachPageOfTheSwitcherIsTheNextPartOfTheWhole(t *testing.T) {
	t.Parallel()
	rounds := 3
	if soaking() {
		rounds = 200
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, r := newHome(t, s), seeded(t)
		for range rounds {
			user, all := crowd(h, r)
			ctx := viewer.With(t.Context(), viewer.Viewer{UserID: user, At: s.Now()})
			for _, order := range []login.Order{login.ByName, login.ByLastUsed} {
				for _, q := range []login.Query{{}, {Search: "b"}, {Kinds: []rule.Kind{rule.Client}}, {Kinds: []rule.Kind{rule.Practice}}, {Via: []rule.Via{rule.ViaPractice}},
					{Via: []rule.Via{rule.ViaMembership}, Search: "a"}, {Kinds: []rule.Kind{rule.Practice}, Via: []rule.Via{rule.ViaPractice}}} {
					q.Order = order
					h.pages(t, ctx, q, want(all, q), 1+r.IntN(7))
				}
			}
		}
	})
}

// crowd is a login with own memberships, practices in which it opens all clients, and ones in which it opens some; and what it opens.
func crowd(h *home, r *rand.Rand) (user string, all []shown) {
	h.Helper()
	w := &town{home: h, began: h.store.Now()}
	user = w.user()
	in := func(kind rule.Kind, account string, set rule.Permissions, open bool) townMember {
		status := rule.Active
		if !open {
			status = rule.Deactivated
		}
		return w.member(kind, account, user, rule.Member{Status: status, LoginAccess: true, Permissions: set}, false)
	}
	name := func(prefix string) string {
		return fmt.Sprintf("%s_%c%c%s", prefix, 'a'+r.IntN(3), 'a'+r.IntN(3), w.fresh(""))
	}
	add := func(id string, kind rule.Kind, via rule.Via) {
		all = append(all, shown{id: id, key: id, kind: kind, via: via})
	}
	for i := range 9 {
		firm, open, every := name("prc"), r.IntN(6) > 0, i%2 == 0
		w.practices = append(w.practices, firm)
		var set rule.Permissions
		if every {
			set = rule.ClientsAll
		}
		colleague := in(rule.Practice, firm, set, open)
		if open {
			add(firm, rule.Practice, rule.ViaMembership)
		}
		for range r.IntN(5) {
			client := name("cli")
			w.clients = append(w.clients, townClient{client, firm})
			own, granted, over := r.IntN(5) == 0, r.IntN(3) > 0, r.IntN(4) == 0
			if own { // a user who was deactivated as a colleague, or the other way round: access is decided the same
				in(rule.Client, client, rule.StandardPermissions, true)
			}
			if granted {
				g := townGrant{id: w.fresh("grt_"), member: colleague.ID, client: client}
				if over {
					g.until = w.began.Add(-time.Minute)
				}
				w.grants = append(w.grants, g)
			}
			switch {
			case own:
				add(client, rule.Client, rule.ViaMembership)
			case open && (every || granted && !over):
				add(client, rule.Client, rule.ViaPractice)
			}
		}
	}
	w.build()
	w.write(func(ctx context.Context, tx *store.Tx) error {
		for i := range all {
			if r.IntN(3) > 0 {
				continue
			}
			at := w.began.Add(-time.Duration(r.IntN(1000)) * time.Second)
			all[i].recency = -at.UnixMicro()
			tx.AccountUse.Create().SetID(store.NewID("use")).SetUserID(user).SetAccountID(all[i].id).SetUsedAt(at).SetRecency(all[i].recency).ExecX(ctx)
		}
		return nil
	})
	return user, all
}

// want are the rows that a query is to list, in order.
func want(all []shown, q login.Query) (list []shown) {
	for _, one := range all {
		if (len(q.Kinds) == 0 || slices.Contains(q.Kinds, one.kind)) && (len(q.Via) == 0 || slices.Contains(q.Via, one.via)) && strings.Contains(one.key, q.Search) {
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(a, b shown) int {
		if q.Order == login.ByLastUsed && a.recency != b.recency {
			return cmp.Compare(a.recency, b.recency)
		}
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
	})
	return list
}

// pages reads a list page by page in both directions.
func (h *home) pages(t *testing.T, ctx context.Context, q login.Query, want []shown, size int) {
	t.Helper()
	q.Limit = size
	at := func(a *login.Access) []any {
		if q.Order == login.ByLastUsed {
			return []any{a.Recency, a.NameKey(), a.AccountID()}
		}
		return []any{a.NameKey(), a.AccountID()}
	}
	for _, back := range []bool{false, true} {
		var got []string
		q.Back, q.After, q.Before = back, nil, nil
		for {
			list, err := h.logins.Accounts(ctx, q)
			for _, a := range must(t, list, err) {
				got = append(got, a.AccountID()+" "+string(a.Via))
			}
			if len(list) < size {
				break
			}
			if last := at(list[len(list)-1]); back {
				q.Before = last
			} else {
				q.After = last
			}
		}
		if back {
			slices.Reverse(got)
		}
		var expected []string
		for _, one := range want {
			expected = append(expected, one.id+" "+string(one.via))
		}
		if !slices.Equal(got, expected) {
			t.Fatalf("%+v, %d a page:\n%s\nwant\n%s", q, size, strings.Join(got, "\n"), strings.Join(expected, "\n"))
		}
	}
	if n, err := h.logins.CountAccounts(ctx, q); err != nil || n != len(want) {
		t.Fatalf("%+v: counted %d, want %d: %v", q, n, len(want), err)
	}
}

// J6: the session check says who is in no practice, and their switcher leaves out what only colleagues have. It says so of nobody
// who opens an account through one, and a practice made in the same operation is in the switcher behind it.
func TestTheSwitcherKnowsWhoIsInNoPractice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		owner := h.somebody()
		firm, err := h.people.CreatePractice(h.as(owner), "Practice", "GB")
		client := h.client(h.as(owner), must(t, firm, err))
		for status, want := range map[rule.Status]string{
			rule.Active:      `"nodes":[{"account":{"id":"` + client + `"}},{"account":{"id":"` + firm + `"}}]`,
			rule.Deactivated: `"nodes":[{"account":{"id":"` + client + `"}}]`, // by a membership of their own, below
			"":               `"nodes":[{"account":{"id":"` + client + `"}}]`,
		} {
			u := h.somebody()
			h.write(func(ctx context.Context, tx *store.Tx) error {
				member := func(kind rule.Kind, role string, may rule.Permissions, status rule.Status) error {
					create := tx.Membership.Create().SetID(h.fresh("mem_")).SetKind(kind).SetRoleID(role).SetPermissions(may).SetUserID(u.ID).SetEmail(u.Email).SetLoginAccess(true).
						SetFirstName("A").SetLastName("B").SetNameKey("b\ta").SetSearchKey("a b").SetStatus(status).SetCreatedAt(tx.Now).SetLastActiveAt(tx.Now).SetJoinedAt(tx.Now)
					if status == rule.Deactivated {
						create.SetDeactivatedAt(tx.Now)
					}
					if kind == rule.Practice {
						return create.SetAccountID(firm).SetPracticeID(firm).Exec(ctx)
					}
					return create.SetAccountID(client).SetClientAccountID(client).Exec(ctx)
				}
				if status != rule.Active {
					if err := member(rule.Client, rule.StandardRole, rule.StandardPermissions, rule.Active); err != nil {
						return err
					}
				}
				if status == "" {
					return nil
				}
				return member(rule.Practice, rule.PracticeAdminRole, rule.PracticeAdminPermissions, status)
			})
			cookie := h.open(u, rule.Web).Cookie
			v, err := h.logins.Authenticate(t.Context(), viewer.Viewer{At: s.Now()}, cookie, rule.Web)
			if err != nil || v.Session.NoPractice != (status != rule.Active) {
				t.Errorf("%q: in no practice %v, %v", status, v.Session.NoPractice, err)
			}
			if a := h.ask(cookie, `query($n:Int!){viewer{accounts(first:$n,kinds:[PRACTICE,CLIENT]){nodes{account{id}}}}}`, map[string]any{"n": 9}); !strings.Contains(a.body, want) {
				t.Errorf("%q: %s", status, a.body)
			}
		}
		cookie := h.open(h.somebody(), rule.Web).Cookie
		a := h.ask(cookie, `mutation($n:Int!){practiceCreate(input:{name:"New"}){practice{id}} sessionRevokeOthers{viewer{accounts(first:$n){nodes{account{id}}}}}}`, map[string]any{"n": 9})
		if strings.Count(a.body, `"prc_`) != 2 {
			t.Errorf("a practice that was just made: %s", a.body)
		}
	})
}
