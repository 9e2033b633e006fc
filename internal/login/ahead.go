package login

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"

	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/viewer"
)

// Ahead is the first page of a login's own clients, which the session check read along: most requests of an app are for just
// that, and a statement costs more on its way than to answer. The nil Ahead is none.
type Ahead struct {
	user string
	size int
	list []*Access
}

// checkKept is the session check, with what is kept of the login's switcher. Both are read at one moment. args: as check.
const checkKept = "SELECT " + who + ", k.page FROM " + whose + " LEFT JOIN kept_switchers k ON k.id = u.id" + running

// AuthenticateFor is Authenticate for a request that asks for the first so many of the accounts that the login opens, from 1
// to 100 in the order of their names. Where they are all by memberships of its own they come along; 0 asks for none.
// As from Authenticate, an error beside a viewer means that only something was not written down.
func (l *Logins) AuthenticateFor(ctx context.Context, asked viewer.Viewer, secret string, kind rule.SessionKind, first int) (viewer.Viewer, *Ahead, error) {
	if !mayBe(secret, kind) {
		return asked, nil, nil
	}
	c, kept := checked{viewer: asked}, sql.NullString{}
	text, last := check, any(&c.viewer.Session.NoPractice)
	if first > 0 && !l.store.HasReplica() { // which reads the accounts instead
		text, last = checkKept, &kept
	}
	if found, err := l.look(ctx, text, secret, &c, last); err != nil || !found {
		return asked, nil, err
	}
	v, err := l.found(ctx, asked, &c, kind)
	if text == check || !v.SignedIn() {
		return v, nil, err
	}
	own, a := aheadOf(kept.String, v.UserID, first)
	if !kept.Valid || own == unread {
		text, failed := l.keep(ctx, v)
		err = errors.Join(err, failed)
		own, a = aheadOf(text, v.UserID, first)
	}
	v.Session.NoPractice = own == ownOnly
	return v, a, err
}

// look runs the session check.
func (l *Logins) look(ctx context.Context, text, secret string, c *checked, last any) (found bool, err error) {
	rows, err := l.store.Query(ctx, text, courier.Hash(secret), c.viewer.At)
	if err != nil {
		return false, fmt.Errorf("check session: %w", err)
	}
	defer rows.Close()
	if rows.Next() {
		found = true
		if err := rows.Scan(c.to(last)...); err != nil {
			return false, fmt.Errorf("check session: %w", err)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return false, fmt.Errorf("check session: %w", err)
	}
	return found, nil
}

type aheadKey struct{}

// held is what was read ahead, until it is used.
type held struct{ ahead atomic.Pointer[Ahead] }

// With returns a context in which Accounts finds what was read ahead. The nil Ahead leaves the context as it is.
func (a *Ahead) With(ctx context.Context) context.Context {
	if a == nil {
		return ctx
	}
	h := new(held)
	h.ahead.Store(a)
	return context.WithValue(ctx, aheadKey{}, h)
}

// readAlready gives the rows of a query that were read ahead, to whoever asks first: rows are the reader's own.
func readAlready(ctx context.Context, q Query) ([]*Access, bool) {
	h, ok := ctx.Value(aheadKey{}).(*held)
	if !ok {
		return nil, false
	}
	a := h.ahead.Load()
	v, _ := viewer.From(ctx)
	if a == nil || a.user != v.UserID || !q.first(a.size) || !h.ahead.CompareAndSwap(a, nil) {
		return nil, false
	}
	return a.list, true
}

// first reports whether a query is for the first page of that size of a login's own clients, and for all of them.
func (q Query) first(size int) bool {
	return q.OwnClients && q.Order == ByName && !q.Back && q.Limit == size+1 && q.After == nil && q.Before == nil &&
		q.Search == "" && len(q.Kinds) == 0 && len(q.Via) == 0 && len(q.Accounts) == 0
}
