package house_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"roster/ent"
	"roster/graph/model"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// asks is the context of a kind of actor. Support's reading of the account was recorded before.
func (x *truth) asks(actor string, c *scene) context.Context {
	v := viewer.Viewer{At: x.store.Now(), UserID: x.actors[actor], SessionID: "ses_none", Name: "Kit Vale"}
	if actor == "support" {
		v.Support, v.Reads = true, []string{c.target.account}
	}
	return viewer.With(x.Context(), v)
}

// menu is what `actions` says of a verb; somebody who does not see the member has no menu.
func (x *truth) menu(ctx context.Context, c *scene) func(verb rule.Verb) string {
	m, err := x.store.Read().Membership.Get(ctx, c.target.id)
	if ent.IsNotFound(err) {
		return func(rule.Verb) string { return "NOT_FOUND" }
	}
	if err := x.people.Manageable(ctx, []*ent.Membership{must(x, m, err)}); err != nil {
		x.Fatal(err)
	}
	a := &model.MembershipActions{Facts: m.Managed}
	return func(verb rule.Verb) string {
		entry := map[rule.Verb]func() model.Action{rule.EditDetails: a.EditDetails, rule.ChangeEmail: a.ChangeEmail, rule.EditPrivileges: a.EditPrivileges,
			rule.LoginAccessOff: a.SetLoginAccess, rule.LoginAccessOn: a.SetLoginAccess, rule.Activate: a.Activate, rule.SendWelcome: a.SendWelcome,
			rule.SendPasswordReset: a.SendPasswordReset, rule.Deactivate: a.Deactivate, rule.Enable: a.Enable, rule.Remove: a.Remove, rule.Leave: a.Leave,
			rule.TransferOwnershipTo: a.TransferOwnershipTo, rule.EditClientAccess: a.EditClientAccess}[verb]()
		if entry.Allowed() {
			return ""
		}
		return codes(entry.Verdict)
	}
}

// deed does a verb, and does it in the book. privileges are an option more, or the standard role for whoever has no options.
func (x *truth) deed(ctx context.Context, b *book, user string, verb rule.Verb, m *bookMember) (then func(), err error) {
	then = func() { b.does(user, verb, m) }
	switch verb {
	case rule.EditDetails:
		name := "Robin"
		return func() { m.first = name }, x.people.UpdateDetails(ctx, m.id, people.Details{FirstName: &name})
	case rule.ChangeEmail:
		email := x.fresh("new") + "@example.com"
		return func() { b.readdress(user, m, email) }, x.people.UpdateDetails(ctx, m.id, people.Details{Email: &email})
	case rule.EditPrivileges:
		role, set := truthPrivileges(b, m)
		list := set.List()
		return func() { m.role, m.can = role, set }, x.people.UpdatePrivileges(ctx, m.id, people.Privileges{Role: &role, Permissions: &list})
	case rule.LoginAccessOff, rule.LoginAccessOn:
		_, err = x.people.SetLoginAccess(ctx, m.id, people.LoginAccess{On: verb == rule.LoginAccessOn, Invite: rule.ByEmail})
		if verb == rule.LoginAccessOn {
			then = func() { b.comes(user, m, true, true) }
		}
		if m.login == (verb == rule.LoginAccessOn) {
			then = nil
		}
		return then, err
	case rule.Activate:
		return then, x.people.Activate(ctx, m.id, true)
	case rule.SendWelcome:
		_, err = x.people.SendWelcome(ctx, m.id, rule.ByEmail)
		return then, err
	case rule.SendPasswordReset:
		return func() {}, x.people.SendPasswordReset(ctx, m.id)
	case rule.Deactivate:
		return then, x.people.Deactivate(ctx, m.id, "")
	case rule.Enable:
		return then, x.people.Enable(ctx, m.id)
	case rule.Remove:
		return then, x.people.Remove(ctx, m.id, "")
	case rule.Leave:
		return then, x.people.Leave(ctx, m.id)
	case rule.TransferOwnershipTo:
		_, err = x.people.Transfer(ctx, m.account, m.id, "Asked for it")
		return then, err
	}
	return nil, x.people.UpdateClientAccess(ctx, m.id, people.ClientAccessChange{})
}

// truthPrivileges are the role and permissions to give: an option more, or the standard role to whoever has all options.
func truthPrivileges(b *book, m *bookMember) (role string, set rule.Permissions) {
	switch {
	case m.role == rule.StandardRole:
		return m.role, m.can | rule.PublishItems
	case m.role == rule.PracticeStandardRole:
		return m.role, m.can | rule.ClientsCreate
	case b.accounts[m.account].kind == rule.Practice:
		return rule.PracticeStandardRole, bookHas(rule.PracticeStandardRole)
	}
	return rule.StandardRole, bookHas(rule.StandardRole)
}

