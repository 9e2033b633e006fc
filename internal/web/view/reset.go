package view

import "net/http"

// ForgotForm is what the page shows that sends a link for a new password.
type ForgotForm struct {
	Email    string // as it was typed
	Sent     bool   // a link is on its way, if the address has a login
	Problems []FieldProblem
}

// Forgot shows the form that asks for a link. It is posted to /forgot with the field `email`.
func Forgot(w http.ResponseWriter, status int, f ForgotForm) {
	p := page{Data: f, Title: "Choose a new password", Failed: len(f.Problems) > 0}
	if f.Sent {
		p.Title, p.Mark = "Look into your mail", "good"
	}
	render(w, status, "forgot", p)
}

// NewPassword is what the page shows that sets a new password.
type NewPassword struct {
	State       State // Open, Done, Expired or Invalid
	Action      string
	EmailMasked string
	Problems    []FieldProblem
}

// Reset shows the form that sets a new password, or why its link does not work. The form of an open one is posted to
// Action with the field `password`.
func Reset(w http.ResponseWriter, status int, f NewPassword) {
	p := page{Data: f, Failed: len(f.Problems) > 0}
	switch f.State {
	case Open:
		p.Title = "Choose a new password"
	case Done:
		p.Title, p.Mark = "Your password is changed", "good"
	case Expired:
		p.Title, p.Mark = "This link has expired", "bad"
	case Invalid:
		p.Title, p.Mark = "This link does not work", "bad"
	}
	render(w, status, "reset", p)
}
