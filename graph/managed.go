package graph

import (
	"context"

	"roster/ent"
	"roster/graph/generated"
	"roster/graph/model"
	"roster/internal/people"
	"roster/internal/rule"
)

// Actions is the Manage menu. Lists have read its facts for the whole page; a single membership's are read here.
func (r memberFields) Actions(ctx context.Context, m *ent.Membership) (*model.MembershipActions, error) {
	facts, err := r.people.Managed(ctx, m)
	if err != nil {
		return nil, err
	}
	return &model.MembershipActions{Facts: facts}, nil
}

// after is what every change of a membership answers: the membership as it is now, unless it was refused.
func (m mutation) after(ctx context.Context, id string, err error) (*ent.Membership, []*rule.Problem, error) {
	list, fault := problems(err)
	if err != nil {
		return nil, list, fault
	}
	now, err := orNull(m.read().Membership.Get(ctx, id))
	return now, list, err
}

func (m mutation) MembershipUpdateDetails(ctx context.Context, in generated.MembershipUpdateDetailsInput) (*generated.MembershipUpdateDetailsPayload, error) {
	details := people.Details{FirstName: in.FirstName.Value(), LastName: in.LastName.Value(), Email: in.Email.Value(),
		Mobile: in.Mobile.Value(), ExpectedVersion: in.ExpectedVersion.Value(), Addresses: wanted(in.SubmissionAddresses)}
	if w := in.WhatsApp.Value(); w != nil {
		details.WhatsApp = &people.WhatsApp{Active: w.Active, Mobile: w.Mobile.Value()}
	}
	err := m.people.UpdateDetails(ctx, in.MembershipID, details)
	now, list, err := m.after(ctx, in.MembershipID, err)
	return &generated.MembershipUpdateDetailsPayload{Membership: now, Warnings: warnings(now, in.Email.Value()), Problems: list}, err
}

func (m mutation) MembershipUpdatePrivileges(ctx context.Context, in generated.MembershipUpdatePrivilegesInput) (*generated.MembershipUpdatePrivilegesPayload, error) {
	change := people.Privileges{Role: in.RoleID.Value(), ExpectedVersion: in.ExpectedVersion.Value()}
	if set, named := given(in.Permissions); named {
		change.Permissions = &set
	}
	if ids, named := given(in.ApplicationIds); named {
		change.Applications = &ids
	}
	now, list, err := m.after(ctx, in.MembershipID, m.people.UpdatePrivileges(ctx, in.MembershipID, change))
	return &generated.MembershipUpdatePrivilegesPayload{Membership: now, Problems: list}, err
}

func (m mutation) MembershipSetLoginAccess(ctx context.Context, in generated.MembershipSetLoginAccessInput) (*generated.MembershipSetLoginAccessPayload, error) {
	invitation, err := m.people.SetLoginAccess(ctx, in.MembershipID, people.LoginAccess{On: in.LoginAccess, Email: some(in.Email.Value()), Mobile: some(in.Mobile.Value()), Invite: in.Invite})
	now, list, err := m.after(ctx, in.MembershipID, err)
	payload := &generated.MembershipSetLoginAccessPayload{Membership: now, Warnings: warnings(now, in.Email.Value()), Problems: list}
	if err == nil && invitation != "" {
		payload.Invitation, err = m.invitation(ctx, invitation)
	}
	return payload, err
}

func (m mutation) MembershipSendPasswordReset(ctx context.Context, in generated.MembershipSendPasswordResetInput) (*generated.MembershipSendPasswordResetPayload, error) {
	now, list, err := m.after(ctx, in.MembershipID, m.people.SendPasswordReset(ctx, in.MembershipID))
	return &generated.MembershipSendPasswordResetPayload{Membership: now, Problems: list}, err
}

func (m mutation) MembershipDeactivate(ctx context.Context, in generated.MembershipDeactivateInput) (*generated.MembershipDeactivatePayload, error) {
	now, list, err := m.after(ctx, in.MembershipID, m.people.Deactivate(ctx, in.MembershipID, some(in.Reason.Value())))
	return &generated.MembershipDeactivatePayload{Membership: now, Problems: list}, err
}

func (m mutation) MembershipEnable(ctx context.Context, in generated.MembershipEnableInput) (*generated.MembershipEnablePayload, error) {
	now, list, err := m.after(ctx, in.MembershipID, m.people.Enable(ctx, in.MembershipID))
	return &generated.MembershipEnablePayload{Membership: now, Problems: list}, err
}

func (m mutation) MembershipRemove(ctx context.Context, in generated.MembershipRemoveInput) (*generated.MembershipRemovePayload, error) {
	now, list, err := m.after(ctx, in.MembershipID, m.people.Remove(ctx, in.MembershipID, some(in.Reason.Value())))
	return &generated.MembershipRemovePayload{Membership: now, Problems: list}, err
}

func (m mutation) MembershipLeave(ctx context.Context, in generated.MembershipLeaveInput) (*generated.MembershipLeavePayload, error) {
	list, err := problems(m.people.Leave(ctx, in.MembershipID))
	return &generated.MembershipLeavePayload{Viewer: me(ctx), Problems: list}, err
}

// warnings are what is worth a look at an address that was given and taken (RULES.md C7).
func warnings(m *ent.Membership, email *string) []*rule.Problem {
	list := []*rule.Problem{}
	if m == nil || m.Email == nil || some(email) == "" {
		return list
	}
	for _, w := range rule.EmailWarnings(*m.Email) {
		list = append(list, &w)
	}
	return list
}
