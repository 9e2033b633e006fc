package login

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"roster/ent"
	"roster/ent/membership"
	"roster/ent/predicate"
	"roster/ent/token"
	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// NewEmailFor is how long the link works that confirms the address which is to take the place of a login's own.
const NewEmailFor = 24 * time.Hour

// changesADay is how often one asks for another address in a day.
const changesADay = 10

// RequestNewEmail has a link mailed to the address that is to take the place of the viewer's own (RULES.md J3). It wants a
// fresh sign-in, or the password along (J8). The answer is the same whoever has the address: that is judged once somebody
// has shown that they read it. An address that had enough mails for today gets none, and the link before goes on working.
func (l *Logins) RequestNewEmail(ctx context.Context, email, password string) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	if stale := rule.Fresh(v.At.Sub(v.Session.SignedInAt), l.config.FreshFor); password == "" && stale.Refused() {
		return stale
	}
	normal, bad := address.Email(email)
	if bad != nil {
		return rule.Verdict{rule.BadEmail("input", "newEmail")}
	}
	if normal == v.Email {
		return rule.Verdict{rule.SameEmail("input", "newEmail")}
	}
	var known *ent.User
	if password != "" {
		var err error
		if known, err = l.knows(ctx, v, password, "password"); err != nil {
			return err
		}
	}

	return l.ofOwn(ctx, func(ctx context.Context, tx *store.Tx, _ viewer.Viewer, u *ent.User) error {
		if known != nil {
			if err := guessed(ctx, tx, known); err != nil {
				return err
			}
		}
		if may, err := Within(ctx, tx, "new email", u.ID, changesADay, 24*time.Hour); err != nil {
			return err
		} else if !may {
			return rule.Verdict{{Code: rule.TooManyAttempts, Remedy: rule.Wait,
				Message: "You asked for another email address " + strconv.Itoa(changesADay) + " times today. Use the link in the newest mail, or try again tomorrow."}}
		}
		if may, err := mayMail(ctx, tx, normal); !may || err != nil {
			return err
		}
		if err := l.sendNewEmail(ctx, tx, u, normal); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "emailChangeRequest", User: u.ID, Changes: []journal.Change{journal.Set("newEmail", normal)}})
	})
}

// sendNewEmail makes a token for the address that is to come, ends those before it, and has it mailed there.
func (l *Logins) sendNewEmail(ctx context.Context, tx *store.Tx, u *ent.User, email string) error {
	if err := void(ctx, tx, u.ID, rule.NewEmail); err != nil {
		return err
	}
	id := store.NewID("tok")
	err := tx.Token.Create().SetID(id).SetPurpose(rule.NewEmail).SetHash(courier.Hash(l.links.NewEmailToken(id))).SetUserID(u.ID).SetEmail(email).
		SetCreatedAt(tx.Now).SetExpiresAt(tx.Now.Add(NewEmailFor)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("make token for new address: %w", err)
	}
	return tx.Enqueue(ctx, courier.NewEmail{TokenID: id})
}

// takeEmail lets the address of a link take the place of the viewer's own, who asked for it.
func (l *Logins) takeEmail(ctx context.Context, link string) error {
	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		v, _ := viewer.From(ctx)
		t, err := linked(ctx, tx, link)
		if err != nil {
			return err
		}
		if t.UserID != v.UserID {
			return badToken("token")
		}
		u, err := Current(ctx, tx)
		if err != nil {
			return err
		}
		facts, own, err := takeFacts(ctx, tx, u, *t.Email)
		if err != nil {
			return err
		}

		if verdict := rule.TakeEmail(facts); verdict.Refused() {
			return verdict
		}

		if used, err := use(ctx, tx, t.ID); err != nil {
			return err
		} else if !used {
			return badToken("token")
		}
		if err := l.Prove(ctx, tx, u, Proof{Session: v.SessionID}); err != nil { // where the one before was never proved
			return err
		}
		return l.saveEmail(ctx, tx, u, t, own)
	})
}

