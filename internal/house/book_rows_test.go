package house_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"roster/ent"
	"roster/ent/clientgrant"
	"roster/ent/invitation"
	"roster/ent/membership"
	"roster/ent/schema"
	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/store"
)

// plant writes a book into a database, in few statements.
func (h *home) plant(b *book) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		at := b.now.Add(-48 * time.Hour)
		var users []*ent.UserCreate
		for _, l := range inOrder(b.logins) {
			create := tx.User.Create().SetID(l.id).SetEmail(l.email).SetFirstName("Kit").SetLastName("Vale").SetSupport(l.support).SetCreatedAt(at)
			if l.verified {
				create.SetEmailVerifiedAt(at)
			}
			users = append(users, create)
		}
		var practices []*ent.PracticeCreate
		var clients []*ent.ClientAccountCreate
		for _, a := range inOrder(b.accounts) {
			if a.kind == rule.Practice {
				practices = append(practices, tx.Practice.Create().SetID(a.id).SetName(a.id).SetNameKey(a.id).SetClientsKeepAnAdministrator(a.keeps).SetCreatedAt(at))
				continue
			}
			create := tx.ClientAccount.Create().SetID(a.id).SetName(a.id).SetNameKey(a.id).SetCreatedAt(at)
			if a.practice != "" {
				create.SetPracticeID(a.practice)
			}
			clients = append(clients, create)
		}
		var members []*ent.MembershipCreate
		var invitations []*ent.InvitationCreate
		var events []*ent.EventCreate
		for _, m := range inOrder(b.members) {
			members = append(members, h.member(tx, b, m))
			events = append(events, tx.Event.Create().SetID("evt_"+m.id).SetAt(at).SetVerb("test").SetActorName("Kit Vale").SetAccountID(m.account).SetMembershipID(m.id))
			if m.invitation != nil {
				invitations = append(invitations, h.invitation(tx, b, m))
			}
		}
		var grants []*ent.ClientGrantCreate
		for _, key := range slices.SortedFunc(maps.Keys(b.grants), func(x, y [2]string) int { return slices.Compare(x[:], y[:]) }) {
			create := tx.ClientGrant.Create().SetID(h.fresh("grt_")).SetMembershipID(key[0]).SetClientAccountID(key[1]).SetClientKey(key[1]).SetPracticeID(b.members[key[0]].account).SetGrantedAt(at)
			if until := b.grants[key].until; !until.IsZero() {
				create.SetExpiresAt(until)
			}
			grants = append(grants, create)
		}
		for _, write := range []func() error{
			func() error {
				return bulk(users, func(part []*ent.UserCreate) error { return tx.User.CreateBulk(part...).Exec(ctx) })
			},
			func() error {
				return bulk(practices, func(part []*ent.PracticeCreate) error { return tx.Practice.CreateBulk(part...).Exec(ctx) })
			},
			func() error {
				return bulk(clients, func(part []*ent.ClientAccountCreate) error { return tx.ClientAccount.CreateBulk(part...).Exec(ctx) })
			},
			func() error {
				return bulk(members, func(part []*ent.MembershipCreate) error { return tx.Membership.CreateBulk(part...).Exec(ctx) })
			},
			func() error {
				return bulk(invitations, func(part []*ent.InvitationCreate) error { return tx.Invitation.CreateBulk(part...).Exec(ctx) })
			},
			func() error {
				return bulk(grants, func(part []*ent.ClientGrantCreate) error { return tx.ClientGrant.CreateBulk(part...).Exec(ctx) })
			},
			func() error {
				return bulk(events, func(part []*ent.EventCreate) error { return tx.Event.CreateBulk(part...).Exec(ctx) })
			},
		} {
			if err := write(); err != nil {
				return err
			}
		}
		return nil
	})
}

func inOrder[T any](all map[string]T) (list []T) {
	for _, id := range slices.Sorted(maps.Keys(all)) {
		list = append(list, all[id])
	}
	return list
}

