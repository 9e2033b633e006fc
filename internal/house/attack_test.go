package house_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"roster/internal/rule"
	"roster/internal/store/storetest"
	"roster/internal/watch"
	"roster/internal/web"
)

// fort is the house behind a real server on a real socket, with somebody signed in.
type fort struct {
	*home
	server *httptest.Server
	cookie string
	token  string
	email  string

	patience time.Duration // how long an answer may take
}

var errNoAnswer = errors.New("the server neither answered nor hung up")

func newFort(t testing.TB, h *home, change func(*web.Config)) *fort {
	t.Helper()
	c := web.Config{BaseURL: base, Rates: unlimited, Log: slog.New(watch.Logs(slog.NewJSONHandler(h.log, nil))), Health: web.NewHealth(slog.New(slog.DiscardHandler))}
	if change != nil {
		change(&c)
	}
	door, err := web.New(h.store, h.logins, h.people, h.papers, nil, c)
	must(t, door, err)
	f := &fort{home: h, server: httptest.NewUnstartedServer(nil), patience: 30 * time.Second}
	f.server.Config = web.Guarded(door, slog.New(slog.DiscardHandler))
	f.server.Start()
	t.Cleanup(f.server.Close)
	u := h.withPassword()
	f.email, f.cookie, f.token = u.Email, h.open(u, rule.Web).Cookie, h.open(u, rule.Mobile).Tokens.AccessToken
	return f
}

// reply is what came back on a connection; its status is 0 when it was closed without a word.
type reply struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

// say sends bytes as they are on a connection of their own, and reads the first answer. pause, if there is one, is waited
// between the parts.
func (f *fort) say(pause time.Duration, parts ...string) (r reply, err error) {
	began := time.Now()
	c, err := net.Dial("tcp", f.server.Listener.Addr().String())
	if err != nil {
		return r, err
	}
	defer c.Close()
	if err := c.SetDeadline(began.Add(f.patience)); err != nil {
		return r, err
	}
	go func() {
		tick := time.NewTicker(max(pause, time.Nanosecond))
		defer tick.Stop()
		for i, part := range parts {
			if i > 0 && pause > 0 {
				<-tick.C
			}
			if _, err := io.WriteString(c, part); err != nil {
				return // it was closed, which the reader sees
			}
		}
	}()
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err == nil {
		defer answer.Body.Close()
		var body []byte
		body, err = io.ReadAll(answer.Body)
		r = reply{status: answer.StatusCode, header: answer.Header, body: string(body)}
	}
	r.took = time.Since(began)
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		return r, errNoAnswer
	}
	return r, nil // any other error is the server's hanging up
}

// message is an HTTP request as text. Headers are names and values in turn; one without a value is left out, and a
// Content-Length that is given replaces the true one.
func message(method, path, body string, headers ...string) string {
	lines := map[string]string{"Host": "roster.example.com", "Connection": "close"}
	if body != "" || method == "POST" {
		lines["Content-Length"] = fmt.Sprint(len(body))
	}
	order := []string{"Host", "Connection", "Content-Length"}
	for i := 0; i+1 < len(headers); i += 2 {
		if _, known := lines[headers[i]]; !known {
			order = append(order, headers[i])
		}
		lines[headers[i]] = headers[i+1]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", method, path)
	for _, name := range order {
		if lines[name] != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, lines[name])
		}
	}
	return b.String() + "\r\n" + body
}

// posted is a GraphQL request by POST.
func posted(body string, headers ...string) string {
	return message("POST", "/graphql", body, append([]string{"Content-Type", "application/json"}, headers...)...)
}

// query is a GraphQL request of a document alone.
func query(document string) string { return posted(`{"query":` + quoted(document) + `}`) }

func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

// attack is one, beside something good that differs from it as little as may be.
type attack struct {
	name     string
	control  string   // must be answered 200 or 303 without errors
	attack   []string // the bytes; more than one part is sent bit by bit
	pause    time.Duration
	statuses []int    // one of these; 0 is hanging up
	says     string   // what the answer must hold
	never    []string // what it must not hold
	within   time.Duration
}

