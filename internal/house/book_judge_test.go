package house_test

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"roster/internal/rule"
)

// f9 is the table as RULES.md prints it.
const f9 = `
| details, privileges | yes | yes | yes | yes | MEMBERSHIP_DEACTIVATED |
| change email | yes | E9 | EMAIL_BELONGS_TO_PERSON | yes until accepted once | MEMBERSHIP_DEACTIVATED |
| login access off | becomes no-login | invitation cancelled, stays as no-login | yes | no change | MEMBERSHIP_DEACTIVATED |
| login access on | no change | no change | no change | accepted here before → ACTIVE, else C2/C3 | MEMBERSHIP_DEACTIVATED |
| activate | yes | MEMBERSHIP_NOT_AWAITING_ACTIVATION | the same | the same | the same |
| send welcome | MEMBERSHIP_AWAITING_ACTIVATION | if never sent, else NOTHING_TO_SEND | if never sent, else NOTHING_TO_SEND | NO_LOGIN_ACCESS | MEMBERSHIP_DEACTIVATED |
| send password reset | MEMBERSHIP_AWAITING_ACTIVATION | MEMBERSHIP_PENDING | yes | NO_LOGIN_ACCESS | MEMBERSHIP_DEACTIVATED |
| deactivate | MEMBERSHIP_AWAITING_ACTIVATION | MEMBERSHIP_PENDING | yes | yes | MEMBERSHIP_DEACTIVATED |
| enable | MEMBERSHIP_NOT_DEACTIVATED | the same | the same | the same | yes, C4 judged again |
| remove | yes, as E4 | MEMBERSHIP_PENDING | yes | F6 | with login access yes, else F6 |`

// f9Rows are the rows of the verbs; a colleague's clients are changed when their privileges are.
var f9Rows = map[rule.Verb]string{rule.EditDetails: "details, privileges", rule.EditPrivileges: "details, privileges", rule.EditClientAccess: "details, privileges",
	rule.ChangeEmail: "change email", rule.LoginAccessOff: "login access off", rule.LoginAccessOn: "login access on", rule.Activate: "activate", rule.SendWelcome: "send welcome",
	rule.SendPasswordReset: "send password reset", rule.Deactivate: "deactivate", rule.Enable: "enable", rule.Remove: "remove"}

var capitals = regexp.MustCompile(`^[A-Z]+(_[A-Z]+)+$`)

// cell is the code in a cell of F9, or nothing where it says yes.
func (m *bookMember) cell(verb rule.Verb) []string {
	column := map[rule.Status]int{rule.AwaitingActivation: 2, rule.Pending: 3, rule.Active: 4, rule.Deactivated: 6}[m.status]
	if m.status == rule.Active && !m.login {
		column = 5
	}
	var row []string
	for _, line := range strings.Split(f9, "\n") {
		if cells := strings.Split(line, "|"); len(cells) > 2 && strings.TrimSpace(cells[1]) == f9Rows[verb] {
			row = cells
		}
	}
	said := strings.TrimSpace(row[column])
	for said == "the same" {
		column--
		said = strings.TrimSpace(row[column])
	}
	switch {
	case capitals.MatchString(said):
		return []string{said}
	case said == "yes until accepted once" && m.joined:
		return []string{"EMAIL_BELONGS_TO_PERSON"}
	// Nothing is kept yet of whether somebody who joined directly was told, so nobody is told later either.
	case said == "if never sent, else NOTHING_TO_SEND" && (m.status == rule.Active || m.invitation.sent > 0):
		return []string{"NOTHING_TO_SEND"}
	case said == "F6", said == "with login access yes, else F6" && !m.login:
		return []string{"NO_LOGIN_ACCESS_CANNOT_BE_REMOVED"}
	}
	return nil
}

// stranger is what everybody is answered who does not see the member.
func (b *book) stranger(user string, m *bookMember) []string {
	switch {
	case user == "":
		return []string{"UNAUTHENTICATED"}
	case !b.sees(user, m):
		return []string{"NOT_FOUND"}
	}
	return nil
}

// right is what everybody is answered who does not see the member, or has no right to change them: B1, B2, B4, F2, G3.
func (b *book) right(user string, verb rule.Verb, m *bookMember) []string {
	if wrong := b.stranger(user, m); wrong != nil {
		return wrong
	}
	a := b.accounts[m.account]
	can, through := b.may(user, a)
	privileges := verb == rule.EditPrivileges || verb == rule.LoginAccessOff || verb == rule.LoginAccessOn && a.kind == rule.Client ||
		verb == rule.EditClientAccess && a.kind == rule.Practice
	if !can.Has(a.manages()) || !can.Has(m.can) || m.owner && privileges && !through {
		return []string{"NOT_PERMITTED"}
	}
	if !m.live() {
		return []string{"MEMBERSHIP_REMOVED"}
	}
	return nil
}

