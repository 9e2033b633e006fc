package rule

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMayEditClientAccess(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 6, 14, 5, 0, 0, time.UTC)
	yes, no := true, false
	standard, clientAdmin := BuiltInRoles[2], BuiltInRoles[1]
	facts := func(change func(*Managed)) Managed {
		f := Managed{Actor: Access{ViaMembership, "mem_ada", PracticeAdminPermissions}, Kind: Practice, Member: Member{"mem_ben", Active, true, 0}, Administrators: 1, Logins: 2}
		if change != nil {
			change(&f)
		}
		return f
	}
	for _, c := range []struct {
		sentence string
		facts    Managed
		change   ClientAccessChange
		want     []Code
	}{
		{"B6: selected clients are granted", facts(nil), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1"}}}, nil},
		{"B6: for as long as is said", facts(nil), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1", ExpiresAt: new(now.Add(time.Second))}}}, nil},
		{"B6: an end that has come is none", facts(nil), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1", ExpiresAt: &now}}}, []Code{Invalid}},
		{"B6: all clients", facts(nil), ClientAccessChange{Role: standard, All: &yes}, nil},
		{"B7: all excludes selected", facts(nil), ClientAccessChange{Role: standard, All: &yes, Grants: []GrantedClient{{Client: "cli_1"}}}, []Code{Invalid}},
		{"B7: so it does for who has all", facts(func(f *Managed) { f.Member.Permissions = ClientsAll }), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1"}}}, []Code{Invalid}},
		{"B7: a role that opens all cannot select", facts(func(f *Managed) { f.Member.Permissions = ClientAdminPermissions }), ClientAccessChange{Role: clientAdmin, All: &no}, []Code{Invalid}},
		{"B6: a client is named once", facts(nil), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1"}}, Revoke: []string{"cli_1"}}, []Code{Invalid}},
		{"B4: nobody gives all who lacks it", facts(func(f *Managed) { f.Actor.Permissions = ColleaguesManage }), ClientAccessChange{Role: standard, All: &yes}, []Code{PermissionNotGrantable}},
		{"B4: nor changes who ranks above", facts(func(f *Managed) { f.Actor.Permissions, f.Member.Permissions = ColleaguesManage, ClientsAll }), ClientAccessChange{Role: standard}, []Code{NotPermitted}},
		{"B4: nobody gives a client for longer than they have it", facts(nil), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1", Until: new(now.Add(time.Hour))}}}, []Code{PermissionNotGrantable}},
		{"B4: not by a second", facts(nil), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1", ExpiresAt: new(now.Add(time.Hour + time.Second)), Until: new(now.Add(time.Hour))}}}, []Code{PermissionNotGrantable}},
		{"B4: as long as they have it", facts(nil), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1", ExpiresAt: new(now.Add(time.Hour)), Until: new(now.Add(time.Hour))}}}, nil},
		{"B4: a role without a place for all takes none", facts(func(f *Managed) { f.Member.Permissions = ColleaguesManage }), ClientAccessChange{Role: Role{Kind: Practice, Permissions: ColleaguesManage}, All: &yes}, []Code{PermissionNotGrantable}},
		{"B6: a reason of a thousand characters", facts(nil), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1", Reason: strings.Repeat("é", MaxReason)}}}, nil},
		{"B6: and no longer one", facts(nil), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1", Reason: strings.Repeat("é", MaxReason+1)}}}, []Code{TooLong}},
		{"B6: a client is revoked once", facts(nil), ClientAccessChange{Role: standard, Revoke: []string{"cli_1", "cli_1"}}, []Code{Invalid}},
		{"B6: from who opens all, one that was selected before is revoked", facts(func(f *Managed) { f.Member.Permissions = ClientsAll }), ClientAccessChange{Role: standard, Revoke: []string{"cli_1"}}, nil},
		{"F9: one who awaits activation has clients already", facts(func(f *Managed) { f.Member.Status = AwaitingActivation }), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1"}}}, nil},
		{"F9: so has one who is pending", facts(func(f *Managed) { f.Member.Status = Pending }), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1"}}}, nil},
		{"F8: one gives oneself a client that one can open", facts(func(f *Managed) { f.Self = true }), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1"}}}, nil},
		{"F2: who manages no colleagues gives no clients", facts(func(f *Managed) { f.Actor.Permissions = ClientsAll }), ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "cli_1"}}}, []Code{NotPermitted}},
		{"F9: without any right, that alone is said", facts(func(f *Managed) { f.Actor.Permissions = 0 }), ClientAccessChange{Role: standard, All: &yes, Grants: []GrantedClient{{Client: "cli_1", ExpiresAt: &now}}}, []Code{NotPermitted}},
		{"F9: nor is more said of who is gone", facts(func(f *Managed) { f.Member.Status = Removed }), ClientAccessChange{Role: standard, All: &yes, Grants: []GrantedClient{{Client: "cli_1", ExpiresAt: &now}}}, []Code{MembershipRemoved}},
		{"B6: users of a client open nothing else", facts(func(f *Managed) { f.Kind, f.Actor.Permissions = Client, BusinessAdminPermissions }), ClientAccessChange{Role: standard}, []Code{Invalid}},
		{"G3: the practice's owner opens everything", facts(func(f *Managed) { f.Owner = true }), ClientAccessChange{Role: standard}, []Code{NotPermitted}},
		{"F8: nobody takes all from themselves", facts(func(f *Managed) { f.Self, f.Member.Permissions = true, ClientsAll }), ClientAccessChange{Role: standard, All: &no}, []Code{CannotActOnYourself}},
		{"F9: a deactivated colleague is enabled first", facts(func(f *Managed) { f.Member.Status = Deactivated }), ClientAccessChange{Role: standard}, []Code{MembershipDeactivated}},
		{"F9: a removed one is gone", facts(func(f *Managed) { f.Member.Status = Removed }), ClientAccessChange{Role: standard, All: &yes}, []Code{MembershipRemoved}},
	} {
		c.change.Now = now
		if got := codes(MayEditClientAccess(c.facts, c.change)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
		for _, p := range MayEditClientAccess(c.facts, c.change) {
			if len(p.Field) > 1 && !slices.Contains([]string{"membershipId", "scope", "grant"}, p.Field[1]) {
				t.Errorf("%s: %s is said of %v, which is no field of the input", c.sentence, p.Code, p.Field)
			}
		}
	}
}
