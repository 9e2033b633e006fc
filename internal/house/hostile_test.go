package house_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"roster/internal/signon/signontest"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// hostile are all the ways in which a provider, or whoever stands between, says what must not be believed.
var hostile = map[string]func(p *port) signontest.Bend{
	"alg none": func(*port) signontest.Bend { return signed(unsigned) },
	"alg none that the provider advertises": func(*port) signontest.Bend {
		b := described("id_token_signing_alg_values_supported", []string{"none"})
		b.Sign = unsigned
		return b
	},
	"HS256 with the public key": func(*port) signontest.Bend {
		return signed(func(c signontest.Claims) string {
			return signontest.SignWith(jose.HS256, publicKey(), keyed(signontest.KeyID), c)
		})
	},
	"HS256 with the client's secret, which the provider advertises": func(*port) signontest.Bend {
		b := described("id_token_signing_alg_values_supported", []string{"HS256"})
		b.Sign = func(c signontest.Claims) string {
			return signontest.SignWith(jose.HS256, []byte(signontest.ClientSecret), nil, c)
		}
		return b
	},
	"another key under the same name": func(*port) signontest.Bend {
		return signed(func(c signontest.Claims) string {
			return signontest.SignWith(jose.RS256, stranger(), keyed(signontest.KeyID), c)
		})
	},
	"another key under a name of its own": func(*port) signontest.Bend {
		return signed(func(c signontest.Claims) string {
			return signontest.SignWith(jose.RS256, stranger(), keyed("key-2"), c)
		})
	},
	"another key without a name": func(*port) signontest.Bend {
		return signed(func(c signontest.Claims) string { return signontest.SignWith(jose.RS256, stranger(), nil, c) })
	},
	"another key that the token brings along": func(*port) signontest.Bend {
		return signed(func(c signontest.Claims) string {
			return signontest.SignWith(jose.RS256, stranger(), map[jose.HeaderKey]any{"kid": signontest.KeyID, "jwk": jose.JSONWebKey{Key: stranger().Public()}}, c)
		})
	},
	"the right key under another's name": func(*port) signontest.Bend {
		return signed(func(c signontest.Claims) string {
			return signontest.SignWith(jose.RS256, signontest.Key(), keyed("key-2"), c)
		})
	},
	"an algorithm that was not advertised": func(*port) signontest.Bend {
		return signed(func(c signontest.Claims) string {
			return signontest.SignWith(jose.RS512, signontest.Key(), keyed(signontest.KeyID), c)
		})
	},
	"claims changed after signing": func(*port) signontest.Bend { return signed(changed) },
	"no token at all":              func(*port) signontest.Bend { return signed(func(signontest.Claims) string { return "" }) },
	"no JWT":                       func(*port) signontest.Bend { return signed(func(signontest.Claims) string { return "zebra" }) },

	"made for somebody else":             func(*port) signontest.Bend { return claimed("aud", "zebra") },
	"made for nobody":                    func(*port) signontest.Bend { return claimed("aud", []string{}) },
	"made for a number":                  func(*port) signontest.Bend { return claimed("aud", 7) },
	"without an audience":                func(*port) signontest.Bend { return claimed("aud", nil) },
	"made for two, and given to none":    func(*port) signontest.Bend { return claimed("aud", []string{"roster", "zebra"}) },
	"made for us, and given to another":  func(*port) signontest.Bend { return claimed("azp", "zebra") },
	"made for us, and given to a number": func(*port) signontest.Bend { return claimed("azp", 7) },
	"of another issuer":                  func(p *port) signontest.Bend { return claimed("iss", p.globe.Issuer) },
	"of an issuer with a slash":          func(p *port) signontest.Bend { return claimed("iss", p.acme.Issuer+"/") },
	"of no issuer":                       func(*port) signontest.Bend { return claimed("iss", nil) },
	"of an issuer in other letters": func(*port) signontest.Bend {
		return bent(func(c signontest.Claims) { c["Iss"] = c["iss"]; delete(c, "iss") })
	},
	"with another nonce": func(*port) signontest.Bend { return claimed("nonce", "zebra") },
	"without a nonce":    func(*port) signontest.Bend { return claimed("nonce", nil) },
	"with a nonce in other letters": func(*port) signontest.Bend {
		return bent(func(c signontest.Claims) { c["NONCE"] = c["nonce"]; delete(c, "nonce") })
	},
	"expired":                               func(p *port) signontest.Bend { return claimed("exp", p.clock.Now().Add(-time.Second).Unix()) },
	"expiring now":                          func(p *port) signontest.Bend { return claimed("exp", p.clock.Now().Unix()) },
	"never expiring":                        func(*port) signontest.Bend { return claimed("exp", nil) },
	"expiring some day":                     func(*port) signontest.Bend { return claimed("exp", "some day") },
	"made in the future":                    func(p *port) signontest.Bend { return claimed("iat", p.clock.Now().Add(6*time.Minute).Unix()) },
	"made at no time":                       func(*port) signontest.Bend { return claimed("iat", nil) },
	"good in the future":                    func(p *port) signontest.Bend { return claimed("nbf", p.clock.Now().Add(6*time.Minute).Unix()) },
	"signed in there in the future":         func(p *port) signontest.Bend { return claimed("auth_time", p.clock.Now().Add(6*time.Minute).Unix()) },
	"signed in there some day":              func(*port) signontest.Bend { return claimed("auth_time", "some day") },
	"with the hash of another access token": func(*port) signontest.Bend { return claimed("at_hash", "zebra") },
	"without a subject":                     func(*port) signontest.Bend { return claimed("sub", nil) },
	"with an empty subject":                 func(*port) signontest.Bend { return claimed("sub", "") },
	"with a number as its subject":          func(*port) signontest.Bend { return claimed("sub", 7) },
	"with a list as its subject":            func(*port) signontest.Bend { return claimed("sub", []string{"kit"}) },
	"with null as its subject":              func(*port) signontest.Bend { return bent(func(c signontest.Claims) { c["sub"] = nil }) },
	"with a subject that is too long":       func(*port) signontest.Bend { return claimed("sub", strings.Repeat("k", 256)) },
	"with a subject that holds a zero byte": func(*port) signontest.Bend { return claimed("sub", "kit\x00") },
	"with a subject in other letters": func(*port) signontest.Bend {
		return bent(func(c signontest.Claims) { c["Sub"] = c["sub"]; delete(c, "sub") })
	},

	"the token endpoint fails":          func(*port) signontest.Bend { return signontest.Bend{Token: status(500)} },
	"the token endpoint says no":        func(*port) signontest.Bend { return signontest.Bend{Token: status(400)} },
	"the token endpoint redirects":      func(*port) signontest.Bend { return signontest.Bend{Token: redirects} },
	"the token endpoint talks for ever": func(*port) signontest.Bend { return signontest.Bend{Token: endless} },
	"the token endpoint says nothing":   func(*port) signontest.Bend { return signontest.Bend{Token: status(200)} },
	"the token endpoint never answers": func(*port) signontest.Bend {
		return signontest.Bend{Token: func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() }}
	},
	"the token endpoint breaks off": func(*port) signontest.Bend {
		return signontest.Bend{Token: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }}
	},
	"the token endpoint gives no ID token": func(*port) signontest.Bend {
		return signontest.Bend{Token: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"zebra","token_type":"Bearer","id_token":7}`)
		}}
	},
	"the keys fail":               func(*port) signontest.Bend { return signontest.Bend{Keys: status(500)} },
	"the keys are told elsewhere": func(*port) signontest.Bend { return signontest.Bend{Keys: detour(signontest.Keys)} },
	"the keys redirect":           func(*port) signontest.Bend { return signontest.Bend{Keys: redirects} },
	"the keys never end":          func(*port) signontest.Bend { return signontest.Bend{Keys: endless} },
	"there are no keys": func(*port) signontest.Bend {
		return signontest.Bend{Keys: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"keys":[]}`) }}
	},
	"the keys are a secret": func(*port) signontest.Bend {
		b := signed(func(c signontest.Claims) string { return signontest.SignWith(jose.HS256, publicKey(), keyed("hs"), c) })
		b.Keys = func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: publicKey(), KeyID: "hs", Algorithm: "HS256"}}})
		}
		return b
	},

	"another state":        func(*port) signontest.Bend { return back(func(q url.Values) { q.Set("state", "zebra") }) },
	"no state":             func(*port) signontest.Bend { return back(func(q url.Values) { q.Del("state") }) },
	"two states":           func(*port) signontest.Bend { return back(func(q url.Values) { q.Add("state", "zebra") }) },
	"no code":              func(*port) signontest.Bend { return back(func(q url.Values) { q.Del("code") }) },
	"an invented code":     func(*port) signontest.Bend { return back(func(q url.Values) { q.Set("code", "zebra") }) },
	"two codes":            func(*port) signontest.Bend { return back(func(q url.Values) { q.Add("code", "zebra") }) },
	"sent back by another": func(p *port) signontest.Bend { return back(func(q url.Values) { q.Set("iss", p.globe.Issuer) }) },
	"sent back by nobody":  func(*port) signontest.Bend { return back(func(q url.Values) { q.Del("iss") }) },
	"sent back with a no": func(*port) signontest.Bend {
		return back(func(q url.Values) { q.Set("error", "access_denied"); q.Set("error_description", "zebra") })
	},
	"sent back with a lie": func(*port) signontest.Bend {
		return back(func(q url.Values) { q.Set("error", "<script>zebra</script>") })
	},
	"sent back with a no, unasked": func(*port) signontest.Bend {
		return back(func(q url.Values) { q.Set("error", "access_denied"); q.Set("state", "zebra") })
	},

	"described as another":     func(p *port) signontest.Bend { return described("issuer", p.globe.Issuer) },
	"described with a slash":   func(p *port) signontest.Bend { return described("issuer", p.acme.Issuer+"/") },
	"signing in at a script":   func(*port) signontest.Bend { return described("authorization_endpoint", "javascript:alert(1)") },
	"signing in at no address": func(*port) signontest.Bend { return described("authorization_endpoint", "") },
	"signing in without https": func(*port) signontest.Bend {
		return described("authorization_endpoint", "http://id.example.com/authorize")
	},
	"tokens from a file":                     func(*port) signontest.Bend { return described("token_endpoint", "file:///etc/passwd") },
	"tokens from another host without https": func(*port) signontest.Bend { return described("token_endpoint", "http://169.254.169.254/latest") },
	"tokens by a name and a password":        func(*port) signontest.Bend { return described("token_endpoint", "https://a:b@id.example.com/token") },
	"keys from a file":                       func(*port) signontest.Bend { return described("jwks_uri", "file:///etc/passwd") },
	"keys from another host without https":   func(*port) signontest.Bend { return described("jwks_uri", "http://id.example.com/keys") },
	"keys from nowhere":                      func(*port) signontest.Bend { return described("jwks_uri", nil) },
	"more from another host without https":   func(*port) signontest.Bend { return described("userinfo_endpoint", "http://id.example.com/info") },
	"a description of numbers":               func(*port) signontest.Bend { return described("token_endpoint", 7) },
	"an endless description":                 func(*port) signontest.Bend { return described("zebra", strings.Repeat("zebra", 100_000)) },
	"more told of somebody else": func(*port) signontest.Bend {
		return signontest.Bend{Claims: func(c signontest.Claims) { delete(c, "email") }, Info: func(c signontest.Claims) { c["sub"], c["email"] = "zebra", "zebra@example.com" }}
	},
	"more told of nobody": func(*port) signontest.Bend {
		return signontest.Bend{Claims: func(c signontest.Claims) { delete(c, "email") }, Info: func(c signontest.Claims) { delete(c, "sub") }}
	},
}

