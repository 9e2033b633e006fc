package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roster/ent"
	"roster/ent/applicationuse"
	"roster/ent/clientgrant"
	"roster/ent/document"
	"roster/ent/submissionaddress"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
)

// fold makes one membership of those that the two logins have in one account (RULES.md J5): the first stays, the others are
// removed. It answers the lines of the account's journal.
func (m *merging) fold(ctx context.Context, tx *store.Tx, group []*place) ([]journal.Entry, error) {
	stays := group[0]
	f := rule.Fold(factsOf(group))

	if !f.Counts[0] { // what it had was shut, and does not open because another one is
		if err := m.strip(ctx, tx, stays); err != nil {
			return nil, err
		}
	}
	var lines []journal.Entry
	var kept []journal.Change
	for i, at := range group[1:] {
		if f.Counts[i+1] {
			if err := inherit(ctx, tx, stays, at); err != nil {
				return nil, err
			}
		}
		took, err := takeDocuments(ctx, tx, stays, at)
		if err != nil {
			return nil, err
		}
		kept = append(kept, took...)
		line, err := m.give(ctx, tx, at)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	if stays.Status == rule.Pending && f.Status != rule.Pending {
		if err := endInvitations(ctx, tx, stays.ID); err != nil {
			return nil, err
		}
	}
	return append(lines, m.line(stays, append(m.changes(stays, f), kept...)...)), m.take(ctx, tx, group, f)
}

// give removes a membership whose person stays by another one.
func (m *merging) give(ctx context.Context, tx *store.Tx, at *place) (journal.Entry, error) {
	if err := endInvitations(ctx, tx, at.ID); err != nil {
		return journal.Entry{}, err
	}
	if err := m.strip(ctx, tx, at); err != nil {
		return journal.Entry{}, err
	}
	err := tx.Membership.UpdateOneID(at.ID).SetStatus(rule.Removed).SetRemovedAt(tx.Now).ClearDeactivatedAt().SetIsOwner(false).AddVersion(1).Exec(store.Facts(ctx))
	if err != nil {
		return journal.Entry{}, fmt.Errorf("remove membership %s: %w", at.ID, err)
	}
	changes := []journal.Change{journal.Turn("status", at.Status, rule.Removed)}
	if at.IsOwner {
		changes = append(changes, journal.Turn("isOwner", true, false))
	}
	return m.line(at, changes...), nil
}

// strip takes from a membership the clients and applications that it has.
func (m *merging) strip(ctx context.Context, tx *store.Tx, at *place) error {
	_, clients := tx.ClientGrant.Delete().Where(clientgrant.MembershipID(at.ID)).Exec(ctx)
	_, applications := tx.ApplicationUse.Delete().Where(applicationuse.MembershipID(at.ID)).Exec(ctx)
	if err := errors.Join(clients, applications); err != nil {
		return fmt.Errorf("end clients and applications of %s: %w", at.ID, err)
	}
	return nil
}

func (m *merging) changes(stays *place, f rule.Folded) []journal.Change {
	changes := []journal.Change{
		journal.Turn("status", stays.Status, f.Status), journal.Turn("loginAccess", stays.LoginAccess, f.LoginAccess),
		journal.Turn("role", stays.RoleID, f.Role.ID), journal.Turn("permissions", permissionNames(stays.Permissions), permissionNames(f.Permissions)),
		journal.Turn("isOwner", stays.IsOwner, f.Owner)}
	if some(stays.UserID) != m.ours.ID {
		changes = append(changes, m.turned())
	}
	return changes
}

// take gives the membership that stays what came of all of them.
func (m *merging) take(ctx context.Context, tx *store.Tx, group []*place, f rule.Folded) error {
	stays := group[0]
	change := tx.Membership.UpdateOneID(stays.ID).SetStatus(f.Status).SetLoginAccess(f.LoginAccess).SetRoleID(f.Role.ID).SetPermissions(f.Permissions).
		SetIsOwner(f.Owner).AddVersion(1)
	active := stays.LastActiveAt
	var joined *time.Time
	in := false
	for i, at := range group {
		in = in || at.UserID != nil
		joined = earliest(joined, at.JoinedAt)
		if at.LastActiveAt.After(active) {
			active = at.LastActiveAt
		}
		if stays.Email == nil && at.Email != nil {
			change.SetEmail(*at.Email).SetSearchKey(address.SearchKey(stays.FirstName, stays.LastName, *at.Email))
		}
		if f.Counts[i] && !stays.WhatsAppActive && at.WhatsAppActive {
			change.SetWhatsAppActive(true).SetWhatsAppMobile(*at.WhatsAppMobile)
		}
		if stays.BillableAccountID == nil && at.BillableAccountID != nil {
			change.SetBillableAccountID(*at.BillableAccountID)
		}
		if f.Status == rule.Deactivated && at.DeactivatedAt != nil {
			change.SetDeactivatedAt(*at.DeactivatedAt)
		}
	}
	if f.Status != rule.Deactivated {
		change.ClearDeactivatedAt()
	}
	if in && (f.Status == rule.Active || f.Status == rule.Deactivated) {
		change.SetUserID(m.ours.ID)
	}
	err := change.SetLastActiveAt(active).SetNillableJoinedAt(joined).Exec(store.Facts(ctx))
	if err != nil {
		return fmt.Errorf("fold memberships of %s in %s: %w", m.ours.ID, stays.AccountID, err)
	}
	return nil
}

func earliest(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.Before(*a) {
		return b
	}
	return a
}

func endInvitations(ctx context.Context, tx *store.Tx, member string) error {
	err := tx.Invitation.Update().Where(pendingOf(member)...).SetStatus(rule.InvitationIsCancelled).SetCancelledAt(tx.Now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("cancel invitation of %s: %w", member, err)
	}
	return nil
}

// takeDocuments gives a membership the documents and the submission addresses of one that goes. The person is the same, so
// nothing hangs on how open either was. Who submitted what stays as it was.
func takeDocuments(ctx context.Context, tx *store.Tx, stays, from *place) ([]journal.Change, error) {
	if from.Kind != rule.Client {
		return nil, nil
	}
	documents, err := tx.Document.Update().Where(document.OwnerID(from.ID)).SetOwnerID(stays.ID).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("move documents of %s: %w", from.ID, err)
	}
	list, err := tx.SubmissionAddress.Query().Where(submissionaddress.MembershipID(from.ID), submissionaddress.RetiredAtIsNil()).All(store.Facts(ctx))
	if err == nil {
		err = tx.SubmissionAddress.Update().Where(submissionaddress.MembershipID(from.ID)).SetMembershipID(stays.ID).Exec(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("move submission addresses of %s: %w", from.ID, err)
	}
	var changes []journal.Change
	if documents > 0 {
		changes = append(changes, journal.Set("documents", documents))
	}
	var locals []string
	for _, one := range list {
		locals = append(locals, spelled(one.Kind, one.LocalPart))
	}
	return append(changes, journal.Set("submissionAddresses", together(locals))), nil
}

// inherit gives a membership the clients and the applications that another one has.
func inherit(ctx context.Context, tx *store.Tx, stays, from *place) error {
	if stays.Kind == rule.Practice {
		return inheritClients(ctx, tx, stays, from)
	}
	return inheritApplications(ctx, tx, stays, from)
}

// inheritClients: of two grants for one client the longer stays.
func inheritClients(ctx context.Context, tx *store.Tx, stays, from *place) error {
	list, err := tx.ClientGrant.Query().Where(clientgrant.MembershipIDIn(stays.ID, from.ID)).Order(clientgrant.ByID()).All(store.Facts(ctx))
	if err != nil {
		return fmt.Errorf("read client grants of %s: %w", from.ID, err)
	}
	own := map[string]*ent.ClientGrant{}
	for _, g := range list {
		if g.MembershipID == stays.ID {
			own[g.ClientAccountID] = g
		}
	}
	var rows []*ent.ClientGrantCreate
	for _, g := range list {
		has := own[g.ClientAccountID]
		if g.MembershipID == stays.ID || !stands(g, tx.Now) || has != nil && !longer(g, has) {
			continue
		}
		if has != nil {
			if err := tx.ClientGrant.DeleteOneID(has.ID).Exec(ctx); err != nil {
				return fmt.Errorf("end client grant %s: %w", has.ID, err)
			}
		}
		rows = append(rows, tx.ClientGrant.Create().SetID(store.NewID("grt")).SetMembershipID(stays.ID).SetClientAccountID(g.ClientAccountID).SetClientKey(g.ClientKey).SetPracticeID(g.PracticeID).
			SetNillableGrantedByID(g.GrantedByID).SetGrantedAt(g.GrantedAt).SetNillableExpiresAt(g.ExpiresAt).SetNillableReason(g.Reason))
	}
	for len(rows) > 0 {
		n := min(len(rows), lookUp)
		if err := tx.ClientGrant.CreateBulk(rows[:n]...).Exec(ctx); err != nil {
			return fmt.Errorf("move client grants of %s: %w", from.ID, err)
		}
		rows = rows[n:]
	}
	return nil
}

// longer reports whether a grant lasts longer than another.
func longer(a, b *ent.ClientGrant) bool {
	return b.ExpiresAt != nil && (a.ExpiresAt == nil || a.ExpiresAt.After(*b.ExpiresAt))
}

func inheritApplications(ctx context.Context, tx *store.Tx, stays, from *place) error {
	list, err := tx.ApplicationUse.Query().Where(applicationuse.MembershipIDIn(stays.ID, from.ID)).Order(applicationuse.ByID()).All(store.Facts(ctx))
	if err != nil {
		return fmt.Errorf("read applications of %s: %w", from.ID, err)
	}
	has := map[string]bool{}
	for _, u := range list {
		has[u.ApplicationID] = has[u.ApplicationID] || u.MembershipID == stays.ID
	}
	var rows []*ent.ApplicationUseCreate
	for _, u := range list {
		if !has[u.ApplicationID] {
			rows = append(rows, tx.ApplicationUse.Create().SetID(store.NewID("use")).SetMembershipID(stays.ID).SetApplicationID(u.ApplicationID).
				SetClientAccountID(u.ClientAccountID).SetPracticeID(u.PracticeID))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.ApplicationUse.CreateBulk(rows...).Exec(ctx); err != nil {
		return fmt.Errorf("move applications of %s: %w", from.ID, err)
	}
	return nil
}
