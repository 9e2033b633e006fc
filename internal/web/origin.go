package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// preflightFor is how long a browser may remember what it may send, in seconds; browsers cap it at two hours or less.
const preflightFor = "7200"

// openTo lets pages of other origins, and only those, use an address with their visitor's cookie or token (CORS). Whoever
// is not among them gets the same answer without these headers, which their browser then does not show them. Cookies
// are guarded by http.CrossOriginProtection besides, which trusts the same origins.
func openTo(origins []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		given := r.Header.Values("Origin")
		if len(given) != 1 || !slices.Contains(origins, given[0]) {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Origin", given[0])
		h.Set("Access-Control-Allow-Credentials", "true")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", "GET, POST")
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, "+preflight+", Traceparent")
			h.Set("Access-Control-Max-Age", preflightFor)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		h.Set("Access-Control-Expose-Headers", "Retry-After, X-Request-Id")
		next.ServeHTTP(w, r)
	})
}

// crossOriginProtection refuses what another site makes a visitor's browser send, but for our own pages and the origins
// that may.
func crossOriginProtection(trusted ...string) (func(http.Handler) http.Handler, error) {
	guard := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if err := guard.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trust origin: %w", err)
		}
	}
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sentence := "This request came from another site, so it was refused. Open the page here and try again."
		if isGraphQL(r) {
			sentence = "This request came from a page of another site, so it was refused. Pages elsewhere use this API once their origin is in CORS_ORIGINS."
		}
		refuse(w, r, http.StatusForbidden, codeBadRequest, "This came from another site", sentence)
	}))
	return guard.Handler, nil
}

// isGraphQL reports whether a request is for the API, whose answers are JSON, and not for a page.
func isGraphQL(r *http.Request) bool { return strings.TrimSuffix(r.URL.Path, "/") == "/graphql" }
