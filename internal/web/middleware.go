package web

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"roster/graph"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
	"roster/internal/web/view"
)

// identify gives the request its id and puts nobody into the context as its viewer, until the session check knows more.
func (w *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.adviseProxy(r)
		v := viewer.Viewer{At: w.store.Now(), RequestID: store.NewID("req"), IPAddress: w.config.Proxies.client(r), UserAgent: r.UserAgent()}
		h := rw.Header()
		maps.Copy(h, w.headers)
		h["X-Request-Id"] = []string{v.RequestID}
		next.ServeHTTP(rw, r.WithContext(viewer.With(r.Context(), v)))
	})
}

// headers are what every answer says; pages have a policy of their own. The values are those of all answers: whoever wants
// another sets it, and changes none.
func headers(secure bool) http.Header {
	h := http.Header{
		"X-Content-Type-Options":       {"nosniff"},
		"Referrer-Policy":              {"no-referrer"},
		"X-Frame-Options":              {"SAMEORIGIN"},
		"Content-Security-Policy":      {"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), geolocation=(), microphone=(), payment=()"},
	}
	if secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return h
}

// adviseProxy tells, once, of a proxy that nobody named: everybody behind it counts as one address, and is limited as one.
func (w *Server) adviseProxy(r *http.Request) {
	if len(r.Header["X-Forwarded-For"]) == 0 || w.config.Proxies.direct(r) {
		return
	}
	if ends, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && (ends.Addr().Unmap().IsPrivate() || ends.Addr().Unmap().IsLoopback()) {
		w.advised.Do(func() {
			w.log.Warn("a proxy that is not among TRUSTED_PROXIES: everybody behind it counts as one address", "proxy", ends.Addr().Unmap().String())
		})
	}
}

// record writes one line for each request. It names the route, never the path: paths can hold a link's secret.
func (w *Server) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		began := time.Now()
		seen := middleware.NewWrapResponseWriter(rw, r.ProtoMajor)
		next.ServeHTTP(seen, r)
		took, route := time.Since(began), chi.RouteContext(r.Context()).RoutePattern()
		w.config.Metrics.Request(route, r.Method, cmp.Or(seen.Status(), http.StatusOK), took)
		level := slog.LevelInfo
		switch {
		case isHealth(r):
			level = slog.LevelDebug
		case seen.Status() >= http.StatusInternalServerError && r.Context().Err() == nil:
			level = slog.LevelError
		}
		if h := w.log.Handler(); h.Enabled(r.Context(), level) {
			line := slog.NewRecord(time.Now(), level, "request", 0) // said to come from nowhere: to find that out costs more than the rest
			line.AddAttrs(slog.String("method", r.Method), slog.String("route", route), slog.Int("status", seen.Status()),
				slog.Int("bytes", seen.BytesWritten()), slog.Duration("took", took.Round(time.Microsecond)))
			_ = h.Handle(r.Context(), line) // whoever cannot write a log can tell nobody
		}
	})
}

// rescue turns a panic into an answer and a log line, so that one request's fault stays its own.
func (w *Server) rescue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		defer func() {
			failure := recover()
			if failure == nil {
				return
			}
			if failure == http.ErrAbortHandler {
				panic(failure)
			}
			w.fail(rw, r, fmt.Errorf("panic: %v\n%s", failure, debug.Stack()))
		}()
		next.ServeHTTP(rw, r)
	})
}

// fail answers a fault of ours and logs what it was. What was stopped, by its deadline or since nobody waits for it any
// more, is none.
func (w *Server) fail(rw http.ResponseWriter, r *http.Request, err error) {
	route := chi.RouteContext(r.Context()).RoutePattern()
	if r.Context().Err() != nil {
		w.log.WarnContext(r.Context(), "request stopped", "route", route, "error", err)
		refuse(rw, r, http.StatusServiceUnavailable, codeInternal, "This took too long", "It was stopped. Try again in a minute, and look first whether what you asked for was done.")
		return
	}
	w.log.ErrorContext(r.Context(), "internal error", "route", route, "error", err)
	if isGraphQL(r) {
		refuse(rw, r, http.StatusServiceUnavailable, codeInternal, "", "Something went wrong on our side. If it stays so, tell us the request id "+requestID(r)+".")
		return
	}
	view.Problem(rw, http.StatusServiceUnavailable, "Something went wrong", "The fault is ours. Try again in a minute; nothing you did is lost.", requestID(r))
}

// limitTime ends what takes too long.
func limitTime(most time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), most)
			defer cancel()
			next.ServeHTTP(rw, r.WithContext(ctx))
		})
	}
}

