package login

import (
	"context"
	"errors"
	"fmt"

	"roster/ent"
	"roster/ent/identity"
	"roster/ent/session"
	"roster/ent/user"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/signon"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Ways are how the viewer can sign in, and how they could.
type Ways struct {
	Password   bool
	Identities []*ent.Identity // the oldest first
	Providers  []signon.Button
}

// Label is how people know the provider of an identity.
func (l *Logins) Label(i *ent.Identity) string { return l.config.SignOn.Label(i.Provider) }

// Ways looks at the viewer's own.
func (l *Logins) Ways(ctx context.Context) (Ways, error) {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return Ways{}, rule.ErrUnauthenticated
	}
	u, err := l.store.Read().User.Get(ctx, v.UserID)
	if err != nil {
		return Ways{}, fmt.Errorf("find login %s: %w", v.UserID, err)
	}
	list, err := l.Identities(ctx)
	return Ways{Password: u.PasswordHash != nil, Identities: list, Providers: l.SignOns()}, err
}

// Identities are the viewer's, the oldest first.
func (l *Logins) Identities(ctx context.Context) ([]*ent.Identity, error) {
	v, _ := viewer.From(ctx)
	list, err := l.store.Read().Identity.Query().Where(identity.UserID(v.UserID)).Order(identity.ByLinkedAt(), identity.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("list identities: %w", err)
	}
	return list, nil
}

// link makes the identity of somebody who came back a way into the login of the session that asked (RULES.md J7).
func (l *Logins) link(ctx context.Context, a signon.Arrival) error {
	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		known, err := l.known(ctx, tx, a)
		if err != nil {
			return err
		}
		u, err := l.sameSession(ctx, tx, a)
		if err != nil {
			return err
		}
		has, err := tx.Identity.Query().Where(identity.UserID(u.ID), identity.Provider(a.Provider)).Exist(store.Facts(ctx))
		if err != nil {
			return fmt.Errorf("look for identities: %w", err)
		}
		facts := rule.Linking{Provider: a.Label, Verified: u.EmailVerifiedAt != nil, Has: has}
		if known != nil {
			facts.Own, facts.Other = known.UserID == u.ID, known.UserID != u.ID
		}
		if no := rule.Link(facts); no.Refused() {
			return no
		}
		if facts.Own {
			return nil
		}

		i, err := l.attach(ctx, tx, u, a.Identity)
		if err != nil {
			return err
		}
		return l.changed(ctx, tx, u, courier.IdentityLinked, "identityLink", i, journal.Set("provider", i.Provider), journal.Set("identityEmail", some(i.Email)))
	})
}

// Unlink takes an identity from the viewer's login and ends the sessions that were opened with it, but for the one that
// asks. Nobody loses their last way in (RULES.md J7).
func (l *Logins) Unlink(ctx context.Context, provider string) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	if err := l.fresh(v); err != nil {
		return err
	}
	return l.ofOwn(ctx, func(ctx context.Context, tx *store.Tx, v viewer.Viewer, u *ent.User) error {
		all, err := tx.Identity.Query().Where(identity.UserID(u.ID)).All(store.Facts(ctx))
		if err != nil {
			return fmt.Errorf("list identities: %w", err)
		}
		var gone *ent.Identity
		rest := rule.WaysIn{Verified: u.EmailVerifiedAt != nil, Password: u.PasswordHash != nil}
		for _, i := range all {
			if i.Provider == provider {
				gone = i
			} else if l.config.SignOn.Has(i.Issuer) {
				rest.Identities++
			}
		}
		if gone == nil {
			return rule.ErrNotFound
		}
		if no := rule.Unlink(rest); no.Refused() {
			return no
		}

		err = errors.Join(tx.Identity.DeleteOneID(gone.ID).Exec(store.Facts(ctx)), endOpenedWith(ctx, tx, gone, v.SessionID))
		if err != nil {
			return fmt.Errorf("unlink identity of %s: %w", u.ID, err)
		}
		return l.changed(ctx, tx, u, courier.IdentityUnlinked, "identityUnlink", gone,
			journal.Turn("provider", gone.Provider, ""), journal.Turn("identityEmail", some(gone.Email), ""))
	})
}

// changed writes down that a login can be entered in other ways than before: what was begun with it as it was, such as a
// merge, ends, and its address is told.
func (l *Logins) changed(ctx context.Context, tx *store.Tx, u *ent.User, notice courier.NoticeKind, verb string, i *ent.Identity, changes ...journal.Change) error {
	err := errors.Join(
		tx.User.Update().Where(user.ID(u.ID)).AddVersion(1).Exec(store.Facts(ctx)),
		void(ctx, tx, u.ID, rule.MergeProof),
		journal.Write(ctx, tx, journal.Entry{Verb: verb, User: u.ID, Changes: journal.Changes(changes...)}),
		tx.Enqueue(ctx, courier.Notice{Notice: notice, UserID: u.ID, Provider: l.Label(i)}))
	if err != nil {
		return fmt.Errorf("change ways into %s: %w", u.ID, err)
	}
	return nil
}

// endOpenedWith ends the sessions that were opened with an identity, but for one.
func endOpenedWith(ctx context.Context, tx *store.Tx, i *ent.Identity, but string) error {
	list, err := tx.Session.Query().Where(session.UserID(i.UserID), session.IdentityID(i.ID), session.EndedAtIsNil(), session.IDNEQ(but)).IDs(store.Facts(ctx))
	for _, id := range list {
		err = errors.Join(err, end(ctx, tx, tx.Now, i.UserID, id, ""))
	}
	return err
}
