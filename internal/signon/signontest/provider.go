// Package signontest is a provider of single sign-on on this machine, for tests: an honest one, which holds whoever comes to
// the protocol, and one that can be bent in every part of what it says.
package signontest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"roster/internal/signon"
)

// The client that every provider here knows.
const (
	ClientID     = "roster"
	ClientSecret = "hush, only the two of us know: roster"
)

// Claims are what a provider says of somebody.
type Claims map[string]any

// Provider is a provider that runs until its test ends.
type Provider struct {
	Issuer string
	name   string
	now    func() time.Time

	mu    sync.Mutex
	bent  Bend
	codes map[string]grant
	asked int
}

// Bend is where a provider is not honest; nil where it is.
type Bend struct {
	Description func(map[string]any) // what it says of itself
	Back        func(url.Values)     // with what it sends somebody back
	Claims      func(Claims)         // what it says of them
	Sign        func(Claims) string  // how it signs that
	Token       http.HandlerFunc     // what its token endpoint does
	Keys        http.HandlerFunc     // what its keys are
	Info        func(Claims)         // what it says of them elsewhere
	Twice       bool                 // it takes a code again
}

// grant is what a code is good for.
type grant struct {
	claims              Claims
	redirect, challenge string
}

// New starts a provider of a name, whose clock is now.
func New(t testing.TB, name string, now func() time.Time) *Provider {
	t.Helper()
	p := &Provider{name: name, now: now, codes: map[string]grant{}}
	m := http.NewServeMux()
	m.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	m.HandleFunc("GET /keys", p.keys)
	m.HandleFunc("POST /token", p.token)
	m.HandleFunc("GET /info", p.info)
	s := httptest.NewServer(m)
	t.Cleanup(s.Close)
	p.Issuer = s.URL
	return p
}

// Config is how the provider is configured at Roster.
func (p *Provider) Config() signon.Config {
	return signon.Config{Name: p.name, Label: strings.ToUpper(p.name[:1]) + p.name[1:], Issuer: p.Issuer, ClientID: ClientID, ClientSecret: ClientSecret,
		Scopes: []string{"openid", "email", "profile"}}
}

// Bend makes the provider dishonest, or with the zero Bend honest again.
func (p *Provider) Bend(b Bend) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bent = b
}

// Asked is how often the provider was asked to describe itself.
func (p *Provider) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

func (p *Provider) bend() Bend {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bent
}

// Visit does what somebody does whom Roster sent to an address: they sign in, and are sent back to the address that is
// answered. An auth_time of their own is when they had signed in before; Roster may want them to sign in anew.
func (p *Provider) Visit(address string, who Claims) (back string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	q := u.Query()
	for name, want := range map[string]string{"client_id": ClientID, "response_type": "code", "code_challenge_method": "S256"} {
		if q.Get(name) != want {
			return "", fmt.Errorf("%s is %q, want %q: %s", name, q.Get(name), want, address)
		}
	}
	if u.Scheme+"://"+u.Host != p.Issuer || q.Get("state") == "" || q.Get("nonce") == "" || q.Get("code_challenge") == "" || !strings.Contains(q.Get("scope"), "openid") {
		return "", fmt.Errorf("nobody can be signed in at %s", address)
	}
	all := Claims{"iss": p.Issuer, "aud": ClientID, "iat": p.now().Unix(), "exp": p.now().Add(5 * time.Minute).Unix(), "nonce": q.Get("nonce")}
	if q.Get("max_age") != "" || q.Get("prompt") == "login" {
		all["auth_time"] = p.now().Unix()
	}
	maps.Copy(all, who)
	code := Random()
	p.mu.Lock()
	p.codes[code] = grant{claims: all, redirect: q.Get("redirect_uri"), challenge: q.Get("code_challenge")}
	p.mu.Unlock()
	with := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.Issuer}}
	if bend := p.bend().Back; bend != nil {
		bend(with)
	}
	return q.Get("redirect_uri") + "?" + with.Encode(), nil
}

func (p *Provider) describe(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	p.asked++
	p.mu.Unlock()
	all := map[string]any{"issuer": p.Issuer, "authorization_endpoint": p.Issuer + "/authorize", "token_endpoint": p.Issuer + "/token", "jwks_uri": p.Issuer + "/keys",
		"userinfo_endpoint": p.Issuer + "/info", "id_token_signing_alg_values_supported": []string{"RS256"}, "authorization_response_iss_parameter_supported": true}
	if bend := p.bend().Description; bend != nil {
		bend(all)
	}
	answer(w, all)
}

func (p *Provider) keys(w http.ResponseWriter, r *http.Request) {
	if bend := p.bend().Keys; bend != nil {
		bend(w, r)
		return
	}
	Keys(w, r)
}

// Keys tells the keys as an honest provider does.
func Keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: Key().Public(), KeyID: KeyID, Algorithm: "RS256", Use: "sig"}}})
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if bend := p.bend().Token; bend != nil {
		bend(w, r)
		return
	}
	claims, err := p.spend(r)
	if err != nil {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "invalid_grant", "error_description": err.Error()})
		return
	}
	bent := p.bend()
	if bent.Claims != nil {
		bent.Claims(claims)
	}
	sign := Sign
	if bent.Sign != nil {
		sign = bent.Sign
	}
	access := Random()
	p.mu.Lock()
	p.codes["access "+access] = grant{claims: claims}
	p.mu.Unlock()
	answer(w, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": sign(claims)})
}

// spend holds whoever brings a code to what the protocol wants.
func (p *Provider) spend(r *http.Request) (Claims, error) {
	id, secret, ok := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	if !ok || id != ClientID || secret != ClientSecret {
		return nil, errors.New("not the client")
	}
	p.mu.Lock()
	g, known := p.codes[r.PostFormValue("code")]
	if !p.bent.Twice {
		delete(p.codes, r.PostFormValue("code"))
	}
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case !known:
		return nil, errors.New("the code is unknown, or used")
	case subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(g.challenge)) != 1:
		return nil, errors.New("the verifier does not fit")
	case r.PostFormValue("redirect_uri") != g.redirect:
		return nil, errors.New("another redirect_uri")
	case r.PostFormValue("grant_type") != "authorization_code":
		return nil, errors.New("another grant")
	}
	return g.claims, nil
}

// info says more of somebody for an access token: what the claim "elsewhere" holds.
func (p *Provider) info(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	g, known := p.codes["access "+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	p.mu.Unlock()
	if !known {
		http.Error(w, "who?", http.StatusUnauthorized)
		return
	}
	more := Claims{"sub": g.claims["sub"]}
	if elsewhere, ok := g.claims["elsewhere"].(Claims); ok {
		maps.Copy(more, elsewhere)
	}
	if bend := p.bend().Info; bend != nil {
		bend(more)
	}
	answer(w, more)
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // whoever cannot be written to cannot be told
}

// KeyID is what the key of every provider here is called.
const KeyID = "key-1"

// Key is the key of every provider here, made once: making one takes long.
var Key = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// Sign signs claims as an honest provider does.
func Sign(c Claims) string {
	return SignWith(jose.RS256, Key(), map[jose.HeaderKey]any{"kid": KeyID}, c)
}

// SignWith signs claims in any way there is.
func SignWith(alg jose.SignatureAlgorithm, key any, header map[jose.HeaderKey]any, c Claims) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, &jose.SignerOptions{ExtraHeaders: header})
	if err != nil {
		panic(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	signed, err := signer.Sign(text)
	if err != nil {
		panic(err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return compact
}

// Random is a text that nobody guesses.
func Random() string { return rand.Text() }
