package people

import (
	"context"
	"fmt"
	"time"

	"roster/ent"
	"roster/ent/clientgrant"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
)

// ClientAccessChange is a change of which clients a colleague opens; a nil All leaves that as it is.
type ClientAccessChange struct {
	All    *bool
	Grant  []rule.GrantedClient
	Revoke []string
}

// UpdateClientAccess changes which clients a colleague opens (RULES.md B6). Granting again replaces the end and the
// reason; revoking what was not granted changes nothing.
func (p *People) UpdateClientAccess(ctx context.Context, id string, input ClientAccessChange) error {
	return p.manage(ctx, id, func(ctx context.Context, tx *store.Tx, t *target) error {
		change := rule.ClientAccessChange{All: input.All, Revoke: input.Revoke, Now: tx.Now}
		named := append([]string{}, input.Revoke...)
		for _, g := range input.Grant {
			g.Reason = address.Name(g.Reason)
			change.Grants = append(change.Grants, g)
			named = append(named, g.Client)
		}
		var err error
		if change.Role, err = roleOf(ctx, tx, t.RoleID); err != nil {
			return err
		}

		if verdict := rule.MayEditClientAccess(t.facts, change); verdict.Refused() {
			return verdict
		}
		if err := clientsVisible(ctx, tx, t.account, &ClientAccess{Clients: named}); err != nil {
			return err
		}

		return t.grant(ctx, tx, change, named)
	})
}

// grant writes what differs from the grants there are.
func (t *target) grant(ctx context.Context, tx *store.Tx, change rule.ClientAccessChange, named []string) error {
	list, err := tx.ClientGrant.Query().Where(clientgrant.MembershipID(t.ID), clientgrant.ClientAccountIDIn(named...)).All(store.Facts(ctx))
	if err != nil {
		return fmt.Errorf("read client grants of %s: %w", t.ID, err)
	}
	before := map[string]*ent.ClientGrant{}
	for _, g := range list {
		before[g.ClientAccountID] = g
	}
	set := change.Set(t.facts)
	changes := []journal.Change{journal.Turn("permissions", permissionNames(t.Permissions), permissionNames(set))}
	var ended []string
	var made []*ent.ClientGrantCreate
	for _, client := range change.Revoke {
		if g := before[client]; g != nil {
			ended = append(ended, g.ID)
			changes = append(changes, journal.Turn("clientGrant", told(client, g.ExpiresAt, some(g.Reason)), ""))
		}
	}
	for _, g := range change.Grants {
		now := told(g.Client, g.ExpiresAt, g.Reason)
		if was := before[g.Client]; was != nil {
			then := told(g.Client, was.ExpiresAt, some(was.Reason))
			if then == now {
				continue
			}
			ended = append(ended, was.ID)
			changes = append(changes, journal.Turn("clientGrant", then, now))
		} else {
			changes = append(changes, journal.Set("clientGrant", now))
		}
		create := tx.ClientGrant.Create().SetID(store.NewID("grt")).SetMembershipID(t.ID).SetClientAccountID(g.Client).SetPracticeID(t.account.practice).
			SetGrantedByID(t.facts.Actor.Membership).SetGrantedAt(tx.Now).SetNillableExpiresAt(g.ExpiresAt)
		if g.Reason != "" {
			create.SetReason(g.Reason)
		}
		made = append(made, create)
	}
	if changes = journal.Changes(changes...); len(changes) == 0 {
		return nil
	}
	if len(ended) > 0 {
		if _, err := tx.ClientGrant.Delete().Where(clientgrant.IDIn(ended...)).Exec(ctx); err != nil {
			return fmt.Errorf("end client grants of %s: %w", t.ID, err)
		}
	}
	if len(made) > 0 {
		if err := tx.ClientGrant.CreateBulk(made...).Exec(ctx); err != nil {
			return fmt.Errorf("grant clients to %s: %w", t.ID, err)
		}
	}
	return t.write(ctx, tx, "membershipUpdateClientAccess", "", tx.Membership.Update().SetPermissions(set), changes...)
}

// told is a grant in one line of the journal.
func told(client string, until *time.Time, reason string) string {
	if until != nil {
		client += " until " + until.UTC().Format(time.RFC3339)
	}
	if reason != "" {
		client += ": " + reason
	}
	return client
}
