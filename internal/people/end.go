package people

import (
	"context"
	"fmt"

	"roster/ent/clientgrant"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
)

// Deactivate shuts a member out: they can neither sign in to the account nor submit to it, and everything of theirs
// stays (RULES.md F4).
func (p *People) Deactivate(ctx context.Context, id, reason string) error {
	return p.manage(ctx, id, func(ctx context.Context, tx *store.Tx, t *target) error {
		if verdict := append(rule.Reason(address.Name(reason)), t.facts.Manage(rule.Deactivate)...); verdict.Refused() {
			return verdict.First()
		}

		return t.write(ctx, tx, "membershipDeactivate", address.Name(reason), tx.Membership.Update().SetStatus(rule.Deactivated).SetDeactivatedAt(tx.Now),
			journal.Turn("status", t.Status, rule.Deactivated))
	})
}

// Enable gives a deactivated member back what they had (F4), unless they came to the other side meanwhile (C4, C5).
func (p *People) Enable(ctx context.Context, id string) error {
	return p.manage(ctx, id, func(ctx context.Context, tx *store.Tx, t *target) error {
		if verdict := t.facts.Manage(rule.Enable); verdict.Refused() {
			return verdict
		}

		return t.write(ctx, tx, "membershipEnable", "", tx.Membership.Update().SetStatus(rule.Active).ClearDeactivatedAt(),
			journal.Turn("status", t.Status, rule.Active))
	})
}

// Remove ends a membership for good (F5). One who awaits activation and owns the account stays as a document owner (E4).
func (p *People) Remove(ctx context.Context, id, reason string) error {
	return p.manage(ctx, id, func(ctx context.Context, tx *store.Tx, t *target) error {
		if verdict := append(rule.Reason(address.Name(reason)), t.facts.Manage(rule.Remove)...); verdict.Refused() {
			return verdict.First()
		}

		if t.facts.StaysAsDocumentOwner() {
			return t.write(ctx, tx, "membershipRemove", address.Name(reason), tx.Membership.Update().SetStatus(rule.Active).SetLoginAccess(false),
				journal.Turn("status", t.Status, rule.Active), journal.Turn("loginAccess", t.LoginAccess, false))
		}
		return t.remove(ctx, tx, "membershipRemove", address.Name(reason))
	})
}

// Leave ends one's own membership (C9).
func (p *People) Leave(ctx context.Context, id string) error {
	return p.manage(ctx, id, func(ctx context.Context, tx *store.Tx, t *target) error {
		if verdict := rule.MayLeave(t.facts); verdict.Refused() {
			return verdict
		}

		return t.remove(ctx, tx, "membershipLeave", "")
	})
}

// remove ends a membership, with the client grants of a colleague.
func (t *target) remove(ctx context.Context, tx *store.Tx, verb, reason string) error {
	changes := []journal.Change{journal.Turn("status", t.Status, rule.Removed)}
	if t.IsOwner {
		changes = append(changes, journal.Turn("isOwner", true, false))
	}
	ended, err := t.endGrants(ctx, tx)
	if err != nil {
		return err
	}
	return t.write(ctx, tx, verb, reason, tx.Membership.Update().SetStatus(rule.Removed).SetRemovedAt(tx.Now).ClearDeactivatedAt().SetIsOwner(false),
		append(changes, ended...)...)
}

// endGrants closes every client to a colleague, and tells which were open.
func (t *target) endGrants(ctx context.Context, tx *store.Tx) ([]journal.Change, error) {
	if t.Kind == rule.Client {
		return nil, nil
	}
	list, err := tx.ClientGrant.Query().Where(clientgrant.MembershipID(t.ID)).Order(clientgrant.ByGrantedAt(), clientgrant.ByID()).All(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("read client grants of %s: %w", t.ID, err)
	}
	var changes []journal.Change
	for _, g := range list {
		if stands(g, tx.Now) {
			changes = append(changes, grantEnds(g))
		}
	}
	if _, err := tx.ClientGrant.Delete().Where(clientgrant.MembershipID(t.ID)).Exec(ctx); err != nil {
		return nil, fmt.Errorf("end client grants of %s: %w", t.ID, err)
	}
	return changes, nil
}
