package people

import (
	"context"
	"fmt"
	"time"

	"roster/ent"
	"roster/ent/applicationuse"
	"roster/ent/clientgrant"
	"roster/ent/membership"
	"roster/ent/role"
	"roster/ent/schema"
	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Disconnect ends a practice's access to a client, which stands alone from then on (RULES.md G5). newOwner names who is to
// own it where the owner cannot; empty otherwise.
func (p *People) Disconnect(ctx context.Context, client, newOwner, reason string) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	reason = address.Name(reason)
	return p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		a, err := visible(ctx, tx.Client, client)
		if err != nil {
			return err
		}
		if a.kind != rule.Client {
			return rule.ErrNotFound
		}
		facts, err := leaving(ctx, tx, v, tx.Now, a.id)
		if err != nil {
			return err
		}
		var owner *target
		if newOwner != "" {
			if owner, err = find(ctx, tx, v, newOwner); err != nil {
				return err
			}
			if owner.AccountID != a.id {
				return rule.ErrNotFound
			}
			if facts.Named, facts.NamedAble = true, owner.facts.CanOwn(); owner.IsOwner && facts.OwnerAble {
				owner, facts.Named = nil, false // the owner stays who it is
			}
		}

		if verdict := append(rule.Reason(reason), rule.MayDisconnect(facts)...); verdict.Refused() {
			return verdict.First()
		}

		changes := []journal.Change{journal.Turn("practice", a.practice, "")}
		if owner != nil {
			before, err := owner.own(ctx, tx)
			if err != nil {
				return err
			}
			if err := tellOwners(ctx, tx, owner.ID, before); err != nil {
				return err
			}
			changes = append(changes, journal.Turn("owner", before, owner.ID))
		}
		if err := part(ctx, tx, a, facts.Actor, reason); err != nil {
			return err
		}
		if err := tellOfParting(ctx, tx, a); err != nil {
			return err
		}
		for _, in := range []string{a.id, a.practice} {
			entry := journal.Entry{Verb: "clientAccountDisconnect", Account: in, Via: through(facts.Actor, a), Reason: reason, Changes: changes}
			if in == a.practice {
				entry.Via, entry.Changes = "", []journal.Change{journal.Turn("client", a.id, "")}
			}
			if err := journal.Write(ctx, tx, entry); err != nil {
				return err
			}
		}
		return nil
	})
}

// part ends the practice's grants, what it offers, and its access. Its own roles mean nothing to an account that stands alone: whoever has
// one gets the built-in role that is nearest, and may do what they could.
func part(ctx context.Context, tx *store.Tx, a account, actor rule.Access, reason string) error {
	all := store.Facts(ctx)
	if err := endGrants(ctx, tx, a, reason); err != nil {
		return err
	}
	taken := journal.Entry{Verb: "clientAccountDisconnect", Via: through(actor, a), Reason: reason}
	if err := takeAway(ctx, tx, taken, applicationuse.ClientAccountID(a.id)); err != nil {
		return err
	}
	list, err := tx.Membership.Query().Where(membership.AccountID(a.id), membership.HasRoleWith(role.BuiltIn(false))).WithRole().All(all)
	if err != nil {
		return fmt.Errorf("read who has the practice's roles in %s: %w", a.id, err)
	}
	for _, m := range list {
		nearest := rule.Nearest(m.Permissions)
		if err := tx.Membership.UpdateOneID(m.ID).SetRoleID(nearest.ID).AddVersion(1).Exec(all); err != nil {
			return fmt.Errorf("give %s a built-in role: %w", m.ID, err)
		}
		if m.Status == rule.Removed {
			continue
		}
		err := journal.Write(ctx, tx, journal.Entry{Verb: "clientAccountDisconnect", Account: a.id, Membership: m.ID, Via: through(actor, a),
			Changes: []journal.Change{journal.Turn("role", m.Edges.Role.Name, nearest.Name)}})
		if err != nil {
			return err
		}
	}
	if err := tx.ClientAccount.UpdateOneID(a.id).ClearPracticeID().AddVersion(1).Exec(all); err != nil {
		return fmt.Errorf("disconnect %s: %w", a.id, err)
	}
	return nil
}

