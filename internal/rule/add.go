package rule

// AddFacts is what has to be known to judge whether a person may be added to an account.
type AddFacts struct {
	Actor     Access
	Kind      Kind
	Practice  string // the practice itself, or the one that looks after the client; empty when none does
	FirstName string // tidied; empty when nothing was left
	LastName  string

	Email        string // normalised; empty when none was given
	EmailBroken  bool
	MobileBroken bool
	LoginAccess  bool
	Later        bool
	Text         TextMessage

	Role        Role
	Permissions *Permissions // the whole resulting set; nil: as the role has them
	Unknown     bool         // a permission that is not for this kind of account was asked for
	Clients     ClientAccess
	Uses        Applications

	Existing      *Member // the live membership this person has in the account
	Colleague     string  // C4: their membership in the practice that looks after the client
	ClientUser    string  // C5: their membership in one of the practice's clients
	VerifiedLogin bool    // the address belongs to a login whose email was proved
}

// ClientAccess is which clients a colleague is to open.
type ClientAccess struct {
	Given    bool
	All      bool
	Selected int  // how many clients were named
	Ends     bool // the actor's own access to one of them ends by itself
}

// Add judges whether a person may be added, by the same reasons for one as for a row of many (RULES.md C).
func Add(f AddFacts) Verdict {
	if wrong := MayAddPeople(f.Actor, f.Kind); wrong.Refused() {
		return wrong
	}

	var v Verdict
	v = append(v, person(f)...)
	v = append(v, assignable(f.Actor, f.Kind, f.Practice, f.Role)...)
	v = append(v, grantable(f)...)
	v = append(v, choosable(f.Kind, f.Uses)...)
	v = append(v, apart(f.Kind, f.Colleague, f.ClientUser, f.Actor.Via == ViaPractice)...)
	return append(v, alreadyThere(f.Existing)...)
}

// person judges the details of the person and the way they come in (C1).
func person(f AddFacts) Verdict {
	var v Verdict
	v = append(v, Text("First name", f.FirstName, MaxName, "input", "firstName")...)
	v = append(v, Text("Last name", f.LastName, MaxName, "input", "lastName")...)
	switch {
	case f.EmailBroken:
		v = append(v, BadEmail("input", "email"))
	case f.LoginAccess && f.Email == "":
		v = append(v, Problem{Code: EmailRequired, Field: []string{"input", "email"},
			Message: "Somebody who signs in needs an email address. Give one, or add them without login access."})
	}
	switch {
	case f.MobileBroken:
		v = append(v, BadMobile("input", "mobile"))
	case f.LoginAccess: // without it nothing is sent
		v = append(v, f.Text.judged([]string{"input", "invite"}, []string{"input", "mobile"})...)
	}
	if f.Kind == Practice && !f.LoginAccess {
		v = append(v, invalid("Colleagues of a practice always have login access.", "input", "loginAccess"))
	}
	if f.Later && !f.LoginAccess {
		v = append(v, invalid("Somebody without login access has nothing to activate later. Add them now.", "input", "activation"))
	}
	return v
}

// assignable: nobody gives a role that allows what they may not do themselves, nor one of another kind or practice (B3, B4).
func assignable(actor Access, kind Kind, practice string, role Role) Verdict {
	switch {
	case role.Kind != kind, role.Practice != "" && role.Practice != practice:
		return Verdict{{Code: RoleNotAssignable, Field: []string{"input", "roleId"},
			Message: "This role is not for this account. Choose one of the account's roles."}}
	case !actor.Permissions.Has(role.Permissions):
		return Verdict{{Code: RoleNotAssignable, Field: []string{"input", "roleId"},
			Message: "You cannot give the role " + role.Name + ": it allows more than your own. Choose another role, or ask somebody who has it."}}
	}
	return nil
}

// MayGive judges whether a role can be given in an account at all: it is one of those offered there (B4).
func MayGive(actor Access, kind Kind, practice string, role Role) Verdict {
	if wrong := MayAddPeople(actor, kind); wrong.Refused() {
		return wrong
	}
	return assignable(actor, kind, practice, role)
}