// hold holds one cell three ways: the book, the menu and the mutation, which is taken back afterwards.
func (x *truth) hold(c *scene, actor string, verb rule.Verb, menu func(rule.Verb) string) {
	user, m, where := x.actors[actor], c.target, fmt.Sprintf("%s of somebody (%s) by %s", verb, c.name, actor)
	said := x.book.judge(user, verb, m)
	want := strings.Join(said, " ")
	shown := want
	if user == "" {
		shown = "NOT_FOUND" // the read path knows no other word for it
	}
	turns := verb != rule.LoginAccessOff && verb != rule.LoginAccessOn || m.login == (verb == rule.LoginAccessOff)
	if got := menu(verb); got != shown && turns { // the menu offers what would change something
		x.Errorf("%s: the menu says %q, want %q", where, got, shown)
	}
	if verb == rule.EditPrivileges {
		role, set := truthPrivileges(x.book, m)
		want = strings.Join(x.book.judgeRole(user, m, role, set, true), " ")
		if without := strings.TrimSpace(strings.Replace(want, "LAST_ADMINISTRATOR", "", 1)); without != shown && user != "" {
			x.Errorf("%s: the menu %q and the deed %q differ by more than what was asked for", where, shown, want)
		}
	}

	before := x.events()
	then := x.book.copy(m.account)
	apply, err := x.deed(x.asks(actor, c), then, user, verb, then.members[m.id])
	got := codes(err)
	x.tally[got]++
	wrote := x.events() - before
	switch {
	case got != want:
		x.Errorf("%s: the mutation says %q, want %q", where, got, want)
	case got != "" && wrote != 0:
		x.Errorf("%s: refused, it writes %d lines", where, wrote)
	case got == "" && apply != nil && wrote != 1 || got == "" && apply == nil && wrote != 0:
		x.Errorf("%s: it writes %d lines", where, wrote)
	}
	if got == "" && apply != nil && got == want {
		apply()
	}
	for id, line := range x.roll(m.account) {
		if want := then.members[id].told(); line != want && got == want {
			x.Errorf("%s: then %s is\n%s, want\n%s", where, id, line, want)
		}
		if list := then.broken(then.members[id]); got == "" && len(list) > 0 {
			x.Errorf("%s: then %s breaks %q", where, id, list)
		}
	}
	if got == "" && c.target == c.owner {
		x.restore(x.book, c.target)
	} else if got == "" {
		x.restore(x.book, c.target, c.owner) // there is one owner at a time
	}
}

// events counts the lines of all journals.
func (h *home) events() int {
	h.Helper()
	n, err := h.store.Read().Event.Query().Count(store.Facts(h.Context()))
	return must(h, n, err)
}

// copy is the book with the members of one account to change.
func (b *book) copy(account string) *book {
	c := *b
	c.members = map[string]*bookMember{}
	for id, m := range b.members {
		if m.account == account {
			one := *m
			if m.invitation != nil {
				i := *m.invitation
				one.invitation = &i
			}
			m = &one
		}
		c.members[id] = m
	}
	c.grants = map[[2]string]bookGrant{}
	return &c
}

// all holds every cell, or, unless soaking, one scene for each verb, actor and state at least.
func (x *truth) all(t *testing.T) {
	r, done, cells := seeded(t), map[string]bool{}, 0
	r.Shuffle(len(x.scenes), func(i, j int) { x.scenes[i], x.scenes[j] = x.scenes[j], x.scenes[i] })
	for _, c := range x.scenes {
		for _, actor := range slices.Sorted(maps.Keys(x.actors)) {
			var menu func(rule.Verb) string
			for _, verb := range truthVerbs {
				cell := fmt.Sprint(verb, actor, c.target.status, c.target.login, c.target.joined, c.target.owner)
				if !soaking() && done[cell] {
					continue
				}
				if menu == nil {
					menu = x.menu(x.asks(actor, c), c)
				}
				done[cell] = true
				cells++
				x.hold(c, actor, verb, menu)
			}
		}
	}
	t.Logf("%d cells of %d scenes: %v", cells, len(x.scenes), x.tally)
}

func TestMenuMutationAndPromisesAgreeInEveryCellOfAClient(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := newTruth(t, s)
		x.clients()
		x.plant(x.book)
		x.all(t)
	}, storetest.WithClock(clock))
}

func TestMenuMutationAndPromisesAgreeInEveryCellOfAPractice(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := newTruth(t, s)
		x.practices()
		x.plant(x.book)
		x.all(t)
	}, storetest.WithClock(clock))
}
