package view

import (
	"net/http"
	"time"
)

// PersonalPage is a person's own login as a page: their name, number, address, password and sessions.
type PersonalPage struct {
	FirstName, LastName string
	Mobile              string
	Email               string
	Unverified          bool   // the address was never proved: a banner offers the confirmation mail again
	NewEmail            string // as it was typed
	NoPassword          bool   // there is none to change
	Stale               bool   // they signed in too long ago to change what decides who can sign in
	Done                string // a sentence that says what was done just now
	Refused             Form   // the form that was refused; what was typed into it stands in the fields above
	Problems            []FieldProblem
	Sessions            []OwnSession
}

// Form is one of the forms of the page.
type Form string

// The forms that can be refused.
const (
	ProfileForm  Form = "profile"
	EmailForm    Form = "email"
	PasswordForm Form = "password"
)

// Of are the problems of one of the forms.
func (p PersonalPage) Of(form Form) []FieldProblem {
	if p.Refused != form {
		return nil
	}
	return p.Problems
}

// OwnSession is one place where the person is signed in.
type OwnSession struct {
	ID      string
	What    string // "Browser" or "App", with what it says of itself
	Where   string // the address it last came from
	Since   time.Time
	Seen    time.Time
	Current bool
}

// Personal shows the page. Its forms, by POST: /account/profile with `firstName`, `lastName` and `mobile`; /account/email with
// `newEmail` and `password`; /account/password with `currentPassword` and `password`; /account/sessions/revoke with
// `sessionId`; /account/sessions/revoke-others; /verify/resend; /sign-out.
func Personal(w http.ResponseWriter, status int, p PersonalPage) {
	render(w, status, "personal", page{Title: "Personal details", Wide: true, Failed: len(p.Problems) > 0, Data: p})
}
