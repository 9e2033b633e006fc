package graph

import (
	"context"
	"time"

	"roster/ent"
	"roster/ent/invitation"
	"roster/ent/practice"
	"roster/graph/generated"
	"roster/graph/model"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// invitation is one invitation as the viewer may see it.
func (r *Resolver) invitation(ctx context.Context, id string) (*ent.Invitation, error) {
	list, err := r.read().Invitation.Query().Where(invitation.ID(id)).All(ctx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], r.hideInviters(ctx, list)
}

func (r inviteFields) Membership(ctx context.Context, i *ent.Invitation) (*ent.Membership, error) {
	if i.Edges.Membership != nil {
		return i.Edges.Membership, nil
	}
	return byID[*ent.Membership](ctx, r.Resolver, i.MembershipID)
}

// Actions is what can be done with the invitation. A page of people has read its facts with theirs.
func (r inviteFields) Actions(ctx context.Context, i *ent.Invitation) (*model.InvitationActions, error) {
	m, err := r.Membership(ctx, i)
	if err != nil {
		return nil, err
	}
	managed, err := r.people.Managed(ctx, m)
	if err != nil {
		return nil, err
	}
	v, _ := viewer.From(ctx)
	facts := rule.Invited{Managed: *managed, Now: v.At}
	r.people.Invited(&facts, i)
	if i.Channel == rule.BySMS { // which is how it would be sent again
		if facts.Text, err = r.loaders(ctx).texts.Load(ctx, some(m.Mobile)); err != nil {
			return nil, err
		}
	}
	return &model.InvitationActions{Facts: facts}, nil
}

func (m mutation) InvitationResend(ctx context.Context, in generated.InvitationResendInput) (*generated.InvitationResendPayload, error) {
	list, err := problems(m.people.Resend(ctx, in.InvitationID, in.Channel.Value()))
	if err != nil || len(list) > 0 {
		return &generated.InvitationResendPayload{Problems: list}, err
	}
	now, err := m.invitation(ctx, in.InvitationID)
	return &generated.InvitationResendPayload{Invitation: now, Problems: list}, err
}

func (m mutation) InvitationCancel(ctx context.Context, in generated.InvitationCancelInput) (*generated.InvitationCancelPayload, error) {
	list, err := problems(m.people.Cancel(ctx, in.InvitationID))
	if err != nil || len(list) > 0 {
		return &generated.InvitationCancelPayload{Problems: list}, err
	}
	payload := &generated.InvitationCancelPayload{Problems: list}
	if payload.Invitation, err = m.invitation(ctx, in.InvitationID); err == nil && payload.Invitation != nil {
		payload.Membership, err = orNull(m.read().Membership.Get(ctx, payload.Invitation.MembershipID))
	}
	return payload, err
}

func (m mutation) MembershipActivate(ctx context.Context, in generated.MembershipActivateInput) (*generated.MembershipActivatePayload, error) {
	now, list, err := m.after(ctx, in.MembershipID, m.people.Activate(ctx, in.MembershipID, in.SendWelcome))
	return &generated.MembershipActivatePayload{Membership: now, Problems: list}, err
}

func (m mutation) MembershipSendWelcome(ctx context.Context, in generated.MembershipSendWelcomeInput) (*generated.MembershipSendWelcomePayload, error) {
	sent, err := m.people.SendWelcome(ctx, in.MembershipID, in.Channel)
	now, list, err := m.after(ctx, in.MembershipID, err)
	payload := &generated.MembershipSendWelcomePayload{Membership: now, Problems: list}
	if err == nil && sent != "" {
		payload.Invitation, err = m.invitation(ctx, sent)
	}
	return payload, err
}

func (r inviteFields) Status(ctx context.Context, i *ent.Invitation) (rule.InvitationStatus, error) {
	v, _ := viewer.From(ctx)
	return rule.Standing(i.Status, i.ExpiresAt, v.At), nil
}

// ResendAllowedAt is null when it can be sent now, and when it never can be again (RULES.md E3).
func (r inviteFields) ResendAllowedAt(ctx context.Context, i *ent.Invitation) (*time.Time, error) {
	v, _ := viewer.From(ctx)
	if i.Status != rule.InvitationIsPending || i.LastSentAt == nil {
		return nil, nil
	}
	if at := i.LastSentAt.Add(r.people.ResendAfter()); at.After(v.At) {
		return &at, nil
	}
	return nil, nil
}

func (r inviteFields) InvitedBy(ctx context.Context, i *ent.Invitation) (*string, error) {
	return &i.InvitedByName, nil
}

// hideInviters puts the practice's name where its person's stands, for those who are not its colleagues (L2, L3).
func (r *Resolver) hideInviters(ctx context.Context, list []*ent.Invitation) error {
	var via []string
	for _, i := range list {
		if i.ViaPracticeID != nil {
			via = append(via, *i.ViaPracticeID)
		}
	}
	names, err := r.hiddenBehind(ctx, via)
	for _, i := range list {
		if name := names[some(i.ViaPracticeID)]; name != "" {
			i.InvitedByName = name
		}
	}
	return err
}

// hideActors does the same for the journal.
func (r *Resolver) hideActors(ctx context.Context, list []*ent.Event) error {
	var via []string
	for _, e := range list {
		if e.ViaPracticeID != nil {
			via = append(via, *e.ViaPracticeID)
		}
	}
	names, err := r.hiddenBehind(ctx, via)
	for _, e := range list {
		if name := names[some(e.ViaPracticeID)]; name != "" {
			e.ActorName, e.ActorID, e.Edges.Actor = name, nil, nil
		}
	}
	return err
}

// hiddenBehind names, of some practices, those whose people the viewer does not know.
func (r *Resolver) hiddenBehind(ctx context.Context, practices []string) (map[string]string, error) {
	if len(practices) == 0 {
		return nil, nil
	}
	list, err := r.read().Practice.Query().Where(practice.IDIn(practices...), practice.Not(ofColleague(ctx))).All(store.Facts(ctx))
	names := map[string]string{}
	for _, p := range list {
		names[p.ID] = p.Name
	}
	return names, err
}

func (m mutation) InvitationDecline(ctx context.Context, in generated.InvitationDeclineInput) (*generated.InvitationDeclinePayload, error) {
	list, err := problems(m.people.Decline(ctx, in.Token))
	return &generated.InvitationDeclinePayload{Problems: list}, err
}

func (m mutation) InvitationRequestNew(ctx context.Context, in generated.InvitationRequestNewInput) (*generated.InvitationRequestNewPayload, error) {
	list, err := problems(m.people.RequestNew(ctx, in.Token))
	return &generated.InvitationRequestNewPayload{Problems: list}, err
}
