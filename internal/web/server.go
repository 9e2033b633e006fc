// Package web is the front door: routes, limits, sessions, the GraphQL endpoint, the few pages that people open from a
// mail, and GraphiQL. It turns requests into calls and answers into bytes; it decides nothing about accounts.
package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/graph"
	"roster/graph/generated"
	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/store"
	"roster/internal/web/view"
)

// maxCost is what one operation may cost: a field is one, and a list as many times its fields as its page has rows. A
// page of 100 users with all they have is about 4,000, and 10,000 take some 20 ms.
const maxCost = 10_000

// deadline is how long one request may take in all.
const deadline = 10 * time.Second

// Config is how the front door is set up.
type Config struct {
	BaseURL       string            // how people reach this server, without a slash at the end
	Development   bool              // shows GraphiQL and the mailbox
	Introspection bool              // tells the schema to whoever asks
	Trusted       map[string]string // the only documents that run, by their ids, as ReadDocuments gives them; nil for any
	SignIns       []view.DemoSignIn
	Tabs          []Tab
	Apps          view.Apps // where the mobile app is to be had
	Reports       Reports   // of text messages; nil where none are sent
	Log           *slog.Logger
}

// Reports takes what a gateway says of a text message, as courier.Report does.
type Reports func(ctx context.Context, link, sending string, form url.Values, signature string) (bool, error)

// Server answers HTTP.
type Server struct {
	config  Config
	store   *store.Store
	logins  *login.Logins
	people  *people.People
	mailbox *courier.Mailbox // nil unless in development
	log     *slog.Logger
	secure  bool // people come by https
}

// New makes the handler of everything.
func New(s *store.Store, logins *login.Logins, people *people.People, mailbox *courier.Mailbox, c Config) (http.Handler, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("read base address: %w", err)
	}
	w := &Server{config: c, store: s, logins: logins, people: people, mailbox: mailbox, log: c.Log, secure: base.Scheme == "https"}

	origins := http.NewCrossOriginProtection()
	if err := origins.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, fmt.Errorf("trust base address: %w", err)
	}
	origins.SetDenyHandler(http.HandlerFunc(crossOrigin))

	r := chi.NewRouter()
	r.Use(w.identify, w.record, w.rescue, origins.Handler, limitTime, middleware.GetHead)
	r.Handle("/static/*", http.StripPrefix("/static/", view.Static()))
	r.With(w.session).Handle("/graphql", w.graphql())
	w.pages(r)
	if c.Development {
		w.development(r)
	}
	r.NotFound(func(rw http.ResponseWriter, q *http.Request) {
		view.Problem(rw, http.StatusNotFound, "There is nothing here", "The address may be mistyped, or the link incomplete. Use the link in the newest mail, or start from the front page.", requestID(q))
	})
	r.MethodNotAllowed(func(rw http.ResponseWriter, q *http.Request) {
		view.Problem(rw, http.StatusMethodNotAllowed, "That cannot be done here", "The page was asked in a way it does not understand. Go back and try again.", requestID(q))
	})
	return r, nil
}

func (w *Server) graphql() http.Handler {
	srv := handler.New(generated.NewExecutableSchema(graph.New(w.store, w.logins, w.people).Schema()))
	srv.AddTransport(Transport{Fault: w.unread})
	Harden(srv, NewDocuments(w.config.Trusted))
	srv.Use(extension.FixedComplexityLimit(maxCost))
	if w.config.Introspection {
		srv.Use(extension.Introspection{})
	}
	srv.SetErrorPresenter(graph.Present(w.log))
	srv.SetRecoverFunc(func(ctx context.Context, failure any) error {
		return fmt.Errorf("panic: %v\n%s", failure, debug.Stack())
	})
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		srv.ServeHTTP(rw, r.WithContext(graph.WithRequest(r.Context(), graph.Request{
			ByGet:     r.Method == http.MethodGet,
			SetCookie: func(value string, until time.Time) { w.setCookie(rw, value, until) },
		})))
	})
}

// unread writes down why a request could not be read where that is our fault.
func (w *Server) unread(r *http.Request, err error) {
	w.log.ErrorContext(r.Context(), "request not read", "request", requestID(r), "error", err)
}

func crossOrigin(w http.ResponseWriter, r *http.Request) {
	const sentence = "This request came from another site, so it was refused. Open the page here and try again."
	if r.URL.Path == "/graphql" {
		writeFault(w, http.StatusForbidden, codeBadRequest, sentence)
		return
	}
	view.Problem(w, http.StatusForbidden, "This came from another site", sentence, requestID(r))
}

// writeFault answers GraphQL clients before GraphQL begins.
func writeFault(w http.ResponseWriter, status int, code, message string) {
	a := answer{w, plainJSON}
	a.headers()
	a.write(status, notRun{Errors: gqlerror.List{refusal(code, message)}})
}
