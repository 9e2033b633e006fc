package graph

import (
	"context"

	"roster/ent"
	"roster/graph/generated"
	"roster/graph/model"
	"roster/internal/people"
	"roster/internal/rule"
)

// Actions is what can be done with a practice. A client's user sees its name, and may do nothing.
func (r practiceField) Actions(ctx context.Context, p *ent.Practice) (*model.PracticeActions, error) {
	may, err := r.may(ctx, p.ID, p.Access)
	return &model.PracticeActions{Access: may}, err
}

// Actions is what can be done with a client account.
func (r clientFields) Actions(ctx context.Context, a *ent.ClientAccount) (*model.ClientAccountActions, error) {
	may, err := r.may(ctx, a.ID, a.Access)
	return &model.ClientAccountActions{Access: may, Account: a}, err
}

// Disconnect is clientAccountDisconnect. Lists have read what it turns on for the whole page; where it is read here, it is
// put into a copy, since other rows that are answered at the same time may show the same account.
func (r leaveFields) Disconnect(ctx context.Context, a *model.ClientAccountActions) (*model.Action, error) {
	facts := a.Account.Leaving
	if facts == nil {
		one := *a.Account
		one.Access = &a.Access
		if err := r.people.Leaving(ctx, []*ent.ClientAccount{&one}); err != nil {
			return nil, err
		}
		facts = one.Leaving
	}
	entry := model.ActionOf(rule.MayDisconnect(facts.Asking()), facts.Effects)
	return &entry, nil
}

// may is what the viewer may do in an account: as it was read for the whole list, or read now.
func (r *Resolver) may(ctx context.Context, account string, read *rule.Access) (rule.Access, error) {
	if read != nil {
		return *read, nil
	}
	return r.people.Access(ctx, account)
}

func (m mutation) PracticeUpdate(ctx context.Context, in generated.PracticeUpdateInput) (*generated.PracticeUpdatePayload, error) {
	err := m.people.UpdatePractice(ctx, in.PracticeID, people.PracticeSettings{Name: in.Name.Value(), Country: in.Country.Value(),
		ClientsKeepAnAdministrator: in.ClientsKeepAnAdministrator.Value()})
	list, fault := problems(err)
	if err != nil {
		return &generated.PracticeUpdatePayload{Problems: list}, fault
	}
	now, err := orNull(m.read().Practice.Get(ctx, in.PracticeID))
	return &generated.PracticeUpdatePayload{Practice: now, Problems: list}, err
}

func (m mutation) ClientAccountUpdate(ctx context.Context, in generated.ClientAccountUpdateInput) (*generated.ClientAccountUpdatePayload, error) {
	err := m.people.UpdateClient(ctx, in.ClientAccountID, people.ClientSettings{Name: in.Name.Value(), Addresses: wanted(in.SubmissionAddresses)})
	list, fault := problems(err)
	if err != nil {
		return &generated.ClientAccountUpdatePayload{Problems: list}, fault
	}
	now, err := orNull(m.read().ClientAccount.Get(ctx, in.ClientAccountID))
	return &generated.ClientAccountUpdatePayload{ClientAccount: now, Problems: list}, err
}

func (m mutation) RoleCreate(ctx context.Context, in generated.RoleCreateInput) (*generated.RoleCreatePayload, error) {
	id, err := m.people.CreateRole(ctx, people.CreateRole{Practice: in.PracticeID, Kind: in.Kind, Name: in.Name, Permissions: in.Permissions})
	list, fault := problems(err)
	if err != nil {
		return &generated.RoleCreatePayload{Problems: list}, fault
	}
	now, err := orNull(m.read().Role.Get(ctx, id))
	return &generated.RoleCreatePayload{Role: now, Problems: list}, err
}

func (m mutation) RoleUpdate(ctx context.Context, in generated.RoleUpdateInput) (*generated.RoleUpdatePayload, error) {
	var set *[]rule.Permission
	if asked, named := given(in.Permissions); named {
		set = &asked
	}
	err := m.people.UpdateRole(ctx, in.RoleID, in.Name.Value(), set)
	list, fault := problems(err)
	if err != nil {
		return &generated.RoleUpdatePayload{Problems: list}, fault
	}
	now, err := orNull(m.read().Role.Get(ctx, in.RoleID))
	return &generated.RoleUpdatePayload{Role: now, Problems: list}, err
}

func (m mutation) RoleDelete(ctx context.Context, in generated.RoleDeleteInput) (*generated.RoleDeletePayload, error) {
	err := m.people.DeleteRole(ctx, in.RoleID)
	list, fault := problems(err)
	if err != nil {
		return &generated.RoleDeletePayload{Problems: list}, fault
	}
	return &generated.RoleDeletePayload{RoleID: &in.RoleID, Problems: list}, nil
}
