package rule

import "time"

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

	SignedIn      bool
	AsInvited     bool // signed in as the invited person
	LoginVerified bool // the address belongs to a login whose email was proved
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

// NeedsPassword: accepting wants a password from somebody who is not signed in and has no login whose email was ever
// proved: they make the login, or take over one that anybody could have made with their address (E5, J2).
func NeedsPassword(signedIn, loginVerified bool) bool { return !signedIn && !loginVerified }

// Accept judges whether an invitation may be accepted (E5, E6, E7). The inviter's right and rank are judged again: who
// has lost them can no longer let anybody in.
func Accept(f AcceptFacts) Verdict {
	if dead := Dead(f.Found, f.Status); dead.Refused() {
		return dead
	}
	if f.SignedIn && !f.AsInvited {
		return Verdict{{Code: InvitationWrongPerson, Remedy: SignInAsInvitedPerson,
			Message: "This invitation is for " + f.Masked + ", and you are signed in as somebody else. Sign out, then open the link again."}}
	}
	if !f.Inviter.Permissions.Has(f.Kind.Manage()) || !f.Inviter.Permissions.Has(f.Permissions) {
		return Verdict{{Code: NotPermitted, Remedy: AskForNewInvitation,
			Message: "Whoever invited you can no longer let you in. Ask them, or somebody else there, for a new invitation."}}
	}

	v := apart(f.Kind, f.Colleague, f.ClientUser, false)
	for i := range v { // the invited person learns the reason, not the rows behind it
		v[i].Field, v[i].Subject, v[i].Remedy = nil, "", ""
	}
	if NeedsPassword(f.SignedIn, f.LoginVerified) {
		v = append(v, f.Password...)
	}
	return v
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
