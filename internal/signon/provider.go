package signon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// How long a provider's description is good for, and how long nobody asks again after it could not be had: whoever comes
// meanwhile is told at once.
const (
	describedFor = time.Hour
	pause        = 5 * time.Second
)

// provider is one of them, with what it says of itself, once it was asked.
type provider struct {
	Config
	now      func() time.Time
	redirect string
	client   *http.Client
	turn     chan struct{} // held by whoever asks for the description

	description *description // the last good one
	until       time.Time    // not asked again before
	failed      error        // why there is no description
}

// description is what a provider says of itself.
type description struct {
	*oidc.Provider
	verifier *oidc.IDTokenVerifier
	oauth    oauth2.Config
	namesIss bool // it says who it is when it sends somebody back (RFC 9207)
}

func newProvider(c Config, o Options) *provider {
	issuer, err := url.Parse(c.Issuer)
	plain := err == nil && issuer.Scheme == "http" && loopback(issuer)
	return &provider{Config: c, now: o.Now, redirect: o.BaseURL + "/sign-on/" + c.Name + "/callback", client: newClient(plain), turn: make(chan struct{}, 1)}
}

// describe gives the provider's description, which is asked for when it is first needed, and again after an hour; while
// that fails, the old one serves.
func (p *provider) describe(ctx context.Context) (*description, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, p.down(ctx.Err())
	}
	if now := p.now(); !now.Before(p.until) {
		d, err := p.discover(ctx)
		switch {
		case err == nil:
			p.description, p.until, p.failed = d, now.Add(describedFor), nil
		default:
			p.until, p.failed = now.Add(pause), err
		}
	}
	if p.description == nil {
		return nil, p.down(p.failed)
	}
	return p.description, nil
}

// discover asks. It goes on although whoever began it has left: others wait for the same.
func (p *provider) discover(ctx context.Context) (*description, error) {
	ctx, cancel := context.WithTimeout(p.with(context.WithoutCancel(ctx)), answerWithin)
	defer cancel()
	found, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask for the description: %w", err)
	}
	var more struct {
		Keys    string   `json:"jwks_uri"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
		Iss     bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := found.Claims(&more); err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	at := found.Endpoint()
	for what, endpoint := range map[string]string{"authorization_endpoint": at.AuthURL, "token_endpoint": at.TokenURL, "jwks_uri": more.Keys, "userinfo_endpoint": found.UserInfoEndpoint()} {
		if err := p.mayName(endpoint); err != nil && (endpoint != "" || what != "userinfo_endpoint") {
			return nil, fmt.Errorf("%s names %w", what, err)
		}
	}
	at.AuthStyle = oauth2.AuthStyleInHeader
	if len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		at.AuthStyle = oauth2.AuthStyleInParams
	}
	return &description{Provider: found, namesIss: more.Iss,
		verifier: found.VerifierContext(p.with(context.Background()), &oidc.Config{ClientID: p.ClientID, Now: p.now}),
		oauth:    oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: at, RedirectURL: p.redirect, Scopes: p.Scopes}}, nil
}

func (p *provider) mayName(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil {
		return errors.New("an endpoint that is no web address")
	}
	return mayAsk(u, strings.HasPrefix(p.Issuer, "http://"))
}

// with lets the libraries ask by our client.
func (p *provider) with(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

func (p *provider) down(cause error) *Trouble {
	return &Trouble{Sentence: p.Label + " does not answer just now, so it cannot say who you are. Try again in a minute, or sign in another way.", Down: true, Cause: cause}
}

// wrong is what a person is told of an answer that is not right: not in which way, which is for the log.
func (p *provider) wrong(cause error) *Trouble {
	return &Trouble{Sentence: "What " + p.Label + " said about you does not hold, so nobody was signed in and nothing was changed. Begin again; if it stays so, tell whoever runs " + p.Label + " for you.", Cause: cause}
}
