package login

import (
	"context"
	"errors"
	"fmt"

	"roster/ent"
	"roster/ent/clientaccount"
	"roster/ent/membership"
	"roster/ent/session"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Switch remembers that the viewer works in an account now, for the switcher's order and the members' list. It decides
// nothing: every request names its account. What cannot be opened does not exist.
func (l *Logins) Switch(ctx context.Context, account string) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		open, err := opens(ctx, tx, v.UserID, account)
		if err != nil {
			return err
		}
		if !open {
			return rule.ErrNotFound
		}

		err = errors.Join(
			tx.AccountUse.Create().SetID(store.NewID("use")).SetUserID(v.UserID).SetAccountID(account).SetUsedAt(tx.Now).SetRecency(-tx.Now.UnixMicro()).
				OnConflictColumns("user_id", "account_id").Update(func(u *ent.AccountUseUpsert) { u.UpdateUsedAt(); u.UpdateRecency() }).Exec(ctx),
			tx.Session.Update().Where(session.ID(v.SessionID)).SetCurrentAccountID(account).Exec(ctx),
			tx.Membership.Update().Where(membership.AccountID(account), membership.UserID(v.UserID), membership.StatusEQ(rule.Active)).SetLastActiveAt(tx.Now).Exec(ctx),
		)
		if err != nil {
			return fmt.Errorf("switch to %s: %w", account, err)
		}
		return nil
	})
}

// opens reports whether the viewer can open an account: a client that is visible, or a practice by an own membership.
// What support reads in this request they do not open (RULES.md G4).
func opens(ctx context.Context, tx *store.Tx, user, account string) (bool, error) {
	v, _ := viewer.From(ctx)
	v.Reads = nil
	client, err := tx.ClientAccount.Query().Where(clientaccount.ID(account)).Exist(viewer.With(ctx, v))
	if client || err != nil {
		return client, err
	}
	return tx.Membership.Query().Where(membership.AccountID(account), membership.UserID(user), membership.StatusEQ(rule.Active), membership.LoginAccess(true)).
		Exist(store.Facts(ctx))
}
