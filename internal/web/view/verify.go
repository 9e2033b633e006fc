package view

import "net/http"

// What the page that confirms an address can say besides Open, Expired and Invalid.
const (
	Done    State = "done"    // confirmed just now
	Already State = "already" // confirmed before: nothing left to do
)

// Verification is what the page shows that confirms an email address.
type Verification struct {
	State       State
	Action      string // where the form is posted: the page's own address
	EmailMasked string
	Replaces    bool   // the address is to take the place of the login's own
	SignedInAs  string // the address of whoever is signed in, where that is not who asked
	Username    string // the unmasked address for password managers, if the page may know it; never shown
	// NeedsPassword says that the proof is not given by the signed-in login itself, so that everything set before is dropped.
	NeedsPassword bool
	Problems      []FieldProblem
	NextURL       string // where to go from Done and Already; /accounts if empty
}

// Verify shows the confirmation of an address in its state. The form of an open one is posted to Action, with the field `password` if one
// is needed.
func Verify(w http.ResponseWriter, status int, v Verification) {
	p := page{Data: v, Failed: len(v.Problems) > 0}
	switch v.State {
	case Open:
		p.Title = "Confirm your email address"
		if v.Replaces {
			p.Title = "Confirm your new email address"
		}
	case SignInFirst:
		p.Title = "Sign in to confirm your new address"
	case WrongPerson:
		p.Title, p.Mark = "This link is for another login", "bad"
	case Done:
		p.Title, p.Mark = "Your email address is confirmed", "good"
	case Already:
		p.Title, p.Mark = "Your email address was already confirmed", "good"
	case Expired:
		p.Title, p.Mark = "This link has expired", "bad"
	case Invalid:
		p.Title, p.Mark = "This link does not work", "bad"
	}
	render(w, status, "verify", p)
}
