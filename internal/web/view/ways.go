package view

import (
	"net/http"
	"time"
)

// Provider is one of single sign-on, as a button offers it.
type Provider struct {
	Name  string // in addresses
	Label string // as people know it
}

// WaysIn is the page that shows how one can sign in.
type WaysIn struct {
	Email      string
	Password   bool
	Unverified bool // nothing is linked before the address is confirmed
	Linked     []LinkedProvider
	Others     []Provider // that could be linked
	AgainURL   string     // where one signs in again, when that was lacking
	Problems   []FieldProblem
}

// LinkedProvider is a provider with which one can sign in.
type LinkedProvider struct {
	Name    string
	Label   string
	Account string // which account there it is: an address, or what the provider knows the person by
	Since   time.Time
}

// Ways shows how one can sign in. Its forms: each linked provider by POST to /account/sign-in/unlink with `provider`; each
// other one to /sign-on/ and its name, with `purpose`.
func Ways(w http.ResponseWriter, status int, p WaysIn) {
	render(w, status, "ways", page{Title: "Ways to sign in", Wide: true, Failed: len(p.Problems) > 0, Data: p})
}

// Departure is a person on their way to a provider.
type Departure struct {
	Label   string
	Address string
}

// Depart goes on to a provider by itself, and by a link for whoever's browser does not.
func Depart(w http.ResponseWriter, d Departure) {
	render(w, http.StatusOK, "depart", page{Title: "On to " + d.Label, Onward: d.Address, Data: d})
}
