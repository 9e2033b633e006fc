package house_test

import (
	"fmt"
	"slices"
	"time"

	"roster/ent"
	"roster/ent/clientgrant"
	"roster/ent/invitation"
	"roster/ent/membership"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
)

func anyMember(*bookMember) bool { return true }

// next is what happens next; ok is false where chance found nobody to do it to.
func (x *history) next() (a act, ok bool) {
	if x.chance(10) {
		x.later()
		x.book.now = x.clock.Now()
	}
	switch n := x.IntN(100); {
	case n < 20:
		return x.adds(), true
	case n < 33:
		return x.accepts()
	case n < 43:
		return x.gives()
	case n < 51:
		return x.turnsLogin()
	case n < 58:
		return x.details()
	case n < 66:
		return x.invites()
	case n < 72:
		return x.grantsClients()
	case n < 74:
		return x.makesClient(), true
	case n < 75:
		return x.sets(), true
	}
	return x.verbs()
}

// verbs are what needs no more than a member.
func (x *history) verbs() (a act, ok bool) {
	verb := pick(x.Rand, []rule.Verb{rule.Deactivate, rule.Deactivate, rule.Enable, rule.Enable, rule.Remove, rule.Leave, rule.Activate, rule.SendWelcome, rule.TransferOwnershipTo})
	m := x.member(func(m *bookMember) bool {
		return map[rule.Verb]bool{rule.Deactivate: m.status == rule.Active, rule.Enable: m.status == rule.Deactivated, rule.Remove: true, rule.Leave: m.opens(),
			rule.Activate: m.status == rule.AwaitingActivation, rule.SendWelcome: m.status == rule.Pending, rule.TransferOwnershipTo: m.opens()}[verb]
	})
	if m == nil {
		return act{}, false
	}
	user := x.actor(x.book.accounts[m.account])
	if verb == rule.Leave && x.chance(80) {
		user = m.user
	}
	if verb == rule.TransferOwnershipTo && x.chance(60) {
		for id, l := range x.book.logins {
			if l.support {
				user = id
			}
		}
	}
	as, send := x.as(user), x.chance(60)
	do := map[rule.Verb]func() error{
		rule.Deactivate: func() error { return x.people.Deactivate(as, m.id, "") }, rule.Enable: func() error { return x.people.Enable(as, m.id) },
		rule.Remove: func() error { return x.people.Remove(as, m.id, "") }, rule.Leave: func() error { return x.people.Leave(as, m.id) },
		rule.Activate:    func() error { return x.people.Activate(as, m.id, send) },
		rule.SendWelcome: func() error { _, err := x.people.SendWelcome(as, m.id, rule.ByEmail); return err },
		rule.TransferOwnershipTo: func() error {
			_, err := x.people.Transfer(as, m.account, m.id, "Asked for it")
			return err
		}}[verb]
	then := func() { x.book.does(user, verb, m) }
	if verb == rule.Activate {
		then = func() { x.book.comes(user, m, send, false) }
	}
	l := x.book.logins[user]
	reads := verb == rule.TransferOwnershipTo && l != nil && l.support && !x.book.sees(user, m)
	return act{fmt.Sprintf("%s %s by %s", verb, m.id, user), x.book.judge(user, verb, m), do, then, m.account, reads}, true
}

func (x *history) adds() act {
	a := x.account()
	user, email, id := x.actor(a), x.email(), ""
	login, later, send := x.chance(75), x.chance(15), x.chance(80)
	if !login && x.chance(50) {
		email = ""
	}
	var roles []string
	for _, r := range rule.BuiltInRoles {
		if r.Kind == a.kind || x.chance(3) {
			roles = append(roles, r.ID)
		}
	}
	role := pick(x.Rand, roles)
	add := people.Add{Account: a.id, FirstName: "Robin", LastName: "Vale", Email: email, LoginAccess: login, Role: role, Invite: rule.NotSent, Later: later}
	if send {
		add.Invite = rule.ByEmail
	}
	return act{fmt.Sprintf("add %s as %s to %s by %s login=%v later=%v", email, role, a.id, user, login, later), x.book.judgeAdd(user, a, email, role, login, later),
		func() error {
			added, err := x.people.Add(x.as(user), add)
			id = added.Membership
			return err
		}, func() { x.book.add(user, id, a, email, role, login, later, send) }, a.id, false}
}

