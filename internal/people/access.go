package people

import (
	"context"

	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
)

// LoginAccess is login access to give or to take.
type LoginAccess struct {
	On            bool
	Email, Mobile string // new ones; empty: as they are
	Invite        rule.Channel
}

// SetLoginAccess gives a member login access or takes it (RULES.md A1). It answers the invitation's id where one was made.
func (p *People) SetLoginAccess(ctx context.Context, id string, input LoginAccess) (invitation string, err error) {
	err = p.manage(ctx, id, func(ctx context.Context, tx *store.Tx, t *target) error {
		invitation = ""
		next, facts, err := t.newLoginAccess(ctx, tx, input)
		if err != nil {
			return err
		}
		if input.On && !t.LoginAccess && !t.facts.Joined {
			if facts.Text, err = p.texting(ctx, tx, input.Invite, next.mobile, next.verified()); err != nil {
				return err
			}
		}

		if verdict := rule.MaySetLoginAccess(t.facts, facts); verdict.Refused() {
			return verdict
		}

		switch {
		case input.On == t.LoginAccess:
			return nil
		case input.On:
			invitation, err = p.letIn(ctx, tx, t, next, input.Invite)
			return err
		}
		return t.shutOut(ctx, tx)
	})
	return invitation, err
}

func (t *target) newLoginAccess(ctx context.Context, tx *store.Tx, input LoginAccess) (next details, f rule.LoginAccess, err error) {
	next = details{email: some(t.Email), mobile: some(t.Mobile)}
	f = rule.LoginAccess{On: input.On, Email: next.email}
	if !input.On || t.LoginAccess {
		return next, f, nil
	}
	if input.Mobile != "" {
		if next.mobile, err = mobile(input.Mobile, t.account); err != nil {
			next.mobile, f.MobileBroken = some(t.Mobile), true
		}
	}
	if input.Email != "" {
		if next.email, err = address.Email(input.Email); err != nil {
			f.EmailBroken = true
			return next, f, nil
		}
		f.EmailGiven = next.email != f.Email
	}
	f.Email = next.email
	if next.email == "" {
		return next, f, nil
	}
	if next.login, err = loginOf(ctx, tx.Client, next.email); err != nil || !f.EmailGiven {
		return next, f, err
	}
	f.Existing, t.facts.Colleague, t.facts.ClientUser, err = elsewhere(ctx, tx, t.account, next.email, next.login)
	return next, f, err
}

// letIn gives login access: at once to whoever was in before or has a verified login, else by an invitation (C2, C3).
func (p *People) letIn(ctx context.Context, tx *store.Tx, t *target, next details, channel rule.Channel) (string, error) {
	change := reached(tx.Membership.Update(), next.email, next.mobile).SetLoginAccess(true).
		SetSearchKey(address.SearchKey(t.FirstName, t.LastName, next.email))
	changes := []journal.Change{journal.Turn("loginAccess", false, true), journal.Turn("email", some(t.Email), next.email), journal.Turn("mobile", some(t.Mobile), next.mobile)}
	switch {
	case t.facts.Joined:
		return "", t.write(ctx, tx, "membershipSetLoginAccess", "", change, changes...)
	case next.verified():
		err := t.write(ctx, tx, "membershipSetLoginAccess", "", change.SetUserID(next.login.ID).SetJoinedAt(tx.Now), changes...)
		if err != nil || channel == rule.NotSent {
			return "", err
		}
		return "", tx.Enqueue(ctx, courier.Notice{Notice: courier.AddedDirectly, UserID: next.login.ID, MembershipID: t.ID})
	}
	changes = append(changes, journal.Turn("status", t.Status, rule.Pending))
	if err := t.write(ctx, tx, "membershipSetLoginAccess", "", change.SetStatus(rule.Pending), changes...); err != nil {
		return "", err
	}
	return p.invite(ctx, tx, t.viewer, t.account, t.ID, t.facts.Actor, channel, true)
}

// shutOut takes login access; who was pending, or awaited activation, is a document owner from then on.
func (t *target) shutOut(ctx context.Context, tx *store.Tx) error {
	changes := []journal.Change{journal.Turn("loginAccess", true, false)}
	change := tx.Membership.Update().SetLoginAccess(false)
	if t.Status != rule.Active {
		change.SetStatus(rule.Active)
		changes = append(changes, journal.Turn("status", t.Status, rule.Active))
	}
	if t.Status == rule.Pending {
		if err := t.endInvitation(ctx, tx); err != nil {
			return err
		}
	}
	return t.write(ctx, tx, "membershipSetLoginAccess", "", change, changes...)
}