// SECURITY.md, OpenID Connect. Whatever a hostile provider says is refused with a sentence that repeats none of it: nobody is
// signed in and nothing is written. Then the same person comes in, honestly.
func TestAHostileProviderSignsNobodyIn(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPort(t, s, clock)
		if got := p.traveller().travel(p.acme, nil, somebodyAt("kit")); got.status != http.StatusSeeOther {
			t.Fatalf("before: %d %s", got.status, got.body)
		}
		for attack, bend := range hostile {
			p := p.open(t, s, p.acme, p.globe)
			before, browser := p.snapshot(), p.traveller()
			p.acme.Bend(bend(p))
			got := browser.travel(p.acme, nil, somebodyAt(p.fresh("guest"))) // who would get a login, were they believed
			p.acme.Bend(signontest.Bend{})
			if got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadGateway || !strings.Contains(got.body, `role="alert"`) {
				t.Errorf("%s: is answered %d %s", attack, got.status, got.body)
			}
			if strings.Contains(got.body, "There is a login with the address") {
				t.Errorf("%s: is refused for another reason", attack)
			}
			if strings.Contains(got.body, "zebra") || strings.Contains(got.body, "oidc") {
				t.Errorf("%s: the page repeats what was said: %s", attack, got.body)
			}
			if len(browser.cookies) > 0 || browser.signedIn() != "" {
				t.Errorf("%s: somebody is signed in: %v", attack, browser.cookies)
			}
			if p.snapshot() != before {
				t.Errorf("%s: it made us write", attack)
			}
			if strings.Contains(p.log.String(), `"internal error"`) {
				t.Errorf("%s: was a fault of ours: %s", attack, p.log)
			}
			clock.Advance(6 * time.Second) // the provider is asked again
			if got := browser.travel(p.acme, nil, somebodyAt("kit")); got.status != http.StatusSeeOther || browser.signedIn() != "kit@example.com" {
				t.Fatalf("after %s nobody comes in any more: %d %s", attack, got.status, got.body)
			}
		}
	}, storetest.WithClock(clock))
}
