package rule

import (
	"slices"
	"testing"
	"time"
)

func codes(v Verdict) []Code {
	list := []Code{}
	for _, p := range v {
		list = append(list, p.Code)
	}
	return list
}

func TestPermissionsKeepTheirBits(t *testing.T) {
	t.Parallel()
	// The bits are in every database. This list is what they were when the first was made.
	for i, name := range []Permission{"DOCUMENTS_SUBMIT", "DOCUMENTS_VIEW_ALL", "DOCUMENTS_MANAGE_ALL", "EXPENSE_CLAIMS_CREATE", "PUBLISH_EXPENSE_CLAIMS",
		"PUBLISH_ITEMS", "USERS_MANAGE", "ADMINISTRATORS_MANAGE", "SETTINGS_MANAGE", "SUBSCRIPTION_MANAGE", "CLIENTS_CREATE",
		"CLIENTS_ALL", "COLLEAGUES_MANAGE", "PRACTICE_ADMINISTRATORS_MANAGE", "PRACTICE_INSIGHTS"} {
		if got := Permissions(1 << i).List(); !slices.Equal(got, []Permission{name}) {
			t.Errorf("bit %d is %v, want %s", i, got, name)
		}
		if got := SetOf([]Permission{name}); got != 1<<i {
			t.Errorf("%s is %b, want bit %d", name, got, i)
		}
	}
}

// The sets of RULES.md B7, written out once more, so that a slip in the constants is seen.
func TestBuiltInRolesAllowWhatB7Says(t *testing.T) {
	t.Parallel()
	options := []Permission{"DOCUMENTS_VIEW_ALL", "DOCUMENTS_MANAGE_ALL", "EXPENSE_CLAIMS_CREATE", "PUBLISH_EXPENSE_CLAIMS", "PUBLISH_ITEMS"}
	standard := []Permission{"DOCUMENTS_SUBMIT"}
	userAdmin := slices.Concat(standard, options, []Permission{"USERS_MANAGE", "SETTINGS_MANAGE"})
	inPractice := []Permission{"CLIENTS_ALL", "CLIENTS_CREATE", "PRACTICE_INSIGHTS"}
	clientAdmin := slices.Concat(inPractice, []Permission{"COLLEAGUES_MANAGE"})
	want := map[string]struct{ has, options []Permission }{
		"rol_standard":          {standard, options},
		"rol_user_admin":        {userAdmin, nil},
		"rol_business_admin":    {slices.Concat(userAdmin, []Permission{"ADMINISTRATORS_MANAGE", "SUBSCRIPTION_MANAGE"}), nil},
		"rol_practice_standard": {nil, inPractice},
		"rol_client_admin":      {clientAdmin, nil},
		"rol_practice_admin":    {slices.Concat(clientAdmin, []Permission{"PRACTICE_ADMINISTRATORS_MANAGE", "SETTINGS_MANAGE", "SUBSCRIPTION_MANAGE"}), nil},
	}
	if len(BuiltInRoles) != len(want) {
		t.Fatalf("%d built-in roles, want %d", len(BuiltInRoles), len(want))
	}
	for _, role := range BuiltInRoles {
		if got := role.Permissions; got != SetOf(want[role.ID].has) {
			t.Errorf("%s has %v, want %v", role.ID, got.List(), want[role.ID].has)
		}
		if got := role.Options(); got != SetOf(want[role.ID].options) {
			t.Errorf("%s has the options %v, want %v", role.ID, got.List(), want[role.ID].options)
		}
	}
}

func TestAccessTo(t *testing.T) {
	t.Parallel()
	user := func(s Status, login bool) *Member { return &Member{"mem_own", s, login, StandardPermissions} }
	colleague := func(p Permissions) *Member { return &Member{"mem_colleague", Active, true, p} }
	for _, c := range []struct {
		sentence       string
		own, colleague *Member
		granted        bool
		want           Access
	}{
		{"nobody opens nothing", nil, nil, true, Access{}},
		{"A2: an active user with login access opens the account", user(Active, true), nil, false, Access{ViaMembership, "mem_own", StandardPermissions}},
		{"A3: without login access one cannot", user(Active, false), nil, false, Access{}},
		{"C3: nor while pending", user(Pending, true), nil, false, Access{}},
		{"I2: nor while awaiting activation", user(AwaitingActivation, true), nil, false, Access{}},
		{"F4: nor deactivated", user(Deactivated, true), nil, false, Access{}},
		{"F5: nor removed", user(Removed, true), nil, false, Access{}},
		{"B5: whatever their practice role, colleagues act as business administrators", nil, colleague(PracticeStandardPermissions), true, Access{ViaPractice, "mem_colleague", BusinessAdminPermissions}},
		{"B6: a colleague without a grant does not reach the client", nil, colleague(PracticeStandardPermissions), false, Access{}},
		{"B6: with the permission for all clients no grant is needed", nil, colleague(ClientsAll), false, Access{ViaPractice, "mem_colleague", BusinessAdminPermissions}},
		{"A5: a deactivated colleague reaches nothing, grant or not", nil, &Member{"mem_colleague", Deactivated, true, PracticeAdminPermissions}, true, Access{}},
		{"an own membership goes before the way through the practice, and loses nothing by it", user(Active, true), colleague(ClientsAll), false, Access{ViaMembership, "mem_own", BusinessAdminPermissions}},
		{"a deactivated own membership leaves the way through the practice", user(Deactivated, true), colleague(ClientsAll), false, Access{ViaPractice, "mem_colleague", BusinessAdminPermissions}},
	} {
		if got := AccessTo(c.own, c.colleague, c.granted); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.sentence, got, c.want)
		}
	}
}

