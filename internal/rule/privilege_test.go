package rule

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var roles = func() map[string]Role {
	byID := map[string]Role{}
	for _, r := range BuiltInRoles {
		byID[r.ID] = r
	}
	return byID
}()

func inside(set Permissions) func(*Managed) {
	return func(f *Managed) { f.Actor = Access{ViaMembership, "mem_a", set} }
}

func administrator(f *Managed) { f.Member.Permissions, f.Administrators = BusinessAdminPermissions, 1 }

func colleague(f *Managed) {
	f.Kind, f.Practice, f.Actor = Practice, false, Access{ViaMembership, "mem_a", PracticeAdminPermissions}
	f.Member.Permissions = 0
}

func TestWhatPrivilegesCanBeGiven(t *testing.T) {
	t.Parallel()
	to := func(role string) Privileges { return Privileges{Practice: "prc_1", Role: roles[role], Another: true} }
	with := func(role string, set Permissions) Privileges {
		return Privileges{Practice: "prc_1", Role: roles[role], Permissions: &set}
	}
	foreign := Role{Name: "Night shift", Kind: Client, Practice: "prc_2"}
	self := func(f *Managed) { f.Self = true }
	few := func(f *Managed) { f.Administrators, f.Logins = 1, 1 }
	for _, c := range []struct {
		sentence string
		facts    Managed
		change   Privileges
		want     string
	}{
		{"F2: another role", managed("active"), to(UserAdminRole), ""},
		{"F9: of somebody pending, too", managed("pending"), to(UserAdminRole), ""},
		{"F9: and of somebody without login access", managed("no login"), to(UserAdminRole), ""},
		{"F9: not of somebody deactivated", managed("deactivated"), to(UserAdminRole), "MEMBERSHIP_DEACTIVATED"},
		{"F9: nor of somebody removed", managed("removed"), to(UserAdminRole), "MEMBERSHIP_REMOVED"},
		{"F9: without any right, that alone", managed("removed", inside(StandardPermissions)), to(BusinessAdminRole), "NOT_PERMITTED"},
		{"B4: not a role above one's own", managed("active", inside(UserAdminPermissions)), to(BusinessAdminRole), "ROLE_NOT_ASSIGNABLE"},
		{"B4: nor a permission one lacks", managed("active", inside(UserAdminPermissions&^PublishItems)), with(StandardRole, DocumentsSubmit|PublishItems), "PERMISSION_NOT_GRANTABLE"},
		{"B3: nor the role of another practice", managed("active"), Privileges{Practice: "prc_1", Role: foreign, Another: true}, "ROLE_NOT_ASSIGNABLE"},
		{"B3: nor of another kind of account", managed("active", inside(BusinessAdminPermissions|PracticeAdminPermissions)), to(PracticeStandardRole), "ROLE_NOT_ASSIGNABLE"},
		{"B7: an option", managed("active"), with(StandardRole, DocumentsSubmit|PublishItems), ""},
		{"B7: not less than the role", managed("active"), with(StandardRole, PublishItems), "PERMISSION_NOT_GRANTABLE"},
		{"B7: nor more than its options", managed("active"), with(StandardRole, DocumentsSubmit|UsersManage), "PERMISSION_NOT_GRANTABLE"},
		{"B7: nor a permission of another kind", managed("active"), Privileges{Role: roles[StandardRole], Unknown: true}, "PERMISSION_NOT_GRANTABLE"},
		{"F2: a business administrator only by such", managed("active", inside(UserAdminPermissions), administrator), to(StandardRole), "NOT_PERMITTED"},
		{"F8: nobody demotes themselves", managed("active", inside(BusinessAdminPermissions), self, func(f *Managed) { f.Member.Permissions = BusinessAdminPermissions }), to(StandardRole), "CANNOT_ACT_ON_YOURSELF"},
		{"F8: what changes nothing takes nothing", managed("active", inside(BusinessAdminPermissions), self), with(StandardRole, StandardPermissions), ""},
		{"G3: nobody inside changes the owner's", managed("active", inside(BusinessAdminPermissions), func(f *Managed) { f.Owner = true }), to(StandardRole), "NOT_PERMITTED"},
		{"G3: the practice does", managed("active", func(f *Managed) { f.Owner = true }), to(UserAdminRole), ""},
		{"G3: a practice owner's role is support's", managed("active", colleague, func(f *Managed) { f.Owner = true }), to(ClientAdminRole), "NOT_PERMITTED"},
		{"H1: nobody inside demotes the last administrator", managed("active", inside(BusinessAdminPermissions), administrator), to(StandardRole), "LAST_ADMINISTRATOR"},
		{"H1: also where nobody else signs in, for they still do", managed("active", inside(BusinessAdminPermissions), administrator, few), to(StandardRole), "LAST_ADMINISTRATOR"},
		{"F9: what changes nothing is not judged, even where it no longer fits", managed("active", func(f *Managed) { f.Member.Permissions = PublishItems }), Privileges{Role: roles[StandardRole]}, ""},
		{"H1: who stays an administrator is no loss", managed("active", inside(BusinessAdminPermissions), administrator), with(BusinessAdminRole, BusinessAdminPermissions), ""},
		{"H1: practice users may", managed("active", administrator), to(StandardRole), ""},
		{"H1: unless administrators are kept", managed("active", administrator, func(f *Managed) { f.Keeps = true }), to(StandardRole), "LAST_ADMINISTRATOR"},
		{"H1: another administrator is enough", managed("active", inside(BusinessAdminPermissions), administrator, func(f *Managed) { f.Administrators = 2 }), to(StandardRole), ""},
		{"H1: one who is pending administers nothing yet", managed("pending", inside(BusinessAdminPermissions), administrator), to(StandardRole), ""},
		{"H1: a practice keeps an administrator", managed("active", colleague, func(f *Managed) { f.Member.Permissions, f.Administrators, f.Logins = PracticeAdminPermissions, 1, 1 }), to(ClientAdminRole), "LAST_ADMINISTRATOR"},
		{"B4, F9, F8: every reason, in order", managed("deactivated", inside(UserAdminPermissions), self, func(f *Managed) { f.Member.Permissions = UserAdminPermissions }), to(BusinessAdminRole), "ROLE_NOT_ASSIGNABLE MEMBERSHIP_DEACTIVATED"},
	} {
		if got := codesText(MayEditPrivileges(c.facts, c.change)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.sentence, got, c.want)
		}
	}
}

