package signon

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"roster/internal/rule"
)

// Lasts is how long somebody has to come back from a provider.
const Lasts = 10 * time.Minute

// Purpose is what somebody goes to a provider for.
type Purpose string

// The purposes there are.
const (
	SignIn Purpose = "SIGN_IN"
	Link   Purpose = "LINK"
	Prove  Purpose = "PROVE" // another login, to merge it
)

// Asked is what somebody sets out for. It travels in their browser, sealed, and comes back with them.
type Asked struct {
	Purpose Purpose       `json:"purpose"`
	Session string        `json:"session,omitempty"` // LINK and PROVE: the session that asks
	Next    string        `json:"next,omitempty"`    // the page of ours where they go on
	MaxAge  time.Duration `json:"max_age,omitempty"` // they are to sign in anew, or have within this time; zero when it does not matter
}

// Departure is how somebody leaves for a provider.
type Departure struct {
	Address string // of the provider's page
	Label   string // its name for people
	Cookie  string // what their browser keeps for when they come back
}

// journey is what the cookie holds.
type journey struct {
	Asked
	Provider string    `json:"provider"`
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Until    time.Time `json:"until"`
}

// Depart sends somebody to a provider; rule.ErrNotFound when there is none of that name.
func (p *Providers) Depart(ctx context.Context, name string, asked Asked) (Departure, error) {
	to := p.named(name)
	if to == nil {
		return Departure{}, rule.ErrNotFound
	}
	d, err := to.describe(ctx)
	if err != nil {
		return Departure{}, err
	}
	j := journey{Asked: asked, Provider: name, State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), Until: p.now().Add(Lasts)}
	with := []oauth2.AuthCodeOption{oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)}
	if asked.MaxAge > 0 {
		with = append(with, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(asked.MaxAge.Seconds()))))
	}
	cookie, err := p.sealed(j)
	return Departure{Address: d.oauth.AuthCodeURL(j.State, with...), Label: to.Label, Cookie: cookie}, err
}

func (p *Providers) sealed(j journey) (string, error) {
	text, err := json.Marshal(j)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, p.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails: the runtime aborts instead
	return base64.RawURLEncoding.EncodeToString(p.seal.Seal(nonce, nonce, text, nil)), nil
}

// opened reads a cookie that was sealed here for this provider and is not too old.
func (p *Providers) opened(name, cookie string) (j journey, err error) {
	bytes, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil || len(bytes) < p.seal.NonceSize() {
		return j, errors.New("no cookie of ours")
	}
	text, err := p.seal.Open(nil, bytes[:p.seal.NonceSize()], bytes[p.seal.NonceSize():], nil)
	if err != nil {
		return j, errors.New("a cookie that was not sealed here")
	}
	if err := json.Unmarshal(text, &j); err != nil {
		return j, errors.New("a cookie that cannot be read")
	}
	if j.Provider != name {
		return j, errors.New("a cookie for another provider")
	}
	if !p.now().Before(j.Until) {
		return j, errors.New("a cookie that is too old")
	}
	return j, nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: the runtime aborts instead
	return base64.RawURLEncoding.EncodeToString(b)
}
