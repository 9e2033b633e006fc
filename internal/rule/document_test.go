package rule

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// good is a file that is taken.
var good = File{Size: 1, Type: "application/pdf"}

func TestSubmit(t *testing.T) {
	t.Parallel()
	inside := func(set Permissions) Access { return Access{ViaMembership, "mem_me", set} }
	practice := Access{ViaPractice, "mem_colleague", BusinessAdminPermissions}
	who := func(status Status) *Member { return &Member{ID: "mem_who", Status: status} }
	me := &Member{ID: "mem_me", Status: Active, LoginAccess: true}
	for _, c := range []struct {
		name string
		f    Submission
		want string
	}{
		{"A2: for oneself", Submission{inside(DocumentsSubmit), me, true, good}, ""},
		{"B7: not without the permission", Submission{inside(UserAdminPermissions &^ DocumentsSubmit), me, true, good}, "NOT_PERMITTED"},
		{"K2: a standard user submits for themselves only", Submission{inside(DocumentsSubmit), who(Active), false, good}, "NOT_PERMITTED"},
		{"K2: nor for nobody", Submission{inside(DocumentsSubmit), nil, false, good}, "NOT_PERMITTED"},
		{"K2: seeing all is not managing all", Submission{inside(DocumentsSubmit | DocumentsViewAll), who(Active), false, good}, "NOT_PERMITTED"},
		{"B7: managing all without submitting submits nothing", Submission{inside(DocumentsManageAll), who(Active), false, good}, "NOT_PERMITTED"},
		{"A3: on behalf of somebody without login access", Submission{inside(DocumentsSubmit | DocumentsManageAll), who(Active), false, good}, ""},
		{"C3: on behalf of somebody who is pending", Submission{practice, who(Pending), false, good}, ""},
		{"A4: or awaits activation", Submission{practice, who(AwaitingActivation), false, good}, ""},
		{"B5: through the practice, for nobody", Submission{practice, nil, false, good}, ""},
		{"K1: not for who is deactivated", Submission{practice, who(Deactivated), false, good}, "MEMBERSHIP_DEACTIVATED"},
		{"K1: nor for who was removed", Submission{practice, who(Removed), false, good}, "MEMBERSHIP_REMOVED"},
		{"everything that is wrong is told", Submission{practice, who(Removed), false, File{Size: MaxFile + 1}}, "FILE_TOO_LARGE MEMBERSHIP_REMOVED"},
		{"but to those without the right", Submission{inside(0), who(Removed), false, File{}}, "NOT_PERMITTED"},
		{"the largest file", Submission{practice, nil, false, File{MaxFile, "image/png"}}, ""},
		{"an empty file", Submission{practice, nil, false, File{0, ""}}, "FILE_TYPE_NOT_ACCEPTED"},
		{"a file of no kind that is taken", Submission{practice, nil, false, File{5, ""}}, "FILE_TYPE_NOT_ACCEPTED"},
	} {
		if got := codesText(Submit(c.f)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// For every permission, status and relation: who may assign, archive, see and receive, said once more without the rules' words.
func TestEveryCellOfDocuments(t *testing.T) {
	t.Parallel()
	for set := Permissions(0); set < 8; set++ {
		for _, mine := range []bool{true, false} {
			for _, status := range append([]Status{""}, Statuses...) {
				var owner *Member
				if status != "" {
					owner = &Member{ID: "mem_x", Status: status}
				}
				f := Handling{Access{ViaMembership, "mem_me", set}, mine}
				want := "NOT_PERMITTED"
				if mine || set&4 != 0 {
					want = map[Status]string{Deactivated: "MEMBERSHIP_DEACTIVATED", Removed: "MEMBERSHIP_REMOVED"}[status]
				}
				if got := codesText(Assign(f, owner)); got != want {
					t.Errorf("assigning to %q with %v, mine %v: %q, want %q", status, set.List(), mine, got, want)
				}
				if got, want := MayHandle(f).Refused(), !mine && set&4 == 0; got != want {
					t.Errorf("archiving with %v, mine %v: refused %v, want %v", set.List(), mine, got, want)
				}
			}
		}
		if got, want := SeesAllDocuments(Access{ViaMembership, "mem_me", set}), set&6 != 0; got != want {
			t.Errorf("%v sees all: %v, want %v", set.List(), got, want)
		}
		for _, status := range Statuses {
			for _, access := range []bool{true, false} {
				m := Member{Status: status, LoginAccess: access, Permissions: set}
				want := status == Active && (!access || set&1 != 0)
				if m.Receives() != want || Deliver(true, &m).Refused() == want {
					t.Errorf("%s, login access %v, %v: receives %v, refused %v, want %v", status, access, set.List(), m.Receives(), Deliver(true, &m).Refused(), want)
				}
			}
		}
	}
	if Deliver(true, nil).Refused() || !Deliver(false, nil).Refused() {
		t.Error("an account's own address takes mail, and one that nobody has does not")
	}
	if a, b := fmt.Sprint(Deliver(false, nil)), fmt.Sprint(Deliver(true, &Member{ID: "mem_x", Status: Deactivated})); a != b {
		t.Errorf("K4: a refusal names somebody: %s and %s", a, b)
	}
}

func TestAddressesThatAreWanted(t *testing.T) {
	t.Parallel()
	one := func(w WantedAddress) Addresses { return Addresses{Wanted: []WantedAddress{w}, Had: 2, Fresh: 1} }
	for _, c := range []struct {
		name string
		a    Addresses
		kind Kind
		want string
	}{
		{"none", Addresses{}, Practice, ""},
		{"a new one", one(WantedAddress{}), Client, ""},
		{"C1: colleagues have none", one(WantedAddress{}), Practice, "INVALID"},
		{"K3: nobody is given another's", one(WantedAddress{Taken: true}), Client, "SUBMISSION_ADDRESS_TAKEN"},
		{"one that cannot be", one(WantedAddress{Broken: true}), Client, "SUBMISSION_ADDRESS_INVALID"},
		{"one twice", one(WantedAddress{Twice: true}), Client, "SUBMISSION_ADDRESS_INVALID"},
		{"the last there can be", Addresses{Wanted: []WantedAddress{{}}, Had: MaxAddresses - 1, Fresh: 1}, Client, ""},
		{"one more", Addresses{Wanted: []WantedAddress{{}}, Had: MaxAddresses, Fresh: 1}, Client, "SUBMISSION_ADDRESS_INVALID"},
		{"taking one back when all are had", Addresses{Wanted: []WantedAddress{{}}, Had: MaxAddresses}, Client, ""},
	} {
		if got := codesText(c.a.judged(c.kind)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhatsAppNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		w    WhatsApp
		kind Kind
		want string
	}{
		{WhatsApp{}, Practice, ""},
		{WhatsApp{Given: true, On: true, Mobile: "+447400123456"}, Client, ""},
		{WhatsApp{Given: true, On: true}, Client, "MOBILE_REQUIRED"},
		{WhatsApp{Given: true}, Client, ""},
		{WhatsApp{Given: true, On: true, MobileBroken: true}, Client, "MOBILE_INVALID"},
		{WhatsApp{Given: true, On: true, Mobile: "+447400123456"}, Practice, "INVALID"},
	} {
		if got := codesText(c.w.judged(c.kind)); got != c.want {
			t.Errorf("%+v in a %s: %q, want %q", c.w, c.kind, got, c.want)
		}
	}
}

func TestTheEffectsOfDocuments(t *testing.T) {
	t.Parallel()
	effect := func(n int) Effect {
		f := Managed{Kind: Client, Member: Member{Status: Active}, Documents: n}
		for _, e := range f.Effects(Deactivate) {
			if e.Code == DocumentsStay {
				return e
			}
		}
		t.Fatal("documents do not stay")
		return Effect{}
	}
	if e := effect(0); e.Count != nil {
		t.Errorf("none: %+v", e)
	}
	if e := effect(ManyDocuments); e.Count == nil || *e.Count != ManyDocuments {
		t.Errorf("many: %+v", e)
	}
	if e := effect(ManyDocuments + 1); e.Count != nil || !strings.Contains(e.Message, "more than a thousand") {
		t.Errorf("more than are counted: %+v", e)
	}
	for _, c := range []struct {
		status Status
		owner  bool
		n      int
		want   bool
	}{{Pending, false, 1, true}, {Pending, false, 0, false}, {AwaitingActivation, false, 1, true}, {Pending, true, 1, true}, {Active, false, 1, false}} {
		f := Managed{Kind: Client, Member: Member{Status: c.status}, Owner: c.owner, Alone: true, Documents: c.n}
		if got := f.StaysAsDocumentOwner(); got != c.want {
			t.Errorf("E4: %s with %d documents stays %v, want %v", c.status, c.n, got, c.want)
		}
	}
}

func TestAWarningSaysWhenAFileCame(t *testing.T) {
	t.Parallel()
	v := SubmittedBefore("doc_1", "lunch.pdf", Archived, time.Date(2099, 1, 5, 23, 0, 0, 0, time.FixedZone("", -7200)))
	if want := `This file was submitted before, on 6 January 2099 as "lunch.pdf", so no second document was made of it. It is archived already.`; v[0].Message != want || v[0].Subject != "doc_1" {
		t.Errorf("%+v, want %q", v[0], want)
	}
}
