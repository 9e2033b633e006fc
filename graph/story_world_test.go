package graph_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"roster/ent"
	"roster/internal/courier"
	"roster/internal/document"
	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/signon"
	"roster/internal/signon/signontest"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
	"roster/internal/web"
	"roster/internal/web/view"
)

// password is everybody's at the beginning of a story.
const password = "correct horse battery"

// passwordHash is made once, and is as cheap as one can be: to compare with it takes what it says, and with what Roster makes,
// which who signs up or resets in a story gets, that would take most of the time.
var passwordHash = sync.OnceValues(func() (string, error) {
	return argon2id.CreateHash(password, &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
})

// world is where a story plays: the whole house behind one address, and the people who use it.
type world struct {
	testing.TB
	store   *store.Store
	clock   *storetest.Clock
	server  *httptest.Server
	courier *courier.Courier
	people  *people.People
	papers  *document.Documents
	logins  *login.Logins
	log     *logBook
	door    string // where mail comes in, once a letter came

	providers map[string]*signontest.Provider // of single sign-on: acme and globe

	names     names
	users     map[string]*ent.User // by name
	passwords map[string]string    // by name, where it is another than everybody's
	apps      map[string]app       // who is signed in with which tokens
	browsers  map[string]browser
	seen      map[string]bool // mails a story has spoken of, by id
	last      exchange        // the newest request, and the one before
	before    exchange
}

// begin is when every story begins, a Monday. It lies in the future because the job queue looks for jobs that got stuck
// by the real clock: in the past, a mail that is just being sent would be taken for one that has been for months.
var begin = time.Date(2099, time.January, 5, 9, 0, 0, 0, time.UTC)

// newWorld builds the house and the small world that README.md of the stories describes.
func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	clock.Set(begin)
	w := &world{TB: t, store: s, clock: clock, log: new(logBook), names: names{}, users: map[string]*ent.User{}, passwords: map[string]string{},
		apps: map[string]app{}, browsers: map[string]browser{}, seen: map[string]bool{}}
	w.server = httptest.NewUnstartedServer(nil)
	base := "http://" + w.server.Listener.Addr().String()
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	w.courier, err = courier.New(s, courier.Config{From: "Roster <post@roster.example.com>", Mailbox: t.TempDir(), Log: log,
		Links: courier.Links{Base: base, Key: bytes.Repeat([]byte("k"), 32)}})
	w.must(err)
	w.logins = login.New(s, w.courier.Links(), login.Config{SignOn: w.signOn(base)})
	w.people = people.New(s, w.logins, w.courier.Links(), people.Config{Texts: people.Texts{On: true, Countries: []string{"GB", "IE"}}, SinglesADay: 30})
	files, err := document.OpenFiles(t.Context(), "mem://")
	w.must(err)
	w.Cleanup(func() { _ = files.Close() })
	w.papers = document.New(s, files, document.Config{Base: base, Key: bytes.Repeat([]byte("k"), 32), MailDomain: "in.roster.example.com", Log: log})
	w.server.Config.Handler, err = web.New(s, w.logins, w.people, w.papers, w.courier.Mailbox(), web.Config{BaseURL: base, Deadline: time.Minute, WhatsApp: []byte(whatsAppSecret), Development: true, Introspection: true, Log: log, Rates: web.Rates{Requests: 1 << 30, SignIns: 1 << 30},
		Apps: view.Apps{AppStoreURL: "https://apps.example.com/roster", PlayStoreURL: "https://play.example.com/roster"}})
	w.must(err)
	w.server.Start()
	w.Cleanup(w.server.Close)
	w.must(w.courier.Start(t.Context()))
	w.Cleanup(w.close)
	w.populate()
	return w
}

