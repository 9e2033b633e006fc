package people

import (
	"context"
	"fmt"
	"time"

	"roster/ent"
	"roster/ent/clientaccount"
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
		named := append([]string{}, input.Revoke...)
		for _, g := range input.Grant {
			named = append(named, g.Client)
		}
		if len(named) > mostClients {
			return rule.BadRequest("grant and revokeClientAccountIds name at most 1,000 clients together")
		}
		change, err := t.newClientAccess(ctx, tx, input, named)
		if err != nil {
			return err
		}

		if verdict := rule.MayEditClientAccess(t.facts, change); verdict.Refused() {
			return verdict
		}
		if err := clientsVisible(ctx, tx, t.account, named); err != nil {
			return err
		}

		return t.grant(ctx, tx, change, named)
	})
}

// newClientAccess is the change, tidied, and what the rule has to know of it.
func (t *target) newClientAccess(ctx context.Context, tx *store.Tx, input ClientAccessChange, named []string) (rule.ClientAccessChange, error) {
	change := rule.ClientAccessChange{All: input.All, Revoke: input.Revoke, Now: tx.Now}
	until, err := ends(ctx, tx, t.facts.Actor, named)
	if err != nil {
		return change, err
	}
	for _, g := range input.Grant {
		g.Reason, g.Until = address.Name(g.Reason), until[g.Client]
		if g.ExpiresAt != nil { // as exact as both databases keep it
			at := g.ExpiresAt.UTC().Truncate(time.Microsecond)
			g.ExpiresAt = &at
		}
		change.Grants = append(change.Grants, g)
	}
	change.Role, err = roleOf(ctx, tx, t.RoleID)
	return change, err
}

// ends are the clients of some to which a colleague's own access ends by itself, and when. Only those have any who do
// not open all clients.
func ends(ctx context.Context, tx *store.Tx, actor rule.Access, clients []string) (map[string]*time.Time, error) {
	if actor.Permissions.Has(rule.ClientsAll) || len(clients) == 0 {
		return nil, nil
	}
	list, err := tx.ClientGrant.Query().Where(clientgrant.MembershipID(actor.Membership), clientgrant.ClientAccountIDIn(clients...), clientgrant.ExpiresAtNotNil()).
		All(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("read client grants of %s: %w", actor.Membership, err)
	}
	until := map[string]*time.Time{}
	for _, g := range list {
		until[g.ClientAccountID] = g.ExpiresAt
	}
	return until, nil
}

// grant writes what differs from the grants there are. One that has ended is none: it only makes room.
func (t *target) grant(ctx context.Context, tx *store.Tx, change rule.ClientAccessChange, named []string) error {
	list, err := tx.ClientGrant.Query().Where(clientgrant.MembershipID(t.ID), clientgrant.ClientAccountIDIn(named...)).All(store.Facts(ctx))
	if err != nil {
		return fmt.Errorf("read client grants of %s: %w", t.ID, err)
	}
	before := map[string]*ent.ClientGrant{}
	for _, g := range list {
		before[g.ClientAccountID] = g
	}
	keys, err := clientKeys(ctx, tx, named)
	if err != nil {
		return err
	}
	set := change.Set(t.facts)
	changes := []journal.Change{journal.Turn("permissions", permissionNames(t.Permissions), permissionNames(set))}
	var ended []string
	var made []*ent.ClientGrantCreate
	for _, client := range change.Revoke {
		if g := before[client]; g != nil && stands(g, tx.Now) {
			ended = append(ended, g.ID)
			changes = append(changes, grantEnds(g))
		}
	}
	for _, g := range change.Grants {
		then, now := "", told(g.Client, g.ExpiresAt, g.Reason)
		was := before[g.Client]
		if was != nil && stands(was, tx.Now) {
			then = told(was.ClientAccountID, was.ExpiresAt, some(was.Reason))
		}
		if then == now {
			continue
		}
		if was != nil {
			ended = append(ended, was.ID)
		}
		changes = append(changes, journal.Turn("clientGrant", then, now))
		create := granted(tx, t.account, t.ID, t.facts.Actor, g.Client, keys).SetNillableExpiresAt(g.ExpiresAt)
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

// granted is a grant to be made.
func granted(tx *store.Tx, a account, member string, by rule.Access, client string, keys map[string]string) *ent.ClientGrantCreate {
	return tx.ClientGrant.Create().SetID(store.NewID("grt")).SetMembershipID(member).SetClientAccountID(client).SetClientKey(keys[client]).SetPracticeID(a.practice).
		SetGrantedByID(by.Membership).SetGrantedAt(tx.Now)
}

// clientKeys are what some clients are ordered by, which their grants repeat.
func clientKeys(ctx context.Context, tx *store.Tx, clients []string) (map[string]string, error) {
	list, err := tx.ClientAccount.Query().Where(clientaccount.IDIn(clients...)).All(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("read clients: %w", err)
	}
	keys := map[string]string{}
	for _, c := range list {
		keys[c.ID] = c.NameKey
	}
	return keys, nil
}

// stands reports whether a grant has not ended.
func stands(g *ent.ClientGrant, now time.Time) bool {
	return g.ExpiresAt == nil || g.ExpiresAt.After(now)
}

// grantEnds tells the journal of a grant that is taken away.
func grantEnds(g *ent.ClientGrant) journal.Change {
	return journal.Turn("clientGrant", told(g.ClientAccountID, g.ExpiresAt, some(g.Reason)), "")
}

// told is a grant in one line of the journal.
func told(client string, until *time.Time, reason string) string {
	if until != nil {
		client += " until " + until.UTC().Format(time.RFC3339Nano)
	}
	if reason != "" {
		client += ": " + reason
	}
	return client
}

// mostClients is how many clients one call can name.
const mostClients = 1000

// clientsOf are the facts of the clients chosen for somebody new.
func clientsOf(ctx context.Context, tx *store.Tx, a account, actor rule.Access, c *ClientAccess) (rule.ClientAccess, error) {
	if c == nil {
		return rule.ClientAccess{}, nil
	}
	if err := clientsVisible(ctx, tx, a, c.Clients); err != nil {
		return rule.ClientAccess{}, err
	}
	until, err := ends(ctx, tx, actor, c.Clients)
	return rule.ClientAccess{Given: true, All: c.All, Selected: len(c.Clients), Ends: len(until) > 0}, err
}

// clientsVisible: a client the viewer cannot open, or of another practice, is not found.
func clientsVisible(ctx context.Context, tx *store.Tx, a account, clients []string) error {
	if len(clients) == 0 {
		return nil
	}
	if len(clients) > mostClients {
		return rule.BadRequest("clientAccountIds names at most 1,000 clients")
	}
	distinct := map[string]bool{}
	for _, id := range clients {
		distinct[id] = true
	}
	n, err := tx.ClientAccount.Query().Where(clientaccount.IDIn(clients...), clientaccount.PracticeID(a.practice)).Count(ctx)
	if err != nil {
		return fmt.Errorf("find clients: %w", err)
	}
	if n != len(distinct) {
		return rule.ErrNotFound
	}
	return nil
}
