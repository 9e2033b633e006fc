package people

import (
	"context"
	"fmt"
	"time"

	"roster/ent"
	"roster/ent/invitation"
	"roster/ent/predicate"
	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// invite makes the invitation of a pending member and, unless it is to be sent later, has it mailed. before: the member
// was in already, without login access.
func (p *People) invite(ctx context.Context, tx *store.Tx, v viewer.Viewer, a account, member string, actor rule.Access, channel rule.Channel, before bool) (string, error) {
	i, err := p.invitationOf(tx, v, a, member, actor, channel).SetWasDocumentOwner(before).Save(ctx)
	if err != nil {
		return "", fmt.Errorf("make invitation: %w", err)
	}
	if channel == rule.NotSent {
		return i.ID, nil
	}
	return i.ID, tx.EnqueueEach(ctx, mails(i.LinkID, 1, tx.Now, *i.ExpiresAt))
}

// remindBefore is how long before its end an invitation is reminded of, once for each sending.
const remindBefore = 48 * time.Hour

// mails are the jobs of one sending of a link: the mail itself, and where its days are long enough the reminder.
func mails(link string, sending int, now, until time.Time) []store.Job {
	jobs := []store.Job{{Args: courier.Invitation{LinkID: link, Sending: sending}}}
	if at := until.Add(-remindBefore); at.After(now) {
		jobs = append(jobs, store.Job{Args: courier.Reminder{LinkID: link, Sending: sending}, At: at})
	}
	return jobs
}

// invitationOf is the invitation of a pending member, with a link of its own, about to be written.
func (p *People) invitationOf(tx *store.Tx, v viewer.Viewer, a account, member string, actor rule.Access, channel rule.Channel) *ent.InvitationCreate {
	id := store.NewID("inv")
	return p.invitationBy(tx, v, a, id, id, member, actor, channel)
}

// invitationBy is an invitation by a link that it may share with others.
func (p *People) invitationBy(tx *store.Tx, v viewer.Viewer, a account, link, id, member string, actor rule.Access, channel rule.Channel) *ent.InvitationCreate {
	create := tx.Invitation.Create().SetID(id).SetLinkID(link).SetMembershipID(member).SetChannel(channel).SetStatus(rule.InvitationIsPending).
		SetInvitedByID(v.UserID).SetInvitedByName(v.Name).SetDelivery(rule.DeliveryNotSent).SetCreatedAt(tx.Now)
	if via := through(actor, a); via != "" {
		create.SetViaPracticeID(via)
	}
	if channel != rule.NotSent {
		create.SetDelivery(rule.DeliveryQueued).SetSentCount(1).SetTokenHash(courier.Hash(p.links.InvitationToken(link, 1))).
			SetLastSentAt(tx.Now).SetExpiresAt(tx.Now.Add(p.lasts(a.kind)))
	}
	return create
}

// sendAnew sends a new link of its own to the member's address or number, which ends the old one and starts the days anew. Whoever sends it is
// who invites from then on: whether they may let somebody in is judged when it is accepted, and whoever invited first may
// have left, or their practice may have been disconnected.
func (p *People) sendAnew(ctx context.Context, tx *store.Tx, t *target, channel rule.Channel) error {
	i, err := t.pending(ctx, tx)
	if err != nil {
		return err
	}
	sending, until := i.SentCount+1, tx.Now.Add(p.lasts(t.Kind))
	update := tx.Invitation.UpdateOne(i).SetChannel(channel).SetDelivery(rule.DeliveryQueued).SetSentCount(sending).SetLinkID(i.ID).SetTokenHash(courier.Hash(p.links.InvitationToken(i.ID, sending))).
		SetInvitedByID(t.viewer.UserID).SetInvitedByName(t.viewer.Name).ClearViaPracticeID().
		SetLastSentAt(tx.Now).SetExpiresAt(until).ClearSentTo().ClearSentFrom().ClearDeliveryError()
	if via := through(t.facts.Actor, t.account); via != "" {
		update.SetViaPracticeID(via)
	}
	if err := update.Exec(ctx); err != nil {
		return fmt.Errorf("send invitation %s anew: %w", i.ID, err)
	}
	return tx.EnqueueEach(ctx, mails(i.ID, sending, tx.Now, until))
}

// endInvitation cancels the pending invitation, whose link is dead from then on.
func (t *target) endInvitation(ctx context.Context, tx *store.Tx) error {
	n, err := tx.Invitation.Update().Where(pendingOf(t.ID)...).SetStatus(rule.InvitationIsCancelled).SetCancelledAt(tx.Now).Save(ctx)
	if err != nil {
		return fmt.Errorf("cancel invitation of %s: %w", t.ID, err)
	}
	if n != 1 {
		return fmt.Errorf("cancel invitation of %s: there are %d", t.ID, n)
	}
	return nil
}

func pendingOf(member string) []predicate.Invitation {
	return []predicate.Invitation{invitation.MembershipID(member), invitation.StatusEQ(rule.InvitationIsPending)}
}