func TestWhatResultsFromAChangeOfPrivileges(t *testing.T) {
	t.Parallel()
	f := managed("active")
	f.Member.Permissions = DocumentsSubmit | PublishItems
	set := DocumentsSubmit | DocumentsViewAll
	for _, c := range []struct {
		sentence string
		change   Privileges
		want     Permissions
	}{
		{"B7: a new role without permissions resets them", Privileges{Role: roles[UserAdminRole], Another: true}, UserAdminPermissions},
		{"B7: the same role keeps them", Privileges{Role: roles[StandardRole]}, f.Member.Permissions},
		{"B7: permissions are the whole resulting set", Privileges{Role: roles[StandardRole], Permissions: &set}, set},
		{"B7: with a new role, too", Privileges{Role: roles[StandardRole], Another: true, Permissions: &set}, set},
	} {
		if got := c.change.Set(f); got != c.want {
			t.Errorf("%s: got %v, want %v", c.sentence, got.List(), c.want.List())
		}
	}
}

func TestGivingAndTakingLoginAccess(t *testing.T) {
	t.Parallel()
	there := &Member{ID: "mem_t", Status: Active, LoginAccess: true}
	on, off := LoginAccess{On: true, Email: "kit@example.com"}, LoginAccess{}
	other := LoginAccess{On: true, Email: "sam@example.com", EmailGiven: true}
	twin := func(f *Managed) { f.Colleague = "mem_c" }
	for _, c := range []struct {
		sentence string
		facts    Managed
		change   LoginAccess
		want     string
	}{
		{"A1: it is given", managed("no login"), on, ""},
		{"A1: it is given back to whoever had accepted", managed("no login, accepted"), on, ""},
		{"A1: and taken", managed("active"), off, ""},
		{"F9: on where it is on changes nothing", managed("active"), LoginAccess{On: true}, ""},
		{"F9: off where it is off changes nothing", managed("no login"), off, ""},
		{"F9: neither for somebody deactivated", managed("deactivated, none"), LoginAccess{On: true}, "MEMBERSHIP_DEACTIVATED"},
		{"F9: nor removed", managed("removed"), off, "MEMBERSHIP_REMOVED"},
		{"F9: without any right, that alone", managed("no login", inside(StandardPermissions)), LoginAccess{On: true}, "NOT_PERMITTED"},
		{"C1: it needs an address", managed("no login"), LoginAccess{On: true}, "EMAIL_REQUIRED"},
		{"C1: that is one", managed("no login"), LoginAccess{On: true, EmailBroken: true}, "EMAIL_INVALID"},
		{"C1: and a mobile that is one", managed("no login"), LoginAccess{On: true, Email: "kit@example.com", MobileBroken: true}, "MOBILE_INVALID"},
		{"C1: colleagues always have it", managed("active", colleague), off, "INVALID"},
		{"C4: a colleague is not let in as a user", managed("no login", twin), on, "PRACTICE_COLLEAGUE"},
		{"C4: but their login access is taken all the same", managed("active", twin), off, ""},
		{"C5: nor a client's user as a colleague", managed("deactivated", colleague, func(f *Managed) { f.ClientUser = "mem_u" }), on, "MEMBERSHIP_DEACTIVATED"},
		{"C6: with somebody else's address neither", managed("no login"), LoginAccess{On: true, Email: "sam@example.com", EmailGiven: true, Existing: there}, "ALREADY_MEMBER"},
		{"F1: nor with another, once they accepted", managed("no login, accepted"), other, "EMAIL_BELONGS_TO_PERSON"},
		{"C4, C6, F1: every reason, in order", managed("no login, accepted", twin), LoginAccess{On: true, Email: "sam@example.com", EmailGiven: true, Existing: there},
			"PRACTICE_COLLEAGUE ALREADY_MEMBER EMAIL_BELONGS_TO_PERSON"},
		{"F8: nobody switches themselves off", managed("active", func(f *Managed) { f.Self = true }), off, "CANNOT_ACT_ON_YOURSELF"},
		{"H1: nor the last administrator", managed("active", inside(BusinessAdminPermissions), administrator), off, "LAST_ADMINISTRATOR"},
	} {
		if got := codesText(MaySetLoginAccess(c.facts, c.change)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.sentence, got, c.want)
		}
	}
	if v := MaySetLoginAccess(managed("no login"), LoginAccess{On: true}.Asking()); v.Refused() {
		t.Errorf("A1: the menu refuses for an address that can still be given: %s", codesText(v))
	}
}

