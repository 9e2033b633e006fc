package rule

// Managed are the facts of a membership that somebody is about to change, or whose Manage menu they look at. The
// mutation and the menu bring the same facts, so that both get the same answer.
type Managed struct {
	Actor   Access // what the viewer may do in the account
	Self    bool   // it is the viewer's own membership
	Support bool   // the viewer is Roster's support

	Kind   Kind
	Member Member
	Owner  bool
	Alone  bool // nobody else is in the account
	Joined bool // accepted here once, or joined directly: from then on the email is the person's own (RULES.md F1)
	Sent   bool // the pending invitation was sent

	Practice       bool // a practice looks after the client account
	Keeps          bool // and wants its clients to keep an administrator (H1)
	Administrators int  // active ones with login access; more than two count as two
	Logins         int  // who has login access and is in, or is to come in; more than two count as two

	Colleague     string // C4: the same person's membership in the practice that looks after the client
	ClientUser    string // C5: the same person's membership in one of the practice's clients
	VerifiedLogin bool   // the address belongs to a login whose email was proved
	Sessions      int    // running ones of the login
	Clients       int    // client grants that have not ended
	Documents     int    // that they own; more than ManyDocuments count as one more
}

// Verb is one thing that can be done with a membership.
type Verb string

// The verbs of the Manage menu. Login access is two of them.
const (
	EditDetails         Verb = "editDetails"
	ChangeEmail         Verb = "changeEmail"
	EditPrivileges      Verb = "editPrivileges"
	LoginAccessOff      Verb = "loginAccessOff"
	LoginAccessOn       Verb = "loginAccessOn"
	Activate            Verb = "activate"
	SendWelcome         Verb = "sendWelcome"
	SendPasswordReset   Verb = "sendPasswordReset"
	Deactivate          Verb = "deactivate"
	Enable              Verb = "enable"
	Remove              Verb = "remove"
	Leave               Verb = "leave"
	TransferOwnershipTo Verb = "transferOwnershipTo"
	EditClientAccess    Verb = "editClientAccess"
)

// table says what can be done when (F9): awaiting activation, pending or expired, active with login access, active
// without, deactivated. An empty cell is yes.
var table = map[Verb][5]Code{
	EditDetails:       {"", "", "", "", MembershipDeactivated},
	EditPrivileges:    {"", "", "", "", MembershipDeactivated},
	ChangeEmail:       {"", "", EmailBelongsToPerson, "", MembershipDeactivated},
	LoginAccessOff:    {"", "", "", "", MembershipDeactivated},
	LoginAccessOn:     {"", "", "", "", MembershipDeactivated},
	Activate:          {"", MembershipNotAwaitingActivation, MembershipNotAwaitingActivation, MembershipNotAwaitingActivation, MembershipNotAwaitingActivation},
	SendWelcome:       {MembershipAwaitingActivation, "", "", NoLoginAccess, MembershipDeactivated},
	SendPasswordReset: {MembershipAwaitingActivation, MembershipPending, "", NoLoginAccess, MembershipDeactivated},
	Deactivate:        {MembershipAwaitingActivation, MembershipPending, "", "", MembershipDeactivated},
	Enable:            {MembershipNotDeactivated, MembershipNotDeactivated, MembershipNotDeactivated, MembershipNotDeactivated, ""},
	Remove:            {"", MembershipPending, "", NoLoginAccessCannotBeRemoved, ""},
	EditClientAccess:  {"", "", "", "", MembershipDeactivated},
}

// cell is what the table says about this membership, with the conditions that some of its cells have.
func (f Managed) cell(verb Verb) Code {
	m := f.Member
	switch {
	case verb == ChangeEmail && f.Joined && m.Status != Deactivated:
		return EmailBelongsToPerson
	case verb == Remove && !m.LoginAccess:
		return NoLoginAccessCannotBeRemoved
	case verb == SendWelcome && m.LoginAccess && (m.Status == Active || m.Status == Pending && f.Sent):
		return NothingToSend
	}
	columns := table[verb]
	switch {
	case m.Status == AwaitingActivation:
		return columns[0]
	case m.Status == Pending:
		return columns[1]
	case m.Status == Active && m.LoginAccess:
		return columns[2]
	case m.Status == Active:
		return columns[3]
	}
	return columns[4]
}

// Manage judges whether the viewer may do something with a membership, as far as it does not depend on what exactly
// they give. Every reason is told, in the order of the promises; without any right, that alone (RULES.md F9).
func (f Managed) Manage(verb Verb) Verdict {
	if wrong := f.permitted(verb); wrong.Refused() {
		return wrong
	}
	if f.Member.Status == Removed {
		return Verdict{because(MembershipRemoved)}
	}
	var v Verdict
	code := f.cell(verb)
	if code == "" {
		v = append(v, f.apart(verb)...)
	} else {
		v = append(v, f.because(code))
	}
	if f.Self && (verb.takes() || verb == EditPrivileges) { // nobody can give themselves more, so any change takes
		v = append(v, because(CannotActOnYourself))
	}
	v = append(v, f.owned(verb)...)
	if verb.takes() {
		v = append(v, f.lastAdministrator(false)...)
	}
	return v
}

