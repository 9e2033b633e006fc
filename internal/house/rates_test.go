package house_test

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"roster/ent/session"
	"roster/internal/store"
	"roster/internal/web"
)

func TestSignInsAreCountedByAddressAndThoseThatSucceedAreNot(t *testing.T) {
	t.Parallel()
	h := sqlite(t)
	u := h.withPassword()
	ours := web.Proxies{netip.MustParsePrefix("192.0.2.1/32")}
	door := h.doorWith(func(c *web.Config) { c.Rates, c.Proxies = web.Rates{Requests: 1 << 20, Forms: 1 << 20}, ours })
	from := func(ip, path, body string) *httptest.ResponseRecorder {
		return through(door, request("POST", path, body, "X-Forwarded-For", ip))
	}
	for i := range 10 { // five by GraphQL, five by the form
		path, body := "/graphql", signInBody(h.fresh("x")+"@example.com", "wrong")
		if i%2 == 1 {
			path, body = "/sign-in", signInForm(h.fresh("x")+"@example.com", "wrong")
		}
		if w := from("198.51.100.7", path, body); w.Code == 429 {
			t.Fatalf("failure %d: got %d %s", i+1, w.Code, w.Body)
		}
		for _, right := range []*httptest.ResponseRecorder{from("198.51.100.7", "/graphql", signInBody(u.Email, password)), from("198.51.100.7", "/sign-in", signInForm(u.Email, password))} {
			if i < 9 && len(right.Result().Cookies()) != 1 {
				t.Fatalf("the right password after %d failures: got %d %s", i+1, right.Code, right.Body)
			}
		}
	}
	for path, body := range map[string]string{"/graphql": signInBody(u.Email, password), "/sign-in": signInForm(u.Email, password)} {
		w := from("198.51.100.7", path, body)
		if w.Code != 429 || w.Header().Get("Retry-After") == "" || len(w.Result().Cookies()) != 0 || !strings.Contains(w.Body.String(), "too many requests from this address") {
			t.Errorf("%s, the eleventh: got %d %v %s", path, w.Code, w.Header(), w.Body)
		}
		if path == "/graphql" && (!strings.Contains(w.Body.String(), `"code":"TOO_MANY_REQUESTS"`) || strings.Contains(w.Body.String(), `"data"`)) {
			t.Errorf("got %s", w.Body)
		}
	}
	if w := from("198.51.100.7", "/graphql", nobodySignedIn); w.Code != 200 {
		t.Errorf("what is no sign-in: got %d", w.Code)
	}
	if w := from("198.51.100.8", "/graphql", signInBody(u.Email, password)); len(w.Result().Cookies()) != 1 {
		t.Errorf("from another address: got %d %s", w.Code, w.Body)
	}
	last, err := h.store.Read().Session.Query().Order(session.ByCreatedAt(), session.ByID()).All(store.Facts(t.Context()))
	if err != nil || *last[len(last)-1].IPAddress != "198.51.100.8" {
		t.Errorf("the newest session is from %v, %v", last, err)
	}
}

func TestAProxyThatNobodyNamedIsToldOfOnce(t *testing.T) {
	t.Parallel()
	h := sqlite(t)
	for from, told := range map[string]int{"10.1.2.3:80": 1, "127.0.0.1:80": 1, "198.51.100.7:80": 0} {
		door := h.doorWith(func(*web.Config) {})
		before := strings.Count(h.log.String(), "TRUSTED_PROXIES")
		for _, header := range []string{"", "192.0.2.1", "192.0.2.2"} {
			r := request("GET", "/sign-in", "")
			if r.RemoteAddr = from; header != "" {
				r.Header.Set("X-Forwarded-For", header)
			}
			through(door, r)
		}
		if got := strings.Count(h.log.String(), "TRUSTED_PROXIES") - before; got != told {
			t.Errorf("%s: told %d times, want %d", from, got, told)
		}
	}
}

func TestMailsToWhoeverIsNamedAreCountedByAddress(t *testing.T) {
	t.Parallel()
	h := sqlite(t)
	door := h.doorWith(func(c *web.Config) { c.Rates = web.Rates{Requests: 1 << 20, Forms: 1 << 20} })
	post := func(i int) *httptest.ResponseRecorder {
		if i%2 == 0 {
			return through(door, request("POST", "/forgot", url.Values{"email": {h.fresh("x") + "@example.com"}}.Encode()))
		}
		return through(door, request("POST", "/graphql", fmt.Sprintf(`{"query":"mutation{passwordResetRequest(input:{email:\"%s@example.com\"}){problems{code}}}"}`, h.fresh("x"))))
	}
	many := strings.Repeat(`a%d:passwordResetRequest(input:{email:\"x%d@example.com\"}){problems{code}} `, 11)
	numbers := make([]any, 22)
	for i := range numbers {
		numbers[i] = i / 2
	}
	if w := through(door, request("POST", "/graphql", `{"query":"mutation{`+fmt.Sprintf(many, numbers...)+`}"}`)); !strings.Contains(w.Body.String(), "BAD_REQUEST") || strings.Contains(w.Body.String(), `"data"`) {
		t.Errorf("eleven in one operation: got %d %s", w.Code, w.Body) // and none of them counts
	}
	for i := range 12 {
		if w := post(i); (w.Code == 429) != (i >= 10) {
			t.Errorf("mail %d: got %d %s", i+1, w.Code, w.Body)
		}
	}
}

func TestRequestsAndFormsAreCountedByAddress(t *testing.T) {
	t.Parallel()
	h := sqlite(t)
	door := h.doorWith(func(c *web.Config) { c.Rates = web.Rates{Requests: 20, Forms: 4} })
	from := func(ip, method, path string) int {
		r := request(method, path, nobodySignedIn)
		r.RemoteAddr = ip
		return through(door, r).Code
	}
	for i := range 6 {
		if got := from("[2001:db8::1]:1", "POST", "/sign-out"); (got == 429) != (i >= 4) {
			t.Errorf("form %d: got %d", i+1, got)
		}
	}
	for i := range 30 {
		if got := from(fmt.Sprintf("[2001:db8::%x]:1", i), "POST", "/graphql"); (got == 429) != (i >= 14) {
			t.Errorf("request %d of a /64: got %d", i+7, got)
		}
		if got := from("[2001:db8::1]:1", "GET", "/static/roster.css"); got == 429 {
			t.Errorf("a file of a page: got %d", got)
		}
	}
	if got := from("[2001:db8:0:1::1]:1", "POST", "/graphql"); got != 200 {
		t.Errorf("from elsewhere: got %d", got)
	}
}
