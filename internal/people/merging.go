package people

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roster/ent"
	"roster/ent/invitation"
	"roster/ent/membership"
	"roster/ent/predicate"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// merging are two logins that are to become one, and what they are in accounts.
type merging struct {
	ours, theirs *ent.User
	places       []*place
}

// place is a membership of one of the two, with its account.
type place struct {
	*ent.Membership
	fact rule.Place
}

// gather reads what both logins are: by login, and by address where that was proved (J5). Nobody is what an address was
// invited to be who has not shown that it is theirs.
func gather(ctx context.Context, tx *store.Tx, theirs string) (*merging, error) {
	m := &merging{}
	var err error
	if m.ours, err = login.Current(ctx, tx); err != nil {
		return nil, err
	}
	if err = tx.InTurn(ctx, m.ours.ID, theirs); err != nil {
		return nil, err
	}
	if m.theirs, err = tx.User.Get(store.Facts(ctx), theirs); err != nil {
		return nil, fmt.Errorf("find login %s: %w", theirs, err)
	}
	who := []predicate.Membership{membership.UserIDIn(m.ours.ID, m.theirs.ID)}
	for _, u := range []*ent.User{m.ours, m.theirs} {
		if u.EmailVerifiedAt != nil {
			who = append(who, membership.And(membership.UserIDIsNil(), membership.Email(u.Email)))
		}
	}
	list, err := tx.Membership.Query().Where(membership.Or(who...), membership.StatusNEQ(rule.Removed)).
		WithRole().WithUser().WithPractice().WithClientAccount().
		WithInvitations(func(q *ent.InvitationQuery) { q.Where(invitation.StatusEQ(rule.InvitationIsPending)) }).
		Order(ent.Asc(membership.FieldID)).All(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("read memberships of %s and %s: %w", m.ours.ID, theirs, err)
	}
	for _, row := range list {
		at := &place{Membership: row, fact: rule.Place{Member: *member(row), Kind: row.Kind, Owner: row.IsOwner, Role: Role(row.Edges.Role),
			Ours: some(row.UserID) == m.ours.ID || row.UserID == nil && some(row.Email) == m.ours.Email}}
		if c := row.Edges.ClientAccount; c != nil {
			at.fact.Account, at.fact.Practice = c.Name, some(c.PracticeID)
		} else {
			at.fact.Account, at.fact.Practice = row.Edges.Practice.Name, row.Edges.Practice.ID
		}
		if at.fact.Acceptable, err = acceptable(ctx, tx, row); err != nil {
			return nil, err
		}
		m.places = append(m.places, at)
	}
	return m, nil
}

// acceptable reports whether an invitation stands by which the member could come in today: it has not expired, and whoever
// invited may still let them in.
func acceptable(ctx context.Context, tx *store.Tx, m *ent.Membership) (bool, error) {
	if m.Status != rule.Pending || len(m.Edges.Invitations) == 0 {
		return false, nil
	}
	i := m.Edges.Invitations[0]
	if rule.Standing(i.Status, i.ExpiresAt, tx.Now) != rule.InvitationIsPending {
		return false, nil
	}
	inviter, err := access(ctx, tx, tx.Now, i.InvitedByID, m.AccountID)
	if err != nil {
		return false, err
	}
	return rule.MayLetIn(inviter, m.Kind, m.Permissions), nil
}

func factsOf(places []*place) []rule.Place {
	list := make([]rule.Place, len(places))
	for i, at := range places {
		list[i] = at.fact
	}
	return list
}

func (m *merging) members() []*ent.Membership {
	list := make([]*ent.Membership, len(m.places))
	for i, at := range m.places {
		list[i] = at.Membership
	}
	return list
}

// together are the memberships account by account, the one that stays first.
func (m *merging) together() [][]*place {
	var groups [][]*place
	of := map[string]int{}
	for _, at := range m.places {
		i, known := of[at.AccountID]
		if !known {
			i = len(groups)
			of[at.AccountID], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], at)
		if last := len(groups[i]) - 1; at.goesBefore(groups[i][0]) {
			groups[i][0], groups[i][last] = groups[i][last], groups[i][0]
		}
	}
	return groups
}

