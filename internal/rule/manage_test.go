package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// states are the columns of F9, with the states that some of its cells tell apart.
var states = map[string]Managed{
	"awaiting":           {Member: Member{Status: AwaitingActivation, LoginAccess: true}},
	"pending":            {Member: Member{Status: Pending, LoginAccess: true}, Sent: true},
	"pending unsent":     {Member: Member{Status: Pending, LoginAccess: true}},
	"active":             {Member: Member{Status: Active, LoginAccess: true}, Joined: true},
	"no login":           {Member: Member{Status: Active}},
	"no login, accepted": {Member: Member{Status: Active}, Joined: true},
	"deactivated":        {Member: Member{Status: Deactivated, LoginAccess: true}, Joined: true},
	"deactivated, none":  {Member: Member{Status: Deactivated}},
	"removed":            {Member: Member{Status: Removed, LoginAccess: true}, Joined: true},
}

// managed is a user of a client as its practice's colleague sees them, who is nobody special.
func managed(state string, change ...func(*Managed)) Managed {
	f := states[state]
	f.Actor, f.Kind, f.Practice = Access{ViaPractice, "mem_ada", BusinessAdminPermissions}, Client, true
	f.Member.ID, f.Member.Permissions, f.Administrators, f.Logins = "mem_x", StandardPermissions, 2, 2
	for _, c := range change {
		c(&f)
	}
	return f
}

// F9 as RULES.md has it, a line for each verb.
func TestWhatCanBeDoneWhen(t *testing.T) {
	t.Parallel()
	columns := []string{"awaiting", "pending", "pending unsent", "active", "no login", "no login, accepted", "deactivated", "deactivated, none", "removed"}
	for _, line := range strings.Split(strings.TrimSpace(`
editDetails       | | | | | | | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_REMOVED
editPrivileges    | | | | | | | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_REMOVED
changeEmail       | | | | EMAIL_BELONGS_TO_PERSON | | EMAIL_BELONGS_TO_PERSON | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_REMOVED
loginAccessOff    | | | | | | | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_REMOVED
loginAccessOn     | | | | | | | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_REMOVED
activate          | | MEMBERSHIP_NOT_AWAITING_ACTIVATION | MEMBERSHIP_NOT_AWAITING_ACTIVATION | MEMBERSHIP_NOT_AWAITING_ACTIVATION | MEMBERSHIP_NOT_AWAITING_ACTIVATION | MEMBERSHIP_NOT_AWAITING_ACTIVATION | MEMBERSHIP_NOT_AWAITING_ACTIVATION | MEMBERSHIP_NOT_AWAITING_ACTIVATION | MEMBERSHIP_REMOVED
sendWelcome       | MEMBERSHIP_AWAITING_ACTIVATION | NOTHING_TO_SEND | | NOTHING_TO_SEND | NO_LOGIN_ACCESS | NO_LOGIN_ACCESS | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_REMOVED
sendPasswordReset | MEMBERSHIP_AWAITING_ACTIVATION | MEMBERSHIP_PENDING | MEMBERSHIP_PENDING | | NO_LOGIN_ACCESS | NO_LOGIN_ACCESS | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_REMOVED
deactivate        | MEMBERSHIP_AWAITING_ACTIVATION | MEMBERSHIP_PENDING | MEMBERSHIP_PENDING | | | | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_REMOVED
enable            | MEMBERSHIP_NOT_DEACTIVATED | MEMBERSHIP_NOT_DEACTIVATED | MEMBERSHIP_NOT_DEACTIVATED | MEMBERSHIP_NOT_DEACTIVATED | MEMBERSHIP_NOT_DEACTIVATED | MEMBERSHIP_NOT_DEACTIVATED | | | MEMBERSHIP_REMOVED
remove            | | MEMBERSHIP_PENDING | MEMBERSHIP_PENDING | | NO_LOGIN_ACCESS_CANNOT_BE_REMOVED | NO_LOGIN_ACCESS_CANNOT_BE_REMOVED | | NO_LOGIN_ACCESS_CANNOT_BE_REMOVED | MEMBERSHIP_REMOVED
editClientAccess  | | | | | | | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_DEACTIVATED | MEMBERSHIP_REMOVED`), "\n") {
		cells := strings.Split(line, "|")
		verb := Verb(strings.TrimSpace(cells[0]))
		if len(cells) != len(columns)+1 {
			t.Fatalf("%s has %d cells", verb, len(cells)-1)
		}
		for i, state := range columns {
			if got, want := codesText(managed(state).Manage(verb)), strings.TrimSpace(cells[i+1]); got != want {
				t.Errorf("F9: %s of somebody %s: got %q, want %q", verb, state, got, want)
			}
		}
	}
}

