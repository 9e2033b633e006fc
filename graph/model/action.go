package model

import "roster/internal/rule"

// Action is one entry of a menu: whether it may be done now, why not, and what would happen.
type Action struct {
	Verdict rule.Verdict
	effects func() []rule.Effect // nil for none
	managed *rule.Managed        // or this, whose verb it is
	verb    rule.Verb
}

// ActionOf makes an entry of what a rule said. What would happen is worked out when it is asked for.
func ActionOf(v rule.Verdict, effects func() []rule.Effect) Action {
	return Action{Verdict: v, effects: effects}
}

// Allowed reports whether nothing stands against it.
func (a Action) Allowed() bool { return !a.Verdict.Refused() }

// Problems are what stands against it.
func (a Action) Problems() []*rule.Problem { return pointers(a.Verdict) }

// Effects are what would happen.
func (a Action) Effects() []*rule.Effect { return pointers(a.Told()) }

// Told is what would happen; it is told only where it can happen.
func (a Action) Told() []rule.Effect {
	switch {
	case a.Verdict.Refused():
		return nil
	case a.managed != nil:
		return a.managed.Effects(a.verb)
	case a.effects != nil:
		return a.effects()
	}
	return nil
}

// pointers are a list as gqlgen takes it.
func pointers[T any](list []T) []*T {
	all := make([]*T, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// MembershipActions is the Manage menu of a membership. Each entry is judged when it is asked for, by the rule that
// its mutation asks.
type MembershipActions struct{ Facts *rule.Managed }

func (a *MembershipActions) judged(verb rule.Verb) Action {
	return a.of(a.Facts.Manage(verb), verb)
}

func (a *MembershipActions) of(v rule.Verdict, verb rule.Verb) Action {
	return Action{Verdict: v, managed: a.Facts, verb: verb}
}

// EditDetails is membershipUpdateDetails.
func (a *MembershipActions) EditDetails() Action { return a.judged(rule.EditDetails) }

// ChangeEmail is membershipUpdateDetails with another email.
func (a *MembershipActions) ChangeEmail() Action { return a.judged(rule.ChangeEmail) }

// EditPrivileges is membershipUpdatePrivileges.
func (a *MembershipActions) EditPrivileges() Action { return a.judged(rule.EditPrivileges) }

// SetLoginAccess is membershipSetLoginAccess to what it is not.
func (a *MembershipActions) SetLoginAccess() Action {
	change := rule.LoginAccess{On: !a.Facts.Member.LoginAccess}
	return a.of(rule.MaySetLoginAccess(*a.Facts, change.Asking()), change.Verb())
}

// SendPasswordReset is membershipSendPasswordReset.
func (a *MembershipActions) SendPasswordReset() Action { return a.judged(rule.SendPasswordReset) }

// Deactivate is membershipDeactivate.
func (a *MembershipActions) Deactivate() Action { return a.judged(rule.Deactivate) }

// Enable is membershipEnable.
func (a *MembershipActions) Enable() Action { return a.judged(rule.Enable) }

// Remove is membershipRemove.
func (a *MembershipActions) Remove() Action { return a.judged(rule.Remove) }

// Leave is membershipLeave.
func (a *MembershipActions) Leave() Action {
	return a.of(rule.MayLeave(*a.Facts), rule.Leave)
}

// TransferOwnershipTo is ownershipTransfer.
func (a *MembershipActions) TransferOwnershipTo() Action {
	return a.of(rule.MayTransfer(*a.Facts), rule.TransferOwnershipTo)
}

// Activate is membershipActivate.
func (a *MembershipActions) Activate() Action { return a.judged(rule.Activate) }

// SendWelcome is membershipSendWelcome.
func (a *MembershipActions) SendWelcome() Action { return a.judged(rule.SendWelcome) }

// InvitationActions is what can be done with an invitation.
type InvitationActions struct{ Facts rule.Invited }

// Resend is invitationResend.
func (a *InvitationActions) Resend() Action {
	return ActionOf(rule.MayResend(a.Facts), a.Facts.ResendEffects)
}

// Cancel is invitationCancel.
func (a *InvitationActions) Cancel() Action {
	return ActionOf(rule.MayCancel(a.Facts), a.Facts.CancelEffects)
}

// EditClientAccess is membershipUpdateClientAccess.
func (a *MembershipActions) EditClientAccess() Action {
	return ActionOf(rule.MayEditClientAccess(*a.Facts, rule.ClientAccessChange{}), nil)
}