// adding is a standard user with login access, added by a colleague of the practice: nothing stands against it.
func adding(change func(*AddFacts)) AddFacts {
	f := AddFacts{Actor: Access{ViaPractice, "mem_ada", BusinessAdminPermissions}, Kind: Client, Practice: "prc_1", FirstName: "Gus", LastName: "Newman",
		Email: "gus@example.com", LoginAccess: true, Role: BuiltInRoles[5]}
	if change != nil {
		change(&f)
	}
	return f
}

func colleagueOf(f *AddFacts) {
	f.Kind, f.Role, f.Actor = Practice, BuiltInRoles[2], Access{ViaMembership, "mem_ada", PracticeAdminPermissions}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		facts    AddFacts
		want     []Code
	}{
		{"somebody new may be added", adding(nil), nil},
		{"B1: a standard user may not add anybody, and hears nothing else", adding(func(f *AddFacts) { f.Actor.Permissions, f.Email = StandardPermissions, "" }), []Code{NotPermitted}},
		{"a stranger may not", adding(func(f *AddFacts) { f.Actor = Access{} }), []Code{NotPermitted}},
		{"B1: a user administrator may add standard users", adding(func(f *AddFacts) { f.Actor = Access{ViaMembership, "m", UserAdminPermissions} }), nil},
		{"B4: but not business administrators", adding(func(f *AddFacts) { f.Actor, f.Role = Access{ViaMembership, "m", UserAdminPermissions}, BuiltInRoles[3] }), []Code{RoleNotAssignable}},
		{"a colleague's role is not for users", adding(func(f *AddFacts) { f.Role = BuiltInRoles[2] }), []Code{RoleNotAssignable}},
		{"another practice's role is not for this account", adding(func(f *AddFacts) { f.Role.Practice = "prc_2" }), []Code{RoleNotAssignable}},
		{"B7: options of the role may be added", adding(func(f *AddFacts) { set := StandardPermissions | PublishItems; f.Permissions = &set }), nil},
		{"B7: what is no option may not", adding(func(f *AddFacts) { set := StandardPermissions | UsersManage; f.Permissions = &set }), []Code{PermissionNotGrantable}},
		{"B7: what the role has cannot be left out", adding(func(f *AddFacts) { set := Permissions(0); f.Permissions = &set }), []Code{PermissionNotGrantable}},
		{"B7: a permission of the other kind of account cannot be given", adding(func(f *AddFacts) { set := StandardPermissions; f.Permissions, f.Unknown = &set, true }), []Code{PermissionNotGrantable}},
		{"B4: a permission one lacks cannot be given", adding(func(f *AddFacts) {
			set := StandardPermissions | PublishItems
			f.Permissions, f.Actor = &set, Access{ViaMembership, "m", DocumentsSubmit | UsersManage}
		}), []Code{PermissionNotGrantable}},
		{"C1: login access needs an email", adding(func(f *AddFacts) { f.Email = "" }), []Code{EmailRequired}},
		{"C1: a document owner does not", adding(func(f *AddFacts) { f.Email, f.LoginAccess = "", false }), nil},
		{"an address that is none", adding(func(f *AddFacts) { f.Email, f.EmailBroken = "", true }), []Code{EmailInvalid}},
		{"a number that is none", adding(func(f *AddFacts) { f.MobileBroken = true }), []Code{MobileInvalid}},
		{"names must be there", adding(func(f *AddFacts) { f.FirstName, f.LastName = "", "" }), []Code{Required, Required}},
		{"I2: nobody without login access awaits activation", adding(func(f *AddFacts) { f.LoginAccess, f.Later = false, true }), []Code{Invalid}},
		{"C1: colleagues always have login access", adding(func(f *AddFacts) { colleagueOf(f); f.LoginAccess = false }), []Code{Invalid}},
		{"a colleague may be added", adding(colleagueOf), nil},
		{"B6: only colleagues are given clients", adding(func(f *AddFacts) { f.Clients = ClientAccess{Given: true} }), []Code{Invalid}},
		{"B7: all clients excludes selected ones", adding(func(f *AddFacts) {
			colleagueOf(f)
			f.Role, f.Clients = BuiltInRoles[1], ClientAccess{Given: true, Selected: 1}
		}), []Code{Invalid}},
		{"B6: all clients and some of them at once makes no sense", adding(func(f *AddFacts) { colleagueOf(f); f.Clients = ClientAccess{Given: true, All: true, Selected: 1} }), []Code{Invalid}},
		{"B4: a client whose own access ends is not given for good", adding(func(f *AddFacts) { colleagueOf(f); f.Clients = ClientAccess{Given: true, Selected: 1, Ends: true} }), []Code{PermissionNotGrantable}},
		{"B4: all clients cannot be given by whoever lacks them", adding(func(f *AddFacts) {
			colleagueOf(f)
			f.Actor.Permissions, f.Clients = ColleaguesManage, ClientAccess{Given: true, All: true}
		}), []Code{PermissionNotGrantable}},
		{"C4: a colleague of the practice is never added as its client's user", adding(func(f *AddFacts) { f.Colleague = "mem_c" }), []Code{PracticeColleague}},
		{"C4: without login access neither", adding(func(f *AddFacts) { f.Colleague, f.LoginAccess = "mem_c", false }), []Code{PracticeColleague}},
		{"C5: a client's user is not added as a colleague", adding(func(f *AddFacts) { colleagueOf(f); f.ClientUser = "mem_u" }), []Code{MemberOfClient}},
		{"C6: who is there already", adding(func(f *AddFacts) { f.Existing = &Member{"mem_x", Active, true, 0} }), []Code{AlreadyMember}},
		{"C6: who is there without login access", adding(func(f *AddFacts) { f.Existing = &Member{"mem_x", Active, false, 0} }), []Code{AlreadyMember}},
		{"C6: who is deactivated", adding(func(f *AddFacts) { f.Existing = &Member{"mem_x", Deactivated, true, 0} }), []Code{MemberDeactivated}},
		{"C6: who was invited already", adding(func(f *AddFacts) { f.Existing = &Member{"mem_x", Pending, true, 0} }), []Code{InvitationAlreadyPending}},
		{"C6: who awaits activation", adding(func(f *AddFacts) { f.Existing = &Member{"mem_x", AwaitingActivation, true, 0} }), []Code{MembershipAwaitingActivation}},
		{"every reason is told, in order", adding(func(f *AddFacts) {
			f.FirstName, f.Role, f.Colleague = "", BuiltInRoles[2], "mem_c"
			f.Existing = &Member{"mem_x", Active, true, 0}
		}), []Code{Required, RoleNotAssignable, PracticeColleague, AlreadyMember}},
	} {
		if got := codes(Add(c.facts)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}

func TestAClientsOwnAdministratorLearnsNothingOfTheColleague(t *testing.T) {
	t.Parallel()
	for via, want := range map[Via]Problem{ViaPractice: {Subject: "mem_c", Remedy: GrantClientAccess}, ViaMembership: {}} {
		got := Add(adding(func(f *AddFacts) { f.Colleague, f.Actor.Via = "mem_c", via }))
		if len(got) != 1 || got[0].Subject != want.Subject || got[0].Remedy != want.Remedy {
			t.Errorf("L3, asked %s: got %+v, want subject %q and remedy %q", via, got, want.Subject, want.Remedy)
		}
	}
}

func TestAdded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence              string
		login, verified, late bool
		want                  Status
	}{
		{"C2: a verified login is in at once", true, true, false, Active},
		{"C3: anybody else is pending", true, false, false, Pending},
		{"A3: a document owner is active and signs in nowhere", false, false, false, Active},
		{"I2: later is later, verified or not", true, true, true, AwaitingActivation},
	} {
		got := Added(adding(func(f *AddFacts) { f.LoginAccess, f.VerifiedLogin, f.Later = c.login, c.verified, c.late }))
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.sentence, got, c.want)
		}
	}
}

