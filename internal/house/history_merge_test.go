package house_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"roster/ent"
	"roster/ent/clientaccount"
	"roster/ent/membership"
	"roster/ent/user"
	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// J4, J5: after a random history, logins are merged until none can be. Each time the survivor opens what both opened, may there
// what both might, and as the plan said; nobody else opens more or less; and where one person would be colleague and client
// user, it is refused and nothing changes.
func TestAfterRandomHistoriesAMergeOpensWhatBothOpened(t *testing.T) {
	t.Parallel()
	histories, acts := 2, 120
	if soaking() {
		histories, acts = 12, 200
	}
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, r, tally := newHome(t, s), seeded(t), map[string]int{}
		for range histories {
			x := newHistory(t, h, r, clock)
			for range acts {
				x.live(t)
			}
			for range 40 {
				x.merge(t, tally)
			}
			h.sound(t)
		}
		t.Log(tally)
		for _, code := range []string{"", "EMAIL_NOT_VERIFIED", "MERGE_CONFLICT"} {
			if tally[code] == 0 && soaking() {
				t.Errorf("nothing was answered with %q: the histories show nothing of it", code)
			}
		}
	}, storetest.WithClock(clock))
}

// merge tries to make one login of two, and holds what came of it.
func (x *history) merge(t *testing.T, tally map[string]int) {
	t.Helper()
	list := x.store.Read().User.Query().Where(user.EndedAtIsNil(), user.IDIn(slices.Collect(maps.Keys(x.book.logins))...)).Order(ent.Asc(user.FieldID)).AllX(store.Facts(t.Context()))
	if len(list) < 2 {
		return
	}
	a, b := list[x.IntN(len(list))], list[x.IntN(len(list))]
	if a.ID == b.ID {
		return
	}
	ctx := x.home.as(a)
	told := fmt.Sprintf("%s merges %s, after\n%s", a.Email, b.Email, strings.Join(x.told, "\n"))
	before, others := x.powers(a, b), x.powersOfOthers(list, a, b)
	lines := x.events()

	plan, err := x.people.StartMerge(ctx, people.MergeStart{SignOnProof: x.proof(ctx, b)})
	if code := codes(err); code != "" {
		tally[code]++
		if code != "EMAIL_NOT_VERIFIED" || a.EmailVerifiedAt != nil {
			t.Fatalf("%q: %s", code, told)
		}
		return
	}
	_, members, err := x.people.ConfirmMerge(ctx, plan.Token)
	code := codes(err)
	if conflicts := x.apart(t, a, b); conflicts > 0 {
		want := strings.TrimSuffix(strings.Repeat("MERGE_CONFLICT ", conflicts), " ")
		if code != want || len(plan.Conflicts) != conflicts || len(members) == 0 || !maps.Equal(before, x.powers(a, b)) {
			t.Fatalf("%q and %d conflicts, want %q: %s", code, len(plan.Conflicts), want, told)
		}
		tally["MERGE_CONFLICT"]++
		return
	}
	if code != "" || len(plan.Conflicts) > 0 || x.events() == lines {
		t.Fatalf("%q with %v: %s", code, plan.Conflicts, told)
	}
	tally[""]++

	after := x.powers(a)
	if !slices.Equal(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after))) {
		t.Fatalf("J5: they opened %v and open %v: %s", before, after, told)
	}
	for account, set := range before {
		if !after[account].Has(set) {
			t.Fatalf("J5: in %s they might %v and may %v: %s", account, set.List(), after[account].List(), told)
		}
	}
	said := map[string]rule.Permissions{}
	for _, one := range plan.Accounts {
		said[one.AccountID()] = rule.SetOf(one.Permissions)
	}
	if !maps.Equal(said, after) {
		t.Fatalf("J4: the plan said %v, and it is %v: %s", said, after, told)
	}
	if now := x.powersOfOthers(list, a, b); now != others {
		t.Fatalf("somebody else's access changed from\n%s\nto\n%s: %s", others, now, told)
	}
	if len(x.powers(b)) != 0 {
		t.Fatalf("J4: the login that ended opens something: %s", told)
	}
}

// powers are what some logins may do in each account that one of them opens.
func (h *home) powers(users ...*ent.User) map[string]rule.Permissions {
	h.Helper()
	all := map[string]rule.Permissions{}
	for _, u := range users {
		list, err := h.logins.Accounts(viewer.With(h.Context(), viewer.Viewer{UserID: u.ID, At: h.store.Now()}), login.Query{Limit: 1000})
		for _, a := range must(h, list, err) {
			all[a.AccountID()] |= rule.SetOf(a.Permissions)
		}
	}
	return all
}

func (h *home) powersOfOthers(list []*ent.User, but ...*ent.User) string {
	h.Helper()
	var text strings.Builder
	for _, u := range list {
		if u.ID != but[0].ID && u.ID != but[1].ID {
			fmt.Fprintln(&text, u.ID, h.powers(u))
		}
	}
	return text.String()
}

// proof plants what a sign-on round trip gives.
func (h *home) proof(as context.Context, of *ent.User) *string {
	h.Helper()
	v, _ := viewer.From(as)
	secret := "rsp_" + h.fresh("proof")
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.Token.Create().SetID(store.NewID("tok")).SetPurpose(rule.MergeProof).SetHash(courier.Hash(secret)).SetUserID(of.ID).SetSessionID(v.SessionID).SetVersion(of.Version).
			SetCreatedAt(tx.Now).SetExpiresAt(tx.Now.Add(login.MergeFor)).Exec(ctx)
	})
	return &secret
}

// apart counts in plain loops the pairs of memberships that nobody may have both (C4, C5).
func (h *home) apart(t *testing.T, a, b *ent.User) (n int) {
	t.Helper()
	of := func(u *ent.User) (list []*ent.Membership) {
		for _, m := range h.store.Read().Membership.Query().Where(membership.StatusNEQ(rule.Removed)).AllX(store.Facts(t.Context())) {
			byLogin := m.UserID != nil && *m.UserID == u.ID
			byAddress := m.UserID == nil && m.Email != nil && *m.Email == u.Email && u.EmailVerifiedAt != nil
			if byLogin || byAddress {
				list = append(list, m)
			}
		}
		return list
	}
	looksAfter := func(client string) string {
		c := h.store.Read().ClientAccount.Query().Where(clientaccount.ID(client)).OnlyX(store.Facts(t.Context()))
		if c.PracticeID == nil {
			return ""
		}
		return *c.PracticeID
	}
	for _, sides := range [][2]*ent.User{{a, b}, {b, a}} {
		for _, colleague := range of(sides[0]) {
			for _, one := range of(sides[1]) {
				if colleague.Kind == rule.Practice && one.Kind == rule.Client && one.LoginAccess && one.Status != rule.Deactivated && looksAfter(one.AccountID) == colleague.AccountID {
					n++
				}
			}
		}
	}
	return n
}
