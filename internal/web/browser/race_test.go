//go:build race

package browser_test

// The program is built as its test is, with the flags of the Makefile: what it is built of is there already.
var buildMode = []string{"-race=true", "-gcflags=modernc.org/sqlite/lib=-race=false", "-gcflags=golang.org/x/crypto/argon2=-race=false",
	"-gcflags=github.com/emersion/go-smtp=-race=false"}
