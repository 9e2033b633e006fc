package people

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
)

// batch is how many rows one statement writes: below what either database takes of arguments, some twenty a row.
const batch = 500

// write adds the rows that were not refused, each batch in a statement for each kind of thing, and notes their ids in
// the answer. The first of them owns an account that nobody owns (RULES.md C8, D2).
func (p *People) write(ctx context.Context, tx *store.Tx, l *list, answer []RowAdded) error {
	owned, err := ownedAlready(ctx, tx, l.account)
	if err != nil {
		return err
	}
	if err := p.logins.Forget(ctx, tx, l.logins()); err != nil {
		return err
	}
	w := &writing{people: p, list: l, channel: rule.NotSent}
	if l.input.Notify {
		w.channel = rule.ByEmail
	}
	for i := range l.rows {
		if l.rows[i].verdict.Refused() {
			continue
		}
		w.add(tx, &l.rows[i], !owned)
		w.answers = append(w.answers, &answer[i])
		owned = true
		if len(w.members) == batch {
			if err := w.flush(ctx, tx); err != nil {
				return err
			}
		}
		if l.input.Progress != nil {
			l.input.Progress(i+1, len(l.rows))
		}
	}
	return w.flush(ctx, tx)
}

// logins are those of the people who come in at once.
func (l *list) logins() (ids []string) {
	for _, r := range l.rows {
		if !r.verdict.Refused() && r.person.login != nil {
			ids = append(ids, r.person.login.ID)
		}
	}
	return ids
}

// writing are the rows of a batch.
type writing struct {
	people  *People
	list    *list
	channel rule.Channel
	members []*ent.MembershipCreate
	answers []*RowAdded
}

func (w *writing) add(tx *store.Tx, r *row, owner bool) {
	w.members = append(w.members, memberOf(tx, w.list.account, r.facts.Add, r.person).SetIsOwner(owner))
}

func (w *writing) flush(ctx context.Context, tx *store.Tx) error {
	if len(w.members) == 0 {
		return nil
	}
	made, err := tx.Membership.CreateBulk(w.members...).Save(ctx)
	if err != nil {
		return fmt.Errorf("add %d members to %s: %w", len(w.members), w.list.account.id, err)
	}
	var invitations []*ent.InvitationCreate
	var addresses []*ent.SubmissionAddressCreate
	var lines []journal.Entry
	var jobs []store.Job
	actor := w.list.whole.Actor
	for i, m := range made {
		w.answers[i].Membership = m.ID
		lines = append(lines, addedEntry("membershipAddMany", w.list.account, m, actor))
		addresses = append(addresses, addressesOf(tx, w.list.account, m)...)
		switch {
		case m.Status == rule.Pending:
			invitations = append(invitations, w.people.invitationOf(tx, w.list.viewer, w.list.account, m.ID, actor, w.channel))
		case m.LoginAccess && w.channel != rule.NotSent:
			jobs = append(jobs, store.Job{Args: courier.Notice{Notice: courier.AddedDirectly, UserID: *m.UserID, MembershipID: m.ID}})
		}
	}
	if err := makeAddresses(ctx, tx, addresses); err != nil {
		return err
	}
	sent, err := tx.Invitation.CreateBulk(invitations...).Save(ctx)
	if err != nil {
		return fmt.Errorf("make %d invitations: %w", len(invitations), err)
	}
	for _, i := range sent {
		if i.Channel != rule.NotSent {
			jobs = append(jobs, mails(i.LinkID, 1, tx.Now, *i.ExpiresAt)...)
		}
	}
	if err := journal.WriteEach(ctx, tx, lines); err != nil {
		return err
	}
	w.members, w.answers = w.members[:0], w.answers[:0]
	return tx.EnqueueEach(ctx, jobs)
}
