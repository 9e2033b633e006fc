package people

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roster/ent"
	"roster/ent/invitation"
	"roster/ent/user"
	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// asked is what a link asks about: the invitations that were sent by it, one or, into several companies, more (RULES.md
// I1), all for one address. A nil asked is a link that there is not.
type asked struct {
	all    []*invited
	login  *ent.User // the address's login, verified or not; nil when there is none
	viewer viewer.Viewer
}

// invited is one of the invitations, with what hangs on it.
type invited struct {
	*ent.Invitation
	membership *ent.Membership
	account    account
	standing   rule.InvitationStatus // at this moment
	practice   string                // the inviting practice's name; empty when a person of the account invited
}

// byToken finds the invitations of a link as they stand at a moment; nil when there are none.
func byToken(ctx context.Context, c *ent.Client, now time.Time, token string) (*asked, error) {
	if !strings.HasPrefix(token, "rit_") || len(token) > 100 {
		return nil, nil
	}
	list, err := c.Invitation.Query().Where(invitation.TokenHash(courier.Hash(token))).WithViaPractice().Order(ent.Asc(invitation.FieldID)).
		WithMembership(func(q *ent.MembershipQuery) { q.WithPractice().WithClientAccount() }).All(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("find invitation: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	found := &asked{}
	found.viewer, _ = viewer.From(ctx)
	for _, i := range list {
		found.all = append(found.all, invitedBy(i, now))
	}
	if email := found.email(); email != "" {
		found.login, err = found.loginOf(ctx, c, email)
	}
	return found, err
}

// loginOf is the login of the invited address. Where that login was merged into the viewer's, it is the viewer's: the address
// had been proved to be theirs (J5), which whoever signed up with it since has not shown. Without a viewer it is nobody's, since the address may have somebody else by now.
func (a *asked) loginOf(ctx context.Context, c *ent.Client, email string) (*ent.User, error) {
	u, err := loginOf(ctx, c, email)
	if u != nil && u.EmailVerifiedAt != nil || err != nil || !a.viewer.SignedIn() {
		return u, err
	}
	merged, err := c.User.Query().Where(user.EndedEmail(email), user.MergedIntoID(a.viewer.UserID), user.EmailVerifiedAtNotNil()).Exist(store.Facts(ctx))
	if err != nil || !merged {
		return u, err
	}
	return c.User.Get(store.Facts(ctx), a.viewer.UserID)
}

func invitedBy(i *ent.Invitation, now time.Time) *invited {
	one := &invited{Invitation: i, membership: i.Edges.Membership, standing: rule.Standing(i.Status, i.ExpiresAt, now)}
	if i.Edges.ViaPractice != nil {
		one.practice = i.Edges.ViaPractice.Name
	}
	if c := one.membership.Edges.ClientAccount; c != nil {
		one.account = account{id: c.ID, name: c.Name, country: c.Country, kind: rule.Client, practice: some(c.PracticeID)}
	} else {
		pr := one.membership.Edges.Practice
		one.account = account{pr.ID, pr.Name, pr.Country, rule.Practice, pr.ID}
	}
	return one
}

// standing is where the link stands: it works while one of its invitations does.
func (a *asked) standing() rule.InvitationStatus {
	if a == nil {
		return ""
	}
	var all []rule.InvitationStatus
	for _, i := range a.all {
		all = append(all, i.standing)
	}
	return rule.StandTogether(all)
}

// stand are the invitations that stand as the link does.
func (a *asked) stand() (list []*invited) {
	standing := a.standing()
	for _, i := range a.all {
		if i.standing == standing {
			list = append(list, i)
		}
	}
	return list
}

// open are those that can be accepted.
func (a *asked) open() []*invited {
	if a.standing() != rule.InvitationIsPending {
		return nil
	}
	return a.stand()
}

// email is the address that was invited.
func (a *asked) email() string { return some(a.stand()[0].membership.Email) }

// byText reports whether the link was sent as a text message, which proves the number and not the address (E5).
func (a *asked) byText() bool { return a.stand()[0].Channel == rule.BySMS }

func (a *asked) signedIn() bool { return a != nil && a.viewer.SignedIn() }

func (a *asked) verified() bool { return a.login != nil && a.login.EmailVerifiedAt != nil }

func (a *asked) asInvited() bool {
	return a.viewer.SignedIn() && a.login != nil && a.login.ID == a.viewer.UserID
}

// torn says that an invitation and its membership were read from before and after a change, and are to be read again;
// inside a transaction it means that they do not belong together.
func (a *asked) torn() error {
	if a == nil {
		return nil
	}
	for _, i := range a.open() {
		switch {
		case i.membership.Status != rule.Pending:
			return fmt.Errorf("invitation %s is pending and its membership %s is %s", i.ID, i.membership.ID, i.membership.Status)
		case some(i.membership.Email) != a.email():
			return fmt.Errorf("invitation %s shares a link with another address", i.ID)
		}
	}
	return nil
}

func (a *asked) preview() *Preview {
	p := &Preview{Status: a.standing()}
	list := a.open()
	if len(list) == 0 {
		return p
	}
	facts := a.asking(a.viewer.At)
	inviter, masked, channel, needs := list[0].inviter(), facts.Masked, list[0].Channel, facts.NeedsPassword()
	if a.byText() {
		masked = courier.MaskMobile(some(list[0].membership.Mobile))
	}
	for _, i := range list {
		p.AccountNames = append(p.AccountNames, i.account.name)
	}
	p.InvitedBy, p.SentToMasked, p.Channel = &inviter, &masked, &channel
	p.ExpiresAt, p.NeedsPassword, p.WrongPerson = list[0].ExpiresAt, &needs, a.viewer.SignedIn() && !a.asInvited()
	p.SignInFirst, p.For = facts.SignInFirst(), facts.Masked
	return p
}

// inviter is who invited, as the invited person is told: the practice, where it was done through one (L2).
func (i *invited) inviter() string {
	if i.practice != "" {
		return i.practice
	}
	return i.InvitedByName
}

// asking are the facts of whoever holds a link, whatever they want of it.
func (a *asked) asking(now time.Time) rule.AcceptFacts {
	if a == nil {
		return rule.AcceptFacts{}
	}
	return rule.AcceptFacts{Found: true, Status: a.standing(), Now: now, SignedIn: a.viewer.SignedIn(), AsInvited: a.asInvited(),
		LoginExists: a.login != nil, LoginVerified: a.verified(), ByText: a.byText(), Masked: courier.Mask(a.email())}
}
