package login

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"roster/ent/schema"
	"roster/ent/session"
	"roster/ent/token"
	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Opened is a session that was just opened, with the secrets that only the client will hold.
type Opened struct {
	Viewer viewer.Viewer
	Cookie string    // WEB
	Until  time.Time // WEB: when the cookie ends at the latest
	Tokens *Tokens   // MOBILE
}

// Tokens are an app's two secrets.
type Tokens struct {
	AccessToken           string
	AccessTokenExpiresAt  time.Time
	RefreshToken          string
	RefreshTokenExpiresAt time.Time
}

// check is the session check: one prepared statement on every request. args: the secret's hash, now.
const (
	check      = "SELECT " + who + ", " + noPractice + " FROM " + whose + running
	who        = "s.id, s.kind, s.current_account_id, s.signed_in_at, s.last_seen_at, s.expires_at, u.id, u.first_name, u.last_name, u.email, u.email_verified_at IS NOT NULL, u.support"
	noPractice = "NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.practice_id IS NOT NULL AND " + schema.Open + ")"
	whose      = "sessions s JOIN users u ON u.id = s.user_id"
	running    = " WHERE s.secret_hash = ? AND s.ended_at IS NULL AND s.secret_expires_at > ?"
)

// checked is what the session check reads.
type checked struct {
	viewer              viewer.Viewer
	kind                rule.SessionKind
	current             sql.NullString
	first, last         string
	lastSeen, expiresAt time.Time
}

// to is where the columns of who go, and the one behind them.
func (c *checked) to(last any) []any {
	v := &c.viewer
	return []any{&v.SessionID, &c.kind, &c.current, &v.Session.SignedInAt, &c.lastSeen, &c.expiresAt,
		&v.UserID, &c.first, &c.last, &v.Email, &v.EmailVerified, &v.Support, last}
}

// Authenticate says who holds a session's secret. asked is the viewer as far as the request tells; it is given back
// with the login added, or as it was, when the secret opens nothing (any more): then nobody is signed in.
func (l *Logins) Authenticate(ctx context.Context, asked viewer.Viewer, secret string, kind rule.SessionKind) (viewer.Viewer, error) {
	v, _, err := l.AuthenticateFor(ctx, asked, secret, kind, 0)
	return v, err
}

// mayBe reports whether a secret has the form of those of a kind of session.
func mayBe(secret string, kind rule.SessionKind) bool {
	prefix := cookiePrefix
	if kind == rule.Mobile {
		prefix = accessPrefix
	}
	return strings.HasPrefix(secret, prefix) && len(secret) <= 100
}

// found says who it is that the session check found, and notes that the session was used.
func (l *Logins) found(ctx context.Context, asked viewer.Viewer, c *checked, kind rule.SessionKind) (viewer.Viewer, error) {
	if c.kind != kind {
		return asked, nil
	}
	v := c.viewer
	v.Name, v.Session.CurrentAccount = strings.TrimSpace(c.first+" "+c.last), c.current.String
	if asked.At.Sub(c.lastSeen) >= seenEvery {
		return v, l.seen(ctx, v, kind, c.expiresAt)
	}
	return v, nil
}

// seen writes down that a session was used, and moves a browser's idle end on.
func (l *Logins) seen(ctx context.Context, v viewer.Viewer, kind rule.SessionKind, expiresAt time.Time) error {
	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		u := tx.Session.Update().Where(session.ID(v.SessionID), session.EndedAtIsNil()).SetLastSeenAt(tx.Now)
		if kind == rule.Web {
			u.SetSecretExpiresAt(earlier(tx.Now.Add(WebIdle), expiresAt))
		}
		if err := u.Exec(ctx); err != nil {
			return fmt.Errorf("note use of session %s: %w", v.SessionID, err)
		}
		return nil
	})
}

// Open opens a session for a login in a transaction that has proved who it is.
func (l *Logins) Open(ctx context.Context, tx *store.Tx, user Person, kind rule.SessionKind) (Opened, error) {
	return l.open(ctx, tx, user, kind, entered{at: tx.Now})
}

// entered is how somebody came in.
type entered struct {
	at       time.Time // when they gave their credentials, which may have been before, to a provider
	identity string    // with which; empty for a password
	until    time.Time // when the session ends at the latest, where it takes the place of another; zero otherwise
}

func (l *Logins) open(ctx context.Context, tx *store.Tx, user Person, kind rule.SessionKind, in entered) (Opened, error) {
	v, _ := viewer.From(ctx)
	o := Opened{Viewer: v}
	o.Viewer.UserID, o.Viewer.SessionID, o.Viewer.Name = user.ID, store.NewID("ses"), user.Name
	o.Viewer.Support, o.Viewer.Reads = user.Support, nil
	o.Viewer.Email, o.Viewer.EmailVerified, o.Viewer.Session = user.Email, user.Verified, viewer.Session{SignedInAt: in.at}

	secretValue, secretUntil, until := secret(cookiePrefix), tx.Now.Add(WebIdle), tx.Now.Add(WebAtMost)
	if kind == rule.Mobile {
		secretValue, secretUntil, until = secret(accessPrefix), tx.Now.Add(AccessFor), tx.Now.Add(RefreshFor)
	}
	if !in.until.IsZero() {
		until = earlier(until, in.until)
		secretUntil = earlier(secretUntil, until)
	}
	create := tx.Session.Create().SetID(o.Viewer.SessionID).SetUserID(user.ID).SetKind(kind).
		SetSecretHash(courier.Hash(secretValue)).SetSecretExpiresAt(secretUntil).SetExpiresAt(until).
		SetCreatedAt(tx.Now).SetSignedInAt(in.at).SetLastSeenAt(tx.Now).
		SetNillableUserAgent(clipped(v.UserAgent, 512)).SetNillableIPAddress(clipped(v.IPAddress, 64))
	if in.identity != "" {
		create.SetIdentityID(in.identity)
	}
	if err := create.Exec(ctx); err != nil {
		return Opened{}, fmt.Errorf("open session: %w", err)
	}
	if kind == rule.Web {
		o.Cookie, o.Until = secretValue, until
		return o, nil
	}
	o.Tokens = &Tokens{AccessToken: secretValue, AccessTokenExpiresAt: secretUntil, RefreshTokenExpiresAt: until}
	var err error
	o.Tokens.RefreshToken, err = refreshToken(ctx, tx, user.ID, o.Viewer.SessionID, until)
	return o, err
}

// SignOut ends the viewer's session.
func (l *Logins) SignOut(ctx context.Context) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return end(ctx, tx, tx.Now, v.UserID, v.SessionID, "")
	})
}

// end ends sessions of a login, and the tokens that hang on them: one, or all but one when only is empty.
func end(ctx context.Context, tx *store.Tx, now time.Time, user, only, but string) error {
	u := tx.Session.Update().Where(session.UserID(user), session.EndedAtIsNil())
	t := tx.Token.Update().Where(token.HasSessionWith(session.UserID(user)), token.UsedAtIsNil(), token.VoidedAtIsNil())
	if only != "" {
		u.Where(session.ID(only))
		t.Where(token.SessionID(only))
	} else if but != "" {
		u.Where(session.IDNEQ(but))
		t.Where(token.SessionIDNEQ(but))
	}
	if err := errors.Join(u.SetEndedAt(now).Exec(ctx), t.SetVoidedAt(now).Exec(ctx)); err != nil {
		return fmt.Errorf("end sessions of %s: %w", user, err)
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func clipped(s string, longest int) *string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	if s == "" {
		return nil
	}
	for len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "")
	}
	return &s
}
