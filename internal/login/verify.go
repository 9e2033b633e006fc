package login

import (
	"context"
	"errors"
	"fmt"

	"roster/ent"
	"roster/ent/identity"
	"roster/ent/token"
	"roster/ent/user"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// sendVerification makes a token for a login's address, ends those before it, and has it mailed.
func (l *Logins) sendVerification(ctx context.Context, tx *store.Tx, u *ent.User) error {
	if err := void(ctx, tx, u.ID, rule.VerifyEmail); err != nil {
		return err
	}
	id := store.NewID("tok")
	err := tx.Token.Create().SetID(id).SetPurpose(rule.VerifyEmail).SetHash(courier.Hash(l.links.VerificationToken(id))).SetUserID(u.ID).SetEmail(u.Email).
		SetCreatedAt(tx.Now).SetExpiresAt(tx.Now.Add(VerifyFor)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("make verification token: %w", err)
	}
	return tx.Enqueue(ctx, courier.Verification{TokenID: id})
}

// justSent reports whether a confirmation was sent within the last minute.
func justSent(ctx context.Context, tx *store.Tx, u *ent.User) (bool, error) {
	recent, err := tx.Token.Query().Where(token.UserID(u.ID), token.PurposeEQ(rule.VerifyEmail), token.CreatedAtGT(tx.Now.Add(-resendEvery))).Exist(store.Facts(ctx))
	if err != nil {
		return false, fmt.Errorf("look for recent confirmation: %w", err)
	}
	return recent, nil
}

// ResendVerification sends the viewer's confirmation mail again and ends the links before it.
func (l *Logins) ResendVerification(ctx context.Context) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		u, err := tx.User.Get(store.Facts(ctx), v.UserID)
		if err != nil {
			return fmt.Errorf("resend verification: %w", err)
		}
		if u.EmailVerifiedAt != nil {
			return rule.Verdict{{Code: rule.EmailAlreadyVerified, Message: "Your email address is confirmed already. There is nothing to do."}}
		}
		if recent, err := justSent(ctx, tx, u); err != nil {
			return err
		} else if recent {
			return enoughMail()
		}
		if may, err := mayMail(ctx, tx, u.Email); err != nil {
			return err
		} else if !may {
			return enoughMail()
		}
		if err := l.sendVerification(ctx, tx, u); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "emailVerificationResend", User: u.ID})
	})
}

func enoughMail() rule.Verdict {
	return rule.Verdict{{Code: rule.TooManyAttempts, Remedy: rule.Wait,
		Message: "The mail was sent less than a minute ago, or your address had five mails today. Look for it, in the spam folder too, before asking for another."}}
}

// Verification is what the confirm page shows of a link.
type Verification struct {
	Email         string
	NeedsPassword bool
	Login         string // whose it is
	Replaces      bool   // the address is to take the place of the login's own: only whoever asked for that confirms it
	Asker         bool   // whoever looks is signed in as the login that the link is for
}

// PreviewVerification looks at a link and changes nothing. A refusal says why the link is dead.
func (l *Logins) PreviewVerification(ctx context.Context, link string) (p Verification, err error) {
	v, _ := viewer.From(ctx)
	err = l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := linked(ctx, tx, link)
		if err != nil {
			return err
		}
		p = Verification{Email: *t.Email, Login: t.UserID, Replaces: t.Purpose == rule.NewEmail, Asker: v.UserID == t.UserID}
		p.NeedsPassword = !p.Replaces && !p.Asker
		return nil
	})
	return p, err
}

// Verify confirms the address a link was mailed to. The first proof decides whose login it is (RULES.md J2): given
// while signed in as it, it keeps that session and its password; otherwise it must bring a password, from then on the
// only one, and everything attached before is dropped. An address that is to take the place of the login's own is
// confirmed by nobody but that login (J3). It answers what was confirmed.
func (l *Logins) Verify(ctx context.Context, link, password string) (Verification, error) {
	p, err := l.PreviewVerification(ctx, link)
	if err != nil {
		return Verification{}, err
	}
	if p.Replaces {
		return p, l.takeEmail(ctx, link)
	}
	var hash string
	if p.NeedsPassword {
		if err := l.judge(ctx, p.Login, password, "password"); err != nil {
			return Verification{}, err
		}
		if hash, err = l.hasher.Hash(ctx, password); err != nil {
			return Verification{}, err
		}
	}
	return p, l.verify(ctx, link, hash)
}

// verify spends a link that proves a login's own address.
func (l *Logins) verify(ctx context.Context, link, hash string) error {
	v, _ := viewer.From(ctx)
	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := linked(ctx, tx, link)
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
			return fmt.Errorf("verify email: %w", err)
		}
		if err := l.Prove(ctx, tx, u, Proof{Session: sessionOf(v, u), PasswordHash: hash}); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "emailVerify", User: u.ID, Actor: actor(u), Changes: []journal.Change{journal.Turn("emailVerified", "false", "true")}})
	})
}