// judge is what the Manage menu says of a member.
func (b *book) judge(user string, verb rule.Verb, m *bookMember) []string {
	switch verb {
	case rule.Leave:
		return b.judgeLeave(user, m)
	case rule.TransferOwnershipTo:
		return b.judgeTransfer(user, m)
	}
	if wrong := b.right(user, verb, m); wrong != nil {
		return wrong
	}
	a := b.accounts[m.account]
	v := slices.Clone(m.cell(verb))
	if verb == rule.EditClientAccess && a.kind == rule.Client {
		v = append([]string{"INVALID"}, v...) // B6: colleagues only
	}
	if verb == rule.LoginAccessOff && a.kind == rule.Practice && m.login && m.status != rule.Deactivated {
		v = append([]string{"INVALID"}, v...) // C1: colleagues always have it
	}
	comes := verb == rule.Enable || verb == rule.Activate || verb == rule.LoginAccessOn && !m.login
	if len(v) == 0 && comes {
		v = append(v, b.apart(a, m.email)...)
	}
	shuts := verb == rule.Deactivate || verb == rule.Remove || verb == rule.LoginAccessOff
	if m.user == user && (shuts || verb == rule.EditPrivileges) { // F8
		v = append(v, "CANNOT_ACT_ON_YOURSELF")
	}
	if m.owner && verb == rule.Deactivate { // G2
		v = append(v, "OWNER_CANNOT_BE_DEACTIVATED")
	}
	if m.owner && verb == rule.Remove && m.status != rule.AwaitingActivation && !b.neverIn(m) {
		v = append(v, "OWNER_CANNOT_BE_REMOVED")
	}
	if shuts {
		v = append(v, b.lastAdministrator(user, m, true)...)
	}
	return v
}

// neverIn: a sole owner who never accepted disappears (E4, and the one exception of G2).
func (b *book) neverIn(m *bookMember) bool {
	return m.status == rule.Pending && len(b.in(m.account, m.id)) == 0
}

func (b *book) judgeLeave(user string, m *bookMember) []string {
	wrong := b.stranger(user, m)
	switch {
	case wrong != nil:
		return wrong
	case m.user != user:
		return []string{"NOT_PERMITTED"}
	case !m.live():
		return []string{"MEMBERSHIP_REMOVED"}
	case !m.opens():
		return []string{"NOT_PERMITTED"}
	}
	var v []string
	if m.owner {
		v = append(v, "OWNER_CANNOT_LEAVE")
	}
	return append(v, b.lastAdministrator(user, m, true)...)
}

func (b *book) judgeTransfer(user string, m *bookMember) []string {
	switch l := b.logins[user]; {
	case user == "":
		return []string{"UNAUTHENTICATED"}
	case l.support:
	case !b.sees(user, m):
		return []string{"NOT_FOUND"}
	default:
		return []string{"ONLY_SUPPORT_TRANSFERS_OWNERSHIP"}
	}
	a := b.accounts[m.account]
	switch {
	case !m.live():
		return []string{"MEMBERSHIP_REMOVED"}
	case m.owner:
		return []string{"ALREADY_OWNER"}
	case !m.opens() || a.kind == rule.Practice && !m.can.Has(a.administers()):
		return []string{"CANNOT_OWN"}
	}
	return nil
}

// judgeDetails is what a change of the email is answered, which is judged like a new person's (E9).
func (b *book) judgeDetails(user string, m *bookMember, email string) []string {
	if wrong := b.right(user, rule.EditDetails, m); wrong != nil || email == m.email {
		if wrong == nil {
			wrong = m.cell(rule.EditDetails)
		}
		return wrong
	}
	v := b.apart(b.accounts[m.account], email)
	v = append(v, b.there(m.account, email, m.id)...)
	return append(v, m.cell(rule.ChangeEmail)...)
}

// judgeRole is what giving a member a role with a set of permissions is answered; named: the permissions were given, too.
func (b *book) judgeRole(user string, m *bookMember, role string, set rule.Permissions, named bool) []string {
	if wrong := b.right(user, rule.EditPrivileges, m); wrong != nil {
		return wrong
	}
	a := b.accounts[m.account]
	can, _ := b.may(user, a)
	r := bookRoles[role]
	var v []string
	if role != m.role && (r.kind != a.kind || !can.Has(bookHas(role))) { // B4
		v = append(v, "ROLE_NOT_ASSIGNABLE")
	}
	foreign := named && !bookHas(map[rule.Kind]string{rule.Client: rule.BusinessAdminRole, rule.Practice: rule.PracticeAdminRole}[a.kind]).Has(set)
	if foreign || set != m.can && (!set.Has(bookHas(role)) || !(bookHas(role)|bookSet(r.options)).Has(set) || !can.Has(set&^bookHas(role))) { // B4, B7
		v = append(v, "PERMISSION_NOT_GRANTABLE")
	}
	v = append(v, m.cell(rule.EditPrivileges)...)
	if m.user == user && !set.Has(m.can) {
		v = append(v, "CANNOT_ACT_ON_YOURSELF")
	}
	if !set.Has(a.administers()) {
		v = append(v, b.lastAdministrator(user, m, false)...)
	}
	return v
}