// permitted: people are managed by those who may, and by nobody who ranks below them (B4, F2); an owner's privileges by
// their practice alone (G3).
func (f Managed) permitted(verb Verb) Verdict {
	switch {
	case !f.Actor.Permissions.Has(f.Kind.Manage()):
		return Verdict{notPermitted("Your role does not let you manage people in this account. Ask an administrator.")}
	case !f.Actor.Permissions.Has(f.Member.Permissions):
		return Verdict{notPermitted("This person may do more in this account than you, so you cannot change their membership. Ask somebody who may do as much as they.")}
	case f.Owner && f.Kind == Practice && (verb == EditPrivileges || verb == LoginAccessOff || verb == EditClientAccess):
		return Verdict{notPermitted("This person owns the practice, so what they may do is changed by Roster's support only.")}
	case f.Owner && f.Kind == Client && f.Actor.Via != ViaPractice && (verb == EditPrivileges || verb == LoginAccessOff || verb == LoginAccessOn):
		return Verdict{notPermitted("This person owns the account, so only the practice that looks after it changes what they may do.")}
	}
	return nil
}

// apart judges again whether the person may be on this side (C4, C5), before they are let in.
func (f Managed) apart(verb Verb) Verdict {
	if verb != Enable && verb != Activate && (verb != LoginAccessOn || f.Member.LoginAccess) {
		return nil
	}
	v := apart(f.Kind, f.Colleague, f.ClientUser, f.Actor.Via == ViaPractice)
	for i := range v {
		v[i].Field = nil
	}
	return v
}

// owned: the owner is never removed nor deactivated (G2); one who never accepted and is alone disappears (E4), and one
// who still awaits activation stays as a document owner.
func (f Managed) owned(verb Verb) Verdict {
	switch {
	case !f.Owner:
		return nil
	case verb == Deactivate:
		return Verdict{because(OwnerCannotBeDeactivated)}
	case verb == Remove && f.Member.Status != AwaitingActivation && !(f.Member.Status == Pending && f.Alone):
		return Verdict{because(OwnerCannotBeRemoved)}
	}
	return nil
}

// takes reports whether it is one of the things that nobody does to themselves (F8).
func (verb Verb) takes() bool {
	return verb == Deactivate || verb == Remove || verb == LoginAccessOff
}

// lastAdministrator refuses to take the last administrator from an account with users (H1). stays: they keep their login
// access and lose only the permission.
func (f Managed) lastAdministrator(stays bool) Verdict {
	others := f.Logins
	if !stays {
		others--
	}
	bound := f.Actor.Via == ViaMembership || !f.Practice || f.Keeps // nobody acts in a practice but by membership
	switch {
	case !f.Member.Opens() || !f.Member.Permissions.Has(f.Kind.Administer()), f.Administrators > 1, !bound:
		return nil
	case f.Kind == Client && others < 1:
		return nil
	}
	return Verdict{because(LastAdministrator)}
}

// MayLeave: a member who is in may leave by themselves, but not the owner (C9), nor the last administrator (H1).
func MayLeave(f Managed) Verdict {
	switch {
	case f.Self && f.Member.Status == Removed: // what they had before they were added anew
		return Verdict{because(MembershipRemoved)}
	case !f.Self || !f.Member.Opens():
		return Verdict{notPermitted("Only the person themselves leaves an account. To take somebody else off, remove them.")}
	case f.Owner:
		return append(Verdict{because(OwnerCannotLeave)}, f.leftAlone()...)
	}
	return f.leftAlone()
}

// leftAlone judges a leave as the act of the person themselves, whatever else they could do here.
func (f Managed) leftAlone() Verdict {
	f.Actor.Via = ViaMembership
	return f.lastAdministrator(false)
}

// StaysAsDocumentOwner: taken away before they ever came in, who owns documents stays as their owner, and so does the
// account's owner while there are other users (E4).
func (f Managed) StaysAsDocumentOwner() bool {
	never := f.Member.Status == AwaitingActivation || f.Member.Status == Pending
	return f.Kind == Client && never && (f.Documents > 0 || f.Owner && !f.Alone)
}

// Changed: somebody else was faster, so nothing is saved before it was looked at again.
func Changed() Verdict { return Verdict{because(ChangedMeanwhile)} }

// MaxReason is the longest reason for a change, in characters.
const MaxReason = 1000

// Reason judges a reason that may be given.
func Reason(text string) Verdict {
	if text == "" {
		return nil
	}
	return Text("The reason", text, MaxReason, "input", "reason")
}

// First puts what stands alone first: whoever may not do it at all learns nothing else.
func (v Verdict) First() Verdict {
	for _, p := range v {
		if p.Code == NotPermitted {
			return Verdict{p}
		}
	}
	return v
}
