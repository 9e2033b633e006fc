package login

import (
	"context"
	"fmt"
	"strings"

	"roster/ent"
	"roster/ent/user"
	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
)

// SignUp is what a new login is made of, and optionally a practice.
type SignUp struct {
	FirstName, LastName, Email, Password string
	PracticeName, Country                string // no practice when the name is empty
	Practice                             bool   // a practice is wanted
	Client                               rule.SessionKind
}

// SignUp makes a login and sends the mail that confirms its address. An address that has a login gets a mail that says
// so instead, and the answer is the same (RULES.md, Settled readings): nil, or what is wrong with the input. makePractice
// makes the practice in the same transaction.
func (l *Logins) SignUp(ctx context.Context, in SignUp, makePractice func(ctx context.Context, tx *store.Tx, owner *ent.User) error) error {
	first, last := address.Name(in.FirstName), address.Name(in.LastName)
	email, bad := address.Email(in.Email)
	v := append(rule.Text("First name", first, rule.MaxName, "input", "firstName"), rule.Text("Last name", last, rule.MaxName, "input", "lastName")...)
	if bad != nil {
		v = append(v, rule.BadEmail("input", "email"))
	}
	v = append(v, Judge(in.Password, email, first, last, in.PracticeName)...)
	if in.Practice {
		v = append(v, rule.Text("The practice's name", address.Name(in.PracticeName), rule.MaxName, "input", "practiceName")...)
		if in.Country != "" && !address.Country(in.Country) {
			v = append(v, rule.BadCountry("input", "country"))
		}
	}
	if v.Refused() {
		return v
	}
	in.FirstName, in.LastName, in.Email = first, last, email
	return l.evenly(ctx, 2, func() error { return l.signUp(ctx, in, makePractice) })
}

// signUp makes the login of somebody whose details are good enough.
func (l *Logins) signUp(ctx context.Context, in SignUp, makePractice func(ctx context.Context, tx *store.Tx, owner *ent.User) error) error {
	hash, err := l.hasher.Hash(ctx, in.Password)
	if err != nil {
		return err
	}

	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		may, err := mayMail(ctx, tx, in.Email)
		if err != nil {
			return err
		}
		known, err := byEmail(ctx, tx, in.Email)
		if err != nil {
			return err
		}
		if known != nil && may {
			return l.alreadyKnown(ctx, tx, known)
		} else if known != nil {
			return nil
		}
		u, err := tx.User.Create().SetID(store.NewID("usr")).SetEmail(in.Email).SetFirstName(in.FirstName).SetLastName(in.LastName).SetPasswordHash(hash).SetCreatedAt(tx.Now).Save(ctx)
		if err != nil {
			return fmt.Errorf("make login: %w", err)
		}
		if in.Practice {
			if err := makePractice(ctx, tx, u); err != nil {
				return err
			}
		}
		err = journal.Write(ctx, tx, journal.Entry{Verb: "signUp", User: u.ID, Actor: actor(u), Changes: []journal.Change{journal.Set("email", in.Email)}})
		if err != nil || !may { // who had too many mails today can have it sent tomorrow
			return err
		}
		return l.sendVerification(ctx, tx, u)
	})
}

// alreadyKnown tells the owner of an address that somebody signed up with it. Whose address was never proved gets a new
// confirmation instead: with it the true owner can take the login over.
func (l *Logins) alreadyKnown(ctx context.Context, tx *store.Tx, u *ent.User) error {
	if u.EmailVerifiedAt == nil {
		if recent, err := justSent(ctx, tx, u); recent || err != nil {
			return err
		}
		return l.sendVerification(ctx, tx, u)
	}
	return tx.Enqueue(ctx, courier.Notice{Notice: courier.LoginExists, UserID: u.ID})
}

// byEmail finds the login of a normalised address; nil when there is none.
func byEmail(ctx context.Context, tx *store.Tx, email string) (*ent.User, error) {
	u, err := tx.User.Query().Where(user.Email(email)).Only(store.Facts(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find login by email: %w", err)
	}
	return u, nil
}

func actor(u *ent.User) journal.Actor {
	return journal.Actor{ID: u.ID, Name: FullName(u)}
}

// FullName is a login's first and last name.
func FullName(u *ent.User) string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }
