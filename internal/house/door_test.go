package house_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"roster/ent/event"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/watch"
	"roster/internal/web"
)

// doorWith is another front door to the same house.
func (h *home) doorWith(change func(*web.Config)) http.Handler {
	h.Helper()
	c := web.Config{BaseURL: base, Rates: unlimited, Log: slog.New(watch.Logs(slog.NewJSONHandler(h.log, nil)))}
	change(&c)
	door, err := web.New(h.store, h.logins, h.people, h.papers, nil, c)
	return must(h, door, err)
}

// request makes one: method, address and headers, names and values in turn; body is a form for POST of a page.
func request(method, path, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, base+path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if path == "/graphql" {
			r.Header.Set("Content-Type", "application/json")
		}
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func through(door http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	return w
}

const nobodySignedIn = `{"query":"{viewer{id}}"}`

func signInBody(email, with string) string {
	return fmt.Sprintf(`{"query":"mutation($e:String!,$p:String!){signIn(input:{email:$e,password:$p,client:WEB}){problems{code}}}","variables":{"e":%q,"p":%q}}`, email, with)
}

func signInForm(email, with string) string {
	return url.Values{"email": {email}, "password": {with}}.Encode()
}

func sqlite(t *testing.T) *home {
	t.Helper()
	return newHome(t, storetest.Open(t, storetest.SQLite))
}

func TestPagesOfNamedOriginsUseTheAPIAndNoOthers(t *testing.T) {
	t.Parallel()
	h := sqlite(t)
	door := h.doorWith(func(c *web.Config) { c.Origins = []string{"https://app.example.com"} })
	cookie := h.open(h.somebody(), rule.Web).Cookie
	for origin, may := range map[string]bool{
		"https://app.example.com": true, "https://app.example.com:8443": false, "http://app.example.com": false, "https://app.example.com.evil.test": false,
		"https://evil.test": false, "null": false, "https://APP.example.com": false, "": false, "*": false,
	} {
		asks := through(door, request("OPTIONS", "/graphql", "", "Origin", origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,authorization"))
		posts := request("POST", "/graphql", nobodySignedIn, "Origin", origin, "Sec-Fetch-Site", "cross-site")
		if origin == "" {
			posts.Header.Del("Sec-Fetch-Site")
		}
		posts.AddCookie(&http.Cookie{Name: "roster", Value: cookie})
		done := through(door, posts)
		for what, w := range map[string]*httptest.ResponseRecorder{"asks": asks, "posts": done} {
			allowed := w.Header().Get("Access-Control-Allow-Origin")
			if may && (allowed != origin || w.Header().Get("Access-Control-Allow-Credentials") != "true") || !may && (allowed != "" || w.Header().Get("Access-Control-Allow-Credentials") != "") {
				t.Errorf("%q %s: got %d with %v", origin, what, w.Code, w.Header())
			}
			if w.Header().Get("Vary") == "" {
				t.Errorf("%q %s: a cache could give one origin the answer for another", origin, what)
			}
		}
		if asked := asks.Code == http.StatusNoContent && asks.Header().Get("Access-Control-Max-Age") != ""; asked != may {
			t.Errorf("%q: may it send? got %d %v", origin, asks.Code, asks.Header())
		}
		if ran := done.Code == 200; ran != (may || origin == "") {
			t.Errorf("%q: with a cookie, got %d %s", origin, done.Code, done.Body)
		}
	}
	if w := through(door, request("OPTIONS", "/accounts", "", "Origin", "https://app.example.com", "Access-Control-Request-Method", "POST")); w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a page was opened to another origin: %v", w.Header())
	}
	limited := h.doorWith(func(c *web.Config) { c.Origins, c.Rates = []string{"https://app.example.com"}, web.Rates{Requests: 1} })
	through(limited, request("POST", "/graphql", nobodySignedIn))
	if w := through(limited, request("POST", "/graphql", nobodySignedIn, "Origin", "https://app.example.com")); w.Code != 429 || w.Header().Get("Access-Control-Allow-Origin") == "" || !strings.Contains(w.Header().Get("Access-Control-Expose-Headers"), "Retry-After") {
		t.Errorf("a page elsewhere does not learn that it is too fast: %d %v", w.Code, w.Header())
	}
}

func TestAnotherSiteCannotMakeAVisitorDoAnything(t *testing.T) {
	t.Parallel()
	h := sqlite(t)
	u := h.somebody()
	for name, headers := range map[string][]string{
		"a browser that says so":         {"Sec-Fetch-Site", "cross-site"},
		"a neighbour":                    {"Sec-Fetch-Site", "same-site"},
		"an older browser":               {"Origin", "https://evil.test"},
		"a page in a sandbox":            {"Origin", "null"},
		"the same name without its port": {"Origin", base + ":8080"},
	} {
		cookie := h.open(u, rule.Web).Cookie
		post := func(path, body string, headers ...string) *httptest.ResponseRecorder {
			r := request("POST", path, body, headers...)
			r.AddCookie(&http.Cookie{Name: "roster", Value: cookie})
			return through(h.door, r)
		}
		if w := post("/graphql", nobodySignedIn, "Sec-Fetch-Site", "same-origin", "Origin", base); w.Code != 200 || !strings.Contains(w.Body.String(), "vwr_") && !strings.Contains(w.Body.String(), `"id":`) {
			t.Fatalf("our own page: got %d %s", w.Code, w.Body)
		}
		for _, path := range []string{"/sign-out", "/accounts/switch", "/verify/resend", "/forgot"} {
			if w := post(path, "", headers...); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "another site") {
				t.Errorf("%s, %s: got %d", name, path, w.Code)
			}
		}
		if w := post("/graphql", `{"query":"mutation{signOut{problems{code}}}"}`, headers...); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "BAD_REQUEST") {
			t.Errorf("%s: got %d %s", name, w.Code, w.Body)
		}
		if w := post("/graphql", nobodySignedIn); w.Code != 200 || strings.Contains(w.Body.String(), `"viewer":null`) {
			t.Errorf("%s: the session did not survive: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestUnderHTTPSTheCookieIsGuardedAndBrowsersStayThere(t *testing.T) {
	t.Parallel()
	h := sqlite(t)
	u := h.withPassword()
	for _, c := range []struct{ base, cookie, hsts string }{
		{"http://roster.example.com", "roster", ""},
		{"https://roster.example.com", "__Host-roster", "max-age=31536000"},
	} {
		door := h.doorWith(func(conf *web.Config) { conf.BaseURL = c.base })
		for _, r := range []*http.Request{request("POST", "/sign-in", signInForm(u.Email, password)), request("POST", "/graphql", signInBody(u.Email, password))} {
			w := through(door, r)
			got := w.Result().Cookies()
			if len(got) != 1 || got[0].Name != c.cookie || got[0].Secure != (c.hsts != "") || !got[0].HttpOnly || got[0].SameSite != http.SameSiteLaxMode || got[0].Path != "/" || got[0].Domain != "" {
				t.Fatalf("%s%s: got %d %v", c.base, r.URL.Path, w.Code, w.Header())
			}
			if got := w.Header().Get("Strict-Transport-Security"); got != c.hsts {
				t.Errorf("%s: Strict-Transport-Security: %q", c.base, got)
			}
			back := request("GET", "/accounts", "")
			back.AddCookie(&http.Cookie{Name: c.cookie, Value: got[0].Value})
			if w := through(door, back); w.Code != 200 {
				t.Errorf("%s: with its cookie: got %d", c.base, w.Code)
			}
			other := request("GET", "/accounts", "")
			other.AddCookie(&http.Cookie{Name: map[string]string{"roster": "__Host-roster", "__Host-roster": "roster"}[c.cookie], Value: got[0].Value})
			if w := through(door, other); w.Code != http.StatusSeeOther {
				t.Errorf("%s: with the cookie of the other name: got %d", c.base, w.Code)
			}
		}
	}
}

func TestEveryAnswerHasItsHeadersAndItsId(t *testing.T) {
	t.Parallel()
	h := sqlite(t)
	door := h.doorWith(func(c *web.Config) { c.Rates = web.Rates{Requests: 6} })
	ids := map[string]bool{}
	for _, r := range []*http.Request{
		request("GET", "/", ""), request("POST", "/graphql", nobodySignedIn), request("GET", "/nothing", ""), request("POST", "/graphql", "{"),
		request("DELETE", "/accounts", ""), request("POST", "/sign-out", "", "Origin", "https://evil.test"), request("GET", "/accept/rit_x", ""), request("GET", "/accounts", ""),
	} {
		w := through(door, r)
		id := w.Header().Get("X-Request-Id")
		if !strings.HasPrefix(id, "req_") || ids[id] {
			t.Errorf("%s %s: its id is %q", r.Method, r.URL.Path, id)
		}
		ids[id] = true
		if !strings.Contains(h.log.String(), id) {
			t.Errorf("%s %s: no line of the log has its id", r.Method, r.URL.Path)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "SAMEORIGIN",
			"Content-Security-Policy": "default-src 'none'", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
			if got := w.Header().Get(name); !strings.HasPrefix(got, want) {
				t.Errorf("%s %s, %d: %s: %q", r.Method, r.URL.Path, w.Code, name, got)
			}
		}
	}
	made := request("POST", "/graphql", `{"query":"mutation{practiceCreate(input:{name:\"Recorded\",country:\"GB\"}){problems{code}}}"}`)
	made.AddCookie(&http.Cookie{Name: "roster", Value: h.open(h.somebody(), rule.Web).Cookie})
	w := through(h.door, made)
	if n, err := h.store.Read().Event.Query().Where(event.RequestID(w.Header().Get("X-Request-Id")), event.Verb("practiceCreate")).Count(store.Facts(t.Context())); n != 1 || err != nil {
		t.Errorf("%d events are recorded with the request's id, %v: %s", n, err, w.Body)
	}
	if w := through(door, request("GET", "/", "", "X-Request-Id", "req_forged")); w.Header().Get("X-Request-Id") == "req_forged" {
		t.Error("the id is what the request said")
	}
}

func TestAfterSigningInOneStaysHere(t *testing.T) {
	t.Parallel()
	h := sqlite(t)
	u := h.withPassword()
	for next, want := range map[string]string{
		"/accounts": "/accounts", "/graphiql?tab=2": "/graphiql?tab=2", "/accept/rit_x": "/accept/rit_x",
		`/\evil.test`: "/accounts", `\\evil.test`: "/accounts", `/\/evil.test`: "/accounts", "//evil.test": "/accounts", "///evil.test": "/accounts", "https://evil.test": "/accounts",
		"https:/evil.test": "/accounts", "javascript:alert(1)": "/accounts", "evil.test": "/accounts", "": "/accounts", "/\t/evil.test": "/accounts", "/\n/evil.test": "/accounts",
		"/%5cevil.test": "/%5cevil.test", "@evil.test": "/accounts", "/a\r\nSet-Cookie: x=y": "/accounts", "http://roster.example.com/x": "/accounts",
	} {
		form := url.Values{"email": {u.Email}, "password": {password}, "next": {next}}.Encode()
		w := through(h.door, request("POST", "/sign-in", form))
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
			t.Errorf("next %q: got %d %q, want %q", next, w.Code, got, want)
		}
	}
}

func TestAFormIsSmall(t *testing.T) {
	t.Parallel()
	h := sqlite(t)
	for size, want := range map[int]int{15 << 10: http.StatusUnprocessableEntity, 17 << 10: http.StatusBadRequest} {
		if w := through(h.door, request("POST", "/sign-in", "email=a%40example.com&password="+strings.Repeat("x", size))); w.Code != want {
			t.Errorf("a form of %d bytes: got %d, want %d", size, w.Code, want)
		}
	}
	if w := through(h.door, request("POST", "/sign-in", "email=%zz")); w.Code != http.StatusBadRequest {
		t.Errorf("a broken form: got %d", w.Code)
	}
}

// What waits for the database longer than a request may take is told so, and does nothing later.
func TestARequestEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		door := h.doorWith(func(c *web.Config) { c.Deadline = 200 * time.Millisecond })
		cookie := h.open(h.somebody(), rule.Web).Cookie
		ask := func(query string) *httptest.ResponseRecorder {
			r := request("POST", "/graphql", `{"query":"`+query+`"}`)
			r.AddCookie(&http.Cookie{Name: "roster", Value: cookie})
			return through(door, r)
		}
		const create = `mutation{practiceCreate(input:{name:\"Late\",country:\"GB\"}){practice{name} problems{code}}}`
		release, held := make(chan struct{}), make(chan struct{}, 10)
		ended := make(chan error, 10)
		for range 10 { // all the turns there are for writing; on SQLite there is one
			go func() {
				ended <- s.Tx(context.Background(), func(ctx context.Context, tx *store.Tx) error {
					held <- struct{}{}
					<-release
					return nil
				})
			}()
		}
		<-held
		if s.Kind() == storetest.Postgres {
			for range 9 {
				<-held
			}
		}
		began := time.Now()
		w := ask(create)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
		if w.Code != 200 || !strings.Contains(w.Body.String(), "INTERNAL") || !strings.Contains(w.Body.String(), "took too long") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		close(release)
		for range 10 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		if n, err := s.Read().Practice.Query().Count(store.Facts(t.Context())); n != 0 || err != nil {
			t.Errorf("%d practices were made all the same, %v", n, err)
		}
		if w := ask(create); !strings.Contains(w.Body.String(), "Late") {
			t.Errorf("afterwards: got %d %s", w.Code, w.Body)
		}
	})
}