func TestChangingDetails(t *testing.T) {
	t.Parallel()
	there := &Member{ID: "mem_t", Status: Deactivated}
	empty, name, long := "", "Kit", strings.Repeat("é", MaxName+1)
	for _, c := range []struct {
		sentence string
		facts    Managed
		change   Details
		want     string
	}{
		{"F1: a name", managed("active"), Details{FirstName: &name, LastName: &name}, ""},
		{"C1: a name that is one", managed("active"), Details{FirstName: &empty, LastName: &long}, "REQUIRED TOO_LONG"},
		{"C1: a mobile that is one", managed("active"), Details{MobileBroken: true}, "MOBILE_INVALID"},
		{"F1: an email until they have accepted", managed("no login"), Details{EmailChanges: true}, ""},
		{"E9: while pending", managed("pending"), Details{EmailChanges: true}, ""},
		{"F1: not after that", managed("active"), Details{EmailChanges: true}, "EMAIL_BELONGS_TO_PERSON"},
		{"F1: nor without login access, once they accepted", managed("no login, accepted"), Details{EmailChanges: true}, "EMAIL_BELONGS_TO_PERSON"},
		{"C1: an email that is one", managed("no login"), Details{EmailChanges: true, EmailBroken: true}, "EMAIL_INVALID"},
		{"C1: who signs in needs one", managed("pending"), Details{EmailChanges: true, EmailEmpty: true}, "EMAIL_REQUIRED"},
		{"A3: who does not, does not", managed("no login"), Details{EmailChanges: true, EmailEmpty: true}, ""},
		{"C4: no colleague's", managed("pending"), Details{EmailChanges: true, Colleague: "mem_c"}, "PRACTICE_COLLEAGUE"},
		{"C5: no client's user's", managed("pending", colleague), Details{EmailChanges: true, ClientUser: "mem_u"}, "MEMBER_OF_CLIENT"},
		{"C6: nobody's who is there", managed("pending"), Details{EmailChanges: true, Existing: there}, "MEMBER_DEACTIVATED"},
		{"F9: not of somebody deactivated", managed("deactivated"), Details{FirstName: &name, EmailChanges: true}, "MEMBERSHIP_DEACTIVATED"},
		{"F9: nor removed", managed("removed"), Details{FirstName: &empty}, "MEMBERSHIP_REMOVED"},
		{"F9: without any right, that alone", managed("removed", inside(StandardPermissions)), Details{FirstName: &empty}, "NOT_PERMITTED"},
	} {
		if got := codesText(MayEditDetails(c.facts, c.change)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.sentence, got, c.want)
		}
	}
}

