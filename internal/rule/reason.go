package rule

// because is the problem behind a code that says the same wherever it comes up: what happened, why, and what to do.
func because(code Code) Problem {
	p := Problem{Code: code}
	switch code {
	case MembershipRemoved:
		p.Message = "This person was removed, so there is nothing left to change. Add them again if they should come back."
	case MembershipDeactivated:
		p.Remedy, p.Message = EnableMembership, "This person is deactivated. Enable them first."
	case MembershipPending:
		p.Remedy, p.Message = CancelInvitation, "This person was invited and has not accepted yet. Cancel the invitation instead."
	case MembershipAwaitingActivation:
		p.Remedy, p.Message = ActivateMembership, "This person was added for later and awaits activation. Activate them first."
	case MembershipNotAwaitingActivation:
		p.Message = "This person does not await activation, so there is nothing to activate."
	case MembershipNotDeactivated:
		p.Message = "This person is not deactivated, so there is nothing to enable."
	case NoLoginAccess:
		p.Remedy, p.Message = GiveLoginAccess, "This person has no login access, so there is nothing to send. Give them login access first."
	case NothingToSend:
		p.Message = "This person has had their first mail already, or joined without one. Send the invitation again instead, while it is pending."
	case NoLoginAccessCannotBeRemoved:
		p.Remedy, p.Message = DeactivateInstead, "Somebody without login access stays as the owner of their documents, so they cannot be removed. Deactivate them instead."
	case EmailBelongsToPerson:
		p.Message = "This person has accepted, so the email address is their own to change. Ask them to change it in their personal details."
	case CannotActOnYourself:
		p.Message = "You cannot do this to yourself. Ask another administrator, or leave the account."
	case OwnerCannotBeRemoved:
		p.Remedy, p.Message = TransferOwnership, "The account owner cannot be removed. Ask support to make somebody else the owner first."
	case OwnerCannotBeDeactivated:
		p.Remedy, p.Message = TransferOwnership, "The account owner cannot be deactivated. Ask support to make somebody else the owner first."
	case OwnerCannotLeave:
		p.Remedy, p.Message = AskSupport, "You own this account, so you cannot leave it. Ask support to make somebody else the owner first."
	case LastAdministrator:
		p.Remedy, p.Message = AddAnotherAdministrator, "This is the last administrator of the account, and somebody has to manage it. Make somebody else an administrator first."
	case ChangedMeanwhile:
		p.Field, p.Message = []string{"input", "expectedVersion"}, "Somebody changed this person's details since you opened them, so nothing was saved. Look at them again, then repeat your change."
	}
	return p
}

// because tells a code of the table, where the way out depends on the state.
func (f Managed) because(code Code) Problem {
	p := because(code)
	if code == NoLoginAccessCannotBeRemoved && f.Member.Status == Deactivated {
		p.Remedy, p.Message = EnableMembership, "Somebody without login access stays as the owner of their documents, so they cannot be removed. They are deactivated already, and can be enabled again."
	}
	return p
}
