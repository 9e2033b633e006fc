package house_test

import (
	"bytes"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"roster/internal/login"
	"roster/internal/signon"
	"roster/internal/signon/signontest"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// port is a home with providers of single sign-on.
type port struct {
	*home
	base        string
	clock       *storetest.Clock
	acme, globe *signontest.Provider
}

func newPort(t testing.TB, s *store.Store, clock *storetest.Clock) *port {
	t.Helper()
	return newPortAt(t, s, clock, base)
}

func newPortAt(t testing.TB, s *store.Store, clock *storetest.Clock, base string) *port {
	t.Helper()
	p := &port{base: base, clock: clock, acme: signontest.New(t, "acme", clock.Now), globe: signontest.New(t, "globe", clock.Now)}
	return p.open(t, s, p.acme, p.globe)
}

// open wires the home anew, with some of the providers: nothing is known of them any more.
func (p *port) open(t testing.TB, s *store.Store, providers ...*signontest.Provider) *port {
	t.Helper()
	var list []signon.Config
	for _, one := range providers {
		list = append(list, one.Config())
	}
	made, err := signon.New(list, signon.Options{BaseURL: p.base, Key: bytes.Repeat([]byte("k"), 32), Now: s.Now})
	again := *p
	again.home = wireWith(t, s, &logbook{}, p.base, login.Config{SignOn: must(t, made, err)})
	return &again
}

// traveller is a browser.
type traveller struct {
	*port
	cookies map[string]string
}

func (p *port) traveller() *traveller { return &traveller{p, map[string]string{}} }

// seen is a page as a browser got it.
type seen struct {
	status int
	to     string // where it leads
	body   string
	header http.Header
}

// ask asks for a page, and keeps the cookies that come with it.
func (b *traveller) ask(method, path string, form url.Values) seen {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), method, b.base+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.do(r)
}

func (b *traveller) do(r *http.Request) seen {
	b.Helper()
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.door.ServeHTTP(w, r)
	got := w.Result()
	for _, c := range got.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	body, err := io.ReadAll(got.Body)
	return seen{got.StatusCode, got.Header.Get("Location"), string(must(b, body, err)), got.Header}
}

var onward = regexp.MustCompile(`http-equiv="refresh" content="0; url=([^"]+)"`)

// depart sets out for a provider, and gives the address it is sent to.
func (b *traveller) depart(provider string, form url.Values) string {
	b.Helper()
	page := b.ask(http.MethodPost, "/sign-on/"+provider, form)
	to := onward.FindStringSubmatch(page.body)
	if page.status != http.StatusOK || to == nil {
		b.Fatalf("to %s: %d %s", provider, page.status, page.body)
	}
	return html.UnescapeString(to[1])
}

// visit is where a provider sends somebody back to, as a path here.
func (b *traveller) visit(provider *signontest.Provider, address string, who signontest.Claims) string {
	b.Helper()
	back, err := provider.Visit(address, who)
	return strings.TrimPrefix(must(b, back, err), b.base)
}

// travel goes to a provider and back.
func (b *traveller) travel(provider *signontest.Provider, form url.Values, who signontest.Claims) seen {
	b.Helper()
	name := provider.Config().Name
	page := b.ask(http.MethodPost, "/sign-on/"+name, form)
	to := onward.FindStringSubmatch(page.body)
	if to == nil {
		return page
	}
	return b.ask(http.MethodGet, b.visit(provider, html.UnescapeString(to[1]), who), nil)
}

// signedIn is whom a browser is signed in as; empty for nobody.
func (b *traveller) signedIn() string {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, b.base+"/graphql", strings.NewReader(`{"query":"{viewer{user{email}}}"}`))
	r.Header.Set("Content-Type", "application/json")
	got := regexp.MustCompile(`"email":"([^"]*)"`).FindStringSubmatch(b.do(r).body)
	if got == nil {
		return ""
	}
	return got[1]
}

// somebodyAt are the claims of a person with an address that the provider vouches for.
func somebodyAt(sub string) signontest.Claims {
	return signontest.Claims{"sub": sub, "email": sub + "@example.com", "email_verified": true, "given_name": "Kit", "family_name": "Vale"}
}
