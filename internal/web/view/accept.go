package view

import (
	"net/http"
	"time"
)

// What an invitation's page can say. Expired and Invalid are also said by the page that confirms an address.
const (
	Open            State = "open"             // can be accepted: who invites into what, and one button
	Accepted        State = "accepted"         // accepted just now, and signed in
	AcceptedSignIn  State = "accepted-sign-in" // accepted just now by a login that has a password already: sign in next
	Expired         State = "expired"          // its days are over: ask the inviter for a new one
	Cancelled       State = "cancelled"        // taken back by the account
	AlreadyAccepted State = "already-accepted" // accepted before, by this link or another
	Declined        State = "declined"         // declined by the person, some time ago
	DeclinedNow     State = "declined-now"     // declined just now
	Asked           State = "asked"            // the inviter was asked just now for a new one
	Invalid         State = "invalid"          // replaced by a newer link, or mistyped: the two look the same from outside
	WrongPerson     State = "wrong-person"     // somebody else than the invited person is signed in
	SignInFirst     State = "sign-in-first"    // sent to a phone, and there is a login whose address was never proved
)

// Apps are where the mobile app is to be had; empty where it is not.
type Apps struct{ AppStoreURL, PlayStoreURL string }

// Invitation is what the accept page shows. Only Open, SignInFirst, Accepted and AcceptedSignIn show the names of accounts: a dead link tells whoever
// finds it nothing but that it is dead, even if the caller filled the fields.
type Invitation struct {
	State        State
	Action       string   // where the form is posted: the page's own address
	AccountNames []string // more than one when a person was added to several companies at once
	InvitedBy    string   // as the invited person may know them: a client's user sees the practice's name
	SentToMasked string   // the masked address or number that the link was sent to
	SignedInAs   string   // the address of whoever is signed in, or empty
	Username     string   // the unmasked address for password managers, if the page may know it; never shown
	ExpiresAt    time.Time
	// NeedsPassword says that the login is new, or its email was never proved.
	NeedsPassword bool
	Left          []string // after accepting: why some of the accounts could not be opened
	Apps          Apps     // after accepting by a text message: how to go on with the phone in hand
	SignInAs      string   // and the address to sign in with there
	Problems      []FieldProblem
	NextURL       string // where to go after accepting, and where to come back to after signing out; /accounts or the page itself if empty
	SignInURL     string // /sign-in if empty
}

// Accept shows an invitation in its state. The form of an open one is posted to Action with the field `password` if one is needed; that of
// WrongPerson to /sign-out with the field `next`. Declining is posted to Action/decline, asking for a new one to Action/new.
func Accept(w http.ResponseWriter, status int, i Invitation) {
	p := page{Data: i, Failed: len(i.Problems) > 0}
	switch i.State {
	case Open:
		p.Title = invitationTitle(i)
	case Accepted:
		p.Title, p.Mark = "Welcome: you have accepted", "good"
	case AcceptedSignIn:
		p.Title, p.Mark = "You have accepted. Now sign in", "good"
	case Expired:
		p.Title, p.Mark = "This invitation has expired", "bad"
	case Cancelled:
		p.Title, p.Mark = "This invitation was cancelled", "bad"
	case AlreadyAccepted:
		p.Title, p.Mark = "This invitation was already accepted", "good"
	case Declined:
		p.Title, p.Mark = "This invitation was declined", "bad"
	case DeclinedNow:
		p.Title, p.Mark = "You have declined", "good"
	case Asked:
		p.Title, p.Mark = "We have asked for a new invitation", "good"
	case Invalid:
		p.Title, p.Mark = "This link does not work", "bad"
	case WrongPerson:
		p.Title, p.Mark = "This invitation is for somebody else", "bad"
	case SignInFirst:
		p.Title = "Sign in to accept"
	}
	render(w, status, "accept", p)
}

func invitationTitle(i Invitation) string {
	what := "an account"
	switch len(i.AccountNames) {
	case 0:
	case 1:
		what = i.AccountNames[0]
	default:
		what = number(len(i.AccountNames)) + " accounts"
	}
	if i.InvitedBy == "" {
		return "You are invited to " + what
	}
	return i.InvitedBy + " invites you to " + what
}