// endGrants ends every colleague's grant for a client, each with a line in the practice's journal.
func endGrants(ctx context.Context, tx *store.Tx, a account, reason string) error {
	all := store.Facts(ctx)
	list, err := tx.ClientGrant.Query().Where(clientgrant.ClientAccountID(a.id)).Order(ent.Asc(clientgrant.FieldID)).All(all)
	if err != nil {
		return fmt.Errorf("read client grants for %s: %w", a.id, err)
	}
	for _, g := range list {
		err := journal.Write(ctx, tx, journal.Entry{Verb: "clientAccountDisconnect", Account: a.practice, Membership: g.MembershipID, Reason: reason,
			Changes: []journal.Change{journal.Turn("clientGrant", told(g.ClientAccountID, g.ExpiresAt, some(g.Reason)), "")}})
		if err != nil {
			return err
		}
	}
	if _, err := tx.ClientGrant.Delete().Where(clientgrant.ClientAccountID(a.id)).Exec(all); err != nil {
		return fmt.Errorf("end client grants for %s: %w", a.id, err)
	}
	return nil
}

// tellOfParting has the owner told that the practice is gone.
func tellOfParting(ctx context.Context, tx *store.Tx, a account) error {
	owner, err := tx.Membership.Query().Where(membership.AccountID(a.id), membership.IsOwner(true)).Only(store.Facts(ctx))
	if err != nil {
		return fmt.Errorf("find owner of %s: %w", a.id, err)
	}
	return tx.Enqueue(ctx, courier.Notice{Notice: courier.PracticeGone, UserID: some(owner.UserID), MembershipID: owner.ID, PracticeID: a.practice})
}

// leavingOne and leavingPage ask about one client account and about a page of them.
var leavingOne, leavingPage = schema.LeavingFacts(1), schema.LeavingFacts(pageful)

// leaving reads what disconnecting one client turns on.
func leaving(ctx context.Context, r reader, v viewer.Viewer, now time.Time, client string) (rule.Leaving, error) {
	actor, err := access(ctx, r, now, v.UserID, client)
	if err != nil {
		return rule.Leaving{}, err
	}
	found, err := leavings(ctx, r, v, now, leavingOne, client)
	f := found[client]
	f.Actor = actor
	return f, err
}

func leavings(ctx context.Context, r reader, v viewer.Viewer, now time.Time, text string, clients ...any) (map[string]rule.Leaving, error) {
	args := append([]any{v.UserID, rule.PracticeAdministratorsManage, rule.AdministratorsManage, now}, clients...)
	rows, err := r.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read what disconnecting turns on: %w", err)
	}
	defer rows.Close()
	found := map[string]rule.Leaving{}
	for rows.Next() {
		var id string
		var f rule.Leaving
		if err := rows.Scan(&id, &f.Practice, &f.PracticeAdmin, &f.OwnerAble, &f.SomebodyAble, &f.Administered, &f.Logins, &f.Grants); err != nil {
			return nil, fmt.Errorf("read what disconnecting turns on: %w", err)
		}
		found[id] = f
	}
	return found, rows.Err()
}

// Leaving sets what disconnecting each of some client accounts turns on: in one statement for a page of them, whose
// access is known (AccessEach).
func (p *People) Leaving(ctx context.Context, list []*ent.ClientAccount) error {
	v, _ := viewer.From(ctx)
	for len(list) > 0 {
		n := min(len(list), pageful)
		ids := make([]any, pageful)
		for i := range ids {
			ids[i] = list[min(i, n-1)].ID
		}
		found, err := leavings(ctx, p.store, v, v.At, leavingPage, ids...)
		if err != nil {
			return err
		}
		for _, a := range list[:n] {
			f := found[a.ID]
			if a.Access != nil {
				f.Actor = *a.Access
			}
			a.Leaving = &f
		}
		list = list[n:]
	}
	return nil
}
