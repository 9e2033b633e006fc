package people

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/ent/membership"
	"roster/ent/user"
	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Transfer makes somebody else the owner of an account (RULES.md G4), and answers the membership that owned it before.
func (p *People) Transfer(ctx context.Context, accountID, to, reason string) (before string, err error) {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return "", rule.ErrUnauthenticated
	}
	reason = address.Name(reason)
	var verdict rule.Verdict // of the last try
	err = p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		verdict = nil
		if v.Support, err = supporting(ctx, tx, v); err != nil {
			return err
		}
		if v.Support {
			ctx = store.Facts(ctx)
		}
		t, err := find(ctx, tx, v, to)
		if err != nil {
			return err
		}
		if t.AccountID != accountID {
			return rule.ErrNotFound
		}

		verdict = rule.MayTransfer(t.facts)
		if v.Support {
			verdict = append(rule.Text("The reason", reason, rule.MaxReason, "input", "reason"), verdict...)
		}
		if verdict.Refused() {
			return verdict
		}

		if before, err = t.own(ctx, tx); err != nil {
			return err
		}
		if err := tellOwners(ctx, tx, t.ID, before, t.ID); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "ownershipTransfer", Account: t.account.id, Membership: t.ID, Actor: asSupport(v), Reason: reason,
			Changes: []journal.Change{journal.Turn("owner", before, t.ID)}})
	})
	if v.Support && verdict.Refused() { // a reason tells of the account, too
		if err := p.Read(ctx, []string{to}, false); err != nil {
			return "", err
		}
	}
	if err != nil {
		return "", err
	}
	return before, viewer.Read(ctx, func(viewer.Viewer) ([]string, error) { return []string{accountID}, nil })
}

// own makes the membership the owner instead of the one who is; the old one first, since there is one at a time (G1).
func (t *target) own(ctx context.Context, tx *store.Tx) (before string, err error) {
	all := store.Facts(ctx)
	before, err = tx.Membership.Query().Where(membership.AccountID(t.account.id), membership.IsOwner(true)).OnlyID(all)
	if err != nil {
		return "", fmt.Errorf("find owner of %s: %w", t.account.id, err)
	}
	for _, one := range []struct {
		id    string
		owner bool
	}{{before, false}, {t.ID, true}} {
		if err := tx.Membership.UpdateOneID(one.id).SetIsOwner(one.owner).AddVersion(1).Exec(all); err != nil {
			return "", fmt.Errorf("transfer %s to %s: %w", t.account.id, t.ID, err)
		}
	}
	return before, nil
}

// tellOwners has the logins of some memberships told who owns their account now.
func tellOwners(ctx context.Context, tx *store.Tx, owner string, whom ...string) error {
	logins, err := tx.Membership.Query().Where(membership.IDIn(whom...), membership.UserIDNotNil()).Order(ent.Asc(membership.FieldID)).All(store.Facts(ctx))
	if err != nil {
		return fmt.Errorf("find whom to tell of an owner: %w", err)
	}
	for _, m := range logins {
		if err := tx.Enqueue(ctx, courier.Notice{Notice: courier.OwnerChanged, UserID: *m.UserID, MembershipID: owner}); err != nil {
			return err
		}
	}
	return nil
}

// supporting reports whether the viewer is support now, by the row and not by what the request began with.
func supporting(ctx context.Context, tx *store.Tx, v viewer.Viewer) (bool, error) {
	is, err := tx.User.Query().Where(user.ID(v.UserID), user.Support(true)).Exist(store.Facts(ctx))
	if err != nil {
		return false, fmt.Errorf("look whether support asks: %w", err)
	}
	return is, nil
}
