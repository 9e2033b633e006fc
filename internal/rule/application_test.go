package rule

import "testing"

func TestApplications(t *testing.T) {
	admin, standard := Access{Via: ViaMembership, Permissions: PracticeAdminPermissions}, Access{Via: ViaMembership, Permissions: ClientsCreate}
	for _, row := range []struct {
		sentence string
		facts    ApplicationFacts
		want     string
	}{
		{"I3: a practice administrator lists an application", ApplicationFacts{Actor: admin, Name: "Receipts"}, ""},
		{"I3: nobody else does", ApplicationFacts{Actor: standard, Name: "Receipts"}, "NOT_PERMITTED"},
		{"I3: who may not learns nothing more", ApplicationFacts{Actor: standard, Taken: true}, "NOT_PERMITTED"},
		{"I3: it has a name", ApplicationFacts{Actor: admin}, "REQUIRED"},
		{"I3: no two have one name", ApplicationFacts{Actor: admin, Name: "Receipts", Taken: true}, "INVALID"},
		{"I3: a hundred are listed", ApplicationFacts{Actor: admin, Name: "Receipts", Listed: 99}, ""},
		{"I3: and not one more", ApplicationFacts{Actor: admin, Name: "Receipts", Listed: 100}, "INVALID"},
	} {
		if got := codesText(MayListApplication(row.facts)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}

func TestChosenApplications(t *testing.T) {
	for _, row := range []struct {
		sentence string
		kind     Kind
		uses     Applications
		want     string
	}{
		{"I3: a user has those that their account offers", Client, Applications{Chosen: true}, ""},
		{"I3: and no others", Client, Applications{Chosen: true, Foreign: true}, "INVALID"},
		{"I3: a colleague has none", Practice, Applications{Chosen: true}, "INVALID"},
		{"I3: which is nothing to be told where none are chosen", Practice, Applications{}, ""},
	} {
		if got := codesText(choosable(row.kind, row.uses)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}
