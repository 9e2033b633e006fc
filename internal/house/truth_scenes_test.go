package house_test

import (
	"strings"
	"testing"
	"time"

	"roster/internal/rule"
	"roster/internal/store"
)

// scene is one account with one member who is acted upon.
type scene struct {
	name   string
	target *bookMember
	owner  *bookMember // the target where it is theirs
}

// truth is the truth table: everybody who may act on the members of many scenes.
type truth struct {
	*home
	book   *book
	actors map[string]string // the login of each kind of actor
	scenes []*scene
	tally  map[string]int
}

// truthVerbs are the columns: what is said in the menu, and how it is done.
var truthVerbs = []rule.Verb{rule.EditDetails, rule.ChangeEmail, rule.EditPrivileges, rule.LoginAccessOff, rule.LoginAccessOn, rule.Activate, rule.SendWelcome,
	rule.SendPasswordReset, rule.Deactivate, rule.Enable, rule.Remove, rule.Leave, rule.TransferOwnershipTo, rule.EditClientAccess}

// truthStates are the states of a member, of which some are not for colleagues.
var truthStates = []string{"awaiting", "pending", "pending unsent", "expired", "active", "no login", "no login, accepted", "deactivated", "deactivated, no login",
	"deactivated, no login, accepted", "removed"}

// login makes somebody of the book.
func (x *truth) login(name string, verified bool) string {
	id := "usr_" + strings.ReplaceAll(strings.ReplaceAll(name, " ", "_"), ",", "")
	x.book.logins[id] = &bookLogin{id: id, email: strings.TrimPrefix(id, "usr_") + "@example.com", verified: verified}
	return id
}

func (x *truth) practice(keeps bool) *bookAccount {
	a := &bookAccount{id: x.fresh("prc_"), kind: rule.Practice, keeps: keeps}
	a.practice = a.id
	x.book.accounts[a.id] = a
	return a
}

// put brings somebody who is in into an account.
func (x *truth) put(a *bookAccount, user, role string, options rule.Permissions) *bookMember {
	m := &bookMember{id: x.fresh("mem_"), account: a.id, user: user, email: x.book.logins[user].email, role: role, can: bookHas(role) | options,
		first: "Kit", status: rule.Active, login: true, joined: true}
	x.book.members[m.id] = m
	return m
}

// become brings a member into a state.
func (x *truth) become(m *bookMember, state string) {
	never := func() { m.user, m.joined = "", false }
	switch state {
	case "awaiting":
		m.status = rule.AwaitingActivation
		never()
	case "pending", "pending unsent", "expired":
		m.status = rule.Pending
		never()
		m.invitation = &bookInvitation{id: x.fresh("inv_"), inviter: x.actors["practice owner"], status: rule.InvitationIsPending}
		if state != "pending unsent" {
			m.invitation.sent, m.invitation.at, m.invitation.until = 1, x.book.now.Add(-time.Hour), x.book.now.Add(time.Hour)
		}
		if state == "expired" {
			m.invitation.until = x.book.now
		}
	case "no login":
		m.login = false
		never()
	case "no login, accepted":
		m.login = false
	case "deactivated":
		m.status = rule.Deactivated
	case "deactivated, no login":
		m.status, m.login = rule.Deactivated, false
		never()
	case "deactivated, no login, accepted":
		m.status, m.login = rule.Deactivated, false
	case "removed":
		m.status = rule.Removed
	}
}

func newTruth(t *testing.T, s *store.Store) *truth {
	x := &truth{home: newHome(t, s), book: newBook(s.Now()), actors: map[string]string{"nobody": ""}, tally: map[string]int{}}
	x.book.support = true
	for _, name := range []string{"stranger", "support", "another practice's owner", "practice owner", "practice administrator", "client administrator", "colleague without a grant",
		"colleague with a grant", "colleague whose grant ended", "deactivated colleague", "standard user", "user administrator", "business administrator", "member"} {
		x.actors[name] = x.login(name, true)
	}
	x.book.logins[x.actors["support"]].support = true
	other := x.practice(false)
	x.put(other, x.actors["another practice's owner"], rule.PracticeAdminRole, 0).owner = true
	return x
}

