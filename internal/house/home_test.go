package house_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/ent"
	"roster/internal/courier"
	"roster/internal/document"
	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
	"roster/internal/watch"
	"roster/internal/web"
)

const (
	base     = "http://roster.example.com"
	password = "velvet harbour ninety lanterns"
)

// unlimited lets a test ask as often as it likes, from one address.
var unlimited = web.Rates{Requests: 1 << 30, Forms: 1 << 30, SignIns: 1 << 30}

// home is everything wired together on one database, as `roster serve` wires it, without the courier's workers.
type home struct {
	testing.TB
	store  *store.Store
	links  courier.Links
	logins *login.Logins
	people *people.People
	papers *document.Documents
	door   http.Handler
	log    *logbook
	gone   bool // its database was closed by the test, which looked at it before
	count  atomic.Int64
}

func newHome(t testing.TB, s *store.Store) *home {
	t.Helper()
	return wire(t, s, &logbook{})
}

func wire(t testing.TB, s *store.Store, log *logbook) *home {
	t.Helper()
	return wireWith(t, s, log, base, login.Config{})
}

func wireWith(t testing.TB, s *store.Store, log *logbook, base string, logins login.Config) *home {
	t.Helper()
	h := &home{TB: t, store: s, links: courier.Links{Base: base, Key: bytes.Repeat([]byte("k"), 32)}, log: log}
	h.logins = login.New(s, h.links, logins)
	h.people = people.New(s, h.logins, h.links, people.Config{SinglesADay: 1 << 20, Texts: people.Texts{On: true}})
	files, err := document.OpenFiles(t.Context(), "mem://")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	h.papers = document.New(s, files, document.Config{Base: base, Key: h.links.Key, MailDomain: "in.roster.example.com"})
	h.door, err = web.New(s, h.logins, h.people, h.papers, nil, web.Config{BaseURL: base, Deadline: time.Minute, Rates: unlimited, Log: slog.New(watch.Logs(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !h.gone {
			h.discreet()
		}
	})
	return h
}

// logbook keeps what was logged.
type logbook struct {
	mu     sync.Mutex
	text   bytes.Buffer
	leaked []string // lines that hold a secret
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// write runs a transaction that no policy narrows.
func (h *home) write(do func(ctx context.Context, tx *store.Tx) error) {
	h.Helper()
	err := h.store.Tx(viewer.With(h.Context(), viewer.Viewer{}), func(ctx context.Context, tx *store.Tx) error { return do(store.Facts(ctx), tx) })
	if err != nil {
		h.Fatal(err)
	}
}

// fresh is a text that was not used before in this home.
func (h *home) fresh(word string) string { return fmt.Sprintf("%s%d", word, h.count.Add(1)) }

// somebody is a new login with a verified address and no password.
func (h *home) somebody() *ent.User { return h.loginOf(h.fresh("person")+"@example.com", true) }

func (h *home) loginOf(email string, verified bool) (u *ent.User) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		create := tx.User.Create().SetID(store.NewID("usr")).SetEmail(email).SetFirstName("Kit").SetLastName("Vale").SetCreatedAt(tx.Now)
		if verified {
			create.SetEmailVerifiedAt(tx.Now)
		}
		u, err = create.Save(ctx)
		return err
	})
	return u
}

// open opens a session without a password, as accepting an invitation would.
func (h *home) open(u *ent.User, kind rule.SessionKind) (o login.Opened) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		o, err = h.logins.Open(ctx, tx, loginPerson(u), kind)
		return err
	})
	return o
}

func loginPerson(u *ent.User) login.Person {
	return login.Person{ID: u.ID, Name: login.FullName(u), Email: u.Email, Verified: u.EmailVerifiedAt != nil, Support: u.Support}
}

// as is the context in which somebody asks, in a session of their own; nil is nobody.
func (h *home) as(u *ent.User) context.Context {
	h.Helper()
	v := viewer.Viewer{}
	if u != nil {
		v = h.open(u, rule.Web).Viewer
	}
	v.At = h.store.Now()
	return viewer.With(h.Context(), v)
}

// must gives what it is given, or ends the test.
func must[T any](t testing.TB, value T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// practice makes a practice and gives its id with the context of its owner.
func (h *home) practice() (string, context.Context) {
	h.Helper()
	owner := h.as(h.somebody())
	id, err := h.people.CreatePractice(owner, h.fresh("Practice "), "GB")
	return must(h, id, err), owner
}

// client makes a client of a practice.
func (h *home) client(owner context.Context, practice string) string {
	h.Helper()
	id, err := h.people.CreateClient(owner, people.CreateClient{OfPractice: true, Practice: practice, Name: h.fresh("Client ")})
	return must(h, id, err)
}

// person is somebody to add, with login access and without anything that would get in the way.
func person(account, role, email string) people.Add {
	return people.Add{Account: account, FirstName: "Robin", LastName: "Marlow", Email: email, LoginAccess: true, Role: role, Invite: rule.ByEmail}
}

// invite adds a person and gives the secret of the link that was mailed.
func (h *home) invite(as context.Context, account, role, email string) (added people.Added, link string) {
	h.Helper()
	added, err := h.people.Add(as, person(account, role, email))
	must(h, added, err)
	return added, h.links.InvitationToken(added.Invitation, 1)
}

// codes are the codes of a refusal; any other error is a code of its own, and none is "".
func codes(err error) string {
	var v rule.Verdict
	var f rule.Fault
	switch {
	case err == nil:
		return ""
	case errors.As(err, &v):
		list := make([]string, len(v))
		for i, p := range v {
			list[i] = string(p.Code)
		}
		return strings.Join(list, " ")
	case errors.As(err, &f):
		return f.Code
	}
	return "error: " + err.Error()
}

// answer is what the front door said.
type answer struct {
	status int
	body   string
}

// post sends one GraphQL request, with a cookie unless it is empty.
func (h *home) post(cookie string, body []byte) answer {
	kind := "application/json"
	if bytes.Contains(body, []byte(fileHere)) {
		body, kind = inParts(h, body)
	}
	r := httptest.NewRequestWithContext(h.Context(), http.MethodPost, base+"/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("GraphQL-Require-Preflight", "1")
	return h.send(cookie, r)
}

func (h *home) send(cookie string, r *http.Request) answer {
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: "roster", Value: cookie})
	}
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Body)
	return answer{w.Code, string(body)}
}

// fileHere stands in a body where a file is to come: the body is sent in parts then.
const fileHere = "@@file@@"

// inParts puts a file into a body.
func inParts(t testing.TB, body []byte) (parts []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	text := strings.ReplaceAll(string(body), `"`+fileHere+`"`, "null")
	fields := errors.Join(form.WriteField("operations", text), form.WriteField("map", `{"0":["variables.input.file"]}`))
	part, err := form.CreateFormFile("0", "receipt.pdf")
	if err := errors.Join(fields, err); err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte("%PDF-1.7 a receipt")); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), form.FormDataContentType()
}

// ask sends a query with its variables.
func (h *home) ask(cookie, query string, variables any) answer {
	h.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	return h.post(cookie, must(h, body, err))
}
