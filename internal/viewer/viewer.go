// Package viewer says who is asking. The session middleware puts the viewer into the context once per request; the
// policies, rules and resolvers take it from there. It holds no permissions: those are read afresh each time.
package viewer

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Viewer is who is asking, and when. The zero Viewer is nobody: somebody who is not signed in.
type Viewer struct {
	UserID        string
	SessionID     string
	Name          string // as the login has it, for the journal
	Email         string
	EmailVerified bool
	Support       bool     // appointed on the command line (RULES.md G4)
	Reads         []string // ids of accounts that support reads in this request; each is recorded before it is shown
	Session       Session
	At            time.Time // the moment access is judged at: the request's, or the transaction's
	RequestID     string
	IPAddress     string
	UserAgent     string
}

// Session is what the session check read along with the viewer, so that nothing asks for it twice.
type Session struct {
	CurrentAccount string    // the id of the account last switched to
	SignedInAt     time.Time // when a password was last given
	NoPractice     bool      // in no practice when the request came, so all their accounts are by memberships of their own; false where nobody looked
}

// SignedIn reports whether anybody is.
func (v Viewer) SignedIn() bool { return v.UserID != "" }

// Nobody is the same request with nobody signed in.
func (v Viewer) Nobody() Viewer {
	return Viewer{At: v.At, RequestID: v.RequestID, IPAddress: v.IPAddress, UserAgent: v.UserAgent}
}

type key struct{}

// request is what the parts of one request share, which may be answered at the same time.
type request struct {
	now     atomic.Pointer[Viewer]
	reading sync.Mutex
}

// With returns a context in which v is asking.
func With(ctx context.Context, v Viewer) context.Context {
	r := new(request)
	r.now.Store(&v)
	return context.WithValue(ctx, key{}, r)
}

// Become changes who is asking for the rest of this request: after signing in or out, what the same answer shows next
// is shown to the new viewer.
func Become(ctx context.Context, v Viewer) {
	if r, ok := ctx.Value(key{}).(*request); ok {
		r.now.Store(&v)
	}
}

// Read lets support read more accounts for the rest of this request: those that record answers, once it has recorded them.
// It runs one at a time, so that what two parts of a request ask for is recorded once; an error shows nothing.
func Read(ctx context.Context, record func(v Viewer) (accounts []string, err error)) error {
	r, ok := ctx.Value(key{}).(*request)
	if !ok {
		return nil
	}
	r.reading.Lock()
	defer r.reading.Unlock()
	v := *r.now.Load()
	if !v.Support {
		return nil
	}
	accounts, err := record(v)
	if err == nil && len(accounts) > 0 {
		v.Reads = append(slices.Clone(v.Reads), accounts...)
		r.now.Store(&v)
	}
	return err
}

// From returns who is asking; ok is false where nobody was ever put into the context, which is a mistake in wiring
// and never the same as nobody being signed in.
func From(ctx context.Context) (v Viewer, ok bool) {
	r, ok := ctx.Value(key{}).(*request)
	if !ok {
		return Viewer{}, false
	}
	return *r.now.Load(), true
}