// practiceFolk are the people of a practice, apart from whom the scenes add.
func (x *truth) practiceFolk(a *bookAccount) map[string]*bookMember {
	folk := map[string]*bookMember{}
	for name, role := range map[string]string{"practice owner": rule.PracticeAdminRole, "practice administrator": rule.PracticeAdminRole, "client administrator": rule.ClientAdminRole,
		"colleague without a grant": rule.PracticeStandardRole, "colleague with a grant": rule.PracticeStandardRole, "colleague whose grant ended": rule.PracticeStandardRole,
		"deactivated colleague": rule.PracticeAdminRole} {
		folk[name] = x.put(a, x.actors[name], role, 0)
	}
	folk["practice owner"].owner = true
	folk["deactivated colleague"].status = rule.Deactivated
	return folk
}

// clients adds every scene in a client account: states, owner or not, rank, who else is there, and what practice there is.
func (x *truth) clients() {
	for _, behind := range []string{"a practice", "a practice that keeps administrators", "no practice"} {
		var practice *bookAccount
		folk := map[string]*bookMember{}
		if behind != "no practice" {
			practice = x.practice(behind != "a practice")
			folk = x.practiceFolk(practice)
		}
		for _, state := range truthStates {
			for _, role := range []string{rule.StandardRole, rule.BusinessAdminRole} {
				for _, crowd := range []string{"others", "few others", "owner", "owner with few others", "owner alone", "twin"} {
					gone := strings.HasPrefix(state, "deactivated") || state == "removed"
					if strings.HasPrefix(crowd, "owner") && gone || crowd == "twin" && (practice == nil || !gone && !strings.HasPrefix(state, "no login")) {
						continue
					}
					x.client(strings.Join([]string{behind, state, role, crowd}, ", "), practice, folk, state, role, crowd)
				}
			}
		}
	}
}

func (x *truth) client(name string, practice *bookAccount, folk map[string]*bookMember, state, role, crowd string) {
	a := &bookAccount{id: x.fresh("cli_"), kind: rule.Client}
	x.book.accounts[a.id] = a
	if practice != nil {
		a.practice = practice.id
		x.book.grants[[2]string{folk["colleague with a grant"].id, a.id}] = bookGrant{}
		x.book.grants[[2]string{folk["colleague whose grant ended"].id, a.id}] = bookGrant{until: x.book.now}
	}
	c := &scene{name: name, target: x.put(a, x.actors["member"], role, 0)}
	x.become(c.target, state)
	c.owner = c.target
	c.target.owner = strings.HasPrefix(crowd, "owner")
	if crowd != "owner alone" {
		x.put(a, x.actors["standard user"], rule.StandardRole, 0)
		x.put(a, x.actors["user administrator"], rule.UserAdminRole, 0)
	}
	if crowd == "others" || crowd == "owner" || crowd == "twin" {
		x.put(a, x.actors["business administrator"], rule.BusinessAdminRole, 0)
	}
	if !c.target.owner {
		owner := &bookMember{id: x.fresh("mem_"), account: a.id, role: rule.StandardRole, can: bookHas(rule.StandardRole), status: rule.Active, owner: true, first: "Kit"}
		x.book.members[owner.id], c.owner = owner, owner
	}
	if crowd == "twin" { // the same address, as a colleague who is not in any more
		c.target.email = x.book.logins[x.actors["deactivated colleague"]].email
		if c.target.user != "" {
			c.target.user = x.actors["deactivated colleague"]
		}
	}
	x.scenes = append(x.scenes, c)
}

// practices adds every scene in a practice.
func (x *truth) practices() {
	for _, state := range truthStates {
		if strings.Contains(state, "no login") {
			continue // C1: colleagues always have login access
		}
		for _, role := range []string{rule.PracticeStandardRole, rule.ClientAdminRole, rule.PracticeAdminRole} {
			for _, crowd := range []string{"others", "owner", "twin"} {
				gone := state == "deactivated" || state == "removed"
				if crowd == "owner" && (state != "active" || role != rule.PracticeAdminRole) || crowd == "twin" && !gone {
					continue
				}
				a := x.practice(false)
				folk := x.practiceFolk(a)
				client := &bookAccount{id: x.fresh("cli_"), kind: rule.Client, practice: a.id}
				x.book.accounts[client.id] = client
				x.put(client, x.actors["standard user"], rule.StandardRole, 0).owner = true
				c := &scene{name: strings.Join([]string{state, role, crowd}, ", "), target: x.put(a, x.actors["member"], role, 0), owner: folk["practice owner"]}
				x.become(c.target, state)
				if crowd == "owner" {
					c.owner.owner, c.target.owner, c.owner = false, true, c.target
				}
				if crowd == "twin" { // a user of the practice's client by now
					x.put(client, x.actors["member"], rule.StandardRole, 0)
				}
				x.scenes = append(x.scenes, c)
			}
		}
	}
}
