package house_test

import (
	"slices"
	"strings"
	"time"

	"roster/internal/rule"
)

// book is a small model of who is in which account. It is written from RULES.md and asks no rule of the code, so that
// the truth table and the random histories have something to hold the code against.
type book struct {
	now      time.Time
	logins   map[string]*bookLogin
	accounts map[string]*bookAccount
	members  map[string]*bookMember
	grants   map[[2]string]bookGrant // by colleague and client
	support  bool                    // whether support's reads were recorded, so that it sees every account (G4)
}

type bookLogin struct {
	id, email         string
	verified, support bool
}

type bookAccount struct {
	id, practice string // a practice's practice is itself
	kind         rule.Kind
	keeps        bool // a practice whose clients keep an administrator
}

type bookMember struct {
	id, account, user, email, role string
	first                          string
	status                         rule.Status
	login, owner, joined           bool
	can                            rule.Permissions
	invitation                     *bookInvitation // the newest
}

type bookInvitation struct {
	id, inviter string
	status      rule.InvitationStatus
	before      bool // they were in without login access before
	sent        int
	at, until   time.Time // of the last sending
}

type bookGrant struct {
	until  time.Time // zero: for good
	reason string
}

func (g bookGrant) stands(now time.Time) bool { return g.until.IsZero() || now.Before(g.until) }

func newBook(now time.Time) *book {
	return &book{now: now, logins: map[string]*bookLogin{}, accounts: map[string]*bookAccount{}, members: map[string]*bookMember{}, grants: map[[2]string]bookGrant{}}
}

// bookRoles are the built-in roles with what they have, and their options (B7).
var bookRoles = map[string]struct {
	kind         rule.Kind
	has, options string
}{
	rule.StandardRole: {rule.Client, "DOCUMENTS_SUBMIT", "DOCUMENTS_VIEW_ALL DOCUMENTS_MANAGE_ALL EXPENSE_CLAIMS_CREATE PUBLISH_EXPENSE_CLAIMS PUBLISH_ITEMS"},
	rule.UserAdminRole: {rule.Client, "DOCUMENTS_SUBMIT DOCUMENTS_VIEW_ALL DOCUMENTS_MANAGE_ALL EXPENSE_CLAIMS_CREATE PUBLISH_EXPENSE_CLAIMS PUBLISH_ITEMS " +
		"USERS_MANAGE SETTINGS_MANAGE", ""},
	rule.BusinessAdminRole: {rule.Client, "DOCUMENTS_SUBMIT DOCUMENTS_VIEW_ALL DOCUMENTS_MANAGE_ALL EXPENSE_CLAIMS_CREATE PUBLISH_EXPENSE_CLAIMS PUBLISH_ITEMS " +
		"USERS_MANAGE SETTINGS_MANAGE ADMINISTRATORS_MANAGE SUBSCRIPTION_MANAGE", ""},
	rule.PracticeStandardRole: {rule.Practice, "", "CLIENTS_ALL CLIENTS_CREATE PRACTICE_INSIGHTS"},
	rule.ClientAdminRole:      {rule.Practice, "CLIENTS_ALL CLIENTS_CREATE PRACTICE_INSIGHTS COLLEAGUES_MANAGE", ""},
	rule.PracticeAdminRole: {rule.Practice, "CLIENTS_ALL CLIENTS_CREATE PRACTICE_INSIGHTS COLLEAGUES_MANAGE PRACTICE_ADMINISTRATORS_MANAGE SETTINGS_MANAGE " +
		"SUBSCRIPTION_MANAGE", ""},
}

func bookSet(names string) rule.Permissions {
	var list []rule.Permission
	for _, name := range strings.Fields(names) {
		list = append(list, rule.Permission(name))
	}
	return rule.SetOf(list)
}

// bookHas is what a role has.
func bookHas(role string) rule.Permissions { return bookSet(bookRoles[role].has) }

// manages and administers are the permissions that do (B7, H).
func (a *bookAccount) manages() rule.Permissions {
	if a.kind == rule.Practice {
		return bookSet("COLLEAGUES_MANAGE")
	}
	return bookSet("USERS_MANAGE")
}

func (a *bookAccount) administers() rule.Permissions {
	if a.kind == rule.Practice {
		return bookSet("PRACTICE_ADMINISTRATORS_MANAGE")
	}
	return bookSet("ADMINISTRATORS_MANAGE")
}

// opens: A2, A3, C3, F4, F5.
func (m *bookMember) opens() bool { return m.status == rule.Active && m.login && m.user != "" }

func (m *bookMember) live() bool { return m.status != rule.Removed }

