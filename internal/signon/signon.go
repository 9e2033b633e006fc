// Package signon speaks OpenID Connect with the providers that people sign in with: it sends somebody there by the
// authorization code flow with PKCE, and reads who comes back. It refuses whatever a provider says that is not exactly
// right, and it decides nothing: whose login an identity opens is for roster/internal/login.
package signon

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Config is one provider, as the settings describe it.
type Config struct {
	Name         string // of a-z, 0-9 and -, in addresses and in the database
	Label        string // as people know it
	Issuer       string // the address under which it describes itself
	ClientID     string
	ClientSecret string
	Scopes       []string // openid among them
}

// Providers are those that are configured. Make them with New; nil has none.
type Providers struct {
	list []*provider
	base string
	seal cipher.AEAD
	now  func() time.Time
}

// Options are what all providers have in common.
type Options struct {
	BaseURL string           // where people come back to, without a slash at the end, whatever a request's headers say
	Key     []byte           // SECRET_KEY, from which the key is derived that seals what travels in a browser
	Now     func() time.Time // the clock
}

// New takes the providers as they are described and asks none of them anything yet: one that is down stops no start.
func New(list []Config, o Options) (*Providers, error) {
	key, err := hkdf.Key(sha256.New, o.Key, nil, "roster sign-on cookie", 32)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	p := &Providers{base: o.BaseURL, seal: seal, now: o.Now}
	for _, c := range list {
		p.list = append(p.list, newProvider(c, o))
	}
	return p, nil
}

// Button is a provider as a page offers it.
type Button struct{ Name, Label string }

// Buttons are all providers, in the order of the settings.
func (p *Providers) Buttons() []Button {
	if p == nil {
		return nil
	}
	list := make([]Button, len(p.list))
	for i, one := range p.list {
		list[i] = Button{one.Name, one.Label}
	}
	return list
}

// Has reports whether an issuer's provider is configured.
func (p *Providers) Has(issuer string) bool {
	if p == nil {
		return false
	}
	for _, one := range p.list {
		if one.Issuer == issuer {
			return true
		}
	}
	return false
}

// Label is how people know the provider of a name; the name itself once it is not configured any more.
func (p *Providers) Label(name string) string {
	if one := p.named(name); one != nil {
		return one.Label
	}
	return name
}

func (p *Providers) named(name string) *provider {
	if p == nil {
		return nil
	}
	for _, one := range p.list {
		if one.Name == name {
			return one
		}
	}
	return nil
}

// Trouble is why a sign-on came to nothing. The sentence is for the person it happened to, the cause for the log.
type Trouble struct {
	Sentence string
	Down     bool // the provider could not be reached, or did not answer as one
	Cause    error
}

// Error makes a trouble an error.
func (t *Trouble) Error() string { return "sign on: " + t.Cause.Error() }

// Unwrap gives the cause.
func (t *Trouble) Unwrap() error { return t.Cause }

// CheckIssuer refuses an address that no provider describes itself under. In development one on this machine may do
// without https.
func CheckIssuer(text string, development bool) error {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || strings.ContainsAny(text, "?# \t") || u.Scheme != "https" && u.Scheme != "http" || len(text) > 500 {
		return errors.New("must be an address such as https://accounts.example.com")
	}
	if u.Scheme == "http" && (!development || !loopback(u)) {
		return errors.New("must begin with https://, or who signs in could be made up on the way")
	}
	return nil
}

func loopback(u *url.URL) bool {
	return u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
}
