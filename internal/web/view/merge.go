package view

import (
	"net/http"
	"time"
)

// What the page that merges two logins can say besides Open.
const (
	Proved  State = "proved"  // the other login was proved by signing on; what would happen is shown by a button
	Planned State = "planned" // what would happen, to be confirmed
	Merged  State = "merged"  // the two are one
	Stale   State = "stale"   // one has to sign in again first
)

// Merge is what the page shows that merges another login into the one that is signed in.
type Merge struct {
	State     State
	Email     string // of the login that stays
	Other     string // of the login that ends
	Token     string // confirms the plan; stands in a form only
	Until     time.Time
	Accounts  []Account // all that the person could open
	Effects   []string
	Conflicts []string
	Typed     string     // the other address as it was typed
	Providers []Provider // by which the other login can be proved, too
	Problems  []FieldProblem
}

// MergeLogins shows one step of a merge: the form that proves the other login, posted to /merge with `email` and `password`,
// or to /sign-on/ and a provider's name with `purpose`; the plan, posted to /merge/confirm with `token`; or that it is done.
func MergeLogins(w http.ResponseWriter, status int, m Merge) {
	p := page{Data: m, Failed: len(m.Problems) > 0, Title: "Bring two logins together"}
	switch m.State {
	case Planned:
		p.Title = "This is what will happen"
		if len(m.Conflicts) > 0 {
			p.Title, p.Mark = "These logins cannot be one yet", "bad"
		}
	case Merged:
		p.Title, p.Mark = "Your logins are one now", "good"
	}
	render(w, status, "merge", p)
}
