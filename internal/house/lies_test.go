package house_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"roster/internal/signon/signontest"
)

// stranger is a key that is not the provider's.
var stranger = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// keyed is the header of a token that is signed by the key of this name.
func keyed(kid string) map[jose.HeaderKey]any { return map[jose.HeaderKey]any{"kid": kid} }

func bent(change func(signontest.Claims)) signontest.Bend { return signontest.Bend{Claims: change} }

func signed(sign func(signontest.Claims) string) signontest.Bend { return signontest.Bend{Sign: sign} }

func claimed(name string, value any) signontest.Bend {
	return bent(func(c signontest.Claims) {
		if c[name] = value; value == nil {
			delete(c, name)
		}
	})
}

func described(name string, value any) signontest.Bend {
	return signontest.Bend{Description: func(d map[string]any) { d[name] = value }}
}

func back(change func(url.Values)) signontest.Bend { return signontest.Bend{Back: change} }

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "zebra", code) }
}

func redirects(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusTemporaryRedirect)
}

// detour sends to another address here, where the right answer is.
func detour(right http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" {
			http.Redirect(w, r, r.URL.Path+"?zebra", http.StatusTemporaryRedirect)
			return
		}
		right(w, r)
	}
}

func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	for range 64 {
		if _, err := io.WriteString(w, strings.Repeat(" ", 64<<10)); err != nil {
			return
		}
	}
}

// unsigned is a token of the algorithm none.
func unsigned(c signontest.Claims) string {
	text, _ := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(text) + "."
}

// publicKey is the provider's public key as a file holds it, which is no secret.
func publicKey() []byte {
	der, err := x509.MarshalPKIXPublicKey(signontest.Key().Public())
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// changed is a token whose claims were changed after it was signed.
func changed(c signontest.Claims) string {
	parts := strings.Split(signontest.Sign(c), ".")
	c["sub"] = "somebody-else"
	text, _ := json.Marshal(c)
	return parts[0] + "." + base64.RawURLEncoding.EncodeToString(text) + "." + parts[2]
}