// TestAttacksOnTheFrontDoorAreResisted plays each attack against a real server: before it something good must work, or
// the server was not there to be attacked, and after it as well, or the attack was a success.
func TestAttacksOnTheFrontDoorAreResisted(t *testing.T) {
	t.Parallel()
	f := newFort(t, newHome(t, storetest.Open(t, storetest.SQLite)), func(c *web.Config) { c.Origins = []string{"https://app.example.com"} })
	list := f.attacks()
	if len(list) < 60 {
		t.Fatalf("there are only %d attacks", len(list))
	}
	names := map[string]bool{}
	for _, a := range list {
		if names[a.name] || a.control == "" || len(a.statuses) == 0 {
			t.Fatalf("%s is told twice, or without what is good or what must happen", a.name)
		}
		names[a.name] = true
		t.Run(a.name, func(t *testing.T) {
			if a.pause > 0 {
				t.Parallel()
			}
			f.good(t, "before it", a.control)
			r, err := f.say(a.pause, a.attack...)
			if err != nil {
				t.Fatal(err)
			}
			f.judge(t, a, r)
			f.good(t, "after it", a.control)
			f.good(t, "after it, a simple question", query("{viewer{id}}"))
		})
	}
	t.Logf("%d attacks", len(list))
}

func (f *fort) good(t *testing.T, when, request string) {
	t.Helper()
	r, err := f.say(0, request)
	if err != nil || r.status != 200 && r.status != 303 && r.status != 204 || strings.Contains(r.body, `"errors"`) {
		t.Fatalf("%s, something good is answered %d %.300s %v", when, r.status, r.body, err)
	}
}

func (f *fort) judge(t *testing.T, a attack, r reply) {
	t.Helper()
	resisted := false
	for _, status := range a.statuses {
		resisted = resisted || r.status == status
	}
	if !resisted || !strings.Contains(r.body, a.says) {
		t.Errorf("it is answered %d %.500s, want %v and %q", r.status, r.body, a.statuses, a.says)
	}
	for _, never := range append(a.never, "panic", "goroutine ", "runtime error", "Did you mean") {
		if strings.Contains(r.body+fmt.Sprint(r.header), never) {
			t.Errorf("the answer holds %q: %v %.500s", never, r.header, r.body)
		}
	}
	most := a.within
	if most == 0 {
		most = 3 * time.Second
	}
	if r.took > most {
		t.Errorf("it kept the server for %v", r.took)
	}
	if len(r.body) > 64<<10 {
		t.Errorf("the answer has %d bytes", len(r.body))
	}
}

// TestSlowClientsAreHungUpOn guards against slowloris: those who send a byte now and then, as many as they like.
func TestSlowClientsAreHungUpOn(t *testing.T) {
	t.Parallel()
	f := newFort(t, newHome(t, storetest.Open(t, storetest.SQLite)), nil)
	drip := func(text string) (parts []string) {
		for _, c := range text {
			parts = append(parts, string(c))
		}
		return parts
	}
	slow := map[string]struct {
		parts []string
		most  time.Duration
	}{
		"headers that never end": {drip("GET / HTTP/1.1\r\nHost: roster.example.com\r\nX-A: " + strings.Repeat("a", 100)), 8 * time.Second},
		"a body that never ends": {append([]string{"POST /graphql HTTP/1.1\r\nHost: roster.example.com\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n"}, drip(strings.Repeat(" ", 100))...), 20 * time.Second},
		"nothing at all":         {[]string{""}, 8 * time.Second},
	}
	for name, s := range slow {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f.good(t, "before it", query("{viewer{id}}"))
			const many = 20
			ended := make(chan reply, many)
			for range many {
				go func() {
					r, err := f.say(250*time.Millisecond, s.parts...)
					if err != nil {
						r.took = time.Hour
					}
					ended <- r
				}()
			}
			f.good(t, "meanwhile", query("{viewer{id}}"))
			for range many {
				if r := <-ended; r.took > s.most || r.status == 200 {
					t.Errorf("got %d after %v", r.status, r.took)
				}
			}
			f.good(t, "after it", query("{viewer{id}}"))
		})
	}
}

// TestAForgedAddressMakesNoNewGuesser guards against an attacker who claims another address with each password.
func TestAForgedAddressMakesNoNewGuesser(t *testing.T) {
	t.Parallel()
	f := newFort(t, newHome(t, storetest.Open(t, storetest.SQLite)), func(c *web.Config) { c.Rates.SignIns = 10 })
	f.good(t, "before it", posted(signInBody(f.email, password)))
	refused := 0
	for i := range 15 {
		r, err := f.say(0, posted(signInBody(fmt.Sprintf("x%d@example.com", i), "wrong"), "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i), "Forwarded", fmt.Sprintf("for=198.51.100.%d", i), "X-Real-Ip", fmt.Sprintf("198.51.100.%d", i)))
		if err != nil {
			t.Fatal(err)
		}
		if r.status == 429 {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d of 15 were refused, want 5", refused)
	}
	f.good(t, "after it", query("{viewer{id}}"))
}