// judgeLogin is what giving or taking login access is answered. email is given along; empty: as it is.
func (b *book) judgeLogin(user string, m *bookMember, on bool, email string) []string {
	verb := rule.LoginAccessOff
	if on {
		verb = rule.LoginAccessOn
	}
	if wrong := b.right(user, verb, m); wrong != nil || !on || m.login || m.status == rule.Deactivated {
		if wrong == nil {
			wrong = b.judge(user, verb, m)
		}
		return wrong
	}
	given := email != "" && email != m.email
	if !given {
		email = m.email
	}
	var v []string
	if email == "" { // C1
		v = append(v, "EMAIL_REQUIRED")
	}
	v = append(v, b.apart(b.accounts[m.account], email)...) // C4
	if given {
		v = append(v, b.there(m.account, email, m.id)...) // C6
	}
	if given && m.joined { // F1
		v = append(v, "EMAIL_BELONGS_TO_PERSON")
	}
	return v
}

// standing is where an invitation stands now (E2).
func (b *book) standing(i *bookInvitation) rule.InvitationStatus {
	if i.status == rule.InvitationIsPending && i.sent > 0 && !b.now.Before(i.until) {
		return rule.InvitationIsExpired
	}
	return i.status
}

// judgeInvitation is what cancelling, or sending an invitation again, is answered (E3, E4).
func (b *book) judgeInvitation(user string, m *bookMember, again bool) []string {
	a, i := b.accounts[m.account], m.invitation
	can, _ := b.may(user, a)
	standing := b.standing(i)
	switch {
	case user == "":
		return []string{"UNAUTHENTICATED"}
	case !can.Has(a.manages()) && (m.user != user || !m.opens()):
		return []string{"NOT_FOUND"}
	case !can.Has(a.manages()) || !can.Has(m.can):
		return []string{"NOT_PERMITTED"}
	case standing != rule.InvitationIsPending && standing != rule.InvitationIsExpired:
		return []string{"INVITATION_NOT_PENDING"}
	case again && i.sent > 0 && b.now.Before(i.at.Add(5*time.Minute)):
		return []string{"RESEND_TOO_SOON"}
	}
	return nil
}

// judgeAccept is what somebody is answered by a link (E5, E6): signed in, or with a verified login that needs no password.
func (b *book) judgeAccept(user string, m *bookMember, sending int) []string {
	a, i, l := b.accounts[m.account], m.invitation, b.loginOf(m.email)
	inviter, _ := b.may(i.inviter, a)
	switch standing := b.standing(i); {
	case sending != i.sent || i.sent == 0:
		return []string{"INVITATION_INVALID"}
	case standing == rule.InvitationIsAccepted:
		return []string{"INVITATION_ALREADY_ACCEPTED"}
	case standing != rule.InvitationIsPending:
		return []string{"INVITATION_" + string(standing)}
	case user != "" && (l == nil || l.id != user):
		return []string{"INVITATION_WRONG_PERSON"}
	case !inviter.Has(a.manages()) || !inviter.Has(m.can):
		return []string{"NOT_PERMITTED"}
	}
	return b.apart(a, m.email)
}

// judgeClients is what changing a colleague's clients is answered (B6): all or selected ones, one to grant and one to revoke.
func (b *book) judgeClients(user string, m *bookMember, all *bool, grant, revoke string) []string {
	if wrong := b.right(user, rule.EditClientAccess, m); wrong != nil {
		return wrong
	}
	a, every := b.accounts[m.account], bookSet("CLIENTS_ALL")
	if a.kind == rule.Client {
		return append([]string{"INVALID"}, m.cell(rule.EditClientAccess)...)
	}
	set := b.clientsSet(m, all)
	var v []string
	switch {
	case bookHas(m.role).Has(every) && !set.Has(every):
		v = append(v, "INVALID")
	case set != m.can && !(bookHas(m.role) | bookSet(bookRoles[m.role].options)).Has(set):
		v = append(v, "PERMISSION_NOT_GRANTABLE")
	}
	if set.Has(every) && grant != "" {
		v = append(v, "INVALID")
	}
	v = append(v, m.cell(rule.EditClientAccess)...)
	if m.user == user && !set.Has(m.can) {
		v = append(v, "CANNOT_ACT_ON_YOURSELF")
	}
	for _, client := range []string{grant, revoke} {
		if len(v) == 0 && client != "" && b.accounts[client].practice != a.id {
			return []string{"NOT_FOUND"}
		}
	}
	return v
}

// clientsSet is what a colleague may do with all clients, or with selected ones (B7).
func (b *book) clientsSet(m *bookMember, all *bool) rule.Permissions {
	switch every := bookSet("CLIENTS_ALL"); {
	case all == nil:
		return m.can
	case *all:
		return m.can | every
	default:
		return m.can &^ every
	}
}
