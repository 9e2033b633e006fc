package house_test

import (
	"time"

	"roster/internal/rule"
)

// What becomes of members when something was done to them.

// remove ends a membership, with the grants of a colleague (F5).
func (b *book) remove(m *bookMember) {
	m.status, m.owner = rule.Removed, false
	for key := range b.grants {
		if key[0] == m.id {
			delete(b.grants, key)
		}
	}
}

// stay leaves somebody who never came in as a document owner.
func (m *bookMember) stay() { m.status, m.login = rule.Active, false }

// does does one of the things that need no more than the member, after judge allowed it.
func (b *book) does(user string, verb rule.Verb, m *bookMember) {
	alone := len(b.in(m.account, m.id)) == 0
	switch verb {
	case rule.Deactivate:
		m.status = rule.Deactivated
	case rule.Enable:
		m.status = rule.Active
	case rule.Remove:
		if m.owner && m.status == rule.AwaitingActivation && !alone && b.accounts[m.account].kind == rule.Client {
			m.stay()
			return
		}
		b.remove(m)
	case rule.Leave:
		b.remove(m)
	case rule.LoginAccessOff:
		b.closes(m, rule.InvitationIsCancelled)
		m.stay()
	case rule.Activate:
		b.comes(user, m, true, false)
	case rule.SendWelcome:
		b.sends(user, m)
	case rule.TransferOwnershipTo:
		for _, o := range b.in(m.account, m.id) {
			o.owner = false
		}
		m.owner = true
	}
}

// closes ends a pending invitation.
func (b *book) closes(m *bookMember, as rule.InvitationStatus) {
	if m.status == rule.Pending {
		m.invitation.status = as
	}
}

// comes lets somebody in: at once whoever was in before or has a verified login (A1, C2), else by an invitation (C3).
func (b *book) comes(user string, m *bookMember, send, before bool) {
	l := b.loginOf(m.email)
	m.login = true
	switch {
	case m.joined:
		m.status = rule.Active
	case l != nil && l.verified:
		m.status, m.user, m.joined = rule.Active, l.id, true
	default:
		m.status = rule.Pending
		m.invitation = &bookInvitation{inviter: user, status: rule.InvitationIsPending, before: before}
		if send {
			b.sends(user, m)
		}
	}
}

// sends starts the days of an invitation anew: fourteen for a client, seven for a practice (E2). Whoever sends it invites
// from then on (B4).
func (b *book) sends(user string, m *bookMember) {
	m.invitation.inviter = user
	days := 14
	if b.accounts[m.account].kind == rule.Practice {
		days = 7
	}
	m.invitation.sent++
	m.invitation.at, m.invitation.until = b.now, b.now.Add(time.Duration(days)*24*time.Hour)
}

// readdress gives a member another email (E9).
func (b *book) readdress(user string, m *bookMember, email string) {
	m.email = email
	if m.status != rule.Pending {
		return
	}
	if l := b.loginOf(email); l != nil && l.verified {
		b.closes(m, rule.InvitationIsCancelled)
		m.status, m.user, m.joined = rule.Active, l.id, true
	} else if m.invitation.sent > 0 {
		b.sends(user, m)
	}
}

// cancel takes an invitation back (E4).
func (b *book) cancel(m *bookMember) {
	others := len(b.in(m.account, m.id)) > 0
	b.closes(m, rule.InvitationIsCancelled)
	if m.invitation.before || m.owner && others && b.accounts[m.account].kind == rule.Client {
		m.stay()
	} else {
		b.remove(m)
	}
}

// accept lets the invited person in, and proves their address (E5).
func (b *book) accept(m *bookMember) {
	l := b.loginOf(m.email)
	l.verified = true
	b.closes(m, rule.InvitationIsAccepted)
	m.status, m.user, m.joined = rule.Active, l.id, true
}

// judgeAdd is what adding somebody is answered, and whether the account is seen at all (C).
func (b *book) judgeAdd(user string, a *bookAccount, email, role string, login, later bool) []string {
	can, _ := b.may(user, a)
	switch {
	case user == "":
		return []string{"UNAUTHENTICATED"}
	case !b.seesAccount(user, a):
		return []string{"NOT_FOUND"}
	case !can.Has(a.manages()):
		return []string{"NOT_PERMITTED"}
	}
	var v []string
	if login && email == "" {
		v = append(v, "EMAIL_REQUIRED")
	}
	if !login && a.kind == rule.Practice {
		v = append(v, "INVALID")
	}
	if !login && later {
		v = append(v, "INVALID")
	}
	if bookRoles[role].kind != a.kind || !can.Has(bookHas(role)) {
		v = append(v, "ROLE_NOT_ASSIGNABLE")
	}
	v = append(v, b.apart(a, email)...)
	return append(v, b.there(a.id, email, "")...)
}

// add brings a new member in; the first of an account owns it (C8).
func (b *book) add(user, id string, a *bookAccount, email, role string, login, later, send bool) *bookMember {
	owned := false
	for _, o := range b.in(a.id, "") {
		owned = owned || o.owner
	}
	m := &bookMember{id: id, account: a.id, email: email, role: role, can: bookHas(role), status: rule.Active, owner: !owned, first: "Robin"}
	b.members[id] = m
	switch {
	case later:
		m.status, m.login = rule.AwaitingActivation, true
	case login:
		b.comes(user, m, send, false)
	}
	return m
}
