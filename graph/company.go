package graph

import (
	"context"

	"roster/ent"
	"roster/ent/membership"
	"roster/graph/generated"
	"roster/internal/people"
	"roster/internal/rule"
)

func (m mutation) ClientUserCreate(ctx context.Context, in generated.ClientUserCreateInput) (*generated.ClientUserCreatePayload, error) {
	made, err := m.people.CreateClientUser(ctx, people.ClientUser{Practice: in.PracticeID, Billable: in.BillableAccountID, FirstName: in.FirstName, LastName: in.LastName,
		Email: in.Email, Mobile: some(in.Mobile.Value()), Role: in.RoleID, Companies: in.AccountIds, Applications: in.ApplicationIds,
		Later: in.Activation == generated.ActivationLater, SendWelcome: in.SendWelcome, DryRun: in.DryRun, IdempotencyKey: some(in.IdempotencyKey.Value())})
	list, fault := problems(err)
	payload := &generated.ClientUserCreatePayload{Problems: list, Warnings: []*rule.Problem{}}
	if err != nil {
		return payload, fault
	}
	payload.Warnings = each(rule.EmailWarnings(made.Email))
	if in.DryRun {
		return payload, nil
	}
	payload.Memberships, err = m.read().Membership.Query().Where(membership.IDIn(made.Memberships...)).Order(ent.Asc(membership.FieldID)).All(ctx)
	return payload, err
}
