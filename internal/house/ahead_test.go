package house_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"roster/ent"
	"roster/ent/membership"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// J6: what the session check reads along is what the switcher lists without it: for clients of every state, with built-in roles and
// with practices' own, used and never used; and nothing comes along for whoever is in a practice.
func TestWhatIsReadAheadIsWhatTheSwitcherLists(t *testing.T) {
	t.Parallel()
	rounds := 6
	if soaking() {
		rounds = 500
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, r := newHome(t, s), seeded(t)
		for n := range rounds {
			colleague := n%3 == 2
			user := shopkeeper(h, r, colleague)
			secret := h.open(user, rule.Web).Cookie
			(&keeper{h, user, secret}).right("at first")
			asked := viewer.Viewer{At: s.Now()}
			plain, err := h.logins.Authenticate(t.Context(), asked, secret, rule.Web)
			must(h, plain, err)
			for _, first := range []int{1, 2, 5, 100} {
				v, ahead, err := h.logins.AuthenticateFor(t.Context(), asked, secret, rule.Web, first)
				must(h, v, err)
				if v.SessionID == "" || !reflect.DeepEqual(v, plain) {
					t.Fatalf("the session check finds\n%+v\nwith accounts and\n%+v\nwithout", v, plain)
				}
				if (ahead == nil) != colleague {
					t.Fatalf("in a practice %v, and accounts were read ahead: %v", colleague, ahead != nil)
				}
				ctx := viewer.With(t.Context(), v)
				q := login.Query{OwnClients: true, Order: login.ByName, Limit: first + 1}
				list, err := h.logins.Accounts(ctx, q)
				must(h, list, err)
				if colleague {
					continue
				}
				for i, a := range list {
					if m := s.Read().Membership.GetX(store.Facts(ctx), a.MembershipID); m.RoleID != a.Role.ID || a.Role.Name == "" || i > 0 && list[i-1].NameKey() > a.NameKey() {
						t.Errorf("row %d has the role %s and stands at %q; its membership has %s", i, a.Role.ID, a.NameKey(), m.RoleID)
					}
				}
				with := ahead.With(ctx)
				for range 3 { // what was read ahead, and a list of their own for those who ask again
					again, err := h.logins.Accounts(with, q)
					if err != nil || spelt(again) != spelt(list) {
						t.Fatalf("the first %d are\n%s\nread ahead, and are\n%s", first, spelt(again), spelt(list))
					}
					if again[0] == list[0] {
						t.Fatal("two who ask are given the same rows, which each may add to")
					}
					list = again
				}
			}
		}
	})
}

// spelt is all that rows hold.
func spelt(list []*login.Access) string {
	var b strings.Builder
	for _, a := range list {
		fmt.Fprintf(&b, "%s %v %v %s %d %s\n", a.ID, a.Via, a.Permissions, a.MembershipID, a.Recency, a.NameKey())
		if a.LastUsedAt != nil {
			fmt.Fprintf(&b, "  used %s\n", a.LastUsedAt.UTC())
		}
		account, role := reflect.ValueOf(a.Account).Elem(), reflect.ValueOf(a.Role).Elem()
		for _, of := range []reflect.Value{account, role} {
			for i := range of.NumField() {
				if f := of.Type().Field(i); f.IsExported() {
					value := of.Field(i).Interface()
					switch x := value.(type) {
					case *string:
						if x != nil {
							value = *x
						}
					case time.Time:
						value = x.UTC()
					}
					fmt.Fprintf(&b, "  %s %v\n", f.Name, value)
				}
			}
		}
	}
	return b.String()
}