func TestAProgramThatSendsACookieAndATokenIsRefused(t *testing.T) {
	t.Parallel()
	h := sqlite(t)
	u := h.somebody()
	web, app := h.open(u, rule.Web).Cookie, h.open(u, rule.Mobile).Tokens.AccessToken
	for name, c := range map[string]struct {
		cookies, bearers []string
		status           int
	}{
		"a cookie":                  {[]string{web}, nil, 200},
		"a token":                   {nil, []string{"Bearer " + app}, 200},
		"a token, in small letters": {nil, []string{"bearer " + app}, 200},
		"neither":                   {nil, nil, 200},
		"both":                      {[]string{web}, []string{"Bearer " + app}, 400},
		"two cookies":               {[]string{web, web}, nil, 400},
		"two tokens":                {nil, []string{"Bearer " + app, "Bearer " + app}, 400},
		"another scheme":            {nil, []string{"Basic " + app}, 400},
		"both, of which one is bad": {[]string{"x"}, []string{"Bearer " + app}, 400},
	} {
		for _, path := range []string{"/graphql", "/accounts"} {
			method := map[string]string{"/graphql": "POST", "/accounts": "GET"}[path]
			r := request(method, path, nobodySignedIn)
			for _, v := range c.cookies {
				r.AddCookie(&http.Cookie{Name: "roster", Value: v})
			}
			for _, v := range c.bearers {
				r.Header.Add("Authorization", v)
			}
			w := through(h.door, r)
			if ok := w.Code == 400; ok != (c.status == 400) {
				t.Errorf("%s, %s: got %d %s", name, path, w.Code, w.Body)
			}
			if path == "/graphql" && c.status == 200 && strings.Contains(w.Body.String(), `"viewer":null`) != (name == "neither") {
				t.Errorf("%s: got %s", name, w.Body)
			}
		}
	}
}
