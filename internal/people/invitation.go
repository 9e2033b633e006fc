package people

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/ent/invitation"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// invited runs a change of an invitation that the viewer can see.
func (p *People) invited(ctx context.Context, id string, change func(ctx context.Context, tx *store.Tx, t *target, i *ent.Invitation, facts rule.Invited) error) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	return p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		i, err := tx.Invitation.Query().Where(invitation.ID(id)).Only(ctx)
		if err != nil {
			return notFound("invitation", err)
		}
		t, err := find(ctx, tx, v, i.MembershipID)
		if err != nil {
			return err
		}
		now := rule.Invited{Managed: t.facts, Now: tx.Now}
		p.Invited(&now, i)
		return change(ctx, tx, t, i, now)
	})
}

// Invited completes the facts of an invitation with those of its row.
func (p *People) Invited(f *rule.Invited, i *ent.Invitation) {
	f.Status, f.LastSentAt = rule.Standing(i.Status, i.ExpiresAt, f.Now), i.LastSentAt
	f.ResendAfter, f.Before = p.config.ResendAfter, i.WasDocumentOwner
}

// Resend sends an invitation again: a new link, which ends the old one (RULES.md E3).
func (p *People) Resend(ctx context.Context, id string, channel *rule.Channel) error {
	return p.invited(ctx, id, func(ctx context.Context, tx *store.Tx, t *target, i *ent.Invitation, facts rule.Invited) error {
		by := again(i, channel)
		facts.NotByMail = by == rule.NotSent
		var err error
		if facts.Text, err = p.texting(ctx, tx, by, some(t.Mobile), false); err != nil {
			return err
		}

		if verdict := rule.MayResend(facts); verdict.Refused() {
			return verdict
		}

		if err := p.oneMore(ctx, tx, t.AccountID); err != nil {
			return err
		}
		if err := p.sendAnew(ctx, tx, t, by); err != nil {
			return err
		}
		return t.record(ctx, tx, "invitationResend", "", journal.Turn("sentCount", i.SentCount, i.SentCount+1), turned(i, by))
	})
}

// again is how an invitation is sent again: as asked, else as before, and for the first time by email.
func again(i *ent.Invitation, asked *rule.Channel) rule.Channel {
	switch {
	case asked != nil:
		return *asked
	case i.Channel == rule.NotSent:
		return rule.ByEmail
	}
	return i.Channel
}

// turned is the change of an invitation's channel.
func turned(i *ent.Invitation, to rule.Channel) journal.Change {
	return journal.Turn("channel", i.Channel, to)
}

// Cancel takes an invitation back (E4), and answers nothing: the membership says what stayed.
func (p *People) Cancel(ctx context.Context, id string) error {
	return p.invited(ctx, id, func(ctx context.Context, tx *store.Tx, t *target, i *ent.Invitation, facts rule.Invited) error {
		if verdict := rule.MayCancel(facts); verdict.Refused() {
			return verdict
		}

		if err := t.endInvitation(ctx, tx); err != nil {
			return err
		}
		return p.withdraw(ctx, tx, t, i, "invitationCancel")
	})
}

// SendWelcome sends an invitation for the first time (E2).
func (p *People) SendWelcome(ctx context.Context, id string, channel rule.Channel) (sent string, err error) {
	err = p.manage(ctx, id, func(ctx context.Context, tx *store.Tx, t *target) error {
		text, err := p.texting(ctx, tx, channel, some(t.Mobile), false)
		if err != nil {
			return err
		}

		if verdict := rule.MaySendWelcome(t.facts, channel, text); verdict.Refused() {
			return verdict
		}

		i, err := t.pending(ctx, tx)
		if err != nil {
			return err
		}
		sent = i.ID
		if err := p.oneMore(ctx, tx, t.AccountID); err != nil {
			return err
		}
		if err := p.sendAnew(ctx, tx, t, channel); err != nil {
			return err
		}
		return t.record(ctx, tx, "membershipSendWelcome", "", journal.Turn("sentCount", i.SentCount, i.SentCount+1), turned(i, channel))
	})
	return sent, err
}

// Activate lets in who was added for later: at once with a verified login, else by an invitation, which is sent or left to
// be sent later (I2).
func (p *People) Activate(ctx context.Context, id string, sendWelcome bool) error {
	return p.manage(ctx, id, func(ctx context.Context, tx *store.Tx, t *target) error {
		if verdict := t.facts.Manage(rule.Activate); verdict.Refused() {
			return verdict
		}

		login, err := loginOf(ctx, tx.Client, *t.Email)
		if err != nil {
			return err
		}
		if (details{login: login}).verified() {
			err := t.write(ctx, tx, "membershipActivate", "", tx.Membership.Update().SetStatus(rule.Active).SetUserID(login.ID).SetJoinedAt(tx.Now),
				journal.Turn("status", t.Status, rule.Active))
			if err != nil || !sendWelcome {
				return err
			}
			return tx.Enqueue(ctx, courier.Notice{Notice: courier.AddedDirectly, UserID: login.ID, MembershipID: t.ID})
		}
		channel := rule.NotSent
		if sendWelcome {
			channel = rule.ByEmail
		}
		err = t.write(ctx, tx, "membershipActivate", "", tx.Membership.Update().SetStatus(rule.Pending), journal.Turn("status", t.Status, rule.Pending))
		if err != nil {
			return err
		}
		if _, err := p.invite(ctx, tx, t.viewer, t.account, t.ID, t.facts.Actor, channel, false); err != nil {
			return fmt.Errorf("activate %s: %w", t.ID, err)
		}
		return nil
	})
}
