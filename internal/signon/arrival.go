package signon

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"golang.org/x/oauth2"

	"roster/internal/rule"
)

// Arrival is somebody who came back, as the provider vouches for them.
type Arrival struct {
	Asked
	Identity
	State string // the one of this journey, to be used once
}

// Arrive reads what a provider sends somebody back with, and asks it who they are. What they had asked for is answered
// with a *Trouble, too, as far as the cookie tells it.
func (p *Providers) Arrive(ctx context.Context, name, cookie string, query url.Values) (Arrival, error) {
	from := p.named(name)
	if from == nil {
		return Arrival{}, rule.ErrNotFound
	}
	j, err := p.opened(name, cookie)
	if err != nil {
		return Arrival{}, lost(err)
	}
	back := Arrival{Asked: j.Asked, State: j.State}
	for _, values := range query {
		if len(values) > 1 {
			return back, from.wrong(errors.New("a parameter twice"))
		}
	}
	if !same(query.Get("state"), j.State) {
		return back, lost(errors.New("another journey's state"))
	}
	if iss, given := query.Get("iss"), query.Has("iss"); given && iss != from.Issuer {
		return back, from.wrong(errors.New("sent back by another issuer"))
	}
	if said := query.Get("error"); said != "" {
		return back, from.refused(said)
	}
	if query.Get("code") == "" {
		return back, from.wrong(errors.New("sent back without a code"))
	}
	back.Identity, err = from.identify(ctx, query, j)
	return back, err
}

// identify spends the code and reads who the provider says it is.
func (p *provider) identify(ctx context.Context, query url.Values, j journey) (Identity, error) {
	d, err := p.describe(ctx)
	if err != nil {
		return Identity{}, err
	}
	if d.namesIss && !query.Has("iss") {
		return Identity{}, p.wrong(errors.New("sent back by nobody, although the provider names itself"))
	}
	token, err := d.oauth.Exchange(p.with(ctx), query.Get("code"), oauth2.VerifierOption(j.Verifier))
	if err != nil {
		return Identity{}, p.notExchanged(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Identity{}, p.wrong(errors.New("no ID token"))
	}
	verified, err := d.verifier.Verify(p.with(ctx), raw)
	if err != nil {
		return Identity{}, p.wrong(err)
	}
	if verified.AccessTokenHash != "" {
		if err := verified.VerifyAccessToken(token.AccessToken); err != nil {
			return Identity{}, p.wrong(err)
		}
	}
	told := claims{}
	if err := verified.Claims(&told); err != nil {
		return Identity{}, p.wrong(err)
	}
	if err := told.check(p, j.Nonce); err != nil {
		return Identity{}, p.wrong(err)
	}
	if told["email"] == nil && d.UserInfoEndpoint() != "" {
		more, err := d.ask(p.with(ctx), token, told)
		if err != nil {
			return Identity{}, p.wrong(err)
		}
		told.take(more)
	}
	return told.identity(p)
}

// ask asks who somebody is, where the ID token does not say it all.
func (d *description) ask(ctx context.Context, token *oauth2.Token, told claims) (claims, error) {
	info, err := d.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, fmt.Errorf("ask for more: %w", err)
	}
	more := claims{}
	if err := info.Claims(&more); err != nil {
		return nil, fmt.Errorf("read more: %w", err)
	}
	if sub, _ := more.text("sub"); sub == "" || sub != told.mustText("sub") {
		return nil, errors.New("the rest is told of somebody else")
	}
	return more, nil
}

// notExchanged tells a provider that is down from one that says no. What it said is not repeated: it may be the secret.
func (p *provider) notExchanged(err error) *Trouble {
	var said *oauth2.RetrieveError
	if !errors.As(err, &said) {
		return p.down(fmt.Errorf("spend the code: %w", err))
	}
	status := 0
	if said.Response != nil {
		status = said.Response.StatusCode
	}
	return p.wrong(fmt.Errorf("spend the code: status %d, error %.40q", status, said.ErrorCode))
}

// refused is a provider's own no. Its words are not repeated: anybody could have written them into the address.
func (p *provider) refused(said string) *Trouble {
	cause := fmt.Errorf("sent back with the error %.40q", said)
	if said == "access_denied" {
		return &Trouble{Sentence: "You did not sign in at " + p.Label + ", or it did not let you. Nothing was changed.", Cause: cause}
	}
	return &Trouble{Sentence: p.Label + " could not sign you in. Nothing was changed. Begin again; if it stays so, tell whoever runs " + p.Label + " for you.", Cause: cause}
}

// lost is somebody who comes back and never left, left in another browser, or too long ago.
func lost(cause error) *Trouble {
	return &Trouble{Sentence: "This was not begun in this browser, or too long ago. Begin again here.", Cause: cause}
}