func codesText(v Verdict) string {
	var list []string
	for _, p := range v {
		list = append(list, string(p.Code))
	}
	return strings.Join(list, " ")
}

func TestManage(t *testing.T) {
	t.Parallel()
	own := func(f *Managed) { f.Owner = true }
	self := func(f *Managed) { f.Self = true }
	inside := func(set Permissions) func(*Managed) {
		return func(f *Managed) { f.Actor = Access{ViaMembership, "mem_a", set} }
	}
	admin := func(f *Managed) { f.Member.Permissions, f.Administrators = BusinessAdminPermissions, 1 }
	practice := func(f *Managed) {
		f.Kind, f.Practice, f.Actor = Practice, false, Access{ViaMembership, "mem_a", PracticeAdminPermissions}
		f.Member.Permissions = 0
	}
	for _, c := range []struct {
		sentence string
		verb     Verb
		facts    Managed
		want     string
	}{
		{"B1: a standard user manages nobody", Remove, managed("active", inside(StandardPermissions)), "NOT_PERMITTED"},
		{"B1: a user administrator manages users", Remove, managed("active", inside(UserAdminPermissions)), ""},
		{"B4, F2: but no business administrator", Deactivate, managed("active", inside(UserAdminPermissions), admin), "NOT_PERMITTED"},
		{"B4: one option more ranks above", EditDetails, managed("active", inside(UserAdminPermissions&^PublishItems), func(f *Managed) { f.Member.Permissions = DocumentsSubmit | PublishItems }), "NOT_PERMITTED"},
		{"F9: without any right, that alone", Remove, managed("removed", inside(StandardPermissions), own, self), "NOT_PERMITTED"},
		{"G2: the owner is never removed", Remove, managed("active", own), "OWNER_CANNOT_BE_REMOVED"},
		{"G2: nor deactivated", Deactivate, managed("active", own), "OWNER_CANNOT_BE_DEACTIVATED"},
		{"G2: without login access neither, for two reasons", Remove, managed("no login", own), "NO_LOGIN_ACCESS_CANNOT_BE_REMOVED OWNER_CANNOT_BE_REMOVED"},
		{"G2: pending with other users neither", Remove, managed("pending", own), "MEMBERSHIP_PENDING OWNER_CANNOT_BE_REMOVED"},
		{"E4: a sole owner who never accepted is cancelled", Remove, managed("pending", own, func(f *Managed) { f.Alone = true }), "MEMBERSHIP_PENDING"},
		{"E4: an owner who awaits activation can be taken away", Remove, managed("awaiting", own), ""},
		{"F8: nobody removes themselves", Remove, managed("active", self), "CANNOT_ACT_ON_YOURSELF"},
		{"F8: nobody deactivates themselves", Deactivate, managed("active", self), "CANNOT_ACT_ON_YOURSELF"},
		{"F8: nobody switches themselves off", LoginAccessOff, managed("active", self), "CANNOT_ACT_ON_YOURSELF"},
		{"F8: nobody changes what they may do themselves", EditPrivileges, managed("active", self), "CANNOT_ACT_ON_YOURSELF"},
		{"F1: everybody who manages may correct their own name", EditDetails, managed("active", self), ""},
		{"F8, G2, H1: every reason, in order", Deactivate, managed("active", inside(BusinessAdminPermissions), self, own, admin), "CANNOT_ACT_ON_YOURSELF OWNER_CANNOT_BE_DEACTIVATED LAST_ADMINISTRATOR"},
		{"G3: practice users change an owner's privileges", EditPrivileges, managed("active", own), ""},
		{"G3: and login access", LoginAccessOff, managed("active", own), ""},
		{"G3: client-side administrators do not", EditPrivileges, managed("active", own, inside(BusinessAdminPermissions)), "NOT_PERMITTED"},
		{"G3: neither login access", LoginAccessOff, managed("active", own, inside(BusinessAdminPermissions)), "NOT_PERMITTED"},
		{"G3: nor give it", LoginAccessOn, managed("no login", own, inside(BusinessAdminPermissions)), "NOT_PERMITTED"},
		{"G3: names and mobile they may", EditDetails, managed("active", own, inside(BusinessAdminPermissions)), ""},
		{"G3: a practice owner's privileges are support's", EditPrivileges, managed("active", practice, own), "NOT_PERMITTED"},
		{"H1: a client-side actor never removes the last administrator", Remove, managed("active", inside(BusinessAdminPermissions), admin), "LAST_ADMINISTRATOR"},
		{"H1: nor deactivates", Deactivate, managed("active", inside(BusinessAdminPermissions), admin), "LAST_ADMINISTRATOR"},
		{"H1: nor switches off", LoginAccessOff, managed("active", inside(BusinessAdminPermissions), admin), "LAST_ADMINISTRATOR"},
		{"H1: another one is enough", Remove, managed("active", inside(BusinessAdminPermissions), admin, func(f *Managed) { f.Administrators = 2 }), ""},
		{"H1: where nobody else signs in, nobody has to administer", Remove, managed("active", inside(BusinessAdminPermissions), admin, func(f *Managed) { f.Logins = 1 }), ""},
		{"H1: who is no administrator is no loss", Remove, managed("active", inside(BusinessAdminPermissions), func(f *Managed) { f.Administrators = 1 }), ""},
		{"H1: practice users may", Remove, managed("active", admin), ""},
		{"H1: unless the practice keeps administrators", Remove, managed("active", admin, func(f *Managed) { f.Keeps = true }), "LAST_ADMINISTRATOR"},
		{"H1: nobody does where no practice looks after the account", Remove, managed("active", admin, func(f *Managed) { f.Practice = false }), "LAST_ADMINISTRATOR"},
		{"H1: whoever cannot come in anyway is no loss", Deactivate, managed("no login", inside(BusinessAdminPermissions), admin), ""},
		{"H1: a practice never loses its last practice administrator", Remove, managed("active", practice, func(f *Managed) { f.Member.Permissions, f.Administrators, f.Logins = PracticeAdminPermissions, 1, 1 }), "LAST_ADMINISTRATOR"},
		{"C4: a colleague is not enabled as a user", Enable, managed("deactivated", func(f *Managed) { f.Colleague = "mem_c" }), "PRACTICE_COLLEAGUE"},
		{"C4: nor activated", Activate, managed("awaiting", func(f *Managed) { f.Colleague = "mem_c" }), "PRACTICE_COLLEAGUE"},
		{"C4: nothing is judged where nothing changes", LoginAccessOn, managed("active", func(f *Managed) { f.Colleague = "mem_c" }), ""},
		{"C4: nor given login access", LoginAccessOn, managed("no login", func(f *Managed) { f.Colleague = "mem_c" }), "PRACTICE_COLLEAGUE"},
		{"C4: but deactivated all the same", Deactivate, managed("active", func(f *Managed) { f.Colleague = "mem_c" }), ""},
		{"C5: a client's user is not enabled as a colleague", Enable, managed("deactivated", practice, func(f *Managed) { f.ClientUser = "mem_u" }), "MEMBER_OF_CLIENT"},
	} {
		if got := codesText(c.facts.Manage(c.verb)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.sentence, got, c.want)
		}
	}
}

