package login

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"roster/ent/schema"
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

// checkAhead is the session check, followed by the first rows of what the switcher shows to whoever is in no practice: the first
// row holds who it is, and those behind it an account each. Both are read at one moment. args: as check, and how many rows.
var checkAhead = `WITH me AS MATERIALIZED (` + check + `),
parts AS (SELECT me.*, NULL AS opens FROM me UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, me.user_id FROM me WHERE me.no_practice)
SELECT me.id, me.kind, me.current_account_id, me.signed_in_at, me.last_seen_at, me.expires_at,
me.user_id, me.first_name, me.last_name, me.email, me.email_verified, me.support, me.no_practice,
c.id, ` + clientColumns + `
FROM parts me LEFT JOIN memberships m ON m.user_id = me.opens AND m.client_account_id IS NOT NULL AND ` + schema.Open + `
LEFT JOIN client_accounts c ON c.id = m.client_account_id
LEFT JOIN roles r ON r.id = ` + schema.OwnRole("m.role_id") + `
LEFT JOIN account_uses x ON x.user_id = me.opens AND x.account_id = m.client_account_id
WHERE me.user_id IS NOT NULL OR m.id IS NOT NULL
ORDER BY c.name_key NULLS FIRST, c.id LIMIT ?`

// AuthenticateFor is Authenticate for a request that asks for the first so many of the accounts that the login opens, from 1
// to 100 in the order of their names. Where they are all by memberships of its own they come along; 0 asks for none.
func (l *Logins) AuthenticateFor(ctx context.Context, asked viewer.Viewer, secret string, kind rule.SessionKind, first int) (viewer.Viewer, *Ahead, error) {
	if !mayBe(secret, kind) {
		return asked, nil, nil
	}
	if l.store.HasReplica() { // which reads the accounts instead
		first = 0
	}
	text, args := check, []any{courier.Hash(secret), asked.At}
	if first > 0 {
		text, args = checkAhead, append(args, 1+first+1) // who it is, the page, and whether there is more
	}
	c, a := checked{viewer: asked}, (*Ahead)(nil)
	rows, err := l.store.Query(ctx, text, args...)
	if err != nil {
		return asked, nil, fmt.Errorf("check session: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return asked, nil, rows.Err()
	}
	to := c.to()
	if first > 0 {
		to = append(to, skip(len((&row{}).toClient()))...)
	}
	if err := rows.Scan(to...); err != nil {
		return asked, nil, fmt.Errorf("check session: %w", err)
	}
	if first > 0 && c.kind == kind && c.viewer.Session.NoPractice {
		if a, err = readAhead(rows, c.viewer.UserID, first); err != nil {
			return asked, nil, fmt.Errorf("check session: %w", err)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return asked, nil, fmt.Errorf("check session: %w", err)
	}
	v, err := l.found(ctx, asked, &c, kind)
	return v, a, err
}

// readAhead reads the rows behind the first.
func readAhead(rows *sql.Rows, user string, size int) (*Ahead, error) {
	a := &Ahead{user: user, size: size}
	one := row{via: rule.ViaMembership}
	to := append(skip(len((&checked{}).to())), one.toClient()...)
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		a.list = append(a.list, one.access())
	}
	return a, nil
}

// skip is where columns go that a row does not have.
func skip(columns int) []any { return slices.Repeat([]any{skipped{}}, columns) }

// skipped takes no value.
type skipped struct{}

// Scan leaves the value alone.
func (skipped) Scan(any) error { return nil }

type aheadKey struct{}

// kept is what was read ahead, until it is used.
type kept struct{ ahead atomic.Pointer[Ahead] }

// With returns a context in which Accounts finds what was read ahead. The nil Ahead leaves the context as it is.
func (a *Ahead) With(ctx context.Context) context.Context {
	if a == nil {
		return ctx
	}
	k := new(kept)
	k.ahead.Store(a)
	return context.WithValue(ctx, aheadKey{}, k)
}

// readAlready gives the rows of a query that were read ahead, to whoever asks first: rows are the reader's own.
func readAlready(ctx context.Context, q Query) ([]*Access, bool) {
	k, ok := ctx.Value(aheadKey{}).(*kept)
	if !ok {
		return nil, false
	}
	a := k.ahead.Load()
	v, _ := viewer.From(ctx)
	if a == nil || a.user != v.UserID || !q.first(a.size) || !k.ahead.CompareAndSwap(a, nil) {
		return nil, false
	}
	return a.list, true
}

// first reports whether a query is for the first page of that size of a login's own clients, and for all of them.
func (q Query) first(size int) bool {
	return q.OwnClients && q.Order == ByName && !q.Back && q.Limit == size+1 && q.After == nil && q.Before == nil &&
		q.Search == "" && len(q.Kinds) == 0 && len(q.Via) == 0 && len(q.Accounts) == 0
}
