package rule

import (
	"slices"
	"testing"
)

// rowOf is a row that may be added, changed.
func rowOf(change func(*RowFacts)) RowFacts {
	f := RowFacts{Add: AddFacts{Actor: Access{Via: ViaMembership, Membership: "mem_actor", Permissions: BusinessAdminPermissions}, Kind: Client, FirstName: "Tom", LastName: "Marsh",
		Email: "tom@example.com", LoginAccess: true, Role: Role{ID: StandardRole, Name: "Standard", Kind: Client, Permissions: StandardPermissions}}}
	if change != nil {
		change(&f)
	}
	return f
}

func TestAddRow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		change   func(*RowFacts)
		want     []Code
	}{
		{"D2: a row is judged like a single add", nil, nil},
		{"D2: without the right, NOT_PERMITTED alone", func(f *RowFacts) { f.Add.Actor.Permissions, f.Extra, f.Earlier = StandardPermissions, true, 2 }, []Code{NotPermitted}},
		{"D1: cells beyond the header's refuse the row", func(f *RowFacts) { f.Extra = true }, []Code{Invalid}},
		{"D1: login access is yes or no", func(f *RowFacts) { f.LoginAccessBroken = true }, []Code{Invalid}},
		{"D2: a row without a role and without a default is REQUIRED", func(f *RowFacts) { f.RoleMissing, f.Add.Role = true, Role{} }, []Code{Required}},
		{"D1: a role's name that no role has", func(f *RowFacts) { f.RoleUnknown, f.Add.Role = "Baker", Role{} }, []Code{RoleNotAssignable}},
		{"B4: a role above the actor's own, in bulk rows too", func(f *RowFacts) {
			f.Add.Actor.Permissions, f.Add.Role.Permissions = UserAdminPermissions, BusinessAdminPermissions
		}, []Code{RoleNotAssignable}},
		{"C1: names must be there, C1: login access needs an email", func(f *RowFacts) { f.Add.FirstName, f.Add.Email = "", "" }, []Code{Required, EmailRequired}},
		{"C1: a broken email", func(f *RowFacts) { f.Add.Email, f.Add.EmailBroken = "", true }, []Code{EmailInvalid}},
		{"C1: a broken mobile", func(f *RowFacts) { f.Add.MobileBroken = true }, []Code{MobileInvalid}},
		{"C4: the practice's colleagues, in bulk rows too", func(f *RowFacts) { f.Add.Colleague = "mem_1" }, []Code{PracticeColleague}},
		{"C6: already there", func(f *RowFacts) { f.Add.Existing = &Member{ID: "mem_1", Status: Pending, LoginAccess: true} }, []Code{InvitationAlreadyPending}},
		{"D3: a no-login row named like such a member is ALREADY_MEMBER", func(f *RowFacts) { f.Add.LoginAccess, f.Add.Email, f.Namesake = false, "", "mem_1" }, []Code{AlreadyMember}},
		{"D2: duplicates within the file are refused", func(f *RowFacts) { f.Earlier = 2 }, []Code{DuplicateInFile}},
	} {
		if got := codes(AddRow(rowOf(c.change))); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}

func TestAddMany(t *testing.T) {
	t.Parallel()
	may := ManyFacts{Actor: Access{Via: ViaMembership, Permissions: UserAdminPermissions}, Kind: Client, Rows: MaxRows}
	for _, c := range []struct {
		sentence string
		change   func(*ManyFacts)
		want     []Code
	}{
		{"D1: up to 5,000 rows", func(*ManyFacts) {}, nil},
		{"D1: and not one more", func(f *ManyFacts) { f.Rows++ }, []Code{TooManyRows}},
		{"D1: nobody is no list", func(f *ManyFacts) { f.Rows = 0 }, []Code{Required}},
		{"D1: exactly one of rows and file", func(f *ManyFacts) { f.Unclear, f.Rows = true, 0 }, []Code{Invalid}},
		{"D1: what is wrong with the file", func(f *ManyFacts) { f.File = Verdict{{Code: CSVUnreadable}}; f.Rows = 0 }, []Code{CSVUnreadable}},
		{"D1: to a client account", func(f *ManyFacts) { f.Kind, f.Actor.Permissions = Practice, PracticeAdminPermissions }, []Code{Invalid}},
		{"without the right, NOT_PERMITTED alone", func(f *ManyFacts) { f.Actor.Permissions, f.File = StandardPermissions, Verdict{{Code: CSVUnreadable}} }, []Code{NotPermitted}},
		{"10,000 rows a day", func(f *ManyFacts) { f.Today = MaxRowsADay - MaxRows }, nil},
		{"and not one more", func(f *ManyFacts) { f.Today = MaxRowsADay - MaxRows + 1 }, []Code{TooManyRows}},
	} {
		f := may
		c.change(&f)
		if got := codes(AddMany(f)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}