func (x *history) accepts() (act, bool) {
	m := x.member(func(m *bookMember) bool {
		return m.status == rule.Pending && x.book.loginOf(m.email) != nil && m.invitation.sent > 0
	})
	if m == nil || m.invitation == nil || m.invitation.sent == 0 {
		return act{}, false
	}
	l, sending, user := x.book.loginOf(m.email), m.invitation.sent, pick(x.Rand, inOrder(x.book.logins)).id
	switch {
	case l != nil && l.verified && x.chance(30):
		user = "" // signed out, which a verified login may be
	case l != nil && x.chance(85):
		user = l.id
	}
	if x.chance(10) {
		sending = max(1, sending-1)
	}
	return act{fmt.Sprintf("accept %s (%d) by %q", m.id, sending, user), x.book.judgeAccept(user, m, sending), func() error {
		_, err := x.people.Accept(x.as(user), x.links.InvitationToken(m.invitation.id, sending), "", rule.Web)
		return err
	}, func() { x.book.accept(m) }, m.account, false}, true
}

func (x *history) gives() (act, bool) {
	m := x.member(anyMember)
	if m == nil {
		return act{}, false
	}
	user := x.actor(x.book.accounts[m.account])
	var roles []string
	for _, r := range rule.BuiltInRoles {
		if r.Kind == x.book.accounts[m.account].kind || x.chance(3) {
			roles = append(roles, r.ID)
		}
	}
	role := pick(x.Rand, roles)
	change, set := people.Privileges{Role: &role}, bookHas(role)
	if role == m.role {
		set = m.can
	}
	if x.chance(40) {
		set = bookHas(role) | pick(x.Rand, []rule.Permissions{0, rule.PublishItems, rule.DocumentsViewAll, rule.ClientsAll, rule.ClientsCreate, rule.UsersManage})
		list := set.List()
		change.Permissions = &list
	}
	return act{fmt.Sprintf("give %s to %s with %v by %s", role, m.id, set.List(), user), x.book.judgeRole(user, m, role, set, change.Permissions != nil),
		func() error { return x.people.UpdatePrivileges(x.as(user), m.id, change) }, func() { m.role, m.can = role, set }, m.account, false}, true
}

func (x *history) turnsLogin() (act, bool) {
	on := x.chance(60)
	m := x.member(func(m *bookMember) bool { return m.login != on && x.book.accounts[m.account].kind == rule.Client })
	if m == nil {
		return act{}, false
	}
	user, email, send := x.actor(x.book.accounts[m.account]), "", x.chance(80)
	if on && (m.email == "" || x.chance(25)) {
		email = x.email()
	}
	input := people.LoginAccess{On: on, Email: email, Invite: rule.NotSent}
	if send {
		input.Invite = rule.ByEmail
	}
	return act{fmt.Sprintf("login=%v %s email %q by %s", on, m.id, email, user), x.book.judgeLogin(user, m, on, email), func() error {
		_, err := x.people.SetLoginAccess(x.as(user), m.id, input)
		return err
	}, func() {
		switch {
		case m.login == on:
		case !on:
			x.book.does(user, rule.LoginAccessOff, m)
		default:
			if email != "" {
				m.email = email
			}
			x.book.comes(user, m, send, true)
		}
	}, m.account, false}, true
}

func (x *history) details() (act, bool) {
	m := x.member(anyMember)
	if m == nil {
		return act{}, false
	}
	user, name, email := x.actor(x.book.accounts[m.account]), pick(x.Rand, []string{"Robin", "Kit", "Sam"}), m.email
	if email == "" || x.chance(60) {
		email = x.email()
	}
	return act{fmt.Sprintf("details of %s: %s %s by %s", m.id, name, email, user), x.book.judgeDetails(user, m, email),
		func() error {
			return x.people.UpdateDetails(x.as(user), m.id, people.Details{FirstName: &name, Email: &email})
		},
		func() {
			m.first = name
			if email != m.email {
				x.book.readdress(user, m, email)
			}
		}, m.account, false}, true
}

// invites cancels an invitation, or sends it again.
func (x *history) invites() (act, bool) {
	m := x.member(func(m *bookMember) bool { return m.status == rule.Pending })
	if m == nil || m.invitation == nil {
		return act{}, false
	}
	user, again := x.actor(x.book.accounts[m.account]), x.chance(50)
	a := act{fmt.Sprintf("cancel %s by %s", m.id, user), x.book.judgeInvitation(user, m, again), func() error { return x.people.Cancel(x.as(user), m.invitation.id) },
		func() { x.book.cancel(m) }, m.account, false}
	if again {
		a.name, a.do, a.then = fmt.Sprintf("resend %s by %s", m.id, user), func() error { return x.people.Resend(x.as(user), m.invitation.id, nil) }, func() { x.book.sends(user, m) }
	}
	return a, true
}

