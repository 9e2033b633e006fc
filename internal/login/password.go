package login

import (
	"context"
	"fmt"
	"runtime"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"roster/internal/rule"
)

// params are those of SECURITY.md: about 26 ms and 19 MB for each hash.
var params = &argon2id.Params{Memory: 19456, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// waiting is how many may wait for a hash. At 26 ms each on two cores the last of them waits under a second; who comes
// after is told to come again, instead of everybody waiting for ever.
const waiting = 64

// nobody is what the password of an address without a login is compared with, so that it takes as long.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$Pp4Y1cbZxSDX7mPJ3Xv8gm5bTjbcfzmSkSVEBV3m5E0"

// hasher hashes passwords, as many at a time as there are processors, behind a bounded queue.
type hasher struct{ queue, turns chan struct{} }

func newHasher() *hasher {
	n := runtime.GOMAXPROCS(0)
	return &hasher{queue: make(chan struct{}, n+waiting), turns: make(chan struct{}, n)}
}

// Hash makes the hash of a new password that rule.Password accepted.
func (h *hasher) Hash(ctx context.Context, password string) (hash string, err error) {
	turn := func() { hash, err = argon2id.CreateHash(norm.NFC.String(password), params) }
	if err := h.wait(ctx, turn); err != nil {
		return "", err
	}
	return hash, err
}

// Match compares a password with a hash, or with nobody's when there is none; then it never matches.
func (h *hasher) Match(ctx context.Context, password string, hash *string) (ok bool, err error) {
	against := nobody
	if hash != nil {
		against = *hash
	}
	turn := func() { ok, err = argon2id.ComparePasswordAndHash(norm.NFC.String(password), against) }
	if err := h.wait(ctx, turn); err != nil {
		return false, err
	}
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return ok && hash != nil, nil
}

func (h *hasher) wait(ctx context.Context, do func()) error {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		return rule.ErrBusy
	}
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return ctx.Err()
	}
	do()
	return nil
}
