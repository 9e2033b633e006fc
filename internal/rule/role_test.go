package rule

import (
	"slices"
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
		{"B4: a role above one's own is not changed", MayChangeRole, RoleFacts{Actor: office, Before: role(Practice, ClientsAll), After: role(Practice, 0)}, []Code{NotPermitted}},
		{"B4: nor is somebody who has more than the role", MayChangeRole, RoleFacts{Actor: office, Before: role(Practice, ColleaguesManage), After: role(Practice, 0),
			Members: []RoleMember{member("mem_b", "prc_1", ColleaguesManage|ClientsAll)}}, []Code{NotPermitted}},
		{"G3: nor the practice's owner", MayChangeRole, RoleFacts{Actor: admin, Before: role(Practice, ClientsAll), After: role(Practice, 0),
			Members: []RoleMember{{Member: Member{"mem_o", Active, true, ClientsAll}, Account: "prc_1", Owner: true}}}, []Code{NotPermitted}},
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
		{"H1: whoever was out already is no loss", MayChangeRole, RoleFacts{Actor: admin, Before: role(Client, AdministratorsManage), After: role(Client, 0), Keeps: true,
			Members: []RoleMember{{Member: Member{"mem_b", Deactivated, true, AdministratorsManage}, Account: "cli_1"}}}, nil},
	} {
		if got := codes(c.judge(c.facts)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}

func TestAMemberKeepsTheOptionsThatTheirRoleStillHasAPlaceFor(t *testing.T) {
	t.Parallel()
	f := RoleFacts{Before: Role{Kind: Client, Permissions: DocumentsSubmit | PublishItems}, After: Role{Kind: Client, Permissions: DocumentsSubmit}}
	m := RoleMember{Member: Member{Permissions: DocumentsSubmit | PublishItems | DocumentsViewAll}}
	if got, want := f.Set(m), DocumentsSubmit|DocumentsViewAll; got != want {
		t.Errorf("B7: got %v, want %v", got.List(), want.List())
	}
	f.After.Permissions = UserAdminPermissions // a role that manages people has no options
	if got := f.Set(m); got != UserAdminPermissions {
		t.Errorf("B7: got %v, want what the role allows", got.List())
	}
}
