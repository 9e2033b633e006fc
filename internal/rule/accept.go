package rule

import (
	"slices"
	"time"
)

// AcceptFacts is what has to be known to judge whether somebody may accept an invitation.
type AcceptFacts struct {
	Found     bool // the link's secret belongs to an invitation
	Status    InvitationStatus
	ExpiresAt time.Time
	Now       time.Time

	Kind        Kind
	Permissions Permissions // what the invited person is to have
	Inviter     Access      // what the inviter may do in the account today
	Colleague   string      // C4, as in AddFacts
	ClientUser  string      // C5
	Already     bool        // the login that comes in has another membership in the account (C6)

	SignedIn      bool
	AsInvited     bool // signed in as the invited person
	LoginVerified bool // the address belongs to a login whose email was proved
	LoginExists   bool // or to one at all
	ByText        bool // the link was sent as a text message: it proves the number, not the address (E5)
	Masked        string
	Password      Verdict // on the password given
}

// Standing is the state an invitation is in at a moment: a pending one expires by the clock alone (RULES.md E2).
func Standing(stored InvitationStatus, expiresAt *time.Time, now time.Time) InvitationStatus {
	if stored == InvitationIsPending && expiresAt != nil && !now.Before(*expiresAt) {
		return InvitationIsExpired
	}
	return stored
}

// StandTogether is where the invitations stand that were sent by one link (I1): it works while one of them does, and otherwise
// says what is most of use to its holder.
func StandTogether(all []InvitationStatus) InvitationStatus {
	for _, first := range []InvitationStatus{InvitationIsPending, InvitationIsExpired, InvitationIsAccepted, InvitationIsDeclined} {
		if slices.Contains(all, first) {
			return first
		}
	}
	return InvitationIsCancelled
}

// In says of a verdict which account it is about, where there are several.
func In(account string, v Verdict) Verdict {
	list := slices.Clone(v)
	for i := range list {
		list[i].Message = account + ": " + list[i].Message
	}
	return list
}

// NeedsPassword: accepting wants a password from somebody who is not signed in and has no login whose email was ever
// proved: they make the login, or take over one that anybody could have made with their address (E5, J2). A text message
// says nothing about the address, so by its link a login is made, and never taken over.
func (f AcceptFacts) NeedsPassword() bool {
	if f.ByText {
		return !f.SignedIn && !f.LoginExists
	}
	return !f.SignedIn && !f.LoginVerified
}

// SignInFirst: by a link from a text message, a login whose address was never proved is used only by whoever can sign in
// with it: anybody could have made it, also to wait for this invitation (E5).
func (f AcceptFacts) SignInFirst() bool {
	return f.ByText && !f.SignedIn && f.LoginExists && !f.LoginVerified
}

// Accept judges whether an invitation may be accepted (E5, E6, E7). The inviter's right and rank are judged again: who
// has lost them can no longer let anybody in.
func Accept(f AcceptFacts) Verdict {
	if dead := Dead(f.Found, f.Status); dead.Refused() {
		return dead
	}
	if wrong := wrongPerson(f); wrong.Refused() {
		return wrong
	}
	if f.SignInFirst() {
		return Verdict{{Code: InvitationWrongPerson, Remedy: SignInAsInvitedPerson,
			Message: "There is a login for " + f.Masked + " already, and a text message cannot prove that it is yours. Sign in with it, then open the link again. Without its password, ask for a new one first."}}
	}
	if !MayLetIn(f.Inviter, f.Kind, f.Permissions) {
		return Verdict{{Code: NotPermitted, Remedy: AskForNewInvitation,
			Message: "Whoever invited you can no longer let you in. Ask them, or somebody else there, for a new invitation."}}
	}

	v := apart(f.Kind, f.Colleague, f.ClientUser, false)
	if f.Already {
		v = append(v, Problem{Code: AlreadyMember, Message: "You are in this account already, under another address. Decline this invitation, or ask whoever invited you to change what you may do there."})
	}
	for i := range v { // the invited person learns the reason, not the rows behind it
		v[i].Field, v[i].Subject, v[i].Remedy = nil, "", ""
	}
	if f.NeedsPassword() {
		v = append(v, f.Password...)
	}
	return v
}

// MayLetIn reports whether an inviter may still let somebody in with such permissions: they manage the account's people, and
// give nothing that they do not have (B4).
func MayLetIn(inviter Access, kind Kind, permissions Permissions) bool {
	return inviter.Permissions.Has(kind.Manage()) && inviter.Permissions.Has(permissions)
}

// Decline judges whether an invitation may be declined: as long as it could be accepted, and by nobody else (E4, E6).
func Decline(f AcceptFacts) Verdict {
	if dead := Dead(f.Found, f.Status); dead.Refused() {
		return dead
	}
	return wrongPerson(f)
}

// RequestFacts is what has to be known to judge whether a new invitation may be asked for.
type RequestFacts struct {
	AcceptFacts
	Host  bool // somebody there can send one
	Asked bool // by this link, a short while ago
}

// RequestNew judges whether a new invitation may be asked for, by the link of one that has expired (E6).
func RequestNew(f RequestFacts) Verdict {
	if dead := Dead(f.Found, f.Status); f.Status != InvitationIsExpired && dead.Refused() {
		return dead
	}
	if wrong := wrongPerson(f.AcceptFacts); wrong.Refused() {
		return wrong
	}
	switch {
	case f.Status != InvitationIsExpired:
		return Verdict{invalid("This invitation still works, so no new one is needed: accept it.", "input", "token")}
	case !f.Host:
		return Verdict{notPermitted("Nobody who is left there can invite you. Ask the people you want to work with in another way.")}
	case f.Asked:
		return Verdict{{Code: ResendTooSoon, Remedy: Wait,
			Message: "They were told today already that you would like a new invitation. Wait for its mail; you can ask again tomorrow."}}
	}
	return nil
}

// wrongPerson: a link is for the invited person, who need not be signed in, but not as somebody else (E6).
func wrongPerson(f AcceptFacts) Verdict {
	if f.SignedIn && !f.AsInvited {
		return Verdict{{Code: InvitationWrongPerson, Remedy: SignInAsInvitedPerson,
			Message: "This invitation is for " + f.Masked + ", and you are signed in as somebody else. Sign out, then open the link again."}}
	}
	return nil
}

// Dead says why a link no longer works.
func Dead(found bool, status InvitationStatus) Verdict {
	p := Problem{Field: []string{"input", "token"}}
	switch {
	case !found:
		p.Code, p.Remedy, p.Message = InvitationInvalid, AskForNewInvitation, "This link does not work: it is incomplete, or a newer one replaced it. Use the link in the newest mail, or ask for a new invitation."
	case status == InvitationIsExpired:
		p.Code, p.Remedy, p.Message = InvitationExpired, AskForNewInvitation, "This invitation's days are over. Ask the person who invited you for a new one."
	case status == InvitationIsCancelled:
		p.Code, p.Remedy, p.Message = InvitationCancelled, AskForNewInvitation, "This invitation was cancelled. If you still need access, ask the person who invited you."
	case status == InvitationIsAccepted:
		p.Code, p.Message = InvitationAlreadyAccepted, "This invitation was accepted already. Sign in to open the account."
	case status == InvitationIsDeclined:
		p.Code, p.Remedy, p.Message = InvitationDeclined, AskForNewInvitation, "This invitation was declined. If that was a mistake, ask the person who invited you for a new one."
	default:
		return nil
	}
	return Verdict{p}
}
