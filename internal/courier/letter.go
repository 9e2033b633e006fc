package courier

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"roster/ent"
	"roster/ent/event"
	"roster/ent/invitation"
	"roster/ent/membership"
	"roster/ent/predicate"
	"roster/ent/token"
	"roster/ent/user"
	"roster/internal/rule"
	"roster/internal/store"
)

// letter is a mail, or a text message, that is to be sent now.
type letter struct {
	id       string // its Message-ID, the same at each attempt
	about    string // the id of the row it is about, for the log
	to       string
	until    time.Time // when its link dies; zero if it has none
	template template
	content  content
	text     string // what a text message says; empty for a mail
	report   string // where the gateway tells what became of it
	byOthers bool   // somebody else caused it, so that its address gets only so many a day
	record   func(context.Context, outcome) error
}

// outcome is how an attempt went.
type outcome struct {
	sent    bool
	from    string
	problem string
	gaveUp  bool
}

// unrecorded is for letters that nobody waits for.
func unrecorded(context.Context, outcome) error { return nil }

// writeInvitation writes an invitation (RULES.md E1, E2).
func (c *Courier) writeInvitation(ctx context.Context, job *river.Job[Invitation]) (*letter, error) {
	return c.invitation(ctx, job.Args, false)
}

// invitation is the mail of one sending of a link, for the invitations that it still opens; nil when there are none. sent:
// it has left before.
func (c *Courier) invitation(ctx context.Context, args Invitation, sent bool) (*letter, error) {
	list, err := c.store.Read().Invitation.Query().
		Where(invitation.LinkID(args.LinkID), invitation.SentCount(args.Sending), invitation.StatusEQ(rule.InvitationIsPending),
			invitation.ExpiresAtGT(c.store.Now())).
		WithViaPractice().
		WithMembership(func(q *ent.MembershipQuery) { q.WithClientAccount().WithPractice() }).
		Order(ent.Asc(invitation.FieldID)).
		All(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("read invitations of link %s: %w", args.LinkID, err)
	}
	list = slices.DeleteFunc(list, func(i *ent.Invitation) bool {
		return (i.Delivery == rule.DeliverySent) != sent || addressee(i) == ""
	})
	if len(list) == 0 {
		return nil, nil
	}
	i, m := list[0], list[0].Edges.Membership
	l := &letter{
		id:       c.messageID(fmt.Sprintf("%s.%d", args.LinkID, args.Sending)),
		about:    args.LinkID,
		to:       addressee(i),
		until:    *i.ExpiresAt,
		byOthers: true,
		template: invitationTemplate,
		content: content{
			Greeting:  greeting(m.FirstName),
			Inviter:   inviter(i.Edges.ViaPractice, i.InvitedByName),
			Account:   invitedTo(list),
			Colleague: m.Kind == rule.Practice,
			Button:    "Log in",
			Link:      c.links.Invitation(args.LinkID, args.Sending),
			Until:     moment(*i.ExpiresAt),
		},
		record: func(ctx context.Context, o outcome) error { return c.recordInvitation(ctx, args, list, o) },
	}
	if i.Channel == rule.BySMS {
		l.text, l.report = textOf(l.content, l.until, sent), fmt.Sprintf("%s%s%s/%d", c.links.Base, reportPath, args.LinkID, args.Sending)
	}
	return l, nil
}

// addressee is whom an invitation is sent to: an address or a number; empty where there is none.
func addressee(i *ent.Invitation) string {
	to := i.Edges.Membership.Email
	if i.Channel == rule.BySMS {
		to = i.Edges.Membership.Mobile
	}
	if to == nil {
		return ""
	}
	return *to
}

// recordInvitation brings the delivery back to the invitations of a mail (E8), unless they were sent anew meanwhile.
func (c *Courier) recordInvitation(ctx context.Context, args Invitation, list []*ent.Invitation, o outcome) error {
	var ids []string
	for _, i := range list {
		ids = append(ids, i.ID)
	}
	err := c.store.Tx(store.Facts(ctx), func(ctx context.Context, tx *store.Tx) error {
		change := tx.Invitation.Update().Where(invitation.IDIn(ids...), invitation.LinkID(args.LinkID), invitation.SentCount(args.Sending))
		switch {
		case o.sent:
			change.SetDelivery(rule.DeliverySent).SetSentTo(addressee(list[0])).SetSentFrom(o.from).ClearDeliveryError()
		case o.gaveUp:
			change.SetDelivery(rule.DeliveryFailed).SetDeliveryError(o.problem)
		default:
			change.SetDeliveryError(o.problem)
		}
		return change.Exec(ctx)
	})
	if err != nil {
		return fmt.Errorf("record delivery of link %s: %w", args.LinkID, err)
	}
	return nil
}

// writeVerification writes the mail that proves an address. It names nobody: the name was typed by whoever typed the
// address, who may be a stranger to the person who reads it.
func (c *Courier) writeVerification(ctx context.Context, job *river.Job[Verification]) (*letter, error) {
	return c.withToken(ctx, job.Args.TokenID, rule.VerifyEmail, verificationTemplate, content{Button: "Confirm address", Link: c.links.Verification(job.Args.TokenID)})
}

