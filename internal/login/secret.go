package login

import (
	"crypto/rand"
	"encoding/base64"
)

// The prefixes of the secrets a client holds. They let a scanner find one that leaked, and keep one kind from being
// taken for another.
const (
	cookiePrefix  = "rws_"
	accessPrefix  = "rat_"
	refreshPrefix = "rrt_"
)

// secret makes 256 random bits behind a prefix.
func secret(prefix string) string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: the runtime aborts instead
	return prefix + base64.RawURLEncoding.EncodeToString(b)
}