// grantable: a member's permissions are the role's and some of its options, and none the actor lacks (B4, B7).
func grantable(f AddFacts) Verdict {
	set := f.Set()
	switch {
	case f.Kind == Client && f.Clients.Given:
		return Verdict{invalid("Only colleagues of a practice are given access to clients.", "input", "clientAccess")}
	case fits(f.Actor, f.Role, set, f.Unknown).Refused():
		return fits(f.Actor, f.Role, set, f.Unknown)
	case f.Clients.Given && !f.Clients.All && set.Has(ClientsAll):
		return Verdict{invalid("This role opens all clients, so none can be selected.", "input", "clientAccess", "scope")}
	case f.Clients.All && f.Clients.Selected > 0:
		return Verdict{invalid("All clients are opened, so none can be selected.", "input", "clientAccess", "clientAccountIds")}
	case f.Clients.Ends:
		return Verdict{{Code: PermissionNotGrantable, Field: []string{"input", "clientAccess", "clientAccountIds"},
			Message: "Your own access to one of these clients ends by itself, so you cannot give it for good. Add the person without it, then grant it with an end."}}
	}
	return nil
}

// Set is the resulting set of permissions: what was asked for, else the role's; ALL clients means having CLIENTS_ALL.
func (f AddFacts) Set() Permissions {
	set := f.Role.Permissions
	if f.Permissions != nil {
		set = *f.Permissions
	}
	if f.Clients.All {
		set |= ClientsAll
	}
	return set
}

// apart keeps the people of a practice and the users of its clients apart: a colleague of the practice is never added
// as a user of its client, whatever their status and with or without login access (C4), nor a user of a client as a
// colleague (C5). Client-side actors learn nothing more of the colleague (L3).
func apart(kind Kind, colleague, clientUser string, toldWho bool) Verdict {
	switch {
	case kind == Client && colleague != "" && !toldWho:
		return Verdict{{Code: PracticeColleague, Field: []string{"input", "email"},
			Message: "This person works for the practice that looks after this account, so they cannot be added as its user. Ask the practice for their access."}}
	case kind == Client && colleague != "":
		return Verdict{{Code: PracticeColleague, Field: []string{"input", "email"}, Subject: colleague, Remedy: GrantClientAccess,
			Message: "This person is a colleague in your practice, so they cannot be added as a user of its client. Give them access to the client instead."}}
	case kind == Practice && clientUser != "":
		return Verdict{{Code: MemberOfClient, Field: []string{"input", "email"}, Subject: clientUser, Remedy: RemoveClientMembership,
			Message: "This person is a user of one of your practice's clients, so they cannot be added as a colleague. Remove them from the client first."}}
	}
	return nil
}

// alreadyThere: one live membership per person and account; a removed person is added anew (C6).
func alreadyThere(m *Member) Verdict {
	if m == nil {
		return nil
	}
	p := Problem{Field: []string{"input", "email"}, Subject: m.ID}
	switch {
	case m.Status == Active && m.LoginAccess:
		p.Code, p.Message = AlreadyMember, "This person is in this account already."
	case m.Status == Active:
		p.Code, p.Remedy, p.Message = AlreadyMember, GiveLoginAccess, "This person is in this account already, without login access. Give them login access instead of adding them again."
	case m.Status == Deactivated:
		p.Code, p.Remedy, p.Message = MemberDeactivated, EnableMembership, "This person is in this account already, deactivated. Enable them instead of adding them again."
	case m.Status == Pending:
		p.Code, p.Remedy, p.Message = InvitationAlreadyPending, ResendInvitation, "This person was invited already and has not accepted yet. Send the invitation again instead."
	case m.Status == AwaitingActivation:
		p.Code, p.Remedy, p.Message = MembershipAwaitingActivation, ActivateMembership, "This person was added already and awaits activation. Activate them instead."
	default:
		return nil
	}
	return Verdict{p}
}

// Added is how a person comes in, once nothing stands against it (C2, C3, I2): at once with a verified login or
// without login access, pending otherwise, or later.
func Added(f AddFacts) Status {
	switch {
	case f.Later:
		return AwaitingActivation
	case f.LoginAccess && !f.VerifiedLogin:
		return Pending
	default:
		return Active
	}
}
