package login

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/ent/user"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Appoint makes a login Roster's support, or ends that (RULES.md G4). It is asked on the command line, by whoever runs
// the server; running sessions are support, or not any more, from their next request.
func (l *Logins) Appoint(ctx context.Context, email string, support bool) error {
	normal, err := address.Email(email)
	if err != nil {
		return fmt.Errorf("%q is not an email address", email)
	}
	return l.store.Tx(viewer.With(ctx, viewer.Viewer{}), func(ctx context.Context, tx *store.Tx) error {
		u, err := tx.User.Query().Where(user.Email(normal)).Only(store.Facts(ctx))
		switch {
		case ent.IsNotFound(err):
			return fmt.Errorf("nobody has a login with %s; they sign up first", normal)
		case err != nil:
			return fmt.Errorf("find login: %w", err)
		case support && u.EmailVerifiedAt == nil:
			return fmt.Errorf("%s was never confirmed; they confirm it first, by the mail they were sent", normal)
		case u.Support == support:
			return nil
		}
		verb := "supportRevoke"
		if support {
			verb = "supportGrant"
		}
		if err := tx.User.UpdateOneID(u.ID).SetSupport(support).Exec(ctx); err != nil {
			return fmt.Errorf("%s: %w", verb, err)
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: verb, User: u.ID, Changes: []journal.Change{journal.Turn("support", u.Support, support)}})
	})
}
