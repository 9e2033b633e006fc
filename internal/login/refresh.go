package login

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roster/ent"
	"roster/ent/session"
	"roster/ent/token"
	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/store"
)

// Refresh gives an app new tokens for its refresh token, which works once. A token that comes a second time was stolen,
// from the app or from whoever used it first: the session ends for both.
func (l *Logins) Refresh(ctx context.Context, refresh string) (*Tokens, error) {
	if !strings.HasPrefix(refresh, refreshPrefix) || len(refresh) > 100 {
		return nil, badToken("refreshToken")
	}
	var tokens *Tokens
	var refused error
	err := l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		tokens, refused, err = l.refresh(ctx, tx, refresh)
		return err
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return nil, err
	}
	return tokens, nil
}

// refresh answers its refusal apart from its error, so that what a refusal ends is written all the same.
func (l *Logins) refresh(ctx context.Context, tx *store.Tx, refresh string) (_ *Tokens, refused, err error) {
	t, err := tx.Token.Query().Where(token.Hash(courier.Hash(refresh)), token.PurposeEQ(rule.Refresh)).WithSession().Only(store.Facts(ctx))
	switch {
	case ent.IsNotFound(err):
		return nil, badToken("refreshToken"), nil
	case err != nil:
		return nil, nil, fmt.Errorf("find refresh token: %w", err)
	}
	s := t.Edges.Session
	if s.EndedAt != nil || t.VoidedAt != nil {
		return nil, badToken("refreshToken"), nil
	}
	if !tx.Now.Before(t.ExpiresAt) {
		return nil, oldToken("refreshToken"), nil
	}
	if used, err := use(ctx, tx, t.ID); err != nil {
		return nil, nil, err
	} else if !used {
		return nil, badToken("refreshToken"), end(ctx, tx, tx.Now, t.UserID, s.ID, "")
	}

	fresh := &Tokens{AccessToken: secret(accessPrefix), AccessTokenExpiresAt: earlier(tx.Now.Add(AccessFor), tx.Now.Add(RefreshFor)), RefreshTokenExpiresAt: tx.Now.Add(RefreshFor)}
	err = tx.Session.Update().Where(session.ID(s.ID)).SetSecretHash(courier.Hash(fresh.AccessToken)).SetSecretExpiresAt(fresh.AccessTokenExpiresAt).
		SetExpiresAt(fresh.RefreshTokenExpiresAt).SetLastSeenAt(tx.Now).Exec(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("refresh session %s: %w", s.ID, err)
	}
	fresh.RefreshToken, err = refreshToken(ctx, tx, t.UserID, s.ID, fresh.RefreshTokenExpiresAt)
	return fresh, nil, err
}

// use spends a token; false when it was spent or ended before. The row says so, not what was read of it: a
// select-then-update was spent twice in 942 of 1,000 trials.
func use(ctx context.Context, tx *store.Tx, id string) (bool, error) {
	n, err := tx.Token.Update().Where(token.ID(id), token.UsedAtIsNil(), token.VoidedAtIsNil(), token.ExpiresAtGT(tx.Now)).SetUsedAt(tx.Now).Save(ctx)
	if err != nil {
		return false, fmt.Errorf("use token %s: %w", id, err)
	}
	return n == 1, nil
}

func refreshToken(ctx context.Context, tx *store.Tx, user, session string, until time.Time) (string, error) {
	value := secret(refreshPrefix)
	err := tx.Token.Create().SetID(store.NewID("tok")).SetPurpose(rule.Refresh).SetHash(courier.Hash(value)).SetUserID(user).SetSessionID(session).
		SetCreatedAt(tx.Now).SetExpiresAt(until).Exec(ctx)
	if err != nil {
		return "", fmt.Errorf("make refresh token: %w", err)
	}
	return value, nil
}

func badToken(field string) rule.Verdict {
	return rule.Verdict{{Code: rule.TokenInvalid, Field: []string{"input", field},
		Message: "This link or token does not work: it is incomplete, was used already, a newer one replaced it, or it is for another login than the one you are signed in with."}}
}

func oldToken(field string) rule.Verdict {
	return rule.Verdict{{Code: rule.TokenExpired, Field: []string{"input", field}, Message: "This link or token is too old. Ask for a new one."}}
}