func (x *history) grantsClients() (act, bool) {
	m := x.member(func(m *bookMember) bool { return x.book.accounts[m.account].kind == rule.Practice && !m.owner })
	if m == nil {
		return act{}, false
	}
	user, granted, revoked, change := x.actor(x.book.accounts[m.account]), "", "", people.ClientAccessChange{}
	var until time.Time
	if all := x.chance(50); x.chance(25) {
		change.All = &all
	}
	if x.chance(60) {
		granted = x.client()
		g := rule.GrantedClient{Client: granted}
		if x.chance(60) {
			until = x.book.now.Add(time.Duration(1+x.IntN(72)) * time.Hour)
			g.ExpiresAt = &until
		}
		change.Grant = []rule.GrantedClient{g}
	}
	if revoked = x.client(); revoked == granted || x.chance(60) {
		revoked = ""
	} else {
		change.Revoke = []string{revoked}
	}
	return act{fmt.Sprintf("clients of %s: grant %q until %s, revoke %q by %s", m.id, granted, until, revoked, user), x.book.judgeClients(user, m, change.All, granted, revoked),
		func() error { return x.people.UpdateClientAccess(x.as(user), m.id, change) }, func() {
			m.can = x.book.clientsSet(m, change.All)
			if key := [2]string{m.id, revoked}; x.book.grants[key].stands(x.book.now) {
				delete(x.book.grants, key)
			}
			if granted != "" {
				x.book.grants[[2]string{m.id, granted}] = bookGrant{until: until}
			}
		}, m.account, false}, true
}

func (x *history) practiceOf(a *bookAccount) *bookAccount {
	if p := x.book.accounts[a.practice]; p != nil {
		return p
	}
	return pick(x.Rand, slices.DeleteFunc(inOrder(x.book.accounts), func(a *bookAccount) bool { return a.kind == rule.Client }))
}

// inPractice is what a thing done to a practice is answered that wants a permission.
func (x *history) inPractice(user string, p *bookAccount, wants string) []string {
	switch can, _ := x.book.may(user, p); {
	case user == "":
		return []string{"UNAUTHENTICATED"}
	case !x.book.seesAccount(user, p):
		return []string{"NOT_FOUND"}
	case !can.Has(bookSet(wants)):
		return []string{"NOT_PERMITTED"}
	}
	return nil
}

func (x *history) makesClient() act {
	p := x.practiceOf(x.account())
	user, id := x.actor(p), ""
	return act{fmt.Sprintf("create a client of %s by %s", p.id, user), x.inPractice(user, p, "CLIENTS_CREATE"), func() (err error) {
		id, err = x.people.CreateClient(x.as(user), people.CreateClient{OfPractice: true, Practice: p.id, Name: "A client"})
		return err
	}, func() {
		x.book.accounts[id] = &bookAccount{id: id, kind: rule.Client, practice: p.id}
		x.book.grants[[2]string{x.book.own(user, p.id).id, id}] = bookGrant{reason: "Created the client account"} // B6
	}, p.id, false}
}

func (x *history) sets() act {
	p := x.practiceOf(x.account())
	user, keeps := x.actor(p), x.chance(50)
	return act{fmt.Sprintf("set keeps=%v of %s by %s", keeps, p.id, user), x.inPractice(user, p, "SETTINGS_MANAGE"), func() error {
		return x.people.UpdatePractice(x.as(user), p.id, people.PracticeSettings{ClientsKeepAnAdministrator: &keeps})
	}, func() { p.keeps = keeps }, p.id, false}
}

// ids learns the ids of new invitations, which Roster chose.
func (x *history) ids() {
	for _, m := range x.book.members {
		if m.invitation != nil && m.invitation.id == "" {
			id, err := x.store.Read().Invitation.Query().Where(invitation.MembershipID(m.id), invitation.StatusEQ(rule.InvitationIsPending)).OnlyID(store.Facts(x.Context()))
			m.invitation.id = must(x, id, err)
		}
	}
}

func (x *history) invitationsOf(account string) []*ent.Invitation {
	list, err := x.store.Read().Invitation.Query().Where(invitation.HasMembershipWith(membership.AccountID(account))).All(store.Facts(x.Context()))
	return must(x, list, err)
}

func (x *history) grantsOf(account string) []*ent.ClientGrant {
	list, err := x.store.Read().ClientGrant.Query().Where(clientgrant.PracticeID(account)).All(store.Facts(x.Context()))
	return must(x, list, err)
}
