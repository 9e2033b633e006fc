package house_test

import (
	"bytes"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"roster/internal/login"
	"roster/internal/signon"
	"roster/internal/signon/signontest/zitadel"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// browsing is a browser that reaches everything on this machine, with Go's own cookie jar.
type browsing struct {
	testing.TB
	http.Client
}

func (b *browsing) read(r *http.Response, err error) (at *url.URL, body string) {
	b.Helper()
	r = must(b, r, err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if r.StatusCode >= 400 {
		b.Fatalf("%s: %d %s", r.Request.URL, r.StatusCode, text)
	}
	return r.Request.URL, string(must(b, text, err))
}

var loginID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// signOn goes to the provider, signs in by its page, and is where it leads.
func (b *browsing) signOn(base, issuer string, form url.Values, name string) (at *url.URL, body string) {
	b.Helper()
	_, page := b.read(b.PostForm(base+"/sign-on/zitadel", form))
	_, page = b.read(b.Get(html.UnescapeString(onward.FindStringSubmatch(page)[1])))
	id := loginID.FindStringSubmatch(page)
	if id == nil {
		b.Fatalf("the provider's page: %s", page)
	}
	return b.read(b.PostForm(issuer+"/login/username", url.Values{"id": {id[1]}, "username": {name}, "password": {zitadel.Password}}))
}

// The protocol as others understand it: a person signs in by a provider that is not ours, links it to another login, and
// unlinks it.
func TestAProviderThatOthersWrote(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		server := httptest.NewUnstartedServer(nil)
		base := "http://" + server.Listener.Addr().String()
		provider := zitadel.Reserve(t, "zitadel")
		there := provider.Config()
		provider.Start(base, zitadel.People{
			"kit": zitadel.Person("kit", "Kit", "Vale", "kit@example.com", true), "lou": zitadel.Person("lou", "Lou", "Reyes", "lou@example.com", false)})
		made, err := signon.New([]signon.Config{there}, signon.Options{BaseURL: base, Key: bytes.Repeat([]byte("k"), 32), Now: s.Now})
		h := wireWith(t, s, &logbook{}, base, login.Config{SignOn: must(t, made, err)})
		server.Config.Handler = h.door
		server.Start()
		defer server.Close()
		open := func() *browsing {
			jar, err := cookiejar.New(nil)
			return &browsing{t, http.Client{Jar: must(t, jar, err)}}
		}

		kit := open()
		if at, page := kit.signOn(base, there.Issuer, url.Values{"next": {"/account/sign-in"}}, "kit"); at.Path != "/account/sign-in" || !strings.Contains(page, "kit@example.com") || !strings.Contains(page, "You have none.") {
			t.Fatalf("at %s: %s", at, page)
		}
		lou := open()
		if at, page := lou.signOn(base, there.Issuer, nil, "lou"); at.Path != "/accounts" || !strings.Contains(page, "Please confirm your email address.") || !strings.Contains(page, "Lou Reyes") {
			t.Errorf("an address that is not vouched for: at %s: %s", at, page)
		}
		again := open()
		if at, page := again.signOn(base, there.Issuer, nil, "kit"); at.Path != "/accounts" || !strings.Contains(page, "Kit Vale") || strings.Contains(page, "Please confirm") {
			t.Errorf("the second time: at %s: %s", at, page)
		}
		if got := h.rows("SELECT issuer, subject FROM identities ORDER BY subject"); got != there.Issuer+"\x00id-of-kit\x00"+there.Issuer+"\x00id-of-lou\x00" {
			t.Errorf("identities: %q", got)
		}
	})
}