func TestWhoStaysAsADocumentOwner(t *testing.T) {
	t.Parallel()
	own := func(f *Managed) { f.Owner = true }
	for _, c := range []struct {
		sentence string
		facts    Managed
		want     bool
	}{
		{"E4: an owner who awaits activation, while there are others", managed("awaiting", own), true},
		{"E4: one who is pending", managed("pending", own), true},
		{"E4: not alone", managed("pending", own, func(f *Managed) { f.Alone = true }), false},
		{"E4: not who does not own it", managed("pending"), false},
		{"E4: not who has come in", managed("active", own), false},
		{"E4: nobody in a practice, where nobody owns documents", managed("awaiting", own, colleague), false},
	} {
		if got := c.facts.StaysAsDocumentOwner(); got != c.want {
			t.Errorf("%s: got %v", c.sentence, got)
		}
	}
	if p := managed("deactivated", func(f *Managed) { f.Colleague = "mem_c" }).Manage(Enable)[0]; p.Field != nil || p.Subject != "mem_c" {
		t.Errorf("C4: enabling has no address to name, only the colleague: got %q of %s", p.Field, p.Subject)
	}
}

func TestLeavingAnAccount(t *testing.T) {
	t.Parallel()
	self := func(f *Managed) { f.Self, f.Actor = true, Access{ViaMembership, "mem_x", StandardPermissions} }
	for _, c := range []struct {
		sentence string
		facts    Managed
		want     string
	}{
		{"C9: a member leaves by themselves", managed("active", self), ""},
		{"C9: nobody makes another leave", managed("active"), "NOT_PERMITTED"},
		{"C9: the owner does not", managed("active", self, func(f *Managed) { f.Owner = true }), "OWNER_CANNOT_LEAVE"},
		{"H1: the last administrator does not", managed("active", self, func(f *Managed) { f.Member.Permissions, f.Administrators = BusinessAdminPermissions, 1 }), "LAST_ADMINISTRATOR"},
		{"C9: who cannot come in has nothing to leave", managed("no login", self), "NOT_PERMITTED"},
		{"F9: on a removed member everything is that, for themselves, too", managed("removed", self), "MEMBERSHIP_REMOVED"},
		{"F9: whoever else has no right at all", managed("removed"), "NOT_PERMITTED"},
		{"C9, H1: the owner and last administrator is told both", managed("active", self, func(f *Managed) { f.Owner, f.Member.Permissions, f.Administrators = true, BusinessAdminPermissions, 1 }), "OWNER_CANNOT_LEAVE LAST_ADMINISTRATOR"},
		{"H1: leaving is one's own act, whatever one may do through the practice", managed("active", func(f *Managed) { f.Self, f.Member.Permissions, f.Administrators = true, BusinessAdminPermissions, 1 }), "LAST_ADMINISTRATOR"},
	} {
		if got := codesText(MayLeave(c.facts)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.sentence, got, c.want)
		}
	}
}