// member is the row of a member of the book.
func (h *home) member(tx *store.Tx, b *book, m *bookMember) *ent.MembershipCreate {
	at := b.now.Add(-48 * time.Hour)
	create := tx.Membership.Create().SetID(m.id).SetKind(b.accounts[m.account].kind).SetAccountID(m.account).SetRoleID(m.role).SetPermissions(m.can).
		SetFirstName(m.first).SetLastName("Vale").SetNameKey("vale").SetSearchKey("kit").SetLoginAccess(m.login).SetStatus(m.status).SetIsOwner(m.owner).
		SetCreatedAt(at).SetLastActiveAt(schema.Epoch)
	if b.accounts[m.account].kind == rule.Practice {
		create.SetPracticeID(m.account)
	} else {
		create.SetClientAccountID(m.account)
	}
	if m.email != "" {
		create.SetEmail(m.email)
	}
	if m.user != "" {
		create.SetUserID(m.user)
	}
	if m.joined {
		create.SetJoinedAt(at)
	}
	switch m.status {
	case rule.Deactivated:
		create.SetDeactivatedAt(at)
	case rule.Removed:
		create.SetRemovedAt(at)
	}
	return create
}

func (h *home) invitation(tx *store.Tx, b *book, m *bookMember) *ent.InvitationCreate {
	i := m.invitation
	create := tx.Invitation.Create().SetID(i.id).SetLinkID(i.id).SetMembershipID(m.id).SetChannel(rule.NotSent).SetStatus(i.status).SetDelivery(rule.DeliveryNotSent).SetSentCount(i.sent).
		SetInvitedByID(i.inviter).SetInvitedByName("Kit Vale").SetWasDocumentOwner(i.before).SetCreatedAt(b.now.Add(-48 * time.Hour))
	if i.sent > 0 {
		create.SetChannel(rule.ByEmail).SetDelivery(rule.DeliverySent).SetTokenHash(courier.Hash(h.links.InvitationToken(i.id, i.sent))).SetLastSentAt(i.at).SetExpiresAt(i.until)
	}
	return create
}

// told is a member in one line, as the book and the database both can tell.
func (m *bookMember) told() string {
	return fmt.Sprintf("%s login=%v owner=%v joined=%v user=%q email=%q role=%s %v first=%s", m.status, m.login, m.owner, m.joined, m.user, m.email, m.role, m.can.List(), m.first)
}

func toldRow(m *ent.Membership) string {
	read := bookMember{status: m.Status, login: m.LoginAccess, owner: m.IsOwner, joined: m.JoinedAt != nil, role: m.RoleID, can: m.Permissions, first: m.FirstName}
	if m.UserID != nil {
		read.user = *m.UserID
	}
	if m.Email != nil {
		read.email = *m.Email
	}
	return read.told()
}

// roll are the members of an account, each in one line.
func (h *home) roll(account string) map[string]string {
	h.Helper()
	list, err := h.store.Read().Membership.Query().Where(membership.AccountID(account)).All(store.Facts(h.Context()))
	lines := map[string]string{}
	for _, m := range must(h, list, err) {
		lines[m.ID] = toldRow(m)
	}
	return lines
}

// restore makes some members what they are in the book, with their invitations and grants.
func (h *home) restore(b *book, members ...*bookMember) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for _, m := range members {
			if err := h.again(ctx, tx, b, m); err != nil {
				return err
			}
		}
		_, err := tx.Attempt.Delete().Exec(ctx)
		return err
	})
}

func (h *home) again(ctx context.Context, tx *store.Tx, b *book, m *bookMember) error {
	if _, err := tx.Invitation.Delete().Where(invitation.MembershipID(m.id)).Exec(ctx); err != nil {
		return err
	}
	if m.invitation != nil {
		if err := h.invitation(tx, b, m).Exec(ctx); err != nil {
			return err
		}
	}
	if _, err := tx.ClientGrant.Delete().Where(clientgrant.MembershipID(m.id)).Exec(ctx); err != nil {
		return err
	}
	at := b.now.Add(-48 * time.Hour)
	update := tx.Membership.UpdateOneID(m.id)
	when := func(is bool, set func(time.Time) *ent.MembershipUpdateOne, clear func() *ent.MembershipUpdateOne) {
		if is {
			set(at)
		} else {
			clear()
		}
	}
	when(m.user != "", func(time.Time) *ent.MembershipUpdateOne { return update.SetUserID(m.user) }, update.ClearUserID)
	when(m.email != "", func(time.Time) *ent.MembershipUpdateOne { return update.SetEmail(m.email) }, update.ClearEmail)
	when(m.joined, update.SetJoinedAt, update.ClearJoinedAt)
	when(m.status == rule.Deactivated, update.SetDeactivatedAt, update.ClearDeactivatedAt)
	when(m.status == rule.Removed, update.SetRemovedAt, update.ClearRemovedAt)
	return update.SetRoleID(m.role).SetPermissions(m.can).SetFirstName(m.first).SetLoginAccess(m.login).SetStatus(m.status).SetIsOwner(m.owner).Exec(ctx)
}
