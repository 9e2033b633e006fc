package people

import (
	"context"
	"fmt"
	"maps"
	"slices"
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

// Decline is the invited person's no, to every account of the link that is still pending: it does what cancelling does,
// and tells whoever invited (RULES.md E4).
func (p *People) Decline(ctx context.Context, token string) error {
	return p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		asked, err := byToken(ctx, tx.Client, tx.Now, token)
		if err != nil {
			return err
		}
		if err := asked.torn(); err != nil {
			return err
		}

		if verdict := rule.Decline(asked.asking(tx.Now)); verdict.Refused() {
			return verdict
		}

		for _, i := range asked.open() {
			t, err := asked.target(ctx, tx, i)
			if err != nil {
				return err
			}
			n, err := tx.Invitation.Update().Where(append(pendingOf(t.ID), invitation.SentCount(i.SentCount))...).
				SetStatus(rule.InvitationIsDeclined).SetDeclinedAt(tx.Now).Save(ctx)
			if err != nil {
				return fmt.Errorf("decline invitation %s: %w", i.ID, err)
			}
			if n != 1 {
				return fmt.Errorf("decline invitation %s: it changed in the same transaction", i.ID)
			}
			if err := p.withdraw(ctx, tx, t, i.Invitation, "invitationDecline"); err != nil {
				return err
			}
		}
		hosts, err := p.hosts(ctx, tx, asked.open())
		if err != nil {
			return err
		}
		return hosts.tell(ctx, tx, courier.InvitationDeclined)
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
func (a *asked) target(ctx context.Context, tx *store.Tx, i *invited) (*target, error) {
	if err := managed(ctx, tx, a.viewer, tx.Now, []*ent.Membership{i.membership}); err != nil {
		return nil, err
	}
	t := &target{Membership: i.membership, account: i.account, facts: *i.membership.Managed, viewer: a.viewer}
	if !a.viewer.SignedIn() { // by the link alone: the journal has the name that the account knows them by
		t.actor = journal.Actor{Name: i.membership.FirstName + " " + i.membership.LastName}
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
		facts := rule.RequestFacts{AcceptFacts: asked.asking(tx.Now)}
		var told hosts
		if v := rule.RequestNew(facts); v.Refused() && v[0].Code == rule.NotPermitted { // nobody was looked for yet
			if told, err = p.hosts(ctx, tx, asked.stand()); err != nil {
				return err
			}
			facts.Host = len(told) > 0
		}
		if facts.Host {
			i := asked.stand()[0]
			once, err := login.Within(ctx, tx, "request-new", fmt.Sprint(i.LinkID, ".", i.SentCount), 1, askAgainAfter)
			if err != nil {
				return err
			}
			facts.Asked = !once
		}

		if verdict := rule.RequestNew(facts); verdict.Refused() {
			return verdict
		}

		for _, i := range asked.stand() {
			t, err := asked.target(ctx, tx, i)
			if err != nil {
				return err
			}
			if err := t.record(ctx, tx, "invitationRequestNew", ""); err != nil {
				return err
			}
		}
		return told.tell(ctx, tx, courier.NewInvitationWanted)
	})
}

// hosts are the logins that are told what became of some invitations, each with the memberships they are told of.
type hosts map[string][]string

func (p *People) hosts(ctx context.Context, tx *store.Tx, list []*invited) (hosts, error) {
	found := hosts{}
	for _, i := range list {
		host, err := p.host(ctx, tx, i)
		if err != nil {
			return nil, err
		}
		if host != "" {
			found[host] = append(found[host], i.membership.ID)
		}
	}
	return found, nil
}

func (h hosts) tell(ctx context.Context, tx *store.Tx, what courier.NoticeKind) error {
	for _, user := range slices.Sorted(maps.Keys(h)) {
		about := h[user]
		if err := tx.Enqueue(ctx, courier.Notice{Notice: what, UserID: user, MembershipID: about[0], Others: about[1:]}); err != nil {
			return err
		}
	}
	return nil
}

// host is the login that is told what became of an invitation: whoever invited, and where they may not manage people
// there any more, the account's owner, else the owner of the practice that looks after it. Empty when none of them can.
func (p *People) host(ctx context.Context, tx *store.Tx, i *invited) (string, error) {
	owners, err := tx.Membership.Query().Where(membership.AccountIDIn(i.account.id, i.account.practice), membership.IsOwner(true), membership.UserIDNotNil()).All(store.Facts(ctx))
	if err != nil {
		return "", fmt.Errorf("find owners of %s: %w", i.account.id, err)
	}
	candidates := []string{i.InvitedByID}
	for _, account := range []string{i.account.id, i.account.practice} {
		for _, m := range owners {
			if m.AccountID == account {
				candidates = append(candidates, *m.UserID)
			}
		}
	}
	for _, user := range candidates {
		may, err := access(ctx, tx, tx.Now, user, i.account.id)
		if err != nil {
			return "", err
		}
		if !rule.MayAddPeople(may, i.account.kind).Refused() {
			return user, nil
		}
	}
	return "", nil
}
