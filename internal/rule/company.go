package rule

import "fmt"

// MaxCompanies is how many companies one person is added to at once: the mail that invites names all of them.
const MaxCompanies = 100

// ClientUser are the facts of a person who is to come into several companies at once (RULES.md I1).
type ClientUser struct {
	Actor     Access // what the viewer may do in the practice
	Person    AddFacts
	Companies []Company
	TooMany   bool
}

// Company are the facts of one of the companies.
type Company struct {
	ID, Name     string
	Field        []string // where it was named
	Own          bool     // the practice looks after it
	Actor        Access   // what the viewer may do in it
	Administered bool     // it has an administrator with login access, who is in or is to come in

	Existing  *Member // as in AddFacts
	Colleague string
}

// MayCreateClientUsers: every colleague adds people to the clients they reach, whatever their practice role (B5).
func MayCreateClientUsers(actor Access) Verdict {
	if !actor.Opens() {
		return Verdict{notPermitted("Only the practice's colleagues add a person to several of its clients. Ask your practice.")}
	}
	return nil
}

// MayCreateClientUser judges whether a person may be added to some companies: to all of them or to none. What is wrong with
// the person is told once, and of each company the first reason that it refuses.
func MayCreateClientUser(f ClientUser) Verdict {
	if wrong := MayCreateClientUsers(f.Actor); wrong.Refused() {
		return wrong
	}

	v := person(f.Person)
	role := f.Person.Role
	if role.ID != BusinessAdminRole && role.ID != StandardRole {
		v = append(v, Problem{Code: RoleNotAssignable, Field: []string{"input", "roleId"},
			Message: "A person in several companies is an administrator or a standard user. Choose one of the two; other roles are given in each company."})
	}
	v = append(v, choosable(Client, f.Person.Uses)...)
	if f.TooMany {
		return append(v, invalid(fmt.Sprintf("A person is added to at most %d companies at once. Add them to the others afterwards.", MaxCompanies), "input", "accountIds"))
	}
	for _, c := range f.Companies {
		if wrong := c.refuses(role); wrong.Refused() {
			p := In(c.Name, wrong[:1])[0]
			p.Field = c.Field
			v = append(v, p)
		}
	}
	return v
}

// refuses is why a company does not take the person.
func (c Company) refuses(role Role) Verdict {
	switch {
	case !c.Own:
		return Verdict{invalid("Your practice does not look after this company, so leave it out.")}
	case MayAddPeople(c.Actor, Client).Refused():
		return MayAddPeople(c.Actor, Client)
	case c.Colleague != "":
		return apart(Client, c.Colleague, "", true)
	case c.Existing != nil:
		return alreadyThere(c.Existing)
	case !c.Administered && !role.Permissions.Has(AdministratorsManage):
		return Verdict{{Code: AdministratorRequired, Subject: c.ID, Remedy: AddAnotherAdministrator,
			Message: "This company has no administrator with login access. Add the person as an administrator, or add another one there first."}}
	}
	return nil
}
