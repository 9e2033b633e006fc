package login

import (
	"context"
	"fmt"
	"time"

	"roster/ent"
	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Person is a login as a session shows it.
type Person struct {
	ID, Name, Email string
	Verified        bool
	Support         bool
}

func person(u *ent.User) Person {
	return Person{u.ID, FullName(u), u.Email, u.EmailVerifiedAt != nil, u.Support}
}

// SignIn opens a session for an email address and a password. Unknown addresses are answered, counted and timed like
// known ones.
func (l *Logins) SignIn(ctx context.Context, email, password string, kind rule.SessionKind) (opened Opened, err error) {
	u, err := l.guess(ctx, email, password)
	if err != nil {
		return Opened{}, err
	}
	err = l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := guessed(ctx, tx, u); err != nil {
			return err
		}
		if err := tx.User.UpdateOneID(u.ID).SetLastSignInAt(tx.Now).Exec(store.Facts(ctx)); err != nil {
			return fmt.Errorf("note sign-in: %w", err)
		}
		if opened, err = l.Open(ctx, tx, person(u), kind); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "signIn", User: u.ID, Actor: actor(u)})
	})
	if err != nil {
		return Opened{}, err
	}
	return opened, nil
}

// guess finds the login that an address and a password prove. It is counted as a failure until guessed forgets it.
func (l *Logins) guess(ctx context.Context, email, password string) (*ent.User, error) {
	began := time.Now()
	u, err := l.compare(ctx, email, password)
	if err != nil {
		l.hold(ctx, began, 1) // who knows the password knows that there is a login
	}
	return u, err
}

// compare compares a password with that of an address's login, or with nobody's.
func (l *Logins) compare(ctx context.Context, email, password string) (*ent.User, error) {
	normal, bad := address.Email(email)
	if bad != nil || len(password) > 4*rule.MaxPassword {
		normal = "unreadable " + courier.Hash(email) // compared with nobody, like an address that has no login
	}
	u, err := l.attempt(ctx, normal)
	if err != nil {
		return nil, err
	}
	var hash *string
	if u != nil {
		hash = u.PasswordHash
	}
	if ok, err := l.hasher.Match(ctx, password, hash); err != nil {
		return nil, err
	} else if !ok {
		if err := l.rangeFailed(ctx); err != nil {
			return nil, err
		}
		return nil, wrong()
	}
	return u, nil
}

// guessed forgets the failures of a login that was proved, unless its credentials changed while its password was compared.
func guessed(ctx context.Context, tx *store.Tx, u *ent.User) error {
	now, err := tx.User.Get(store.Facts(ctx), u.ID)
	if err != nil {
		return fmt.Errorf("find login %s: %w", u.ID, err)
	}
	if now.Version != u.Version {
		return wrong()
	}
	return forgive(ctx, tx, u.Email)
}

// attempt counts a sign-in as failed before the password is even compared, so that many at once count as many, and
// finds the login. The first five failures are free; after them each must wait, from a second, doubling, to 15 minutes.
func (l *Logins) attempt(ctx context.Context, email string) (u *ent.User, err error) {
	if err := l.rangeMayTry(ctx); err != nil {
		return nil, err
	}
	id := attemptID(email)
	err = l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Attempt.Get(store.Facts(ctx), id)
		if err != nil && !ent.IsNotFound(err) {
			return fmt.Errorf("count failed sign-ins: %w", err)
		}
		failures := 1
		if a != nil {
			if tx.Now.Before(a.BlockedUntil) {
				return tooMany(a.BlockedUntil.Sub(tx.Now))
			}
			if tx.Now.Sub(a.UpdatedAt) < 24*time.Hour {
				failures = a.Failures + 1
			}
		}
		until := tx.Now.Add(delay(failures))
		err = tx.Attempt.Create().SetID(id).SetFailures(failures).SetBlockedUntil(until).SetUpdatedAt(tx.Now).
			OnConflictColumns("id").UpdateNewValues().Exec(ctx)
		if err != nil {
			return fmt.Errorf("count failed sign-ins: %w", err)
		}
		u, err = byEmail(ctx, tx, email)
		return err
	})
	return u, err
}

// forgive forgets the failed sign-ins with an address, whose password was right or is another now.
func forgive(ctx context.Context, tx *store.Tx, email string) error {
	if err := tx.Attempt.DeleteOneID(attemptID(email)).Exec(ctx); err != nil && !ent.IsNotFound(err) {
		return fmt.Errorf("forget failed sign-ins: %w", err)
	}
	return nil
}

// knows compares the viewer's password with one they typed into a field; guessed there, it counts like a guess at signing
// in. It answers the login as it was then.
func (l *Logins) knows(ctx context.Context, v viewer.Viewer, password, field string) (*ent.User, error) {
	u, err := l.attempt(ctx, v.Email)
	if err != nil {
		return nil, err
	}
	ok := false
	if u != nil && u.ID == v.UserID { // whose address was not changed since the request came
		if ok, err = l.hasher.Match(ctx, password, u.PasswordHash); err != nil {
			return nil, err
		}
	}
	if !ok {
		if err := l.rangeFailed(ctx); err != nil {
			return nil, err
		}
		return nil, rule.Verdict{{Code: rule.CredentialsIncorrect, Field: []string{"input", field},
			Message: "This is not your password. Without it, sign out and ask for a new one on the sign-in page."}}
	}
	return u, nil
}

// delay is how long to wait after so many failures.
func delay(failures int) time.Duration {
	if failures < freeFailures {
		return 0
	}
	if n := failures - freeFailures; n < 10 {
		return min(time.Second<<n, maxDelay)
	}
	return maxDelay
}

func attemptID(email string) string { return "att_" + courier.Hash("sign-in " + email)[:32] }

func wrong() rule.Verdict {
	return rule.Verdict{{Code: rule.CredentialsIncorrect, Message: "The email address or the password is not right. Check both and try again."}}
}

func tooMany(wait time.Duration) rule.Verdict {
	return rule.Verdict{{Code: rule.TooManyAttempts, Remedy: rule.Wait,
		Message: fmt.Sprintf("There were too many wrong passwords for this address. Wait %s, then try again.", said(wait))}}
}

// said is a time to wait as people say it: seconds up to two minutes, then minutes, never too few.
func said(wait time.Duration) string {
	switch seconds := int((wait + time.Second - 1) / time.Second); {
	case seconds <= 1:
		return "a second"
	case seconds < 120:
		return fmt.Sprintf("%d seconds", seconds)
	default:
		return fmt.Sprintf("%d minutes", (seconds+59)/60)
	}
}
