package rule

import "testing"

func TestAPersonInSeveralCompanies(t *testing.T) {
	colleague := Access{Via: ViaMembership, Membership: "mem_us"}
	reaches := Access{Via: ViaPractice, Membership: "mem_us", Permissions: BusinessAdminPermissions}
	good := Company{ID: "cli_1", Name: "Bakery", Own: true, Actor: reaches, Administered: true}
	company := func(change func(*Company)) []Company {
		spoiled := good
		change(&spoiled)
		return []Company{good, spoiled}
	}
	tom := AddFacts{Kind: Client, FirstName: "Tom", LastName: "Ash", Email: "tom@example.com", LoginAccess: true, Role: builtIn(StandardRole)}
	admin := tom
	admin.Role = builtIn(BusinessAdminRole)
	with := func(change func(*AddFacts)) AddFacts {
		spoiled := tom
		change(&spoiled)
		return spoiled
	}
	for _, row := range []struct {
		sentence string
		facts    ClientUser
		want     string
	}{
		{"I1: a colleague adds a person to two clients", ClientUser{Actor: colleague, Person: tom, Companies: []Company{good, good}}, ""},
		{"I1: nobody else does", ClientUser{Person: tom, Companies: []Company{good}}, "NOT_PERMITTED"},
		{"I1: the person has a name", ClientUser{Actor: colleague, Person: with(func(f *AddFacts) { f.LastName = "" })}, "REQUIRED"},
		{"C1: and an email", ClientUser{Actor: colleague, Person: with(func(f *AddFacts) { f.Email = "" })}, "EMAIL_REQUIRED"},
		{"I1: other roles are given in each company", ClientUser{Actor: colleague, Person: with(func(f *AddFacts) { f.Role = builtIn(UserAdminRole) })}, "ROLE_NOT_ASSIGNABLE"},
		{"I3: applications are the practice's", ClientUser{Actor: colleague, Person: with(func(f *AddFacts) { f.Uses.Foreign = true })}, "INVALID"},
		{"I1: a hundred companies at most", ClientUser{Actor: colleague, Person: tom, TooMany: true, Companies: []Company{good}}, "INVALID"},
		{"I1: companies of another practice are left out", ClientUser{Actor: colleague, Person: tom, Companies: company(func(c *Company) { c.Own = false })}, "INVALID"},
		{"I1: the actor reaches each of them", ClientUser{Actor: colleague, Person: tom, Companies: company(func(c *Company) { c.Actor = Access{} })}, "NOT_PERMITTED"},
		{"C4: a colleague is no client's user", ClientUser{Actor: colleague, Person: tom, Companies: company(func(c *Company) { c.Colleague = "mem_2" })}, "PRACTICE_COLLEAGUE"},
		{"C6: one live membership in each company", ClientUser{Actor: colleague, Person: tom, Companies: company(func(c *Company) { c.Existing = &Member{ID: "mem_3", Status: Deactivated} })}, "MEMBER_DEACTIVATED"},
		{"H2: each company has an administrator", ClientUser{Actor: colleague, Person: tom, Companies: company(func(c *Company) { c.Administered = false })}, "ADMINISTRATOR_REQUIRED"},
		{"H2: or thereby gets one", ClientUser{Actor: colleague, Person: admin, Companies: company(func(c *Company) { c.Administered = false })}, ""},
		{"I1: one problem for each company that refuses", ClientUser{Actor: colleague, Person: tom, Companies: company(func(c *Company) { c.Colleague, c.Existing, c.Administered = "mem_2", &Member{Status: Active}, false })}, "PRACTICE_COLLEAGUE"},
	} {
		if got := codesText(MayCreateClientUser(row.facts)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}

func builtIn(id string) Role {
	for _, r := range BuiltInRoles {
		if r.ID == id {
			return r
		}
	}
	return Role{}
}
