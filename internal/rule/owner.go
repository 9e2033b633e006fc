package rule

// MayTransfer judges whether an account may be given to this member to own (RULES.md G4): by support only, to an active
// member with login access, in a practice to a practice administrator.
func MayTransfer(f Managed) Verdict {
	switch {
	case !f.Support:
		return Verdict{onlySupport()}
	case f.Member.Status == Removed: // F9
		return Verdict{because(MembershipRemoved)}
	case f.Owner:
		return Verdict{{Code: AlreadyOwner, Message: "This person owns the account already."}}
	case !f.CanOwn():
		return Verdict{cannotOwn()}
	}
	return nil
}

// CanOwn reports whether this member can be an account's owner.
func (f Managed) CanOwn() bool {
	return f.Member.Opens() && (f.Kind == Client || f.Member.Permissions.Has(PracticeAdministratorsManage))
}

func onlySupport(field ...string) Problem {
	return Problem{Code: OnlySupportTransfersOwnership, Remedy: AskSupport, Field: field, Message: "Only Roster's support makes somebody else the owner. Ask them, and say why."}
}

func cannotOwn(field ...string) Problem {
	return Problem{Code: CannotOwn, Field: field,
		Message: "This person cannot own the account. An owner is an active member with login access, and in a practice a practice administrator."}
}

// Leaving are the facts of a client account that is to stand alone from now on (G5).
type Leaving struct {
	Actor         Access // in the client account
	PracticeAdmin bool   // the actor is an administrator of the practice that looks after it
	Practice      bool   // there is one

	OwnerAble    bool // the owner can own it
	SomebodyAble bool // somebody can
	Administered bool // there is an active business administrator with login access
	Logins       bool // somebody with login access is in, or is to come in
	Grants       int  // colleagues' grants for it

	Named     bool // somebody was named to own it
	NamedAble bool
}

// MayDisconnect judges whether a practice's access to a client may end: practice administrators may, and members of the
// client with SUBSCRIPTION_MANAGE. What is left must have an owner who can own it, and an administrator (H1).
func MayDisconnect(f Leaving) Verdict {
	if !f.PracticeAdmin && (f.Actor.Via != ViaMembership || !f.Actor.Permissions.Has(SubscriptionManage)) {
		return Verdict{notPermitted("Your role does not let you disconnect this account from its practice. Ask an administrator.")}
	}
	if !f.Practice {
		return Verdict{invalid("No practice looks after this account, so there is nothing to disconnect.", "input", "clientAccountId")}
	}
	var v Verdict
	field := []string{"input", "newOwnerMembershipId"}
	switch {
	case f.OwnerAble && f.Named:
		v = append(v, onlySupport(field...))
	case f.OwnerAble:
	case !f.SomebodyAble:
		v = append(v, Problem{Code: CannotOwn, Field: field, Message: "Nobody in this account can own it: an owner is an active member with login access. Give somebody login access first."})
	case !f.Named:
		v = append(v, Problem{Code: Required, Field: field, Message: "The owner has no login access, so name somebody else who has: from then on they own the account."})
	case !f.NamedAble:
		v = append(v, cannotOwn(field...))
	}
	if f.Logins && !f.Administered {
		v = append(v, because(LastAdministrator))
	}
	return v
}

// Asking is the same for a menu, where an owner can still be named.
func (f Leaving) Asking() Leaving {
	if !f.OwnerAble {
		f.Named, f.NamedAble = true, true
	}
	return f
}

// Effects tells what disconnecting would do.
func (f Leaving) Effects() []Effect {
	list := []Effect{{Code: ClientAccessEnds, Message: "Nobody of the practice can open the account any more. This is not undone here."}}
	if f.Grants > 0 {
		list[0].Count = &f.Grants
	}
	if !f.OwnerAble {
		list = append(list, Effect{Code: OwnershipMoves, Message: "The person you name owns the account from then on."})
	}
	return list
}
