package rule

import (
	"strings"
	"testing"
)

func TestWhichAddressALoginMayTake(t *testing.T) {
	user := Stand{"mem_own", "cli_bakery", "Marsh Bakery", Client, "prc_firm", Active, true}
	colleague := Stand{"mem_own", "prc_firm", "Okafor & Partners", Practice, "prc_firm", Active, true}
	at := func(s Stand, kind Kind, account, practice string) Stand {
		s.Membership, s.Kind, s.Account, s.Practice, s.Name = "mem_other", kind, account, practice, "Elsewhere"
		return s
	}
	as := func(s Stand, status Status, access bool) Stand {
		s.Status, s.LoginAccess = status, access
		return s
	}
	inFirm := at(user, Practice, "prc_firm", "prc_firm")
	inClient := at(user, Client, "cli_cafe", "prc_firm")
	alone := as(user, Active, true)
	alone.Practice = ""
	for _, row := range []struct {
		sentence string
		facts    TakeEmailFacts
		want     string
	}{
		{"J3: an address that is nobody's", TakeEmailFacts{Own: []Stand{user}}, ""},
		{"J3: another login has it", TakeEmailFacts{Taken: true}, "EMAIL_TAKEN"},
		{"J3: in one of the person's accounts somebody else is listed with it", TakeEmailFacts{Own: []Stand{user}, Others: []Stand{at(user, Client, "cli_bakery", "prc_firm")}}, "EMAIL_TAKEN"},
		{"J3: also as a document owner without login access", TakeEmailFacts{Own: []Stand{user}, Others: []Stand{as(at(user, Client, "cli_bakery", "prc_firm"), Active, false)}}, "EMAIL_TAKEN"},
		{"J3: also where the person is deactivated", TakeEmailFacts{Own: []Stand{as(user, Deactivated, true)}, Others: []Stand{at(user, Client, "cli_bakery", "prc_firm")}}, "EMAIL_TAKEN"},
		{"J3: in other accounts it may be anybody's", TakeEmailFacts{Own: []Stand{user}, Others: []Stand{inClient}}, ""},
		{"C4: a colleague of the practice has it", TakeEmailFacts{Own: []Stand{user}, Others: []Stand{as(inFirm, Pending, true)}}, "PRACTICE_COLLEAGUE"},
		{"C4: a deactivated one too", TakeEmailFacts{Own: []Stand{user}, Others: []Stand{as(inFirm, Deactivated, true)}}, "PRACTICE_COLLEAGUE"},
		{"C4: also of a document owner without login access", TakeEmailFacts{Own: []Stand{as(user, Active, false)}, Others: []Stand{inFirm}}, "PRACTICE_COLLEAGUE"},
		{"C4: whoever is deactivated in the client is no user of it", TakeEmailFacts{Own: []Stand{as(user, Deactivated, true)}, Others: []Stand{inFirm}}, ""},
		{"C4: another practice's people are welcome", TakeEmailFacts{Own: []Stand{user}, Others: []Stand{at(user, Practice, "prc_other", "prc_other")}}, ""},
		{"C4: a business on its own has no practice", TakeEmailFacts{Own: []Stand{alone}, Others: []Stand{inFirm}}, ""},
		{"C5: a user of one of the practice's clients has it", TakeEmailFacts{Own: []Stand{colleague}, Others: []Stand{inClient}}, "MEMBER_OF_CLIENT"},
		{"C5: a pending one too", TakeEmailFacts{Own: []Stand{colleague}, Others: []Stand{as(inClient, Pending, true)}}, "MEMBER_OF_CLIENT"},
		{"C5: one who awaits activation too", TakeEmailFacts{Own: []Stand{colleague}, Others: []Stand{as(inClient, AwaitingActivation, true)}}, "MEMBER_OF_CLIENT"},
		{"C5: a deactivated user does not block", TakeEmailFacts{Own: []Stand{colleague}, Others: []Stand{as(inClient, Deactivated, true)}}, ""},
		{"C5: nor does one without login access", TakeEmailFacts{Own: []Stand{colleague}, Others: []Stand{as(inClient, Active, false)}}, ""},
		{"C5: another practice's client is no matter", TakeEmailFacts{Own: []Stand{colleague}, Others: []Stand{at(user, Client, "cli_far", "prc_other")}}, ""},
		{"C4 before C5, whichever account comes first", TakeEmailFacts{Taken: true, Own: []Stand{at(colleague, Practice, "prc_two", "prc_two"), user},
			Others: []Stand{at(user, Client, "cli_two", "prc_two"), inFirm}}, "EMAIL_TAKEN PRACTICE_COLLEAGUE MEMBER_OF_CLIENT"},
	} {
		if got := codesText(TakeEmail(row.facts)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}

func TestARefusedAddressTellsNothingOfThePractice(t *testing.T) {
	user := Stand{"mem_own", "cli_bakery", "Marsh Bakery", Client, "prc_firm", Active, true}
	v := TakeEmail(TakeEmailFacts{Own: []Stand{user}, Others: []Stand{{"mem_secret", "prc_firm", "Okafor & Partners", Practice, "prc_firm", Active, true}}})
	if len(v) != 1 || v[0].Subject != "" || v[0].Remedy != "" || strings.Contains(v[0].Message, "Okafor") || !strings.Contains(v[0].Message, "Marsh Bakery") {
		t.Errorf("L3: a client's user is told %+v", v)
	}
}