// Proof is how somebody proved that they read a login's mail.
type Proof struct {
	Session      string // the session they were signed in with as that login; empty otherwise
	PasswordHash string // what they brought otherwise
}

func sessionOf(v viewer.Viewer, u *ent.User) string {
	if v.UserID == u.ID {
		return v.SessionID
	}
	return ""
}

// Prove marks a login's address as proved. On the first proof, whatever anybody attached before it is dropped: an
// attacker who signed up with somebody else's address is left with nothing (SECURITY.md, Taking over somebody). A session
// that gives the proof keeps what it was opened with, and nothing else.
func (l *Logins) Prove(ctx context.Context, tx *store.Tx, u *ent.User, p Proof) error {
	if u.EmailVerifiedAt != nil {
		return nil
	}
	by, err := p.openedWith(ctx, tx)
	if err != nil {
		return err
	}
	update := tx.User.Update().Where(user.ID(u.ID)).SetEmailVerifiedAt(tx.Now).ClearMobile().ClearMobileVerifiedAt().AddVersion(1)
	switch {
	case p.Session == "" && p.PasswordHash == "":
		return rule.NoPassword()
	case p.Session == "":
		update.SetPasswordHash(p.PasswordHash)
	case by != "":
		update.ClearPasswordHash()
	}
	_, dropped := tx.Identity.Delete().Where(identity.UserID(u.ID), identity.IDNEQ(by)).Exec(ctx)
	err = errors.Join(update.Exec(ctx), dropped, end(ctx, tx, tx.Now, u.ID, "", p.Session), voidAll(ctx, tx, u.ID))
	if err != nil {
		return fmt.Errorf("prove address of %s: %w", u.ID, err)
	}
	return nil
}

// openedWith is the identity that the proving session was opened with; empty when that was a password, or there is none.
func (p Proof) openedWith(ctx context.Context, tx *store.Tx) (string, error) {
	if p.Session == "" {
		return "", nil
	}
	s, err := tx.Session.Get(store.Facts(ctx), p.Session)
	if err != nil {
		return "", fmt.Errorf("find session: %w", err)
	}
	return some(s.IdentityID), nil
}

// ProveMobile marks a number as a login's own: whoever holds it followed a link that was sent there. It says nothing about
// the address, so that the password is set only of a login that was just made, which is asked to confirm its address
// (RULES.md E5). A number that the login has already stays.
func (l *Logins) ProveMobile(ctx context.Context, tx *store.Tx, u *ent.User, mobile string, made bool, hash string) error {
	if made {
		if hash == "" {
			return rule.NoPassword()
		}
		if err := tx.User.UpdateOneID(u.ID).SetPasswordHash(hash).SetMobile(mobile).SetMobileVerifiedAt(tx.Now).Exec(ctx); err != nil {
			return fmt.Errorf("set password of %s: %w", u.ID, err)
		}
		return l.sendVerification(ctx, tx, u)
	}
	if u.Mobile != nil && *u.Mobile != mobile || u.MobileVerifiedAt != nil {
		return nil
	}
	if err := tx.User.UpdateOneID(u.ID).SetMobile(mobile).SetMobileVerifiedAt(tx.Now).AddVersion(1).Exec(ctx); err != nil {
		return fmt.Errorf("prove number of %s: %w", u.ID, err)
	}
	return nil
}

// Hash makes the hash of a password for those who make logins elsewhere: accepting an invitation.
func (l *Logins) Hash(ctx context.Context, password string) (string, error) {
	return l.hasher.Hash(ctx, password)
}

// void ends the unused tokens of a login for some purposes.
func void(ctx context.Context, tx *store.Tx, user string, purposes ...rule.Purpose) error {
	err := tx.Token.Update().Where(token.UserID(user), token.PurposeIn(purposes...), token.UsedAtIsNil(), token.VoidedAtIsNil()).SetVoidedAt(tx.Now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("void tokens of %s: %w", user, err)
	}
	return nil
}

// voidAll ends every link and proof that a login's credentials hang on, and the merges that others have begun with it. The
// refresh tokens end with their sessions.
func voidAll(ctx context.Context, tx *store.Tx, user string) error {
	err := tx.Token.Update().Where(token.OtherID(user), token.UsedAtIsNil(), token.VoidedAtIsNil()).SetVoidedAt(tx.Now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("void merges with %s: %w", user, err)
	}
	return void(ctx, tx, user, rule.VerifyEmail, rule.ResetPassword, rule.NewEmail, rule.MergeProof, rule.Merge)
}
