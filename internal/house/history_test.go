package house_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/ent"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// history is a random life of two practices, their clients and a business of its own, on a database and in a book.
type history struct {
	*home
	*rand.Rand
	book  *book
	clock *storetest.Clock
	told  []string // what was done so far
	tally map[string]map[string]int

	sessions map[string]string // by login: the one it asks by
}

// act is one thing that somebody does: what the book answers, what Roster answers, and what becomes of it in the book.
type act struct {
	name  string
	want  []string
	do    func() error
	then  func()
	about string // the account that it changes
	reads bool   // a refusal tells support of what it sees in no other way, and is recorded (G4)
}

// newHistory begins with owners and their first colleagues; everything else happens.
func newHistory(t *testing.T, h *home, r *rand.Rand, clock *storetest.Clock) *history {
	t.Helper()
	x := &history{home: h, Rand: r, book: newBook(clock.Now()), clock: clock, tally: map[string]map[string]int{}, sessions: map[string]string{}}
	var logins []string
	for i := range 20 {
		id := x.fresh("usr_")
		logins = append(logins, id)
		x.book.logins[id] = &bookLogin{id: id, email: id + "@example.com", verified: i%5 < 3, support: i == 19}
	}
	x.book.logins[logins[19]].verified = true // support has to be
	put := func(a *bookAccount, user, role string, owner bool) {
		m := &bookMember{id: x.fresh("mem_"), account: a.id, user: user, email: x.book.logins[user].email, role: role, can: bookHas(role), first: "Kit",
			status: rule.Active, login: true, joined: true, owner: owner}
		x.book.members[m.id] = m
	}
	for i := range 2 {
		p := &bookAccount{id: x.fresh("prc_"), kind: rule.Practice, keeps: i == 1}
		p.practice = p.id
		x.book.accounts[p.id] = p
		put(p, logins[5*i], rule.PracticeAdminRole, true)
		put(p, logins[5*i+1], rule.ClientAdminRole, false)
		put(p, logins[5*i+2], rule.PracticeStandardRole, false)
		for range 2 {
			x.book.accounts[x.fresh("cli_")] = nil
		}
		for id, a := range x.book.accounts {
			if a == nil {
				x.book.accounts[id] = &bookAccount{id: id, kind: rule.Client, practice: p.id}
			}
		}
	}
	alone := &bookAccount{id: x.fresh("cli_"), kind: rule.Client}
	x.book.accounts[alone.id] = alone
	put(alone, logins[10], rule.BusinessAdminRole, true)
	x.plant(x.book)
	return x
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func (x *history) chance(percent int) bool { return x.IntN(100) < percent }

// account, member and client are some of those that there are.
func (x *history) account() *bookAccount { return pick(x.Rand, inOrder(x.book.accounts)) }

func (x *history) member(fits func(m *bookMember) bool) *bookMember {
	live := x.chance(93)
	ids := x.book.sorted(func(m *bookMember) bool { return m.live() == live && (fits(m) || x.chance(5)) })
	if len(ids) == 0 {
		return nil
	}
	return x.book.members[pick(x.Rand, ids)]
}

func (x *history) client() string {
	for {
		if a := x.account(); a.kind == rule.Client {
			return a.id
		}
	}
}

// actor is somebody who may well do it, or anybody at all, or nobody.
func (x *history) actor(a *bookAccount) string {
	logins := slices.Sorted(maps.Keys(x.book.logins))
	var able, in []string
	for _, id := range logins {
		can, _ := x.book.may(id, a)
		if can.Has(a.manages()) {
			able = append(able, id)
		}
		if x.book.own(id, a.id) != nil {
			in = append(in, id)
		}
	}
	switch n := x.IntN(100); {
	case n < 70 && len(able) > 0:
		return pick(x.Rand, able)
	case n < 88 && len(in) > 0:
		return pick(x.Rand, in)
	case n < 98:
		return pick(x.Rand, logins)
	}
	return ""
}

// email is an address with a login or without.
func (x *history) email() string {
	if x.chance(70) {
		return pick(x.Rand, inOrder(x.book.logins)).email
	}
	return fmt.Sprintf("extra%d@example.com", x.IntN(8))
}

func (x *history) as(user string) context.Context {
	v := viewer.Viewer{At: x.store.Now(), UserID: user, Name: "Kit Vale"}
	if l := x.book.logins[user]; l != nil {
		if x.sessions[user] == "" {
			x.sessions[user] = x.open(&ent.User{ID: user, Email: l.email}, rule.Web).Viewer.SessionID
		}
		v.SessionID, v.Support = x.sessions[user], l.support
	}
	return viewer.With(x.Context(), v)
}

// live lives through one act.
func (x *history) live(t *testing.T) {
	t.Helper()
	x.book.now = x.clock.Now()
	a, ok := x.next()
	if !ok {
		return
	}
	before, state := x.events(), x.state()
	got, want := codes(a.do()), strings.Join(a.want, " ")
	verb, _, _ := strings.Cut(a.name, " ")
	if x.tally[verb] == nil {
		x.tally[verb] = map[string]int{}
	}
	x.tally[verb][got]++
	x.told = append(x.told, fmt.Sprintf("%s %s: %q", x.book.now.Format("02T15:04"), a.name, got))
	if got != want {
		t.Fatalf("answered %q, want %q, after\n%s", got, want, x.lately(a.about))
	}
	if got == "" {
		a.then()
		x.ids()
	}
	changed := 0
	if x.state() != state {
		changed = 1
	}
	if a.reads && got != "" {
		changed = 1
	}
	if wrote := x.events() - before; wrote != changed {
		t.Fatalf("L1: it wrote %d lines, want %d, after\n%s", wrote, changed, x.lately(a.about))
	}
	x.compare(t, a.about)
}

// lately is what was done to an account, the last of it.
func (x *history) lately(account string) string {
	list := slices.Clone(x.told)
	if len(list) > 25 {
		list = list[len(list)-25:]
	}
	for id, line := range x.roll(account) {
		list = append(list, id+" "+line)
	}
	return strings.Join(list, "\n")
}

// state is everything in the book that a line in a journal tells of.
func (x *history) state() string {
	var s strings.Builder
	for _, m := range inOrder(x.book.members) {
		fmt.Fprint(&s, m.id, m.told())
		if m.invitation != nil {
			fmt.Fprint(&s, m.invitation.status, m.invitation.sent)
		}
	}
	for _, a := range inOrder(x.book.accounts) {
		fmt.Fprint(&s, a.id, a.keeps)
	}
	return fmt.Sprint(s.String(), x.book.grants)
}

// compare holds the members of an account, their invitations and their grants against the book.
func (x *history) compare(t *testing.T, account string) {
	t.Helper()
	got := x.roll(account)
	want := map[string]string{}
	for id, m := range x.book.members {
		if m.account == account {
			want[id] = m.told()
		}
	}
	for id := range want {
		if got[id] != want[id] {
			t.Fatalf("%s is\n%s, want\n%s, after\n%s", id, got[id], want[id], x.lately(account))
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d members, want %d, after\n%s", len(got), len(want), x.lately(account))
	}
	for _, i := range x.invitationsOf(account) {
		m := x.book.members[i.MembershipID]
		if m.invitation != nil && m.invitation.id == i.ID && (i.Status != m.invitation.status || i.SentCount != m.invitation.sent || i.WasDocumentOwner != m.invitation.before) {
			t.Fatalf("the invitation of %s is %s, sent %d times, want %s and %d, after\n%s", m.id, i.Status, i.SentCount, m.invitation.status, m.invitation.sent, x.lately(account))
		}
	}
	for _, g := range x.grantsOf(account) {
		if b, ok := x.book.grants[[2]string{g.MembershipID, g.ClientAccountID}]; !ok || g.ExpiresAt == nil != b.until.IsZero() || g.ExpiresAt != nil && !g.ExpiresAt.Equal(b.until) {
			t.Fatalf("%s has a grant for %s until %v, want %v, after\n%s", g.MembershipID, g.ClientAccountID, g.ExpiresAt, b, x.lately(account))
		}
	}
}

// RULES.md A to H as histories: whatever people do in whatever order, Roster answers and keeps what the promises say, and
// the state is sound all along.
func TestRandomHistoriesAreAsThePromisesSay(t *testing.T) {
	t.Parallel()
	histories, acts := 2, 160
	if soaking() {
		histories, acts = 42, 250
	}
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, r, n := newHome(t, s), seeded(t), 0
		tally := map[string]map[string]int{}
		for range histories {
			x := newHistory(t, h, r, clock)
			for range acts {
				x.live(t)
				if n++; n%100 == 0 {
					h.sound(t)
				}
			}
			for account := range x.book.accounts {
				x.compare(t, account)
			}
			for verb, codes := range x.tally {
				if tally[verb] == nil {
					tally[verb] = map[string]int{}
				}
				for code, n := range codes {
					tally[verb][code] += n
				}
			}
		}
		h.sound(t)
		for _, verb := range slices.Sorted(maps.Keys(tally)) {
			t.Logf("%s: %v", verb, tally[verb])
			if tally[verb][""] == 0 && soaking() {
				t.Errorf("nobody ever managed to %s: the histories show nothing of it", verb)
			}
		}
		t.Logf("%d acts", n)
	}, storetest.WithClock(clock))
}

// later moves the clock.
func (x *history) later() {
	x.clock.Advance(pick(x.Rand, []time.Duration{time.Minute, 6 * time.Minute, time.Hour, 26 * time.Hour, 5 * 24 * time.Hour}))
}
