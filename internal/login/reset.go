package login

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"roster/ent"
	"roster/ent/token"
	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
)

// ResetFor is how long a link for a new password works.
const ResetFor = time.Hour

// StartReset has a link for a new password mailed to a login's stored address, whoever asks (RULES.md F3), and ends the
// links before it. sent is false when the address had enough of them for now.
func (l *Logins) StartReset(ctx context.Context, tx *store.Tx, u *ent.User) (sent bool, err error) {
	if may, err := Within(ctx, tx, "reset", u.Email, resetsAnHour, time.Hour); !may || err != nil {
		return false, err
	}
	return true, l.sendReset(ctx, tx, u)
}

// sendReset makes a token for a new password, ends those before it, and has it mailed.
func (l *Logins) sendReset(ctx context.Context, tx *store.Tx, u *ent.User) error {
	if err := void(ctx, tx, u.ID, rule.ResetPassword); err != nil {
		return err
	}
	id := store.NewID("tok")
	err := tx.Token.Create().SetID(id).SetPurpose(rule.ResetPassword).SetHash(courier.Hash(l.links.ResetToken(id))).SetUserID(u.ID).SetEmail(u.Email).
		SetCreatedAt(tx.Now).SetExpiresAt(tx.Now.Add(ResetFor)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("make reset token: %w", err)
	}
	return tx.Enqueue(ctx, courier.Reset{TokenID: id})
}

// RequestReset has a link mailed to the login of an address, if there is one. The answer is the same whether or not.
func (l *Logins) RequestReset(ctx context.Context, email string) error {
	normal, err := address.Email(email)
	if err != nil {
		return rule.Verdict{rule.BadEmail("input", "email")}
	}
	return l.evenly(ctx, 1, func() error { return l.requestReset(ctx, normal) })
}

func (l *Logins) requestReset(ctx context.Context, email string) error {
	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		may, err := mayReset(ctx, tx, email)
		if err != nil {
			return err
		}
		u, err := byEmail(ctx, tx, email)
		if err != nil || u == nil || !may {
			return err
		}
		if err := l.sendReset(ctx, tx, u); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "passwordResetRequest", User: u.ID})
	})
}

// PreviewReset looks at a link for a new password and changes nothing: it answers the address whose password it sets. A
// refusal says why the link is dead.
func (l *Logins) PreviewReset(ctx context.Context, link string) (email string, err error) {
	_, email, err = l.previewReset(ctx, link)
	return email, err
}

func (l *Logins) previewReset(ctx context.Context, link string) (login, email string, err error) {
	err = l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := reset(ctx, tx, link)
		if err != nil {
			return err
		}
		login, email = t.UserID, *t.Email
		return nil
	})
	return login, email, err
}

// Reset sets a new password by a link, once. From then on it is the only one: every session ends, and the address counts
// as proved, which drops whatever was attached before (J2).
func (l *Logins) Reset(ctx context.Context, link, password string) error {
	login, _, err := l.previewReset(ctx, link)
	if err != nil {
		return err
	}
	if err := l.judge(ctx, login, password, "newPassword"); err != nil {
		return err
	}
	hash, err := l.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := reset(ctx, tx, link)
		if err != nil {
			return err
		}
		used, err := use(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if !used {
			return badToken("token")
		}
		u, err := tx.User.Get(store.Facts(ctx), t.UserID)
		if err != nil {
			return fmt.Errorf("reset password: %w", err)
		}
		if err := l.Prove(ctx, tx, u, Proof{PasswordHash: hash}); err != nil {
			return err
		}
		return l.renew(ctx, tx, u, hash)
	})
}

// renew makes a password the only one of a login, ends its sessions and every link of its own, and tells its address.
func (l *Logins) renew(ctx context.Context, tx *store.Tx, u *ent.User, hash string) error {
	err := errors.Join(
		tx.User.UpdateOneID(u.ID).SetPasswordHash(hash).AddVersion(1).Exec(store.Facts(ctx)),
		end(ctx, tx, tx.Now, u.ID, "", ""),
		voidAll(ctx, tx, u.ID))
	if err != nil {
		return fmt.Errorf("set password of %s: %w", u.ID, err)
	}
	if err := forgive(ctx, tx, u.Email); err != nil {
		return err
	}
	err = journal.Write(ctx, tx, journal.Entry{Verb: "passwordReset", User: u.ID, Actor: actor(u)})
	return errors.Join(err, tx.Enqueue(ctx, courier.Notice{Notice: courier.PasswordSet, UserID: u.ID}))
}

// reset finds the token of a link that still works.
func reset(ctx context.Context, tx *store.Tx, link string) (*ent.Token, error) {
	if !strings.HasPrefix(link, "rpw_") || len(link) > 100 {
		return nil, badToken("token")
	}
	t, err := tx.Token.Query().Where(token.Hash(courier.Hash(link)), token.PurposeEQ(rule.ResetPassword)).Only(store.Facts(ctx))
	return alive(t, err, tx.Now)
}

// alive refuses a token that was used, replaced, or is too old.
func alive(t *ent.Token, err error, now time.Time) (*ent.Token, error) {
	switch {
	case ent.IsNotFound(err):
		return nil, badToken("token")
	case err != nil:
		return nil, fmt.Errorf("find token: %w", err)
	case t.UsedAt != nil || t.VoidedAt != nil:
		return nil, badToken("token")
	case !now.Before(t.ExpiresAt):
		return nil, oldToken("token")
	}
	return t, nil
}
