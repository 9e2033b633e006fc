package model

import (
	"roster/ent"
	"roster/internal/rule"
)

// AccountActions is *PracticeActions or *ClientAccountActions.
type AccountActions any

// PracticeActions is what can be done with a practice.
type PracticeActions struct{ Access rule.Access }

// AddMember is membershipAdd of a colleague.
func (a *PracticeActions) AddMember() Action {
	return ActionOf(rule.MayAddPeople(a.Access, rule.Practice), nil)
}

// CreateClientAccount is clientAccountCreate.
func (a *PracticeActions) CreateClientAccount() Action {
	return ActionOf(rule.CreateClient(a.Access), nil)
}

// CreateClientUser is clientUserCreate.
func (a *PracticeActions) CreateClientUser() Action {
	return ActionOf(rule.MayCreateClientUsers(a.Access), nil)
}

// ManageRoles is roleCreate and the others.
func (a *PracticeActions) ManageRoles() Action { return ActionOf(rule.MayManageRoles(a.Access), nil) }

// ManageApplications is applicationCreate and applicationDelete.
func (a *PracticeActions) ManageApplications() Action {
	return ActionOf(rule.MayManageApplications(a.Access), nil)
}

// UpdateSettings is practiceUpdate.
func (a *PracticeActions) UpdateSettings() Action {
	return ActionOf(rule.MayChangeSettings(a.Access), nil)
}

// ClientAccountActions is what can be done with a client account.
type ClientAccountActions struct {
	Access  rule.Access
	Account *ent.ClientAccount
}

// AddMember is membershipAdd of a user.
func (a *ClientAccountActions) AddMember() Action {
	return ActionOf(rule.MayAddPeople(a.Access, rule.Client), nil)
}

// SubmitDocument is documentSubmit.
func (a *ClientAccountActions) SubmitDocument() Action {
	return ActionOf(rule.MaySubmit(a.Access), nil)
}

// AddMembers is membershipAddMany.
func (a *ClientAccountActions) AddMembers() Action {
	return ActionOf(rule.MayAddPeople(a.Access, rule.Client), nil)
}
