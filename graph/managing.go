package graph

import (
	"context"

	"roster/ent"
	"roster/ent/membership"
	"roster/graph/generated"
	"roster/internal/people"
	"roster/internal/rule"
)

func (m mutation) PracticeCreate(ctx context.Context, in generated.PracticeCreateInput) (*generated.PracticeCreatePayload, error) {
	id, err := m.people.CreatePractice(ctx, in.Name, some(in.Country.Value()))
	list, fault := problems(err)
	if err != nil {
		return &generated.PracticeCreatePayload{Problems: list}, fault
	}
	p, err := orNull(m.read().Practice.Get(ctx, id))
	return &generated.PracticeCreatePayload{Practice: p, Problems: list}, err
}

func (m mutation) ClientAccountCreate(ctx context.Context, in generated.ClientAccountCreateInput) (*generated.ClientAccountCreatePayload, error) {
	id, err := m.people.CreateClient(ctx, people.CreateClient{Practice: some(in.PracticeID.Value()), OfPractice: in.PracticeID.Value() != nil,
		Name: in.Name, Country: some(in.Country.Value()), IdempotencyKey: some(in.IdempotencyKey.Value())})
	list, fault := problems(err)
	if err != nil {
		return &generated.ClientAccountCreatePayload{Problems: list}, fault
	}
	a, err := orNull(m.read().ClientAccount.Get(ctx, id))
	return &generated.ClientAccountCreatePayload{ClientAccount: a, Problems: list}, err
}

func (m mutation) MembershipAdd(ctx context.Context, in generated.MembershipAddInput) (*generated.MembershipAddPayload, error) {
	add := people.Add{Account: in.AccountID, FirstName: in.FirstName, LastName: in.LastName, Email: some(in.Email.Value()), Mobile: some(in.Mobile.Value()),
		LoginAccess: in.LoginAccess, Role: in.RoleID, Invite: in.Invite, Later: in.Activation == generated.ActivationLater, IdempotencyKey: some(in.IdempotencyKey.Value())}
	if set, named := given(in.Permissions); named {
		add.Permissions = &set
	}
	add.Applications, _ = given(in.ApplicationIds)
	if c := in.ClientAccess.Value(); c != nil {
		clients, _ := given(c.ClientAccountIds)
		add.ClientAccess = &people.ClientAccess{All: c.Scope == generated.ClientAccessScopeAll, Clients: clients}
	}
	added, err := m.people.Add(ctx, add)
	list, fault := problems(err)
	if err != nil {
		return &generated.MembershipAddPayload{Warnings: []*rule.Problem{}, Problems: list}, fault
	}
	payload := &generated.MembershipAddPayload{Warnings: []*rule.Problem{}, Problems: list}
	payload.Membership, err = orNull(m.read().Membership.Get(ctx, added.Membership))
	payload.Warnings = warnings(payload.Membership, in.Email.Value())
	if err != nil || added.Invitation == "" {
		return payload, err
	}
	payload.Invitation, err = m.invitation(ctx, added.Invitation)
	return payload, err
}

func (m mutation) InvitationAccept(ctx context.Context, in generated.InvitationAcceptInput) (*generated.InvitationAcceptPayload, error) {
	accepted, err := m.people.Accept(ctx, in.Token, some(in.Password.Value()), in.Client)
	list, fault := problems(err)
	if err != nil {
		return &generated.InvitationAcceptPayload{Problems: list, Warnings: []*rule.Problem{}}, fault
	}
	payload := &generated.InvitationAcceptPayload{Problems: list, Warnings: each(accepted.Left)}
	if accepted.Session != nil {
		payload.Viewer, payload.Tokens = opened(ctx, *accepted.Session), accepted.Session.Tokens
	} else if _, err := m.self(ctx); err != nil {
		return nil, err
	}
	if payload.Viewer = me(ctx); payload.Viewer == nil {
		return payload, nil
	}
	payload.Memberships, err = m.read().Membership.Query().Where(membership.IDIn(accepted.Memberships...)).Order(ent.Asc(membership.FieldID)).All(ctx)
	return payload, err
}