// accepting is an invitation that can be accepted, spoiled in one place.
func accepting(change func(*AcceptFacts)) AcceptFacts {
	f := AcceptFacts{Found: true, Status: InvitationIsPending, Kind: Client, Permissions: StandardPermissions,
		Inviter: Access{ViaPractice, "mem_ada", BusinessAdminPermissions}, Masked: "g•••@example.com"}
	if change != nil {
		change(&f)
	}
	return f
}

func TestAccept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		facts    AcceptFacts
		want     []Code
	}{
		{"a good password lets the invited person in", accepting(nil), nil},
		{"E5: a new login needs a password", accepting(func(f *AcceptFacts) { f.Password = NoPassword() }), []Code{Required}},
		{"E5: a verified login does not", accepting(func(f *AcceptFacts) { f.Password, f.LoginVerified = NoPassword(), true }), nil},
		{"J2: nor who is signed in as the invited person", accepting(func(f *AcceptFacts) { f.Password, f.SignedIn, f.AsInvited = NoPassword(), true, true }), nil},
		{"E6: somebody else is signed in", accepting(func(f *AcceptFacts) { f.SignedIn = true }), []Code{InvitationWrongPerson}},
		{"an unknown link tells nothing else", accepting(func(f *AcceptFacts) { f.Found, f.SignedIn = false, true }), []Code{InvitationInvalid}},
		{"E2: an expired one is expired", accepting(func(f *AcceptFacts) { f.Status = InvitationIsExpired }), []Code{InvitationExpired}},
		{"E4: a cancelled one is cancelled", accepting(func(f *AcceptFacts) { f.Status = InvitationIsCancelled }), []Code{InvitationCancelled}},
		{"E4: a declined one is declined", accepting(func(f *AcceptFacts) { f.Status = InvitationIsDeclined }), []Code{InvitationDeclined}},
		{"E7: an accepted one is accepted", accepting(func(f *AcceptFacts) { f.Status = InvitationIsAccepted }), []Code{InvitationAlreadyAccepted}},
		{"B4: who can no longer add people lets nobody in", accepting(func(f *AcceptFacts) { f.Inviter = Access{ViaMembership, "m", StandardPermissions} }), []Code{NotPermitted}},
		{"B4: nor anybody above themselves", accepting(func(f *AcceptFacts) {
			f.Inviter, f.Permissions = Access{ViaMembership, "m", UserAdminPermissions}, BusinessAdminPermissions
		}), []Code{NotPermitted}},
		{"C4: who became a colleague meanwhile cannot accept", accepting(func(f *AcceptFacts) { f.Colleague = "mem_c" }), []Code{PracticeColleague}},
		{"C5: who became a client's user meanwhile cannot accept", accepting(func(f *AcceptFacts) {
			f.Kind, f.ClientUser, f.Inviter, f.Permissions = Practice, "mem_u", Access{ViaMembership, "m", PracticeAdminPermissions}, 0
		}), []Code{MemberOfClient}},
	} {
		got := Accept(c.facts)
		if !slices.Equal(codes(got), append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, codes(got), c.want)
		}
		for _, p := range got {
			if p.Subject != "" || p.Message == "" {
				t.Errorf("%s: a stranger is told %+v", c.sentence, p)
			}
		}
	}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 6, 14, 5, 0, 0, time.UTC)
	for _, c := range []struct {
		sentence string
		stored   InvitationStatus
		expires  *time.Time
		now      time.Time
		want     InvitationStatus
	}{
		{"E2: an unsent one does not expire", InvitationIsPending, nil, at, InvitationIsPending},
		{"E2: a moment before, it is good", InvitationIsPending, &at, at.Add(-time.Microsecond), InvitationIsPending},
		{"E2: at the moment, it is over", InvitationIsPending, &at, at, InvitationIsExpired},
		{"what was accepted stays accepted", InvitationIsAccepted, &at, at.Add(time.Hour), InvitationIsAccepted},
	} {
		if got := Standing(c.stored, c.expires, c.now); got != c.want {
			t.Errorf("%s: got %s, want %s", c.sentence, got, c.want)
		}
	}
}

func TestPassword(t *testing.T) {
	t.Parallel()
	for password, want := range map[string][]Code{
		"":                                  {Required},
		"fourteen chars":                    {PasswordTooWeak},
		"fifteen charact":                   {},
		"aaaaaaaaaaaaaaaaaaaaaa":            {PasswordTooWeak},
		"gus@example.comgus@example.com":    {PasswordTooWeak},
		"GusNewman GusNewman":               {PasswordTooWeak},
		"correct horse battery":             {},
		string(make([]rune, MaxPassword+1)): {TooLong},
	} {
		if got := codes(Password(password, "gus@example.com", "gus", "Newman")); !slices.Equal(got, want) {
			t.Errorf("password %q: got %v, want %v", password, got, want)
		}
	}
}