// in lists the live members of an account but one, in no order.
func (b *book) in(account, but string) (list []*bookMember) {
	for _, m := range b.members {
		if m.account == account && m.live() && m.id != but {
			list = append(list, m)
		}
	}
	return list
}

// own is a login's way into an account by a membership of its own.
func (b *book) own(user, account string) *bookMember {
	for _, m := range b.members {
		if user != "" && m.user == user && m.account == account && m.opens() {
			return m
		}
	}
	return nil
}

// may is what a login may do in an account now, and whether they act through its practice (B5, B6).
func (b *book) may(user string, a *bookAccount) (can rule.Permissions, through bool) {
	if m := b.own(user, a.id); m != nil {
		return m.can, false
	}
	if a.kind == rule.Practice || a.practice == "" {
		return 0, false
	}
	c := b.own(user, a.practice)
	if c == nil {
		return 0, false
	}
	grant, granted := b.grants[[2]string{c.id, a.id}]
	if c.can.Has(bookSet("CLIENTS_ALL")) || granted && grant.stands(b.now) {
		return bookHas(rule.BusinessAdminRole), true
	}
	return 0, false
}

// sees: those who manage an account's people see all of them, others inside themselves and the owner (L3); support sees
// what it reads (G4).
func (b *book) sees(user string, m *bookMember) bool {
	a := b.accounts[m.account]
	if l := b.logins[user]; l != nil && l.support && b.support {
		return true
	}
	can, _ := b.may(user, a)
	return can.Has(a.manages()) || b.own(user, a.id) != nil && (m.owner || m.user == user)
}

// seesAccount: who can open it; a practice is known by name to the users of its clients, too.
func (b *book) seesAccount(user string, a *bookAccount) bool {
	if b.own(user, a.id) != nil {
		return true
	}
	if a.kind == rule.Client {
		_, through := b.may(user, a)
		return through
	}
	for _, c := range b.accounts {
		if c.kind == rule.Client && c.practice == a.id && b.own(user, c.id) != nil {
			return true
		}
	}
	return false
}

// loginOf is the login of an address.
func (b *book) loginOf(email string) *bookLogin {
	for _, l := range b.logins {
		if l.email == email {
			return l
		}
	}
	return nil
}

// same reports whether a membership is of the person with an address, by login or by email (C4).
func (b *book) same(m *bookMember, email string) bool {
	l := b.loginOf(email)
	return email != "" && m.live() && (m.email == email || l != nil && m.user == l.id)
}

// apart: nobody is a user of a client and a colleague of its practice (C4, C5).
func (b *book) apart(a *bookAccount, email string) []string {
	for _, m := range b.members {
		of := b.accounts[m.account]
		switch {
		case !b.same(m, email):
		case a.kind == rule.Client && of.kind == rule.Practice && of.id == a.practice:
			return []string{"PRACTICE_COLLEAGUE"}
		case a.kind == rule.Practice && of.kind == rule.Client && of.practice == a.id && m.login && m.status != rule.Deactivated:
			return []string{"MEMBER_OF_CLIENT"}
		}
	}
	return nil
}

// there is what C6 answers of somebody with an address in an account, but for one membership.
func (b *book) there(account, email, but string) []string {
	for _, m := range b.in(account, but) {
		if b.same(m, email) {
			return []string{map[rule.Status]string{rule.Active: "ALREADY_MEMBER", rule.Deactivated: "MEMBER_DEACTIVATED", rule.Pending: "INVITATION_ALREADY_PENDING",
				rule.AwaitingActivation: "MEMBERSHIP_AWAITING_ACTIVATION"}[m.status]}
		}
	}
	return nil
}

// lastAdministrator: H1. gone: they lose their login access, and not only the permission.
func (b *book) lastAdministrator(user string, m *bookMember, gone bool) []string {
	a := b.accounts[m.account]
	_, through := b.may(user, a)
	if !m.opens() || !m.can.Has(a.administers()) || through && !b.accounts[a.practice].keeps {
		return nil
	}
	left := !gone // somebody with login access is left
	for _, o := range b.in(a.id, m.id) {
		if o.opens() && o.can.Has(a.administers()) {
			return nil
		}
		left = left || o.login && o.status != rule.Deactivated
	}
	if !left && a.kind == rule.Client {
		return nil
	}
	return []string{"LAST_ADMINISTRATOR"}
}

// sorted are the ids of members that a condition picks, in their order.
func (b *book) sorted(pick func(m *bookMember) bool) (ids []string) {
	for id, m := range b.members {
		if pick(m) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
