package login

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/ent/predicate"
	"roster/ent/session"
	"roster/internal/rule"
	"roster/internal/viewer"
)

// Mine is what somebody sees of their own login.
type Mine struct {
	Login    *ent.User
	Sessions []*ent.Session // running ones, newest first
	Fresh    bool           // they signed in a short while ago (RULES.md J8)
}

// maxSessions is how many sessions are listed: more than anybody has, and not without end.
const maxSessions = 200

// Own shows the viewer's own login.
func (l *Logins) Own(ctx context.Context) (Mine, error) {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return Mine{}, rule.ErrUnauthenticated
	}
	u, err := l.store.Read().User.Get(ctx, v.UserID)
	if err != nil {
		return Mine{}, fmt.Errorf("find login %s: %w", v.UserID, err)
	}
	sessions, err := l.Sessions(ctx)
	return Mine{Login: u, Sessions: sessions, Fresh: !rule.Fresh(v.At.Sub(v.Session.SignedInAt), l.config.FreshFor).Refused()}, err
}

// Sessions lists the viewer's running sessions, newest first.
func (l *Logins) Sessions(ctx context.Context) ([]*ent.Session, error) {
	list, err := l.store.Read().Session.Query().Where(Running(ctx)).Order(ent.Desc(session.FieldCreatedAt, session.FieldID)).Limit(maxSessions).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

// Running is the condition that a session has not ended at the moment the viewer asks.
func Running(ctx context.Context) predicate.Session {
	v, _ := viewer.From(ctx)
	return session.And(session.EndedAtIsNil(), session.ExpiresAtGT(v.At), session.Or(session.KindEQ(rule.Mobile), session.SecretExpiresAtGT(v.At)))
}
