package web

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/go-chi/httprate"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/internal/login"
	"roster/internal/viewer"
)

// Rates are how much one address may ask in a minute. An IPv6 address counts with its whole /64, which one subscriber
// has. What is counted in the database besides is in internal/login: failures per login and per range of addresses.
type Rates struct {
	Requests int // of GraphQL and of pages, to each server; 3,000
	Forms    int // that pages post, to each server; 120
	SignIns  int // that did not succeed, by form and by GraphQL, and as many mails to whoever is named (SECURITY.md, Parameters), to all servers together; 10
}

func (r Rates) orDefault() Rates {
	return Rates{cmp.Or(r.Requests, 3000), cmp.Or(r.Forms, 120), cmp.Or(r.SignIns, 10)}
}

const minute = time.Minute

// rate counts by address. Each server counts for itself, which spares it; where it is somebody else who is to be spared,
// shared counts besides over all servers.
type rate struct {
	limiter *httprate.RateLimiter
	counter httprate.LimitCounter
	most    int
	shared  *shared // nil where each server's own count is enough
}

// shared is a count in the database, of one kind.
type shared struct {
	kind   string
	logins *login.Logins
	log    *slog.Logger
}

func perMinute(most int) rate {
	counter := httprate.NewLocalLimitCounter(minute)
	silent := httprate.ResponseHeaders{RetryAfter: "Retry-After"} // the others would tell how much an attacker has left
	return rate{limiter: httprate.NewRateLimiter(most, minute, httprate.WithLimitCounter(counter), httprate.WithResponseHeaders(silent)), counter: counter, most: most}
}

// perMinuteOfAll is perMinute over all servers.
func (w *Server) perMinuteOfAll(kind string, most int) rate {
	r := perMinute(most)
	r.shared = &shared{kind, w.logins, w.log}
	return r
}

// take counts n more of an address; false when that would be too many, and then none is counted. This server's own count
// comes first, so that whoever is refused costs the database nothing.
func (r rate) take(rw http.ResponseWriter, q *http.Request, n int) bool {
	weighed := q
	if n != 1 { // one is what the limiter counts by itself
		weighed = q.WithContext(httprate.WithIncrement(q.Context(), n))
	}
	if r.limiter.OnLimit(rw, weighed, addressOf(q)) {
		return false
	}
	if r.shared.take(q, n, r.most) {
		return true
	}
	r.count(q, -n)
	rw.Header().Set("Retry-After", strconv.Itoa(int(minute/time.Second)))
	return false
}

// giveBack takes one back that turned out not to count.
func (r rate) giveBack(q *http.Request) {
	r.count(q, -1)
	r.shared.giveBack(q)
}

func (r rate) count(q *http.Request, n int) {
	_ = r.counter.IncrementBy(addressOf(q), time.Now().UTC().Truncate(minute), n) // it never fails
}

// take asks the database. Where it cannot answer, neither can what is counted here: each needs it.
func (s *shared) take(q *http.Request, n, most int) bool {
	if s == nil {
		return true
	}
	may, err := s.logins.MayAsk(q.Context(), s.kind, addressOf(q), n, most)
	if err != nil {
		s.log.WarnContext(q.Context(), "not counted over all servers", "kind", s.kind, "error", err)
		return true
	}
	return may
}

func (s *shared) giveBack(q *http.Request) {
	if s == nil {
		return
	}
	if err := s.logins.DidNotAsk(q.Context(), s.kind, addressOf(q)); err != nil {
		s.log.WarnContext(q.Context(), "not taken back over all servers", "kind", s.kind, "error", err)
	}
}

func addressOf(r *http.Request) string {
	v, _ := viewer.From(r.Context())
	return httprate.CanonicalizeIP(v.IPAddress)
}

const slowDown = "There were too many requests from this address just now. Nothing was done; try again in a minute."

// limit refuses what is over a rate.
func (w *Server) limit(r rate, counts func(*http.Request) bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
			if counts(q) && !r.take(rw, q, 1) {
				refuse(rw, q, http.StatusTooManyRequests, codeTooMany, "Too much at once", slowDown)
				return
			}
			next.ServeHTTP(rw, q)
		})
	}
}

func isPost(r *http.Request) bool { return r.Method == http.MethodPost }

// isAsking leaves out the files that a page brings along, and whoever asks how this server is.
func isAsking(r *http.Request) bool {
	return !isHealth(r) && !strings.HasPrefix(r.URL.Path, "/static/") && !strings.HasPrefix(r.URL.Path, "/graphiql/assets/")
}

func isHealth(r *http.Request) bool { return r.URL.Path == "/healthz" || r.URL.Path == "/readyz" }

// The mutations that guess at a password, and those that send mail to an address that anybody can name. Each field of an
// operation counts, not each request.
var (
	guesses = []string{"signIn", "loginMergeStart"}
	letters = []string{"signUp", "passwordResetRequest", "emailChangeRequest", "invitationRequestNew"}
)

// counted is how an operation's fields are counted by address. It is an extension of gqlgen.
type counted struct{ signIns, mails rate }

type exchangeKey struct{}

// exchange is the HTTP request that an operation came with.
type exchange struct {
	w http.ResponseWriter
	r *http.Request
}

func withExchange(w http.ResponseWriter, r *http.Request) context.Context {
	return context.WithValue(r.Context(), exchangeKey{}, exchange{w, r})
}

// ExtensionName names it to gqlgen.
func (counted) ExtensionName() string { return "Rates" }

// Validate accepts every schema.
func (counted) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext refuses an operation before it begins, when it holds more of what is counted than is left.
func (c counted) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	x, ok := ctx.Value(exchangeKey{}).(exchange)
	if !ok || op.Operation.Operation != ast.Mutation || x.r.Method != http.MethodPost {
		return nil
	}
	fields := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Mutation"})
	for _, kind := range []struct {
		names []string
		rate  rate
	}{{guesses, c.signIns}, {letters, c.mails}} {
		n := 0
		for _, f := range fields {
			if slices.Contains(kind.names, f.Name) {
				n++
			}
		}
		if n > 0 && !kind.rate.take(x.w, x.r, n) {
			return refusal(codeTooMany, slowDown)
		}
	}
	return nil
}

// InterceptRootField gives a sign-in back that succeeded: whoever knows the password is not guessing, and a whole office
// that signs in at nine has one address.
func (c counted) InterceptRootField(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	before, _ := viewer.From(ctx)
	answer := next(ctx)
	if after, _ := viewer.From(ctx); slices.Contains(guesses, graphql.GetRootFieldContext(ctx).Field.Name) && after.SessionID != before.SessionID && after.SignedIn() {
		if x, ok := ctx.Value(exchangeKey{}).(exchange); ok {
			c.signIns.giveBack(x.r)
		}
	}
	return answer
}
