package rule

// RoleFacts is what has to be known to judge whether a practice's own role may be made, changed or deleted (RULES.md B3).
type RoleFacts struct {
	Actor   Access   // what the viewer may do in the practice
	BuiltIn bool     // it is one of the roles that every account has
	Before  Role     // as it is; the zero Role for a new one
	After   Role     // as it is to be, its name tidied
	Taken   bool     // the practice has another role of this kind and name
	Used    int      // by how many memberships that are not removed
	Users   []string // the first of them

	Members []RoleMember    // who has the role, and is not removed
	Keeps   bool            // the practice wants its clients to keep an administrator (H1)
	Others  map[string]bool // by account: whether anybody with another role administers it
}

// RoleMember is somebody who has a role.
type RoleMember struct {
	Member
	Account string
	Owner   bool
	Self    bool
}

// measure is what the actor may give in a role: in the practice what they may do themselves, in its clients what any
// colleague may do there (B4, B5).
func (f RoleFacts) measure() Permissions {
	if f.After.Kind == Client {
		return BusinessAdminPermissions
	}
	return f.Actor.Permissions
}

func (f RoleFacts) permitted() Verdict {
	switch {
	case f.BuiltIn:
		return Verdict{notPermitted("This role is the same for everybody and cannot be changed. Make a role of your own instead.")}
	case !f.Actor.Permissions.Has(SettingsManage):
		return Verdict{notPermitted("Your role in this practice does not let you change its roles. Ask a practice administrator.")}
	case !f.measure().Has(f.Before.Permissions):
		return Verdict{notPermitted("This role allows more than your own, so you cannot change it. Ask somebody who may do as much.")}
	}
	return nil
}

// MayMakeRole judges a new role.
func MayMakeRole(f RoleFacts) Verdict {
	if wrong := f.permitted(); wrong.Refused() {
		return wrong
	}
	return append(f.named(), f.allowing()...)
}

// MayChangeRole judges a change of a role, and what it does to everybody who has it: nobody is changed who ranks above
// the actor or owns the practice (B4, G3), nobody takes from themselves (F8), and no account loses its last administrator
// where that is kept (H1).
func MayChangeRole(f RoleFacts) Verdict {
	if wrong := f.permitted(); wrong.Refused() {
		return wrong
	}
	v := append(f.named(), f.allowing()...)
	if f.Before.Permissions == f.After.Permissions {
		return v
	}
	var above, last []string
	self := false
	for _, m := range f.Members {
		set := f.Set(m)
		switch {
		case set == m.Permissions:
		case f.After.Kind == Practice && (m.Owner || !f.Actor.Permissions.Has(m.Permissions)):
			above = append(above, m.ID)
		case m.Self && !set.Has(m.Permissions):
			self = true
		}
		if f.loses(m, set) && !f.Others[m.Account] {
			last = append(last, m.ID)
		}
	}
	if len(above) > 0 {
		p := notPermitted("Somebody with this role owns the practice, or may do more than you, so the role cannot be changed for them. Give them another role first.")
		p.Related = few(above)
		return Verdict{p}
	}
	if self {
		v = append(v, because(CannotActOnYourself))
	}
	if len(last) > 0 {
		p := because(LastAdministrator)
		p.Related = few(last)
		v = append(v, p)
	}
	return v
}

// MayDeleteRole judges whether a role may go: not while anybody has it, deactivated ones too.
func MayDeleteRole(f RoleFacts) Verdict {
	if wrong := f.permitted(); wrong.Refused() {
		return wrong
	}
	if f.Used > 0 {
		return Verdict{{Code: RoleInUse, Related: few(f.Users),
			Message: plural(f.Used, "person has this role. Give them another one, then delete it.", "people have this role. Give them another one, then delete it.")}}
	}
	return nil
}

// Set is what somebody with the role may do after its change: they keep the options of their own that the role still has
// a place for (B7).
func (f RoleFacts) Set(m RoleMember) Permissions {
	return f.After.Permissions | m.Permissions&^f.Before.Permissions&f.After.Options()
}

// loses reports whether somebody who counts as an administrator no longer does (H1). The permission is no option, so that
// whoever has the role loses it with the role.
func (f RoleFacts) loses(m RoleMember, set Permissions) bool {
	kept := f.After.Kind == Practice || f.Keeps
	return kept && m.Opens() && m.Permissions.Has(f.After.Kind.Administer()) && !set.Has(f.After.Kind.Administer())
}

func (f RoleFacts) named() Verdict {
	v := Text("The name", f.After.Name, MaxName, "input", "name")
	if f.Taken {
		v = append(v, invalid("There is a role of this name already. Choose another name.", "input", "name"))
	}
	return v
}

func (f RoleFacts) allowing() Verdict {
	switch {
	case !f.After.Kind.Of().Has(f.After.Permissions):
		return Verdict{{Code: PermissionNotGrantable, Field: []string{"input", "permissions"}, Message: "One of these permissions makes no sense in this kind of account. Leave it out."}}
	case !f.measure().Has(f.After.Permissions):
		return Verdict{{Code: PermissionNotGrantable, Field: []string{"input", "permissions"}, Message: "You cannot put a permission into a role that you do not have yourself."}}
	}
	return nil
}

// MostRelated is how many rows a problem names at most.
const MostRelated = 20

func few(ids []string) []string { return ids[:min(len(ids), MostRelated)] }

// MayChangeSettings: an account's name and settings are changed by those whose role allows it (B7).
func MayChangeSettings(actor Access) Verdict {
	if !actor.Permissions.Has(SettingsManage) {
		return Verdict{notPermitted("Your role does not let you change the settings of this account. Ask an administrator.")}
	}
	return nil
}

// MayAddPeople: people are added by those who manage people (B7). Whom exactly is judged by Add.
func MayAddPeople(actor Access, kind Kind) Verdict {
	if !actor.Permissions.Has(kind.Manage()) {
		return Verdict{notPermitted("Your role does not let you add people to this account. Ask an administrator.")}
	}
	return nil
}

// MayManageRoles: a practice's own roles are made by those who change its settings.
func MayManageRoles(actor Access) Verdict { return RoleFacts{Actor: actor}.permitted() }
