package login

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"roster/ent"
	"roster/ent/membership"
	"roster/ent/user"
	"roster/internal/rule"
	"roster/internal/store"
)

// params are those of SECURITY.md: about 26 ms and 19 MB for each hash.
var params = &argon2id.Params{Memory: 19456, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// waiting is how many may wait for a hash. At 26 ms each on two cores the last of them waits under a second; who comes
// after is told to come again, instead of everybody waiting for ever.
const waiting = 64

// contextAccounts is how many of the accounts that somebody is in give words that their password is not to be made of.
const contextAccounts = 50

// nobody is what the password of an address without a login is compared with, so that it takes as long.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$Pp4Y1cbZxSDX7mPJ3Xv8gm5bTjbcfzmSkSVEBV3m5E0"

// hasher hashes passwords, as many at a time as there are processors, behind a bounded queue.
type hasher struct{ queue, turns chan struct{} }

func newHasher() *hasher {
	n := runtime.GOMAXPROCS(0)
	return &hasher{queue: make(chan struct{}, n+waiting), turns: make(chan struct{}, n)}
}

// Judge judges a new password as it will be kept, in NFC (rule.Password). context are the names and addresses around the
// person.
func Judge(password string, context ...string) rule.Verdict {
	return rule.Password(norm.NFC.String(password), context...)
}

// judge judges a login's new password: whoever knows the person also knows the accounts they are in.
func (l *Logins) judge(ctx context.Context, id, password, field string) error {
	u, err := l.store.Read().User.Query().Where(user.ID(id)).
		WithMemberships(func(q *ent.MembershipQuery) {
			q.Where(membership.StatusNEQ(rule.Removed)).Limit(contextAccounts).WithPractice().WithClientAccount()
		}).Only(store.Facts(ctx))
	if err != nil {
		return fmt.Errorf("find login %s: %w", id, err)
	}
	words := []string{u.Email, u.FirstName, u.LastName}
	for _, m := range u.Edges.Memberships {
		if p := m.Edges.Practice; p != nil {
			words = append(words, p.Name)
		} else if c := m.Edges.ClientAccount; c != nil {
			words = append(words, c.Name)
		}
	}
	weak := Judge(password, words...)
	for i := range weak {
		weak[i].Field = []string{"input", field}
	}
	if weak.Refused() {
		return weak
	}
	return nil
}

// Hash makes the hash of a new password that rule.Password accepted.
func (h *hasher) Hash(ctx context.Context, password string) (hash string, err error) {
	turn := func() { hash, err = argon2id.CreateHash(norm.NFC.String(password), params) }
	if err := h.inTurn(ctx, turn); err != nil {
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
	if err := h.inTurn(ctx, turn); err != nil {
		return false, err
	}
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return ok && hash != nil, nil
}

// inTurn hashes when its turn comes. The 19 MB are collected at once, which takes a millisecond: left to Go, a few of them fill all
// that the server may have, and it collects all the time, gives memory back and gets it anew, and half as many can sign in.
func (h *hasher) inTurn(ctx context.Context, do func()) error {
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
		if errors.Is(ctx.Err(), context.DeadlineExceeded) { // the request's time is over before its turn came
			return rule.ErrBusy
		}
		return ctx.Err()
	}
	do()
	runtime.GC()
	return nil
}
