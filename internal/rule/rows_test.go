package rule

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// happening are the codes of effects.
func happening(list []Effect) []EffectCode {
	codes := []EffectCode{}
	for _, e := range list {
		codes = append(codes, e.Code)
	}
	return codes
}

func TestEffectsAreThoseThatAreTrue(t *testing.T) {
	t.Parallel()
	in := func(kind Kind, status Status, change func(*Managed)) Managed {
		f := Managed{Kind: kind, Member: Member{ID: "mem_1", Status: status, LoginAccess: true}}
		if change != nil {
			change(&f)
		}
		return f
	}
	for _, c := range []struct {
		sentence string
		facts    Managed
		verb     Verb
		want     []EffectCode
	}{
		{"E9: a pending member's new address ends the link and is invited", in(Client, Pending, func(f *Managed) { f.Sent = true }), ChangeEmail, []EffectCode{InvitationEnds, InvitationSent}},
		{"E9: unsent stays unsent", in(Client, Pending, nil), ChangeEmail, nil},
		{"E9: who is no longer pending has no link", in(Client, Active, func(f *Managed) { f.Sent = true }), ChangeEmail, nil},
		{"E4: who awaits activation disappears", in(Client, AwaitingActivation, nil), Remove, []EffectCode{RecordDisappears, MustBeAddedAgain}},
		{"E4: a sole owner disappears, too", in(Client, AwaitingActivation, func(f *Managed) { f.Owner, f.Alone = true, true }), Remove, []EffectCode{RecordDisappears, MustBeAddedAgain}},
		{"E4: an owner with other users stays", in(Client, AwaitingActivation, func(f *Managed) { f.Owner = true }), Remove, []EffectCode{DocumentsStay}},
		{"F5: an owner who is in does not stay by being one", in(Client, Active, func(f *Managed) { f.Owner = true }), Remove, []EffectCode{SignInEnds, DocumentsStay, MustBeAddedAgain, AccountLeavesSwitcher}},
		{"F4: a colleague's clients are counted", in(Practice, Active, func(f *Managed) { f.Clients = 3 }), Deactivate, []EffectCode{SignInEnds, SubmissionEnds, DocumentsStay, AccountLeavesSwitcher, ClientAccessEnds}},
		{"F4: none are none", in(Practice, Active, nil), Deactivate, []EffectCode{SignInEnds, SubmissionEnds, DocumentsStay, AccountLeavesSwitcher}},
		{"F4: a user has no clients", in(Client, Active, func(f *Managed) { f.Clients = 3 }), Deactivate, []EffectCode{SignInEnds, SubmissionEnds, DocumentsStay, AccountLeavesSwitcher}},
		{"C2: a proved login is in at once", in(Client, AwaitingActivation, func(f *Managed) { f.VerifiedLogin = true }), Activate, []EffectCode{AccessRestored}},
		{"C3: anybody else is invited", in(Client, AwaitingActivation, nil), Activate, []EffectCode{InvitationSent}},
		{"E2: a welcome is an invitation, whatever their login", in(Client, Pending, func(f *Managed) { f.VerifiedLogin = true }), SendWelcome, []EffectCode{InvitationSent}},
		{"F9: who was in before comes back by login access alone", in(Client, AwaitingActivation, func(f *Managed) { f.Joined = true }), Activate, []EffectCode{InvitationSent}},
	} {
		if got := happening(c.facts.Effects(c.verb)); !slices.Equal(got, append([]EffectCode{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
	one := in(Client, Active, func(f *Managed) { f.Sessions = 1 }).Effects(Deactivate)
	two := in(Client, Active, func(f *Managed) { f.Sessions = 2 }).Effects(Deactivate)
	if a, b := one[len(one)-1], two[len(two)-1]; !strings.HasPrefix(a.Message, "1 running session loses") || !strings.HasPrefix(b.Message, "2 running sessions lose") || *a.Count != 1 || *b.Count != 2 {
		t.Errorf("got %q and %q", a.Message, b.Message)
	}
}

func TestInvitationsTellWhatSendingAndCancellingDoes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		sentence string
		got      []Effect
		want     []EffectCode
	}{
		{"E4: who was a document owner stays", Invited{Before: true}.CancelEffects(), []EffectCode{InvitationEnds, DocumentsStay}},
		{"E4: anybody else disappears", Invited{}.CancelEffects(), []EffectCode{InvitationEnds, RecordDisappears}},
		{"E3: a new link ends the old one", Invited{LastSentAt: &at}.ResendEffects(), []EffectCode{InvitationEnds, InvitationSent}},
		{"E2: the first sending ends none", Invited{}.ResendEffects(), []EffectCode{InvitationSent}},
	} {
		if got := happening(c.got); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}

func TestAWelcomeIsSentByAChannelThatSends(t *testing.T) {
	t.Parallel()
	unsent := Managed{Actor: Access{Permissions: BusinessAdminPermissions}, Kind: Client, Member: Member{Status: Pending, LoginAccess: true}}
	for sentence, c := range map[string]struct {
		facts   Managed
		channel Channel
		want    []Code
	}{
		"E2: by mail":                                  {unsent, ByEmail, nil},
		"E2: NONE sends nothing":                       {unsent, NotSent, []Code{Invalid}},
		"F9: without any right, NOT_PERMITTED alone":   {Managed{Kind: Client, Member: Member{Status: Pending, LoginAccess: true}}, NotSent, []Code{NotPermitted}},
		"F9: on a removed member it is removed, alone": {Managed{Actor: unsent.Actor, Kind: Client, Member: Member{Status: Removed}}, NotSent, []Code{MembershipRemoved}},
	} {
		if got := codes(MaySendWelcome(c.facts, c.channel, TextMessage{})); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", sentence, got, c.want)
		}
	}
}

func TestWhatIsLeftWhenAPracticeGoes(t *testing.T) {
	t.Parallel()
	menu := Leaving{PracticeAdmin: true, Practice: true, Administered: true}
	for _, c := range []struct {
		sentence string
		change   func(*Leaving)
		want     []Code
	}{
		{"G5: an owner can still be named", func(f *Leaving) { f.SomebodyAble = true }, nil},
		{"G5: where there is somebody to name", func(*Leaving) {}, []Code{CannotOwn}},
		{"G5: an owner who can own stays", func(f *Leaving) { f.OwnerAble, f.SomebodyAble = true, true }, nil},
	} {
		f := menu
		c.change(&f)
		if got := codes(MayDisconnect(f.Asking())); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
	none, some := Leaving{OwnerAble: true}.Effects(), Leaving{Grants: 3}.Effects()
	if len(none) != 1 || none[0].Count != nil {
		t.Errorf("G5: without grants, and with an owner who stays: got %+v", none)
	}
	if len(some) != 2 || some[0].Count == nil || *some[0].Count != 3 || some[1].Code != OwnershipMoves {
		t.Errorf("G5: three grants end, and ownership moves: got %+v", some)
	}
}

func TestClientsAreNamedOnce(t *testing.T) {
	t.Parallel()
	admin := Managed{Actor: Access{Permissions: PracticeAdminPermissions}, Kind: Practice, Member: Member{Status: Active, LoginAccess: true}}
	standard := Role{ID: PracticeStandardRole, Kind: Practice, Permissions: PracticeStandardPermissions}
	for sentence, c := range map[string]struct {
		change ClientAccessChange
		want   []Code
	}{
		"B6: each once":                     {ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "a"}, {Client: "b"}}, Revoke: []string{"c"}}, nil},
		"B6: granted twice":                 {ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "a"}, {Client: "a"}}}, []Code{Invalid}},
		"B6: granted twice, and another":    {ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "a"}, {Client: "a"}, {Client: "b"}}}, []Code{Invalid}},
		"B6: revoked twice, and another":    {ClientAccessChange{Role: standard, Revoke: []string{"a", "a", "b"}}, []Code{Invalid}},
		"B6: granted and revoked at once":   {ClientAccessChange{Role: standard, Grants: []GrantedClient{{Client: "a"}}, Revoke: []string{"a"}}, []Code{Invalid}},
		"B6: ALL and selected ones at once": {ClientAccessChange{Role: standard, All: new(true), Grants: []GrantedClient{{Client: "a"}}}, []Code{Invalid}},
	} {
		if got := codes(MayEditClientAccess(admin, c.change)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", sentence, got, c.want)
		}
	}
	wider := Role{ID: "rol_wide", Kind: Practice, Permissions: ClientsAll}
	all := admin
	all.Member.Permissions = ClientsAll
	if got := codes(MayEditClientAccess(all, ClientAccessChange{Role: wider})); len(got) != 0 {
		t.Errorf("B7: a role that opens all clients, and nothing changed: got %v", got)
	}
	if got := codes(MayEditClientAccess(all, ClientAccessChange{Role: wider, All: new(false)})); !slices.Equal(got, []Code{Invalid}) {
		t.Errorf("B7: a role that opens all clients leaves none to select: got %v", got)
	}
}

