package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestRoles(t *testing.T) {
	t.Parallel()
	admin := Access{ViaMembership, "mem_ada", PracticeAdminPermissions}
	office := Access{ViaMembership, "mem_cleo", SettingsManage | ColleaguesManage}
	role := func(kind Kind, p Permissions) Role { return Role{"rol_x", "Keeper", kind, "prc_1", p} }
	member := func(id, account string, p Permissions) RoleMember {
		return RoleMember{Member: Member{id, Active, true, p}, Account: account}
	}
	for _, c := range []struct {
		sentence string
		judge    func(RoleFacts) Verdict
		facts    RoleFacts
		want     []Code
	}{
		{"B3: a practice administrator makes roles", MayMakeRole, RoleFacts{Actor: admin, After: role(Client, DocumentsSubmit)}, nil},
		{"B3: without SETTINGS_MANAGE nobody does", MayMakeRole, RoleFacts{Actor: Access{ViaMembership, "m", ClientAdminPermissions}, After: role(Client, 0)}, []Code{NotPermitted}},
		{"B4, B5: in clients any colleague is an administrator", MayMakeRole, RoleFacts{Actor: office, After: role(Client, BusinessAdminPermissions)}, nil},
		{"B4: in the practice nobody gives what they lack", MayMakeRole, RoleFacts{Actor: office, After: role(Practice, ClientsAll)}, []Code{PermissionNotGrantable}},
		{"B3: permissions of the other kind make no sense", MayMakeRole, RoleFacts{Actor: admin, After: role(Client, ClientsAll)}, []Code{PermissionNotGrantable}},
		{"B3: a role has a name", MayMakeRole, RoleFacts{Actor: admin, After: Role{Kind: Client}}, []Code{Required}},
		{"B3: and no other role has it", MayMakeRole, RoleFacts{Actor: admin, After: role(Client, 0), Taken: true}, []Code{Invalid}},
		{"B3: built-in ones are nobody's to change", MayChangeRole, RoleFacts{Actor: admin, BuiltIn: true}, []Code{NotPermitted}},
		{"B3: nor to delete", MayDeleteRole, RoleFacts{Actor: admin, BuiltIn: true}, []Code{NotPermitted}},
		{"B3: a role in use cannot be deleted", MayDeleteRole, RoleFacts{Actor: admin, Used: 2}, []Code{RoleInUse}},
		{"B3: one that nobody has can", MayDeleteRole, RoleFacts{Actor: admin}, nil},
		{"B4: a role above one's own is not deleted", MayDeleteRole, RoleFacts{Actor: office, Before: role(Practice, ClientsAll), After: role(Practice, ClientsAll)}, []Code{NotPermitted}},
		{"B3: nor without SETTINGS_MANAGE", MayDeleteRole, RoleFacts{Actor: Access{ViaMembership, "m", ClientAdminPermissions}}, []Code{NotPermitted}},
		{"B3: a change wants SETTINGS_MANAGE, too", MayChangeRole, RoleFacts{Actor: Access{ViaMembership, "m", ClientAdminPermissions}, After: role(Client, 0)}, []Code{NotPermitted}},
		{"B3: a changed role has a name", MayChangeRole, RoleFacts{Actor: admin, Before: role(Client, 0), After: Role{Kind: Client}}, []Code{Required}},
		{"B3: that no other role has", MayChangeRole, RoleFacts{Actor: admin, Before: role(Client, 0), After: role(Client, 0), Taken: true}, []Code{Invalid}},
		{"B3: and no permission of the other kind", MayChangeRole, RoleFacts{Actor: admin, Before: role(Client, 0), After: role(Client, ClientsAll)}, []Code{PermissionNotGrantable}},
		{"B4: a role gets nothing that the actor lacks", MayChangeRole, RoleFacts{Actor: office, Before: role(Practice, 0), After: role(Practice, ClientsAll)}, []Code{PermissionNotGrantable}},
		{"F9: every problem is answered", MayMakeRole, RoleFacts{Actor: admin, After: Role{Kind: Client, Permissions: ClientsAll}}, []Code{Required, PermissionNotGrantable}},
		{"F9: without the right, that alone", MayMakeRole, RoleFacts{Actor: Access{}, After: Role{Kind: Client, Permissions: ClientsAll}}, []Code{NotPermitted}},
		{"B4: a role above one's own is not changed", MayChangeRole, RoleFacts{Actor: office, Before: role(Practice, ClientsAll), After: role(Practice, 0)}, []Code{NotPermitted}},
		{"B4: nor is somebody who has more than the role", MayChangeRole, RoleFacts{Actor: office, Before: role(Practice, ColleaguesManage), After: role(Practice, 0),
			Members: []RoleMember{member("mem_b", "prc_1", ColleaguesManage|ClientsAll)}}, []Code{NotPermitted}},
		{"G3: nor the practice's owner", MayChangeRole, RoleFacts{Actor: admin, Before: role(Practice, ClientsAll), After: role(Practice, 0),
			Members: []RoleMember{{Member: Member{"mem_o", Active, true, ClientsAll}, Account: "prc_1", Owner: true}}}, []Code{NotPermitted}},
		{"G3: a client's owner can be changed by their practice", MayChangeRole, RoleFacts{Actor: admin, Before: role(Client, PublishItems), After: role(Client, 0),
			Members: []RoleMember{{Member: Member{"mem_o", Active, true, PublishItems}, Account: "cli_1", Owner: true}}}, nil},
		{"G3: what changes nothing for the practice's owner changes", MayChangeRole, RoleFacts{Actor: admin, Before: role(Practice, 0), After: role(Practice, ClientsAll),
			Members: []RoleMember{{Member: Member{"mem_o", Active, true, ClientsAll}, Account: "prc_1", Owner: true}}}, nil},
		{"B3: another name is for everybody", MayChangeRole, RoleFacts{Actor: admin, Before: role(Practice, ClientsAll), After: role(Practice, ClientsAll),
			Members: []RoleMember{{Member: Member{"mem_o", Active, true, ClientsAll}, Account: "prc_1", Owner: true}}}, nil},
		{"F8: one may give to oneself what one has", MayChangeRole, RoleFacts{Actor: admin, Before: role(Practice, 0), After: role(Practice, ClientsAll),
			Members: []RoleMember{{Member: Member{"mem_ada", Active, true, 0}, Account: "prc_1", Self: true}}}, nil},
		{"F8: nobody takes from themselves", MayChangeRole, RoleFacts{Actor: admin, Before: role(Practice, ClientsAll), After: role(Practice, 0),
			Members: []RoleMember{{Member: Member{"mem_ada", Active, true, ClientsAll}, Account: "prc_1", Self: true}}}, []Code{CannotActOnYourself}},
		{"H1: a practice keeps a practice administrator", MayChangeRole, RoleFacts{Actor: admin, Before: role(Practice, PracticeAdministratorsManage), After: role(Practice, 0),
			Members: []RoleMember{member("mem_b", "prc_1", PracticeAdministratorsManage)}}, []Code{LastAdministrator}},
		{"H1: another one is enough", MayChangeRole, RoleFacts{Actor: admin, Before: role(Practice, PracticeAdministratorsManage), After: role(Practice, 0),
			Members: []RoleMember{member("mem_b", "prc_1", PracticeAdministratorsManage)}, Others: map[string]bool{"prc_1": true}}, nil},
		{"H1: clients need none", MayChangeRole, RoleFacts{Actor: admin, Before: role(Client, AdministratorsManage), After: role(Client, 0),
			Members: []RoleMember{member("mem_b", "cli_1", AdministratorsManage)}}, nil},
		{"H1: unless the practice keeps them", MayChangeRole, RoleFacts{Actor: admin, Before: role(Client, AdministratorsManage), After: role(Client, 0), Keeps: true,
			Members: []RoleMember{member("mem_b", "cli_1", AdministratorsManage)}}, []Code{LastAdministrator}},
		{"H1: another one in another client is none", MayChangeRole, RoleFacts{Actor: admin, Before: role(Client, AdministratorsManage), After: role(Client, 0), Keeps: true,
			Members: []RoleMember{member("mem_b", "cli_1", AdministratorsManage)}, Others: map[string]bool{"cli_2": true}}, []Code{LastAdministrator}},
		{"H1: two of one role are not each other's", MayChangeRole, RoleFacts{Actor: admin, Before: role(Client, AdministratorsManage), After: role(Client, 0), Keeps: true,
			Members: []RoleMember{member("mem_b", "cli_1", AdministratorsManage), member("mem_c", "cli_1", AdministratorsManage)}}, []Code{LastAdministrator}},
		{"H1: without login access nobody administers", MayChangeRole, RoleFacts{Actor: admin, Before: role(Client, AdministratorsManage), After: role(Client, 0), Keeps: true,
			Members: []RoleMember{{Member: Member{"mem_b", Active, false, AdministratorsManage}, Account: "cli_1"}}}, nil},
		{"H1: whoever was out already is no loss", MayChangeRole, RoleFacts{Actor: admin, Before: role(Client, AdministratorsManage), After: role(Client, 0), Keeps: true,
			Members: []RoleMember{{Member: Member{"mem_b", Deactivated, true, AdministratorsManage}, Account: "cli_1"}}}, nil},
	} {
		if got := codes(c.judge(c.facts)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}

// A problem names who stands in the way, and not thousands of them.
func TestARefusedRoleNamesWhoStandsInTheWay(t *testing.T) {
	t.Parallel()
	f := RoleFacts{Actor: Access{ViaMembership, "mem_ada", PracticeAdminPermissions}, Keeps: true,
		Before: Role{"rol_x", "Keeper", Client, "prc_1", AdministratorsManage}, After: Role{"rol_x", "Keeper", Client, "prc_1", 0}}
	for i := range 30 {
		f.Members = append(f.Members, RoleMember{Member: Member{fmt.Sprint("mem_", i), Active, true, AdministratorsManage}, Account: fmt.Sprint("cli_", i)})
	}
	f.Others = map[string]bool{"cli_0": true}
	v := MayChangeRole(f)
	if len(v) != 1 || len(v[0].Related) != MostRelated || v[0].Related[0] != "mem_1" {
		t.Errorf("H1: got %+v, want the first %d whose client has nobody else", v, MostRelated)
	}
	v = MayDeleteRole(RoleFacts{Actor: f.Actor, Used: 2, Users: []string{"mem_1", "mem_2"}})
	if len(v) != 1 || !slices.Equal(v[0].Related, []string{"mem_1", "mem_2"}) {
		t.Errorf("B3: got %+v, want both who have it", v)
	}
}

func TestAMemberKeepsTheOptionsThatTheirRoleStillHasAPlaceFor(t *testing.T) {
	t.Parallel()
	f := RoleFacts{Before: Role{Kind: Client, Permissions: DocumentsSubmit | PublishItems}, After: Role{Kind: Client, Permissions: DocumentsSubmit}}
	m := RoleMember{Member: Member{Permissions: DocumentsSubmit | PublishItems | DocumentsViewAll}}
	if got, want := f.Set(m), DocumentsSubmit|DocumentsViewAll; got != want {
		t.Errorf("B7: got %v, want %v", got.List(), want.List())
	}
	f.After.Permissions = DocumentsSubmit | UsersManage // a role that manages people has no options
	if got := f.Set(m); got != f.After.Permissions {
		t.Errorf("B7: got %v, want what the role allows", got.List())
	}
}

// Whoever mixes the kinds is told so, and not that they lack a permission.
func TestAPermissionOfTheOtherKindMakesNoSense(t *testing.T) {
	t.Parallel()
	admin := Access{ViaMembership, "mem_ada", PracticeAdminPermissions}
	mixed := MayMakeRole(RoleFacts{Actor: admin, After: Role{Name: "Keeper", Kind: Client, Permissions: ClientsAll}})
	above := MayMakeRole(RoleFacts{Actor: Access{ViaMembership, "m", SettingsManage}, After: Role{Name: "Keeper", Kind: Practice, Permissions: ClientsAll}})
	if len(mixed) != 1 || len(above) != 1 || !strings.Contains(mixed[0].Message, "makes no sense") || !strings.Contains(above[0].Message, "do not have yourself") {
		t.Errorf("B3, B4: got %+v and %+v", mixed, above)
	}
}

func TestRolesThatAreOfferedAreThoseThatCanBeGiven(t *testing.T) {
	t.Parallel()
	own := func(kind Kind, practice string, p Permissions) Role {
		return Role{"rol_x", "Keeper", kind, practice, p}
	}
	business, user, nobody := Access{ViaMembership, "m", BusinessAdminPermissions}, Access{ViaMembership, "m", UserAdminPermissions}, Access{ViaMembership, "m", StandardPermissions}
	for _, c := range []struct {
		sentence string
		actor    Access
		role     Role
		want     []Code
	}{
		{"B4: one's own role", user, BuiltInRoles[4], nil},
		{"B4: a role below", user, BuiltInRoles[5], nil},
		{"B4: not a role above", user, BuiltInRoles[3], []Code{RoleNotAssignable}},
		{"B3, B4: a role of the practice's own", user, own(Client, "prc_1", DocumentsSubmit), nil},
		{"B3, B4: not one that allows more", user, own(Client, "prc_1", AdministratorsManage), []Code{RoleNotAssignable}},
		{"B3: not another practice's", business, own(Client, "prc_2", 0), []Code{RoleNotAssignable}},
		{"B3: not a colleague's", business, own(Practice, "prc_1", 0), []Code{RoleNotAssignable}},
		{"B4: who manages nobody gives none", nobody, own(Client, "prc_1", 0), []Code{NotPermitted}},
	} {
		if got := codes(MayGive(c.actor, Client, "prc_1", c.role)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}
