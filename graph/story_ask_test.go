package graph_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// app is how a person's app is signed in.
type app struct {
	token string
	until time.Time
}

// browser holds cookies. Go's own jar would drop them: it goes by the real clock.
type browser map[string]string

// exchange is a request and its answer.
type exchange struct {
	step     step
	asked    string // for complaints
	page     bool
	status   int
	header   http.Header
	raw      []byte
	examined bool // the story has said what it expects
}

// caller is who asks: with a token, with a browser, or with neither.
type caller struct {
	token   string
	browser browser
	byGet   bool
	parts   bool // with the header that requests in parts need
}

// app finds the caller of a GraphQL request: "nobody", "ada", "ada's browser", "a new browser", "that browser",
// "token {access}"; with "by GET" behind it the query travels in the address.
func (w *world) app(who string) (c caller, err error) {
	who, c.byGet = strings.CutSuffix(who, " by GET")
	if token, ok := strings.CutPrefix(who, "token "); ok {
		c.token, err = w.names.fillAll(token)
		return c, err
	}
	if who == "nobody" {
		return c, nil
	}
	if whose, token, both := strings.Cut(who, " with token "); both {
		if c.token, err = w.names.fillAll(token); err == nil {
			c.browser, err = w.browser(whose)
		}
		if len(c.browser) == 0 { // a cookie that opens nothing any more is a cookie too
			c.browser = browser{"roster": "rws_ended"}
		}
		return c, err
	}
	if strings.HasSuffix(who, "browser") {
		c.browser, err = w.browser(who)
		return c, err
	}
	a, known := w.apps[who]
	if !known || !w.clock.Now().Before(a.until) {
		if a, err = w.signIn(who); err != nil {
			return c, err
		}
		w.apps[who] = a
	}
	c.token = a.token
	return c, nil
}

// browser finds the browser of a page's request: a person's own is signed in first.
func (w *world) browser(who string) (browser, error) {
	switch who {
	case "nobody":
		return browser{}, nil
	case "a new browser":
		w.browsers["that browser"] = browser{}
		return w.browsers["that browser"], nil
	case "that browser":
		if b := w.browsers[who]; b != nil {
			return b, nil
		}
		return nil, errors.New("there was no new browser before")
	}
	who = strings.TrimSuffix(who, "'s browser")
	if w.browsers[who] == nil {
		b := browser{}
		form := url.Values{"email": {who + "@example.com"}, "password": {w.passwordOf(who)}}
		got, err := w.send(http.MethodPost, "/sign-in", "application/x-www-form-urlencoded", []byte(form.Encode()), caller{browser: b})
		if err != nil || got.status != http.StatusSeeOther {
			return nil, fmt.Errorf("%s could not sign in: %d %s %w", who, got.status, pageText(got.raw), err)
		}
		w.browsers[who] = b
	}
	return w.browsers[who], nil
}

func (w *world) passwordOf(who string) string {
	if own, ok := w.passwords[who]; ok {
		return own
	}
	return password
}

func (w *world) signIn(who string) (app, error) {
	got, err := w.graphql(`mutation($email: String!, $password: String!) { signIn(input: {email: $email, password: $password, client: MOBILE}) {
		tokens { accessToken accessTokenExpiresAt } problems { message } } }`,
		map[string]any{"email": who + "@example.com", "password": w.passwordOf(who)}, caller{})
	if err != nil {
		return app{}, err
	}
	var answer struct {
		Data struct {
			SignIn struct {
				Tokens *struct {
					AccessToken          string
					AccessTokenExpiresAt time.Time
				}
			}
		}
	}
	if err := json.Unmarshal(got.raw, &answer); err != nil {
		return app{}, err
	}
	tokens := answer.Data.SignIn.Tokens
	if tokens == nil {
		return app{}, fmt.Errorf("%s could not sign in: %s", who, got.raw)
	}
	return app{tokens.AccessToken, tokens.AccessTokenExpiresAt}, nil
}

// graphql asks the API.
func (w *world) graphql(document string, variables map[string]any, c caller) (exchange, error) {
	if c.byGet {
		encoded, err := json.Marshal(variables)
		if err != nil {
			return exchange{}, err
		}
		return w.send(http.MethodGet, "/graphql?"+url.Values{"query": {document}, "variables": {string(encoded)}}.Encode(), "", nil, c)
	}
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return exchange{}, err
	}
	return w.send(http.MethodPost, "/graphql", "application/json", body, c)
}

// send makes one request, follows no redirect, and keeps the cookies it is given.
func (w *world) send(method, path, contentType string, body []byte, c caller) (exchange, error) {
	r, err := http.NewRequestWithContext(w.Context(), method, w.server.URL+path, bytes.NewReader(body))
	if err != nil {
		return exchange{}, err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if c.parts {
		r.Header.Set("GraphQL-Require-Preflight", "1")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, value := range c.browser {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, err := w.server.Client().Transport.RoundTrip(r)
	if err != nil {
		return exchange{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return exchange{}, err
	}
	return exchange{status: resp.StatusCode, header: resp.Header, raw: raw}, c.browser.keep(resp)
}

// keep takes the cookies of an answer, which must be out of reach for scripts and other sites.
func (b browser) keep(resp *http.Response) error {
	for _, cookie := range resp.Cookies() {
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
			return fmt.Errorf("the cookie %s is not HttpOnly and SameSite=Lax", cookie.Name)
		}
		if b == nil {
			continue
		}
		if cookie.MaxAge < 0 {
			delete(b, cookie.Name)
		} else {
			b[cookie.Name] = cookie.Value
		}
	}
	return nil
}