// session finds out who is asking: by the cookie of a browser or the access token of an app, never by both.
func (w *Server) session(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		secret, kind, wrong := w.credential(r)
		if wrong != "" {
			unclear(rw, r, wrong)
			return
		}
		if _, ok := w.authenticate(rw, r, claim{secret, kind}, 0); !ok {
			return
		}
		next.ServeHTTP(rw, r)
	})
}

// claim is the secret that a request brings, and of what kind of session it says it is; the zero claim is none.
type claim struct {
	secret string
	kind   rule.SessionKind
}

// authenticate finds out whose a claim is, and reads along the first of their accounts where they are asked for. Where it
// cannot, it answers, and ok is false.
func (w *Server) authenticate(rw http.ResponseWriter, r *http.Request, c claim, first int) (_ *login.Ahead, ok bool) {
	if c.secret == "" {
		return nil, true
	}
	v, _ := viewer.From(r.Context())
	v, ahead, err := w.logins.AuthenticateFor(r.Context(), v, c.secret, c.kind, first)
	switch {
	case err != nil && v.SignedIn(): // only that it was used now, or what its switcher shows, could not be written down
		w.log.WarnContext(r.Context(), "not noted with a session", "session", v.SessionID, "error", err)
	case err != nil:
		w.fail(rw, r, err)
		return nil, false
	}
	viewer.Become(r.Context(), v)
	return ahead, true
}

// sessionOfAPI is session for the API. A short request is read before it is known who is asking, since what it asks can be read
// by the same statement; others may be long, or bring files, if somebody is signed in.
func (w *Server) sessionOfAPI(next http.Handler) http.Handler {
	first := w.session(next)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		secret, kind, wrong := w.credential(r)
		if wrong != "" || secret == "" || r.Method != http.MethodPost || r.ContentLength < 0 || r.ContentLength > maxBody || !strings.HasPrefix(r.Header.Get("Content-Type"), plainJSON) {
			first.ServeHTTP(rw, r)
			return
		}
		next.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), claimKey{}, claim{secret, kind})))
	})
}

type claimKey struct{}

// known finds out who is asking where sessionOfAPI left that for later, now that it is known what they ask.
func (w *Server) known(ctx context.Context, rw http.ResponseWriter, r *http.Request, op *graphql.OperationContext) (_ context.Context, ok bool) {
	c, left := ctx.Value(claimKey{}).(claim)
	if !left {
		return ctx, true
	}
	ahead, ok := w.authenticate(rw, r, c, graph.Ahead(op))
	return ahead.With(ctx), ok
}

// unclear answers a request that does not say who is asking, or says it twice.
func unclear(rw http.ResponseWriter, r *http.Request, sentence string) {
	if !isGraphQL(r) {
		sentence = "Your browser sent two sessions at once. Close the page, delete this site's cookies and sign in again."
	}
	refuse(rw, r, http.StatusBadRequest, codeBadRequest, "It is unclear who is asking", sentence)
}

// credential is the one secret a request brings, or what is wrong with those it brings.
func (w *Server) credential(r *http.Request) (secret string, kind rule.SessionKind, wrong string) {
	cookies, bearers := r.CookiesNamed(w.cookieName()), r.Header.Values("Authorization")
	switch {
	case len(cookies)+len(bearers) > 1:
		return "", "", "Send either a cookie or one `Authorization: Bearer …` header, not both."
	case len(cookies) == 1:
		return cookies[0].Value, rule.Web, ""
	case len(bearers) == 0:
		return "", "", ""
	}
	scheme, token, _ := strings.Cut(bearers[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", "", "The Authorization header must be `Bearer` and an access token, as signIn gives it to apps (client: MOBILE)."
	}
	return strings.TrimSpace(token), rule.Mobile, ""
}

// cookieName has the prefix that browsers guard, where they can: it wants https.
func (w *Server) cookieName() string {
	if w.secure {
		return "__Host-roster"
	}
	return "roster"
}

func (w *Server) setCookie(rw http.ResponseWriter, value string, until time.Time) {
	w.keep(rw, w.cookieName(), value, until)
}

// keep gives a browser a cookie that no script and no other site reads; an empty value takes it back.
func (w *Server) keep(rw http.ResponseWriter, name, value string, until time.Time) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: w.secure, SameSite: http.SameSiteLaxMode}
	if value == "" {
		c.MaxAge = -1
	} else {
		c.Expires = until
	}
	http.SetCookie(rw, c)
}

func requestID(r *http.Request) string {
	v, _ := viewer.From(r.Context())
	return v.RequestID
}