// signOn makes two providers, whose clock is the story's.
func (w *world) signOn(base string) *signon.Providers {
	w.providers = map[string]*signontest.Provider{"acme": signontest.New(w, "acme", w.clock.Now), "globe": signontest.New(w, "globe", w.clock.Now)}
	made, err := signon.New([]signon.Config{w.providers["acme"].Config(), w.providers["globe"].Config()},
		signon.Options{BaseURL: base, Key: bytes.Repeat([]byte("k"), 32), Now: w.store.Now})
	w.must(err)
	return made
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// close ends the world, and then looks at everything that was logged: no fault of ours, and no secret.
func (w *world) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := w.courier.Stop(ctx); err != nil {
		w.Errorf("stop the courier: %v", err)
	}
	log := w.log.String()
	if strings.Contains(log, "level=ERROR") {
		w.Errorf("something went wrong on our side:\n%s", log)
	}
	for what, text := range map[string]string{"log": log,
		"journal": w.column(ctx, "SELECT changes FROM events"), "job queue": w.column(ctx, "SELECT CAST(args AS text) FROM river_job")} {
		for _, secret := range []string{"rit_", "rvt_", "rne_", "rpw_", "rws_", "rat_", "rrt_", "rsp_", "rmt_", "argon2", "correct horse", "kettle ginger", "mallory waits"} {
			if strings.Contains(text, secret) {
				w.Errorf("L2: the %s holds a secret, %q:\n%s", what, secret, text)
			}
		}
	}
}

// column reads all texts of one column.
func (w *world) column(ctx context.Context, query string) string {
	rows, err := w.store.Query(ctx, query)
	if err != nil {
		w.Error(err)
		return ""
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			w.Error(err)
		}
		all.WriteString(text + "\n")
	}
	return all.String()
}

// populate makes the people and accounts that every story begins with.
func (w *world) populate() {
	for name, last := range map[string]string{"ada": "Okafor", "nora": "Quigley", "bea": "Marsh", "sam": "Ivory"} {
		w.must(w.makeLogin(name, last, name != "sam"))
	}
	w.names["{practice}"] = w.makePractice("ada", "Okafor & Partners")
	w.names["{bakery}"] = w.makeClient("ada", "{practice}", "Marsh Bakery")
	w.names["{cafe}"] = w.makeClient("ada", "{practice}", "Harbour Café")
	w.names["{northgate}"] = w.makePractice("nora", "Northgate Accounting")
	w.names["{florist}"] = w.makeClient("nora", "{northgate}", "Aster Florists")
}

// makeLogin puts a login where signing up and confirming would put it, which other stories tell of.
func (w *world) makeLogin(name, last string, verified bool) error {
	hash, err := passwordHash()
	if err != nil {
		return err
	}
	return w.store.Tx(w.system(), func(ctx context.Context, tx *store.Tx) error {
		u := tx.User.Create().SetID(store.NewID("usr")).SetEmail(name + "@example.com").SetFirstName(capital(name)).SetLastName(last).
			SetPasswordHash(hash).SetCreatedAt(tx.Now)
		if verified {
			u.SetEmailVerifiedAt(tx.Now)
		}
		made, err := u.Save(ctx)
		w.users[name] = made
		return err
	})
}

func (w *world) makePractice(owner, name string) string {
	id, err := w.people.CreatePractice(w.by(owner), name, "GB")
	w.must(err)
	return id
}

func (w *world) makeClient(by, practice, name string) string {
	id, err := w.people.CreateClient(w.by(by), people.CreateClient{OfPractice: true, Practice: w.names[practice], Name: name})
	w.must(err)
	return id
}

// by is the context in which somebody asks a use case.
func (w *world) by(name string) context.Context {
	u := w.users[name]
	return viewer.With(w.Context(), viewer.Viewer{UserID: u.ID, Name: login.FullName(u), Email: u.Email, EmailVerified: true, At: w.clock.Now()})
}

// system is the context of what nobody in the story does.
func (w *world) system() context.Context {
	return store.Facts(viewer.With(w.Context(), viewer.Viewer{At: w.clock.Now()}))
}

func capital(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// logBook keeps what was logged.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write adds to it.
func (l *logBook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String is all of it.
func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