// writeReset writes the mail with which a new password is set (RULES.md F3).
func (c *Courier) writeReset(ctx context.Context, job *river.Job[Reset]) (*letter, error) {
	return c.withToken(ctx, job.Args.TokenID, rule.ResetPassword, resetTemplate, content{Button: "Choose a new password", Link: c.links.Reset(job.Args.TokenID)})
}

// withToken writes a mail whose link is a single-use token, as long as that can be used.
func (c *Courier) withToken(ctx context.Context, id string, purpose rule.Purpose, as template, says content) (*letter, error) {
	t, err := c.store.Read().Token.Query().Where(token.ID(id), token.PurposeEQ(purpose)).Only(store.Facts(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read token %s: %w", id, err)
	}
	if t.UsedAt != nil || t.VoidedAt != nil || t.Email == nil || !c.store.Now().Before(t.ExpiresAt) {
		return nil, nil
	}

	says.Greeting, says.Until = "Hello,", moment(t.ExpiresAt)
	return &letter{id: c.messageID(t.ID), about: t.ID, to: *t.Email, until: t.ExpiresAt, template: as, content: says, record: unrecorded}, nil
}

// writeNotice writes one of the mails that only tell.
func (c *Courier) writeNotice(ctx context.Context, job *river.Job[Notice]) (*letter, error) {
	login, err := c.store.Read().User.Query().Where(user.ID(job.Args.UserID)).Only(store.Facts(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read user %s: %w", job.Args.UserID, err)
	}

	l := &letter{
		id:     c.messageID(fmt.Sprintf("%s.notice.%d", login.ID, job.ID)),
		about:  login.ID,
		to:     addressOf(login),
		record: unrecorded,
	}
	switch job.Args.Notice {
	case AddedDirectly:
		return c.addedDirectly(ctx, l, job.Args)
	case InvitationDeclined, NewInvitationWanted:
		return c.aboutInvited(ctx, l, login, job.Args)
	case OwnerChanged, PracticeGone:
		return c.aboutOwner(ctx, l, login, job.Args)
	case LoginsMerged, LoginEnded:
		return c.aboutMerge(ctx, l, login, job.Args)
	case LoginExists:
		l.template = loginExistsTemplate
		l.content = content{Greeting: "Hello,", Button: "Sign in", Link: c.links.Base + "/sign-in"}
		return l, nil
	case PasswordChanged:
		l.template = passwordChangedTemplate
		l.content = content{Greeting: "Hello,", Button: "Ask for a new password", Link: c.links.Base + "/forgot"}
		return l, nil
	case IdentityLinked, IdentityUnlinked:
		l.template = identityLinkedTemplate
		if job.Args.Notice == IdentityUnlinked {
			l.template = identityGoneTemplate
		}
		l.content = content{Greeting: "Hello,", Provider: job.Args.Provider, Button: "Look at your ways to sign in", Link: c.links.Base + "/account/sign-in"}
		return l, nil
	case PasswordSet:
		l.template = passwordSetTemplate
		l.content = content{Greeting: "Hello,", Button: "Sign in", Link: c.links.Base + "/sign-in"}
		return l, nil
	default:
		return nil, river.JobCancel(fmt.Errorf("write notice: unknown kind %q", job.Args.Notice))
	}
}

// addedDirectly tells a login into which accounts it was put, and by whom: by the journal, which knew at the time.
func (c *Courier) addedDirectly(ctx context.Context, l *letter, args Notice) (*letter, error) {
	list, err := c.told(ctx, args, membership.UserID(args.UserID), membership.StatusEQ(rule.Active))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	m := list[0]
	first, err := c.store.Read().Event.Query().
		Where(event.MembershipID(m.ID)).
		Order(event.ByAt(), event.ByID()).
		WithViaPractice().
		First(store.Facts(ctx))
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("read who added membership %s: %w", m.ID, err)
	}

	by := inviter(nil, "")
	if first != nil {
		by = inviter(first.Edges.ViaPractice, first.ActorName)
	}
	l.template, l.byOthers = addedDirectlyTemplate, true
	l.content = content{
		Greeting: greeting(m.FirstName), Inviter: by, Account: accountsOf(list), Colleague: m.Kind == rule.Practice,
		Button: "Open my accounts", Link: c.links.Base + "/accounts",
	}
	return l, nil
}

// told are the memberships that a notice is about, as far as they still are what it would say.
func (c *Courier) told(ctx context.Context, args Notice, still ...predicate.Membership) ([]*ent.Membership, error) {
	list, err := c.store.Read().Membership.Query().Where(append(still, membership.IDIn(append(args.Others, args.MembershipID)...))...).
		WithClientAccount().WithPractice().Order(ent.Asc(membership.FieldID)).All(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("read membership %s: %w", args.MembershipID, err)
	}
	return list, nil
}

// inviter names whoever invited, as the invited person may know them: a practice as itself (L2).
func inviter(via *ent.Practice, name string) string {
	if via != nil {
		name = via.Name
	}
	return plain(name, "Somebody")
}

// account names the account of a membership that was loaded with it.
func account(m *ent.Membership) string {
	if m.Edges.Practice != nil {
		return plain(m.Edges.Practice.Name, "an accounting practice")
	}
	if m.Edges.ClientAccount != nil {
		return plain(m.Edges.ClientAccount.Name, "a business")
	}
	return "an account"
}
