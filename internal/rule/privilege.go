package rule

// Privileges is a change of a member's role and permissions.
type Privileges struct {
	Practice    string       // as in AddFacts: whose roles may be given
	Role        Role         // the one to have; the member's own where none is given
	Another     bool         // a role was given, and it is another than the member's
	Permissions *Permissions // the whole resulting set; nil: as the role has them, or as they are when the role stays
	Unknown     bool         // a permission that is not for this kind of account was asked for
	Uses        Applications
}

// Set is the resulting set of permissions: a new role without one resets it (B7).
func (p Privileges) Set(f Managed) Permissions {
	switch {
	case p.Permissions != nil:
		return *p.Permissions
	case p.Another:
		return p.Role.Permissions
	}
	return f.Member.Permissions
}

// MayEditPrivileges judges a change of role and permissions: nobody gives what they do not have (B4), takes from
// themselves (F8), or takes the last administrator from an account (H1).
func MayEditPrivileges(f Managed, p Privileges) Verdict {
	if wrong := f.permitted(EditPrivileges); wrong.Refused() {
		return wrong
	}
	if f.Member.Status == Removed {
		return Verdict{because(MembershipRemoved)}
	}
	set := p.Set(f)
	var v Verdict
	if p.Another {
		v = append(v, assignable(f.Actor, f.Kind, p.Practice, p.Role)...)
	}
	if set != f.Member.Permissions || p.Unknown {
		v = append(v, fits(f.Actor, p.Role, set, p.Unknown)...)
	}
	v = append(v, choosable(f.Kind, p.Uses)...)
	if code := f.cell(EditPrivileges); code != "" {
		v = append(v, f.because(code))
	}
	if f.Self && !set.Has(f.Member.Permissions) {
		v = append(v, because(CannotActOnYourself))
	}
	if !set.Has(f.Kind.Administer()) {
		v = append(v, f.lastAdministrator(true)...)
	}
	return v
}

// fits: a set of permissions is the role's with some of its options, and nothing the actor lacks beyond the role (B4, B7).
func fits(actor Access, role Role, set Permissions, unknown bool) Verdict {
	switch {
	case unknown || !set.Has(role.Permissions) || !(role.Permissions | role.Options()).Has(set):
		return Verdict{{Code: PermissionNotGrantable, Field: []string{"input", "permissions"},
			Message: "The role " + role.Name + " does not go with these permissions. Give all the role has, and only options it has a place for."}}
	case !actor.Permissions.Has(set &^ role.Permissions):
		return Verdict{{Code: PermissionNotGrantable, Field: []string{"input", "permissions"},
			Message: "You cannot give a permission that you do not have yourself."}}
	}
	return nil
}

// LoginAccess is a change of login access.
type LoginAccess struct {
	On           bool
	Email        string // normalised: the one given, else the member's
	EmailGiven   bool   // another one than the member's was given
	EmailBroken  bool
	MobileBroken bool
	Text         TextMessage
	Existing     *Member // C6: who else has the address in this account, when another one was given
}

// Verb is which of the two it is.
func (change LoginAccess) Verb() Verb {
	if change.On {
		return LoginAccessOn
	}
	return LoginAccessOff
}

// Asking is the change as a menu asks about it, where an address can still be given along.
func (change LoginAccess) Asking() LoginAccess {
	change.Email = "still to come"
	return change
}

// MaySetLoginAccess judges turning login access on or off (A1). Turning it on is judged like adding (C2 to C6).
func MaySetLoginAccess(f Managed, change LoginAccess) Verdict {
	stands := f.Manage(change.Verb())
	turns := change.On != f.Member.LoginAccess
	if stands.alone() || !turns || f.Member.Status == Deactivated {
		return stands
	}
	if !change.On {
		if f.Kind == Practice {
			return append(Verdict{invalid("Colleagues of a practice always have login access. To take it from one, deactivate or remove them.", "input", "loginAccess")}, stands...)
		}
		return stands
	}
	return f.comesIn(change, stands)
}

// comesIn judges the address of somebody who is to sign in, as a new person's (C1, C4, C6), unless it is their own (F1).
func (f Managed) comesIn(change LoginAccess, apart Verdict) Verdict {
	var v Verdict
	switch {
	case change.EmailBroken:
		v = append(v, BadEmail("input", "email"))
	case change.Email == "":
		v = append(v, Problem{Code: EmailRequired, Field: []string{"input", "email"}, Message: "Somebody who signs in needs an email address. Give one along with the login access."})
	}
	switch {
	case change.MobileBroken:
		v = append(v, BadMobile("input", "mobile"))
	case !f.Joined: // who accepted here before is in again without an invitation
		v = append(v, change.Text.judged([]string{"input", "invite"}, []string{"input", "mobile"})...)
	}
	v = append(v, apart...)
	v = append(v, alreadyThere(change.Existing)...)
	if change.EmailGiven && f.Joined {
		v = append(v, Problem{Code: EmailBelongsToPerson, Field: []string{"input", "email"}, Message: because(EmailBelongsToPerson).Message})
	}
	return v
}

// alone reports whether a verdict is one of those after which nothing else is judged.
func (v Verdict) alone() bool {
	return len(v) > 0 && (v[0].Code == NotPermitted || v[0].Code == MembershipRemoved)
}

// Details is a change of a member's name, email and mobile; nil where it stays.
type Details struct {
	FirstName, LastName *string // tidied
	EmailChanges        bool
	EmailEmpty          bool // the address is to be taken away
	EmailBroken         bool
	MobileBroken        bool
	Text                TextMessage // E9: the pending invitation is sent anew by text message
	Existing            *Member     // C6: who else has the new address in this account
	Colleague           string      // C4, of the new address
	ClientUser          string      // C5
	Addresses           Addresses
	WhatsApp            WhatsApp
}

// MayEditDetails judges a change of details (F1). A new address is judged like a new person's (E9).
func MayEditDetails(f Managed, d Details) Verdict {
	stands := f.Manage(EditDetails)
	if stands.alone() {
		return stands
	}
	var v Verdict
	if d.FirstName != nil {
		v = append(v, Text("First name", *d.FirstName, MaxName, "input", "firstName")...)
	}
	if d.LastName != nil {
		v = append(v, Text("Last name", *d.LastName, MaxName, "input", "lastName")...)
	}
	if d.MobileBroken {
		v = append(v, BadMobile("input", "mobile"))
	} else {
		v = append(v, d.Text.judged([]string{"input", "mobile"}, []string{"input", "mobile"})...)
	}
	v = append(v, d.Addresses.judged(f.Kind)...)
	v = append(v, d.WhatsApp.judged(f.Kind)...)
	if !d.EmailChanges {
		return append(v, stands...)
	}
	switch {
	case d.EmailBroken:
		v = append(v, BadEmail("input", "email"))
	case d.EmailEmpty && f.Member.LoginAccess:
		v = append(v, Problem{Code: EmailRequired, Field: []string{"input", "email"},
			Message: "Somebody who signs in needs an email address. Take away their login access first, or give another address."})
	}
	v = append(v, apart(f.Kind, d.Colleague, d.ClientUser, f.Actor.Via == ViaPractice)...)
	v = append(v, alreadyThere(d.Existing)...)
	if code := f.cell(ChangeEmail); code == EmailBelongsToPerson {
		p := because(code)
		p.Field = []string{"input", "email"}
		v = append(v, p)
	}
	return append(v, stands...)
}
