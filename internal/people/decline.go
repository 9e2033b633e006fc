package people

import (
	"context"
	"fmt"
	"time"

	"roster/ent"
	"roster/ent/invitation"
	"roster/ent/membership"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
)

// Decline is the invited person's no: it does what cancelling does, and tells whoever invited (RULES.md E4).
func (p *People) Decline(ctx context.Context, token string) error {
	return p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		asked, err := byToken(ctx, tx.Client, tx.Now, token)
		if err != nil {
			return err
		}
		facts, err := asked.asking(tx.Now)
		if err != nil {
			return err
		}

		if verdict := rule.Decline(facts); verdict.Refused() {
			return verdict
		}

		t, err := asked.target(ctx, tx)
		if err != nil {
			return err
		}
		n, err := tx.Invitation.Update().Where(append(pendingOf(t.ID), invitation.SentCount(asked.invitation.SentCount))...).
			SetStatus(rule.InvitationIsDeclined).SetDeclinedAt(tx.Now).Save(ctx)
		if err != nil {
			return fmt.Errorf("decline invitation %s: %w", asked.invitation.ID, err)
		}
		if n != 1 {
			return fmt.Errorf("decline invitation %s: it changed in the same transaction", asked.invitation.ID)
		}
		if err := p.withdraw(ctx, tx, t, asked.invitation, "invitationDecline"); err != nil {
			return err
		}
		host, err := p.host(ctx, tx, asked)
		if err != nil || host == "" {
			return err
		}
		return tx.Enqueue(ctx, courier.Notice{Notice: courier.InvitationDeclined, UserID: host, MembershipID: t.ID})
	})
}

// withdraw ends what an invitation that is over had begun: the person stays as a document owner, or disappears (E4).
func (p *People) withdraw(ctx context.Context, tx *store.Tx, t *target, i *ent.Invitation, verb string) error {
	facts := rule.Invited{Managed: t.facts, Now: tx.Now}
	p.Invited(&facts, i)
	if !facts.StaysWhenCancelled() {
		return t.remove(ctx, tx, verb, "")
	}
	return t.write(ctx, tx, verb, "", tx.Membership.Update().SetStatus(rule.Active).SetLoginAccess(false),
		journal.Turn("status", t.Status, rule.Active), journal.Turn("loginAccess", true, false))
}

// target is the invited person's membership, about to be changed by them.
func (a *asked) target(ctx context.Context, tx *store.Tx) (*target, error) {
	if err := managed(ctx, tx, a.viewer, tx.Now, []*ent.Membership{a.membership}); err != nil {
		return nil, err
	}
	t := &target{Membership: a.membership, account: a.account, facts: *a.membership.Managed, viewer: a.viewer}
	if !a.viewer.SignedIn() { // by the link alone: the journal has the name that the account knows them by
		t.actor = journal.Actor{Name: a.membership.FirstName + " " + a.membership.LastName}
	}
	return t, nil
}

// askAgainAfter is how long one sending of an invitation waits between two requests for a new one.
const askAgainAfter = 24 * time.Hour

// RequestNew asks whoever invited for a new invitation, by the link of one that has expired (E6). It changes nothing but
// the journal, and tells the asker nothing.
func (p *People) RequestNew(ctx context.Context, token string) error {
	return p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		asked, err := byToken(ctx, tx.Client, tx.Now, token)
		if err != nil {
			return err
		}
		facts := rule.RequestFacts{}
		if facts.AcceptFacts, err = asked.asking(tx.Now); err != nil {
			return err
		}
		host := ""
		if v := rule.RequestNew(facts); v.Refused() && v[0].Code == rule.NotPermitted { // nobody was looked for yet
			if host, err = p.host(ctx, tx, asked); err != nil {
				return err
			}
			facts.Host = host != ""
		}
		if facts.Host {
			once, err := login.Within(ctx, tx, "request-new", fmt.Sprint(asked.invitation.ID, ".", asked.invitation.SentCount), 1, askAgainAfter)
			if err != nil {
				return err
			}
			facts.Asked = !once
		}

		if verdict := rule.RequestNew(facts); verdict.Refused() {
			return verdict
		}

		t, err := asked.target(ctx, tx)
		if err != nil {
			return err
		}
		if err := t.record(ctx, tx, "invitationRequestNew", ""); err != nil {
			return err
		}
		return tx.Enqueue(ctx, courier.Notice{Notice: courier.NewInvitationWanted, UserID: host, MembershipID: t.ID})
	})
}

// host is the login that is told what became of an invitation: whoever invited, and where they may not manage people
// there any more, the account's owner, else the owner of the practice that looks after it. Empty when none of them can.
func (p *People) host(ctx context.Context, tx *store.Tx, a *asked) (string, error) {
	owners, err := tx.Membership.Query().Where(membership.AccountIDIn(a.account.id, a.account.practice), membership.IsOwner(true), membership.UserIDNotNil()).All(store.Facts(ctx))
	if err != nil {
		return "", fmt.Errorf("find owners of %s: %w", a.account.id, err)
	}
	candidates := []string{a.invitation.InvitedByID}
	for _, account := range []string{a.account.id, a.account.practice} {
		for _, m := range owners {
			if m.AccountID == account {
				candidates = append(candidates, *m.UserID)
			}
		}
	}
	for _, user := range candidates {
		may, err := access(ctx, tx, tx.Now, user, a.account.id)
		if err != nil {
			return "", err
		}
		if !rule.MayAddPeople(may, a.account.kind).Refused() {
			return user, nil
		}
	}
	return "", nil
}