// What was read ahead is for the viewer it was read for, and for that page alone.
func TestWhatWasReadAheadIsForNobodyElseAndNoOtherPage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, r := newHome(t, s), seeded(t)
		one, other := shopkeeper(h, r, false), shopkeeper(h, r, false)
		opened := h.open(one, rule.Web)
		(&keeper{h, one, opened.Cookie}).right("at first")
		v, ahead, err := h.logins.AuthenticateFor(t.Context(), viewer.Viewer{At: s.Now()}, opened.Cookie, rule.Web, 3)
		must(h, v, err)
		first := login.Query{OwnClients: true, Order: login.ByName, Limit: 4}
		for name, change := range map[string]func(*viewer.Viewer, *login.Query){
			"another login":            func(v *viewer.Viewer, _ *login.Query) { v.UserID = other.ID },
			"all kinds of access":      func(_ *viewer.Viewer, q *login.Query) { q.OwnClients = false },
			"a longer page":            func(_ *viewer.Viewer, q *login.Query) { q.Limit = 5 },
			"from the end":             func(_ *viewer.Viewer, q *login.Query) { q.Back = true },
			"the last used":            func(_ *viewer.Viewer, q *login.Query) { q.Order = login.ByLastUsed },
			"a search":                 func(_ *viewer.Viewer, q *login.Query) { q.Search = "cli_1" },
			"practices":                func(_ *viewer.Viewer, q *login.Query) { q.Kinds = []rule.Kind{rule.Practice} },
			"access by a practice":     func(_ *viewer.Viewer, q *login.Query) { q.Via = []rule.Via{rule.ViaPractice} },
			"an account that is named": func(_ *viewer.Viewer, q *login.Query) { q.Accounts = []string{"cli_none"} },
			"what comes behind":        func(_ *viewer.Viewer, q *login.Query) { q.After = []any{"cli_5", "cli_5"} },
			"what comes before":        func(_ *viewer.Viewer, q *login.Query) { q.Before = []any{"cli_5", "cli_5"} },
		} {
			v, q := v, first
			change(&v, &q)
			ctx := viewer.With(t.Context(), v)
			want, err := h.logins.Accounts(ctx, q)
			must(h, want, err)
			if got, err := h.logins.Accounts(ahead.With(ctx), q); err != nil || spelt(got) != spelt(want) {
				t.Errorf("%s: read are\n%s\nwant\n%s", name, spelt(got), spelt(want))
			}
		}
		for name, try := range map[string]struct {
			secret string
			kind   rule.SessionKind
		}{
			"a cookie as an app's token": {opened.Cookie, rule.Mobile}, "a cookie of nobody": {opened.Cookie + "x", rule.Web}, "no cookie": {"", rule.Web},
			"a token as a cookie": {h.open(one, rule.Mobile).Tokens.AccessToken, rule.Web},
		} {
			if v, ahead, err := h.logins.AuthenticateFor(t.Context(), viewer.Viewer{At: s.Now()}, try.secret, try.kind, 3); err != nil || v.SignedIn() || ahead != nil {
				t.Errorf("%s: signed in %v, accounts %v, %v", name, v.SignedIn(), ahead != nil, err)
			}
		}
		w := &town{home: h, began: s.Now(), practices: []string{h.fresh("a_")}} // first by its name
		w.member(rule.Practice, w.practices[0], one.ID, rule.Member{Status: rule.Active, LoginAccess: true}, false)
		w.build()
		all := first
		all.OwnClients = false
		if list, err := h.logins.Accounts(ahead.With(viewer.With(t.Context(), v)), all); err != nil || !strings.Contains(spelt(list), w.practices[0]) {
			t.Errorf("a practice that they came into since: %s %v", spelt(list), err)
		}
		two := `query{viewer{a:accounts(first:3){...page} b:accounts(first:3){...page} c:accounts(first:2){...page}}} fragment page on AccountAccessConnection{totalCount pageInfo{hasNextPage} nodes{id membership{id}}}`
		apart := `query{viewer{c:accounts(first:2){...page} a:accounts(first:3){...page} b:accounts(first:3){...page}}} fragment page on AccountAccessConnection{totalCount pageInfo{hasNextPage} nodes{id membership{id}}}`
		x, y := h.ask(opened.Cookie, two, nil).body, h.ask(opened.Cookie, apart, nil).body
		if strings.Count(x, `"id":"acs_`) < 8 || len(x) != len(y) {
			t.Errorf("asked twice, the page is\n%s\nand\n%s", x, y)
		}
	})
}

// shopkeeper is a login with some clients of its own, not all of them open, and perhaps a colleague in a practice.
func shopkeeper(h *home, r *rand.Rand, colleague bool) *ent.User {
	h.Helper()
	user := h.somebody()
	w := &town{home: h, began: h.store.Now()}
	firm := w.fresh("prc_")
	w.practices = append(w.practices, firm)
	own := townRole{w.fresh("rol_"), firm}
	w.roles = append(w.roles, own)
	if colleague {
		w.member(rule.Practice, firm, user.ID, rule.Member{Status: rule.Active, LoginAccess: true, Permissions: rule.ClientsAll}, false)
	}
	var named, used []string
	for i := range 5 + r.IntN(4) {
		c := townClient{w.fresh(fmt.Sprintf("cli_%d", r.IntN(9))), ""}
		if r.IntN(2) == 0 {
			c.practice = firm
		}
		w.clients = append(w.clients, c)
		m := rule.Member{Status: rule.Active, LoginAccess: true, Permissions: rule.StandardPermissions}
		if i > 4 {
			m.Status = [...]rule.Status{rule.Deactivated, rule.Removed, rule.Active}[r.IntN(3)]
			m.LoginAccess = r.IntN(2) == 0
		}
		id := w.member(rule.Client, c.id, user.ID, m, false).ID
		if i%2 == 0 {
			named = append(named, id)
		}
		if i%3 == 0 {
			used = append(used, c.id)
		}
	}
	w.build()
	w.write(func(ctx context.Context, tx *store.Tx) error {
		for i, c := range w.clients { // in another order than their ids
			tx.ClientAccount.UpdateOneID(c.id).SetNameKey(fmt.Sprintf("n%03d", 999-i)).ExecX(ctx)
		}
		for i, account := range used {
			at := w.began.Add(-time.Duration(i) * time.Hour)
			tx.AccountUse.Create().SetID(store.NewID("use")).SetUserID(user.ID).SetAccountID(account).SetUsedAt(at).SetRecency(-at.UnixMicro()).ExecX(ctx)
		}
		return tx.Membership.Update().Where(membership.IDIn(named...)).SetRoleID(own.id).Exec(ctx)
	})
	return user
}