func TestEveryReasonSaysWhatHappenedAndWhatToDo(t *testing.T) {
	t.Parallel()
	for _, code := range []Code{MembershipRemoved, MembershipDeactivated, MembershipPending, MembershipAwaitingActivation, MembershipNotAwaitingActivation, MembershipNotDeactivated,
		NoLoginAccess, NothingToSend, NoLoginAccessCannotBeRemoved, EmailBelongsToPerson, CannotActOnYourself, OwnerCannotBeRemoved, OwnerCannotBeDeactivated,
		OwnerCannotLeave, LastAdministrator, ChangedMeanwhile} {
		if p := because(code); len(p.Message) < 30 || !strings.HasSuffix(p.Message, ".") {
			t.Errorf("%s says %q", code, p.Message)
		}
	}
	f := managed("deactivated, none")
	if p := f.Manage(Remove)[0]; p.Remedy != EnableMembership {
		t.Errorf("F6: deactivated already, the way out is %s", p.Remedy)
	}
	if p := managed("no login").Manage(Remove)[0]; p.Remedy != DeactivateInstead {
		t.Errorf("F6: the way out is %s", p.Remedy)
	}
}

func TestAReasonMayBeGivenAndTheRightGoesFirst(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", MaxReason)
	for _, c := range []struct{ sentence, reason, want string }{
		{"L1: none need be given", "", ""},
		{"L1: one can be", long, ""},
		{"C1: but not without end", long + "é", "TOO_LONG"},
	} {
		if got := codesText(Reason(c.reason)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.sentence, got, c.want)
		}
	}
	v := append(Reason(long+"é"), managed("active", func(f *Managed) { f.Actor.Permissions = 0 }).Manage(Remove)...)
	if got := codesText(v.First()); got != "NOT_PERMITTED" {
		t.Errorf("F9: without any right, that alone: got %q", got)
	}
	if got := codesText(append(Reason(long+"é"), managed("pending").Manage(Remove)...).First()); got != "TOO_LONG MEMBERSHIP_PENDING" {
		t.Errorf("F9: otherwise everything: got %q", got)
	}
}

func TestNoVerdictLetsTheOwnerOutOrAnybodyUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := anybody(t)
		for _, verb := range []Verb{EditDetails, EditPrivileges, LoginAccessOff, LoginAccessOn, SendPasswordReset, Deactivate, Enable, Remove} {
			v := f.Manage(verb)
			if slices.ContainsFunc(v, func(p Problem) bool { return p.Code == NotPermitted }) && len(v) != 1 {
				t.Fatalf("NOT_PERMITTED stands alone: %s", codesText(v))
			}
			if v.Refused() {
				continue
			}
			if !f.Actor.Permissions.Has(f.Member.Permissions) || !f.Actor.Permissions.Has(f.Kind.Manage()) {
				t.Fatalf("B4: %s of %+v", verb, f)
			}
			if f.Owner && (verb == Deactivate || verb == Remove && f.Member.Status != AwaitingActivation) {
				t.Fatalf("G2: %s of %+v", verb, f)
			}
			if f.Self && verb.takes() {
				t.Fatalf("F8: %s of %+v", verb, f)
			}
			wider := f
			wider.Actor.Permissions |= f.Kind.Of()
			if again := wider.Manage(verb); again.Refused() {
				t.Fatalf("who may do more is refused %s: %s", verb, codesText(again))
			}
		}
	})
}

