package view

import "net/http"

// SignInForm is what the sign-in page shows.
type SignInForm struct {
	Email    string // what was typed, so that it need not be typed again
	Next     string // where to go afterwards, checked by the caller to be one of our own pages
	Problems []FieldProblem
	Notice   string // a sentence above the form: "You are signed out."

	Again     bool // whoever signs in is to do so anew at a provider, too
	Providers []Provider
}

// SignIn shows the form to sign in. It is posted to /sign-in with the fields `email`, `password` and, unless empty, `next`;
// each provider's button to /sign-on/ and its name, with `next` and, to sign in anew, `again`.
func SignIn(w http.ResponseWriter, status int, f SignInForm) {
	render(w, status, "sign-in", page{Title: "Sign in", Failed: len(f.Problems) > 0, Data: f})
}

// AccountsPage is the account switcher as a page.
type AccountsPage struct {
	Name       string // of the person who is signed in
	Email      string
	Unverified bool // their address was never proved: a banner offers the confirmation mail again
	Sent       bool // it was, just now
	Accounts   []Account
	Search     string // what was searched for
	NextPage   string // the address of the next page of rows, empty on the last
	Total      int    // accounts that match Search, on all pages
}

// Account is one account that the person can open now.
type Account struct {
	ID      string
	Name    string
	Kind    string // "Practice" or "Client account"
	Role    string
	Via     string // "through Ada & Co", or empty for an own membership
	Current bool   // the one last switched to
}

// Accounts shows the account switcher. Its forms: the search by GET to /accounts with `search`; each row by POST to /accounts/switch with
// `accountId`; /verify/resend; /sign-out.
func Accounts(w http.ResponseWriter, status int, a AccountsPage) {
	render(w, status, "accounts", page{Title: "Your accounts", Wide: true, Data: a})
}