// B4: nobody ends up with more than whoever gave it has, beyond a role that they have themselves.
func TestNobodyGivesWhatTheyDoNotHave(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := anybody(t)
		set := Permissions(rapid.Int64Range(0, 1<<15-1).Draw(t, "set"))
		change := Privileges{Role: rapid.SampledFrom(BuiltInRoles).Draw(t, "role"), Another: rapid.Bool().Draw(t, "another")}
		if rapid.Bool().Draw(t, "named") {
			change.Permissions = &set
		}
		v := MayEditPrivileges(f, change)
		if strings.Contains(codesText(v), string(NotPermitted)) && len(v) != 1 {
			t.Fatalf("NOT_PERMITTED stands alone: %s", codesText(v))
		}
		after := change.Set(f)
		if v.Refused() || after == f.Member.Permissions {
			return
		}
		if !(f.Actor.Permissions | change.Role.Permissions).Has(after) || change.Another && !f.Actor.Permissions.Has(after) {
			t.Fatalf("B4: %v gives %v", f.Actor.Permissions.List(), after.List())
		}
		if f.Self && !after.Has(f.Member.Permissions) {
			t.Fatalf("F8: %v from oneself", (f.Member.Permissions &^ after).List())
		}
	})
}

// G3, B4: who inside a client account may do as much as somebody else is never refused what those are allowed.
func TestRankNeverStandsInTheWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := anybody(t)
		higher := f
		higher.Actor.Permissions |= Permissions(rapid.Int64Range(0, 1<<15-1).Draw(t, "more")) & f.Kind.Of()
		for verb := range table {
			low, high := f.Manage(verb), higher.Manage(verb)
			if !low.Refused() && high.Refused() {
				t.Fatalf("%s is refused to who may do more: %s", verb, codesText(high))
			}
			if !low.alone() && codesText(low) != codesText(high) {
				t.Fatalf("%s: who may do more is told %q and not %q", verb, codesText(high), codesText(low))
			}
		}
	})
}