func anybody(t *rapid.T) Managed {
	kind := rapid.SampledFrom([]Kind{Practice, Client}).Draw(t, "kind")
	set := func(name string) Permissions {
		return Permissions(rapid.Int64Range(0, 1<<15-1).Draw(t, name)) & kind.Of()
	}
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	f := Managed{Kind: kind, Actor: Access{rapid.SampledFrom([]Via{ViaMembership, ViaPractice}).Draw(t, "via"), "mem_a", set("actor") | kind.Manage()}}
	f.Member = Member{"mem_x", rapid.SampledFrom(Statuses).Draw(t, "status"), flag("login"), set("member")}
	f.Self, f.Owner, f.Alone, f.Joined, f.Sent = flag("self"), flag("owner"), flag("alone"), flag("joined"), flag("sent")
	f.Practice, f.Keeps, f.Administrators, f.Logins = flag("practice"), flag("keeps"), rapid.IntRange(0, 2).Draw(t, "administrators"), rapid.IntRange(0, 2).Draw(t, "logins")
	return f
}

func TestEffects(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		verb     Verb
		facts    Managed
		want     string
	}{
		{"F5: removing", Remove, managed("active", func(f *Managed) { f.Sessions = 3 }), "SIGN_IN_ENDS DOCUMENTS_STAY MUST_BE_ADDED_AGAIN ACCOUNT_LEAVES_SWITCHER SESSIONS_END:3"},
		{"F5: removing somebody deactivated", Remove, managed("deactivated"), "SIGN_IN_ENDS DOCUMENTS_STAY MUST_BE_ADDED_AGAIN"},
		{"E4: taking away who never came in", Remove, managed("awaiting"), "RECORD_DISAPPEARS MUST_BE_ADDED_AGAIN"},
		{"E4: and owns the account", Remove, managed("awaiting", func(f *Managed) { f.Owner = true }), "DOCUMENTS_STAY"},
		{"F4: deactivating", Deactivate, managed("active"), "SIGN_IN_ENDS SUBMISSION_ENDS DOCUMENTS_STAY ACCOUNT_LEAVES_SWITCHER"},
		{"F4: enabling", Enable, managed("deactivated"), "ACCESS_RESTORED"},
		{"A1: login access off", LoginAccessOff, managed("active"), "SIGN_IN_ENDS DOCUMENTS_STAY ACCOUNT_LEAVES_SWITCHER"},
		{"A1: off while pending", LoginAccessOff, managed("pending"), "INVITATION_ENDS DOCUMENTS_STAY"},
		{"A1: on for whoever was in", LoginAccessOn, managed("no login, accepted"), "ACCESS_RESTORED"},
		{"C3: on for anybody else", LoginAccessOn, managed("no login"), "INVITATION_SENT"},
		{"E9: another address", ChangeEmail, managed("pending"), "INVITATION_ENDS INVITATION_SENT"},
		{"G4: a new owner", TransferOwnershipTo, managed("active"), "OWNERSHIP_MOVES"},
		{"C9: leaving", Leave, managed("active"), "SIGN_IN_ENDS DOCUMENTS_STAY ACCOUNT_LEAVES_SWITCHER MUST_BE_ADDED_AGAIN"},
		{"B6: a colleague's clients", Remove, managed("active", func(f *Managed) { f.Kind, f.Clients = Practice, 2 }), "SIGN_IN_ENDS DOCUMENTS_STAY MUST_BE_ADDED_AGAIN ACCOUNT_LEAVES_SWITCHER CLIENT_ACCESS_ENDS:2"},
	} {
		var got []string
		for _, e := range c.facts.Effects(c.verb) {
			text := string(e.Code)
			if e.Count != nil {
				text += fmt.Sprintf(":%d", *e.Count)
			}
			got = append(got, text)
		}
		if list := strings.Join(got, " "); list != c.want {
			t.Errorf("%s: got %q, want %q", c.sentence, list, c.want)
		}
	}
}
