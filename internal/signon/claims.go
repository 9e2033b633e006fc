package signon

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Identity is who a provider says somebody is. Issuer and Subject are the identity (RULES.md J7); the rest is what it told.
type Identity struct {
	Provider, Label string
	Issuer, Subject string
	Email           string    // as it was told; empty when it was not, or was no text
	EmailVerified   bool      // told as the JSON value true, and as nothing else
	First, Last     string    // as they were told
	SignedInAt      time.Time // when they signed in there; zero when that was not told
}

const (
	longestSubject = 255             // OpenID Connect Core 1.0, section 2
	skew           = 5 * time.Minute // by which a provider's clock may be ahead
)

// claims are what was told, each under exactly its name: a claim that differs from one in letter case is another one,
// which the people at a provider may be free to set.
type claims map[string]json.RawMessage

// text is a claim that is a text; false when it is none.
func (c claims) text(name string) (string, bool) {
	var s *string
	if json.Unmarshal(c[name], &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

func (c claims) mustText(name string) string {
	s, _ := c.text(name)
	return s
}

// moment is a claim that is a time; false when it is none.
func (c claims) moment(name string) (time.Time, bool) {
	var seconds *float64
	if json.Unmarshal(c[name], &seconds) != nil || seconds == nil || *seconds < 0 || *seconds > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(int64(*seconds), 0).UTC(), true
}

// take adds what was told elsewhere, and changes nothing.
func (c claims) take(more claims) {
	for name, value := range more {
		if _, told := c[name]; !told {
			c[name] = value
		}
	}
}

// check refuses what the library lets pass: it does not look at the nonce, at when the token was made, and at whom it was
// made for when it names several; and it reads names without their letter case.
func (c claims) check(p *provider, nonce string) error {
	if !same(c.mustText("nonce"), nonce) {
		return errors.New("another journey's nonce")
	}
	if c.mustText("iss") != p.Issuer {
		return errors.New("told by another issuer")
	}
	if err := c.checkAudience(p.ClientID); err != nil {
		return err
	}
	now := p.now()
	if until, ok := c.moment("exp"); !ok || !now.Before(until) {
		return errors.New("an ID token that has expired")
	}
	if made, ok := c.moment("iat"); !ok || made.After(now.Add(skew)) {
		return errors.New("an ID token that was not made yet")
	}
	sub, ok := c.text("sub")
	if !ok || sub == "" || len(sub) > longestSubject || !utf8.ValidString(sub) || strings.ContainsFunc(sub, unicode.IsControl) {
		return errors.New("no subject")
	}
	return nil
}

func (c claims) checkAudience(client string) error {
	var many []string
	if one, ok := c.text("aud"); ok {
		many = []string{one}
	} else if json.Unmarshal(c["aud"], &many) != nil {
		return errors.New("made for nobody")
	}
	_, told := c["azp"]
	switch {
	case !slices.Contains(many, client):
		return errors.New("made for somebody else")
	case told && c.mustText("azp") != client:
		return errors.New("given to somebody else")
	case !told && len(many) > 1:
		return errors.New("made for several, and given to nobody")
	}
	return nil
}

// identity reads who it is of claims that hold.
func (c claims) identity(p *provider) (Identity, error) {
	i := Identity{Provider: p.Name, Label: p.Label, Issuer: p.Issuer, Subject: c.mustText("sub"), Email: c.mustText("email"),
		EmailVerified: string(c["email_verified"]) == "true", First: c.mustText("given_name"), Last: c.mustText("family_name")}
	if i.First == "" && i.Last == "" {
		i.First, i.Last, _ = strings.Cut(strings.TrimSpace(c.mustText("name")), " ")
	}
	if c["auth_time"] == nil {
		return i, nil
	}
	at, ok := c.moment("auth_time")
	if !ok || at.After(p.now().Add(skew)) {
		return Identity{}, p.wrong(errors.New("signed in there at no time, or in the future"))
	}
	i.SignedInAt = at
	return i, nil
}
