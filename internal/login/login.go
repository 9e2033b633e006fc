// Package login knows who somebody is: logins, passwords, sessions, the proof of an address, and which accounts one
// can open. It refuses to say whether an address has a login, and it gives nobody a role: that is people's work.
package login

import (
	"time"

	"roster/internal/courier"
	"roster/internal/signon"
	"roster/internal/store"
)

// How long things last (SECURITY.md, Parameters).
const (
	WebIdle      = time.Hour
	WebAtMost    = 24 * time.Hour
	AccessFor    = 15 * time.Minute
	RefreshFor   = 30 * 24 * time.Hour
	VerifyFor    = 24 * time.Hour
	seenEvery    = time.Minute // a session's last use is written down this often at most
	resendEvery  = time.Minute // a confirmation mail is sent again this often at most
	freeFailures = 5
	maxDelay     = 15 * time.Minute
)

// Logins are the use cases around one's own login. Make one with New.
type Logins struct {
	store  *store.Store
	links  courier.Links
	hasher *hasher
	config Config
}

// Config is what can be set about logins.
type Config struct {
	FreshFor time.Duration     // FRESH_FOR: how long after signing in one's password and email can be changed; 10 minutes when zero (RULES.md J8)
	SignOn   *signon.Providers // OIDC_PROVIDERS: whom one can sign in with; nil for none (J7)
	Even     time.Duration     // answers that could tell by their time whether an address has a login come after a whole number of these; none when zero
}

// New makes the use cases. links derives what the mails will hold.
func New(s *store.Store, links courier.Links, c Config) *Logins {
	if c.FreshFor == 0 {
		c.FreshFor = 10 * time.Minute
	}
	return &Logins{store: s, links: links, hasher: newHasher(), config: c}
}