// saveEmail writes the new address to the login and to each of its memberships, and has the former one told.
func (l *Logins) saveEmail(ctx context.Context, tx *store.Tx, u *ent.User, t *ent.Token, own []*ent.Membership) error {
	email := *t.Email
	err := errors.Join(
		tx.User.UpdateOneID(u.ID).SetEmail(email).SetEmailVerifiedAt(tx.Now).AddVersion(1).Exec(store.Facts(ctx)),
		tx.Token.UpdateOneID(t.ID).SetFormerEmail(u.Email).Exec(ctx),
		voidAll(ctx, tx, u.ID))
	if err != nil {
		return fmt.Errorf("change email of %s: %w", u.ID, err)
	}
	lines := []journal.Entry{{Verb: "emailVerify", User: u.ID, Changes: []journal.Change{journal.Turn("email", u.Email, email)}}}
	for _, m := range own {
		changes := journal.Changes(journal.Turn("email", m.Email, email))
		if len(changes) == 0 {
			continue
		}
		err := tx.Membership.Update().Where(membership.ID(m.ID)).SetEmail(email).SetSearchKey(address.SearchKey(m.FirstName, m.LastName, email)).AddVersion(1).Exec(ctx)
		if err != nil {
			return fmt.Errorf("change email of membership %s: %w", m.ID, err)
		}
		lines = append(lines, journal.Entry{Verb: "emailVerify", Account: m.AccountID, Membership: m.ID, User: u.ID, Changes: changes})
	}
	if err := journal.WriteEach(ctx, tx, lines); err != nil {
		return err
	}
	may, err := MayTell(ctx, tx, u)
	if !may || err != nil {
		return err
	}
	return tx.Enqueue(ctx, courier.EmailChanged{TokenID: t.ID})
}

// takeFacts are the facts of an address that is to be a login's, and the memberships that will show it.
func takeFacts(ctx context.Context, tx *store.Tx, u *ent.User, email string) (f rule.TakeEmailFacts, own []*ent.Membership, err error) {
	other, err := byEmail(ctx, tx, email)
	if err != nil {
		return f, nil, err
	}
	f.Taken = other != nil
	if own, f.Own, err = standing(ctx, tx, membership.UserID(u.ID)); err != nil {
		return f, nil, err
	}
	_, f.Others, err = standing(ctx, tx, membership.Email(email), membership.Or(membership.UserIDIsNil(), membership.UserIDNEQ(u.ID)))
	return f, own, err
}

// standing are the memberships of somebody that were not removed.
func standing(ctx context.Context, tx *store.Tx, whose ...predicate.Membership) ([]*ent.Membership, []rule.Stand, error) {
	list, err := tx.Membership.Query().Where(whose...).Where(membership.StatusNEQ(rule.Removed)).WithPractice().WithClientAccount().
		Order(ent.Asc(membership.FieldID)).All(store.Facts(ctx))
	if err != nil {
		return nil, nil, fmt.Errorf("find memberships: %w", err)
	}
	stands := make([]rule.Stand, len(list))
	for i, m := range list {
		stands[i] = rule.Stand{Membership: m.ID, Account: m.AccountID, Kind: m.Kind, Status: m.Status, LoginAccess: m.LoginAccess}
		if p := m.Edges.Practice; p != nil {
			stands[i].Name, stands[i].Practice = p.Name, p.ID
		} else if c := m.Edges.ClientAccount; c != nil {
			stands[i].Name, stands[i].Practice = c.Name, some(c.PracticeID)
		}
	}
	return list, stands, nil
}

// linked finds the token of a link that confirms an address and still works: the login's own, or one that is to take its
// place.
func linked(ctx context.Context, tx *store.Tx, link string) (*ent.Token, error) {
	purpose := rule.VerifyEmail
	switch {
	case len(link) > 100:
		return nil, badToken("token")
	case strings.HasPrefix(link, "rne_"):
		purpose = rule.NewEmail
	case !strings.HasPrefix(link, "rvt_"):
		return nil, badToken("token")
	}
	t, err := tx.Token.Query().Where(token.Hash(courier.Hash(link)), token.PurposeEQ(purpose)).Only(store.Facts(ctx))
	return alive(t, err, tx.Now)
}
