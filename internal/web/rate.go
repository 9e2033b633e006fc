package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/go-chi/httprate"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/internal/viewer"
)

// Rates are how much one address may ask in a minute. An IPv6 address counts with its whole /64, which one subscriber
// has. What is counted in the database besides is in internal/login: failures per login and per range of addresses.
type Rates struct {
	Requests int // of GraphQL and of pages; 3,000
	Forms    int // that pages post; 120
	SignIns  int // that did not succeed, by form and by GraphQL, and as many mails to whoever is named (SECURITY.md, Parameters); 10
}

func (r Rates) orDefault() Rates {
	return Rates{cmp.Or(r.Requests, 3000), cmp.Or(r.Forms, 120), cmp.Or(r.SignIns, 10)}
}

const minute = time.Minute

// rate counts by address. Two servers count for themselves.
type rate struct {
	limiter *httprate.RateLimiter
	counter httprate.LimitCounter
}

func perMinute(most int) rate {
	counter := httprate.NewLocalLimitCounter(minute)
	silent := httprate.ResponseHeaders{RetryAfter: "Retry-After"} // the others would tell how much an attacker has left
	return rate{httprate.NewRateLimiter(most, minute, httprate.WithLimitCounter(counter), httprate.WithResponseHeaders(silent)), counter}
}

// take counts n more of an address; false when that would be too many, and then none is counted.
func (r rate) take(rw http.ResponseWriter, q *http.Request, n int) bool {
	return !r.limiter.OnLimit(rw, q.WithContext(httprate.WithIncrement(q.Context(), n)), addressOf(q))
}

// giveBack takes one back that turned out not to count.
func (r rate) giveBack(q *http.Request) {
	_ = r.counter.IncrementBy(addressOf(q), time.Now().UTC().Truncate(minute), -1) // it never fails
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