// goesBefore: the surviving login's own stays, else what its address was invited to be.
func (at *place) goesBefore(other *place) bool {
	if at.fact.Ours != other.fact.Ours {
		return at.fact.Ours
	}
	return at.UserID != nil && other.UserID == nil
}

// invitations are how many end, because the person has another place in the account, which stays.
func (m *merging) invitations() (n int) {
	for _, group := range m.together() {
		if len(group) == 1 {
			continue
		}
		for i, at := range group {
			if i > 0 || rule.Fold(factsOf(group)).Status != rule.Pending {
				n += len(at.Edges.Invitations)
			}
		}
	}
	return n
}

// both are the accounts that either login opens.
func (m *merging) both(ctx context.Context, tx *store.Tx) ([]*login.Access, error) {
	list, err := login.Everything(ctx, tx)
	if err != nil {
		return nil, err
	}
	v, _ := viewer.From(ctx)
	v.UserID = m.theirs.ID
	others, err := login.Everything(viewer.With(ctx, v), tx)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, a := range list {
		known[a.ID] = true
	}
	for _, a := range others {
		if !known[a.ID] {
			list = append(list, a)
		}
	}
	return list, nil
}

// merge makes one login of two: nothing stands against it.
func (p *People) merge(ctx context.Context, tx *store.Tx, m *merging) (login.Opened, error) {
	var lines []journal.Entry
	var moved []string
	for _, group := range m.together() {
		if len(group) > 1 {
			folded, err := m.fold(ctx, tx, group)
			if err != nil {
				return login.Opened{}, err
			}
			lines = append(lines, folded...)
		} else if at := group[0]; some(at.UserID) == m.theirs.ID {
			moved = append(moved, at.ID)
			lines = append(lines, m.line(at, m.turned()))
		}
	}
	for some := range slices.Chunk(moved, lookUp) {
		if err := tx.Membership.Update().Where(membership.IDIn(some...)).SetUserID(m.ours.ID).AddVersion(1).Exec(ctx); err != nil {
			return login.Opened{}, fmt.Errorf("move memberships of %s: %w", m.theirs.ID, err)
		}
	}
	// Whom the other login invited can still come in: the right to let them in is the survivor's now.
	err := tx.Invitation.Update().Where(invitation.InvitedByID(m.theirs.ID), invitation.StatusEQ(rule.InvitationIsPending)).SetInvitedByID(m.ours.ID).Exec(ctx)
	if err != nil {
		return login.Opened{}, fmt.Errorf("move invitations of %s: %w", m.theirs.ID, err)
	}

	tell, err := login.MayTell(ctx, tx, m.theirs)
	if err != nil {
		return login.Opened{}, err
	}
	opened, err := p.logins.End(ctx, tx, m.theirs, m.ours)
	if err != nil {
		return login.Opened{}, err
	}
	lines = append(lines, journal.Entry{Verb: mergeVerb, User: m.ours.ID, Changes: []journal.Change{journal.Set("merged", m.theirs.Email)}},
		journal.Entry{Verb: mergeVerb, User: m.theirs.ID, Changes: []journal.Change{m.turned()}})
	err = errors.Join(journal.WriteEach(ctx, tx, lines),
		tx.Enqueue(ctx, courier.Notice{Notice: courier.LoginsMerged, UserID: m.ours.ID, OtherID: m.theirs.ID}))
	if err == nil && tell {
		err = tx.Enqueue(ctx, courier.Notice{Notice: courier.LoginEnded, UserID: m.theirs.ID, OtherID: m.ours.ID})
	}
	return opened, err
}

const mergeVerb = "loginMergeConfirm"

// turned is the change of the login that a membership belongs to.
func (m *merging) turned() journal.Change { return journal.Turn("login", m.theirs.Email, m.ours.Email) }

// line is what an account's journal says of one membership.
func (m *merging) line(at *place, changes ...journal.Change) journal.Entry {
	return journal.Entry{Verb: mergeVerb, Account: at.AccountID, Membership: at.ID, User: m.ours.ID, Changes: journal.Changes(changes...)}
}
