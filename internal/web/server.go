// Package web is the front door: routes, limits, sessions, the GraphQL endpoint, the few pages that people open from a
// mail, and GraphiQL. It turns requests into calls and answers into bytes; it decides nothing about accounts.
package web

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/trace"

	"roster/graph"
	"roster/internal/courier"
	"roster/internal/document"
	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/store"
	"roster/internal/watch"
	"roster/internal/web/view"
)

// maxCost is what one operation may cost: a field is one, and a list as many times its fields as its page has rows. A
// page of 100 users with all they have is about 4,000, and 10,000 take some 20 ms.
const maxCost = 10_000

// deadline is how long one request may take in all, unless Config says otherwise.
const deadline = 10 * time.Second

// Config is how the front door is set up.
type Config struct {
	BaseURL       string            // how people reach this server, without a slash at the end
	Development   bool              // shows GraphiQL and the mailbox
	Introspection bool              // tells the schema to whoever asks
	Trusted       map[string]string // the only documents that run, by their ids, as ReadDocuments gives them; nil for any
	SignIns       []view.DemoSignIn
	Tabs          []Tab
	Origins       []string             // of pages elsewhere that may use the API with their visitor's cookie or token
	Proxies       Proxies              // in front of this server
	Deadline      time.Duration        // how long one request may take; 10 s when zero
	Metrics       *watch.Metrics       // nil for none
	Tracer        trace.TracerProvider // gets a span for each request and each operation; nil for none
	Health        *Health              // answers /healthz and /readyz; nil for neither
	Rates         Rates                // zero values take the defaults
	Apps          view.Apps            // where the mobile app is to be had
	Reports       Reports              // of text messages; nil where none are sent
	WhatsApp      []byte               // what a connector signs with that hands over files from WhatsApp; none: there is no connector
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
	papers  *document.Documents
	mailbox *courier.Mailbox // nil unless in development
	log     *slog.Logger
	secure  bool        // people come by https
	headers http.Header // of every answer
	advised sync.Once   // that a proxy is not trusted
	signIns rate
	mails   rate
	forms   rate
}

// New makes the handler of everything.
func New(s *store.Store, logins *login.Logins, people *people.People, papers *document.Documents, mailbox *courier.Mailbox, c Config) (http.Handler, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("read base address: %w", err)
	}
	w := &Server{config: c, store: s, logins: logins, people: people, papers: papers, mailbox: mailbox, log: c.Log, secure: base.Scheme == "https", headers: headers(base.Scheme == "https")}

	protect, err := crossOriginProtection(append([]string{base.Scheme + "://" + base.Host}, c.Origins...)...)
	if err != nil {
		return nil, err
	}
	rates := c.Rates.orDefault()
	w.signIns, w.mails, w.forms = w.perMinuteOfAll("sign-in", rates.SignIns), w.perMinuteOfAll("mail", rates.SignIns), perMinute(rates.Forms)

	r := chi.NewRouter()
	r.Use(w.identify, w.record, w.rescue, w.origins, protect, w.limit(perMinute(rates.Requests), isAsking), limitTime(cmp.Or(c.Deadline, deadline)), middleware.GetHead)
	if c.Health != nil {
		r.Get("/healthz", c.Health.live)
		r.Get("/readyz", c.Health.ready)
	}
	r.Handle("/static/*", http.StripPrefix("/static/", view.Static()))
	r.With(w.sessionOfAPI, roomForFiles).Handle("/graphql", w.graphql(Harden))
	w.papersOf(r)
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
	return w.traced(r, r), nil
}

// graphql is the endpoint of the API. harden is Harden, but in the benchmark that measures what it costs.
func (w *Server) graphql(harden func(*handler.Server, *Documents)) http.Handler {
	srv := handler.New(graph.New(w.store, w.logins, w.people, w.papers).Executable())
	srv.AddTransport(Transport{Files: files, Known: w.known, Fault: w.unread})
	harden(srv, NewDocuments(w.config.Trusted))
	srv.Use(limitCost())
	srv.Use(watched{metrics: w.config.Metrics, tracer: w.tracer(), named: w.config.Trusted != nil})
	srv.Use(counted{w.signIns, w.mails})
	srv.AroundOperations(shownOnly)
	if w.config.Introspection {
		srv.Use(extension.Introspection{})
	}
	srv.SetErrorPresenter(graph.Present(w.log))
	srv.SetRecoverFunc(func(ctx context.Context, failure any) error {
		return fmt.Errorf("panic: %v\n%s", failure, debug.Stack())
	})
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		srv.ServeHTTP(rw, r.WithContext(graph.WithRequest(withExchange(rw, r), graph.Request{
			ByGet:     r.Method == http.MethodGet,
			SetCookie: func(value string, until time.Time) { w.setCookie(rw, value, until) },
		})))
	})
}

// shownOnly lets the reads of a query come from a replica. Those of a mutation decide something.
func shownOnly(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Query {
		ctx = store.Show(ctx)
	}
	return next(ctx)
}

// tracer gives spans to operations; nil for none.
func (w *Server) tracer() trace.Tracer {
	if w.config.Tracer == nil {
		return nil
	}
	return w.config.Tracer.Tracer("roster/internal/web")
}

// unread writes down why a request could not be read where that is our fault.
func (w *Server) unread(r *http.Request, err error) {
	w.log.ErrorContext(r.Context(), "request not read", "error", err)
}

// origins lets the pages of other origins that may use the API, and nothing else here.
func (w *Server) origins(next http.Handler) http.Handler {
	open := openTo(w.config.Origins, next)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if isGraphQL(r) {
			open.ServeHTTP(rw, r)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

// refuse answers a request that goes no further: an app in JSON, a person with a page.
func refuse(w http.ResponseWriter, r *http.Request, status int, code, title, sentence string) {
	if isGraphQL(r) {
		a := answer{w, plainJSON}
		a.headers()
		a.write(status, notRun{Errors: gqlerror.List{refusal(code, sentence)}})
		return
	}
	view.Problem(w, status, title, sentence, requestID(r))
}
