package login

import (
	"context"
	"errors"
	"fmt"

	"roster/ent"
	"roster/ent/session"
	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Revoke ends one of the viewer's sessions; own says that it was the one they asked by.
func (l *Logins) Revoke(ctx context.Context, id string) (own bool, err error) {
	return id == sessionIn(ctx), l.ofOwn(ctx, func(ctx context.Context, tx *store.Tx, v viewer.Viewer, u *ent.User) error {
		there, err := tx.Session.Query().Where(session.ID(id), session.UserID(v.UserID), session.EndedAtIsNil()).Exist(store.Facts(ctx))
		if err != nil {
			return fmt.Errorf("find session: %w", err)
		}
		if !there {
			return rule.ErrNotFound
		}
		if err := end(ctx, tx, tx.Now, v.UserID, id, ""); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "sessionRevoke", User: u.ID, Changes: []journal.Change{journal.Turn("session", id, "")}})
	})
}

// RevokeOthers ends all of the viewer's sessions but the one they ask by.
func (l *Logins) RevokeOthers(ctx context.Context) error {
	return l.ofOwn(ctx, func(ctx context.Context, tx *store.Tx, v viewer.Viewer, u *ent.User) error {
		if err := end(ctx, tx, tx.Now, v.UserID, "", v.SessionID); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "sessionRevokeOthers", User: u.ID})
	})
}

// Profile is a change of one's own details; nil where one stays. An empty mobile takes it away.
type Profile struct{ FirstName, LastName, Mobile *string }

// UpdateProfile changes the viewer's own name and number. Accounts keep the details that they know the person by.
func (l *Logins) UpdateProfile(ctx context.Context, input Profile) error {
	return l.ofOwn(ctx, func(ctx context.Context, tx *store.Tx, _ viewer.Viewer, u *ent.User) error {
		first, last, mobile := u.FirstName, u.LastName, some(u.Mobile)
		var wrong rule.Verdict
		if input.FirstName != nil {
			first = address.Name(*input.FirstName)
			wrong = append(wrong, rule.Text("First name", first, rule.MaxName, "input", "firstName")...)
		}
		if input.LastName != nil {
			last = address.Name(*input.LastName)
			wrong = append(wrong, rule.Text("Last name", last, rule.MaxName, "input", "lastName")...)
		}
		if input.Mobile != nil {
			mobile = *input.Mobile
		}
		if input.Mobile != nil && mobile != "" {
			var err error
			if mobile, err = address.Mobile(mobile, ""); err != nil { // a login is of no country
				wrong = append(wrong, rule.BadMobileAbroad("input", "mobile"))
			}
		}
		if wrong.Refused() {
			return wrong
		}

		changes := journal.Changes(journal.Turn("firstName", u.FirstName, first), journal.Turn("lastName", u.LastName, last), journal.Turn("mobile", some(u.Mobile), mobile))
		if len(changes) == 0 {
			return nil
		}
		change := tx.User.UpdateOneID(u.ID).SetFirstName(first).SetLastName(last)
		switch {
		case mobile == some(u.Mobile):
		case mobile == "":
			change.ClearMobile().ClearMobileVerifiedAt()
		default:
			change.SetMobile(mobile).ClearMobileVerifiedAt()
		}
		if err := change.Exec(store.Facts(ctx)); err != nil {
			return fmt.Errorf("change profile of %s: %w", u.ID, err)
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "profileUpdate", User: u.ID, Changes: changes})
	})
}

// ChangePassword sets another password for whoever is signed in freshly and knows the one there is (RULES.md J8). Every other
// session ends, and every link of the login's own; a browser gets a new session in place of its own, an app keeps its tokens.
func (l *Logins) ChangePassword(ctx context.Context, current, next string) (Opened, error) {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return Opened{}, rule.ErrUnauthenticated
	}
	if stale := rule.Fresh(v.At.Sub(v.Session.SignedInAt), l.config.FreshFor); stale.Refused() {
		return Opened{}, stale
	}
	if err := l.judge(ctx, v.UserID, next, "newPassword"); err != nil {
		return Opened{}, err
	}
	u, err := l.knows(ctx, v, current, "currentPassword")
	if err != nil {
		return Opened{}, err
	}
	hash, err := l.hasher.Hash(ctx, next)
	if err != nil {
		return Opened{}, err
	}

	var opened Opened
	err = l.ofOwn(ctx, func(ctx context.Context, tx *store.Tx, v viewer.Viewer, now *ent.User) error {
		if now.Version != u.Version {
			return wrong()
		}
		if opened, err = l.instead(ctx, tx, v, now, true); err != nil {
			return err
		}
		err := errors.Join(tx.User.UpdateOneID(u.ID).SetPasswordHash(hash).AddVersion(1).Exec(store.Facts(ctx)),
			end(ctx, tx, tx.Now, u.ID, "", opened.Viewer.SessionID), voidAll(ctx, tx, u.ID))
		if err != nil {
			return fmt.Errorf("change password of %s: %w", u.ID, err)
		}
		if err := forgive(ctx, tx, u.Email); err != nil {
			return err
		}
		err = journal.Write(ctx, tx, journal.Entry{Verb: "passwordChange", User: u.ID})
		return errors.Join(err, tx.Enqueue(ctx, courier.Notice{Notice: courier.PasswordChanged, UserID: u.ID}))
	})
	return opened, err
}

// instead opens a new session in place of a browser's, so that a cookie that somebody else has seen is worth nothing. Unless the
// password was just given, the new one is as fresh as the one before, and known by what that was opened with.
func (l *Logins) instead(ctx context.Context, tx *store.Tx, v viewer.Viewer, u *ent.User, given bool) (Opened, error) {
	s, err := tx.Session.Get(store.Facts(ctx), v.SessionID)
	if err != nil {
		return Opened{}, fmt.Errorf("find session: %w", err)
	}
	if s.Kind == rule.Mobile {
		return Opened{Viewer: v}, nil
	}
	in := entered{at: s.SignedInAt, identity: some(s.IdentityID), until: s.ExpiresAt}
	if given {
		in = entered{at: tx.Now}
	}
	return l.open(ctx, tx, person(u), rule.Web, in)
}

// ofOwn runs a change of the viewer's own login.
func (l *Logins) ofOwn(ctx context.Context, change func(ctx context.Context, tx *store.Tx, v viewer.Viewer, u *ent.User) error) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		u, err := Current(ctx, tx)
		if err != nil {
			return err
		}
		return change(ctx, tx, v, u)
	})
}

// Current is the viewer's login as it is in a transaction. One that was merged into another since the request came is nobody's
// any more: what it would do now, nobody could ever open.
func Current(ctx context.Context, tx *store.Tx) (*ent.User, error) {
	v, _ := viewer.From(ctx)
	u, err := tx.User.Get(store.Facts(ctx), v.UserID)
	if err != nil {
		return nil, fmt.Errorf("find login %s: %w", v.UserID, err)
	}
	if u.EndedAt != nil {
		return nil, rule.ErrUnauthenticated
	}
	return u, nil
}

func sessionIn(ctx context.Context) string {
	v, _ := viewer.From(ctx)
	return v.SessionID
}

func some(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