func TestARoleThatOnlyChangesItsNameTouchesNobody(t *testing.T) {
	t.Parallel()
	f := RoleFacts{Actor: Access{Permissions: PracticeAdminPermissions}, Before: Role{Name: "Bookkeeper", Kind: Practice, Permissions: ClientsCreate}}
	f.After = f.Before
	f.After.Name = "Accountant"
	f.Members = []RoleMember{{Member: Member{ID: "mem_1", Status: Active, LoginAccess: true, Permissions: ClientsCreate | ColleaguesManage}, Owner: true, Self: true}}
	if got := codes(MayChangeRole(f)); len(got) != 0 {
		t.Errorf("B3: a new name, though the owner has the role: got %v", got)
	}
}

func TestAnAdministratorWhoStaysOneIsNotLost(t *testing.T) {
	t.Parallel()
	f := RoleFacts{Actor: Access{Permissions: PracticeAdminPermissions}, Before: Role{Name: "Partner", Kind: Practice, Permissions: PracticeAdminPermissions}}
	f.After = f.Before
	f.After.Permissions &^= PracticeInsights
	f.Members = []RoleMember{{Member: Member{ID: "mem_1", Status: Active, LoginAccess: true, Permissions: PracticeAdminPermissions}, Account: "prc_1"}}
	if got := codes(MayChangeRole(f)); len(got) != 0 {
		t.Errorf("H1: who still administers is no last administrator who goes: got %v", got)
	}
}

func TestThoseWithoutTheRightAreToldSoAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]Verdict{
		"settings":         MayChangeSettings(Access{Permissions: StandardPermissions}),
		"creating clients": CreateClient(Access{Permissions: PracticeStandardPermissions}),
		"adding people":    MayAddPeople(Access{Permissions: StandardPermissions}, Client),
		"roles":            MayManageRoles(Access{Permissions: ClientAdminPermissions}),
	} {
		if got := codes(v); !slices.Equal(got, []Code{NotPermitted}) {
			t.Errorf("%s: got %v", name, got)
		}
	}
	for name, v := range map[string]Verdict{
		"settings":         MayChangeSettings(Access{Permissions: SettingsManage}),
		"creating clients": CreateClient(Access{Permissions: ClientsCreate}),
		"adding people":    MayAddPeople(Access{Permissions: UsersManage}, Client),
		"roles":            MayManageRoles(Access{Permissions: PracticeAdminPermissions}),
	} {
		if v.Refused() {
			t.Errorf("%s: got %v", name, codes(v))
		}
	}
}

func TestNearestIsTheWidestRoleThatGivesNothingBeyond(t *testing.T) {
	t.Parallel()
	for set, want := range map[Permissions]string{
		BusinessAdminPermissions: BusinessAdminRole, UserAdminPermissions: UserAdminRole, UserAdminPermissions | SubscriptionManage: UserAdminRole,
		StandardPermissions: StandardRole, UsersManage: StandardRole, 0: StandardRole,
	} {
		if got := Nearest(set); got.ID != want || got.Kind != Client {
			t.Errorf("G5: nearest to %v is %s, want %s", set.List(), got.ID, want)
		}
	}
}

func TestAnOwnersPrivilegesAreChangedByWhoMay(t *testing.T) {
	t.Parallel()
	owner := func(kind Kind, via Via, actor Permissions) Managed {
		return Managed{Actor: Access{Via: via, Permissions: actor}, Kind: kind, Owner: true, Practice: true, Administrators: 2, Logins: 2,
			Member: Member{Status: Active, LoginAccess: true, Permissions: kind.Of()}}
	}
	for _, c := range []struct {
		sentence string
		facts    Managed
		verb     Verb
		want     []Code
	}{
		{"G3: the practice changes a client owner's role", owner(Client, ViaPractice, BusinessAdminPermissions), EditPrivileges, nil},
		{"G3: and takes their login access", owner(Client, ViaPractice, BusinessAdminPermissions), LoginAccessOff, nil},
		{"G3: client-side administrators do not", owner(Client, ViaMembership, BusinessAdminPermissions), EditPrivileges, []Code{NotPermitted}},
		{"G3: nor take their login access", owner(Client, ViaMembership, BusinessAdminPermissions), LoginAccessOff, []Code{NotPermitted}},
		{"G3: a practice owner's role is support's", owner(Practice, ViaMembership, PracticeAdminPermissions), EditPrivileges, []Code{NotPermitted}},
		{"G3: and their login access", owner(Practice, ViaMembership, PracticeAdminPermissions), LoginAccessOff, []Code{NotPermitted}},
		{"G3: and their clients", owner(Practice, ViaMembership, PracticeAdminPermissions), EditClientAccess, []Code{NotPermitted}},
		{"F1: their details are not", owner(Practice, ViaMembership, PracticeAdminPermissions), EditDetails, nil},
		{"F3: nor a password reset", owner(Practice, ViaMembership, PracticeAdminPermissions), SendPasswordReset, nil},
		{"F9: login access that they have already is no change", owner(Practice, ViaMembership, PracticeAdminPermissions), LoginAccessOn, nil},
		{"G2: nor are they deactivated", owner(Practice, ViaMembership, PracticeAdminPermissions), Deactivate, []Code{OwnerCannotBeDeactivated}},
	} {
		if got := codes(c.facts.Manage(c.verb)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}

func TestCellsThatHaveAConditionOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		facts    Managed
		verb     Verb
		want     []Code
	}{
		{"F9: a welcome to somebody deactivated, though one was sent", managed("deactivated", func(f *Managed) { f.Sent = true }), SendWelcome, []Code{MembershipDeactivated}},
		{"C4: is judged again when somebody is let in", managed("deactivated", func(f *Managed) { f.Colleague = "mem_1" }), Enable, []Code{PracticeColleague}},
		{"C4: not when their details are changed", managed("no login", func(f *Managed) { f.Colleague = "mem_1" }), EditDetails, nil},
		{"C4: nor when they are shut out", managed("active", func(f *Managed) { f.Colleague = "mem_1" }), Deactivate, nil},
	} {
		if got := codes(c.facts.Manage(c.verb)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}
