package rule

import "testing"

func TestWhoIsKeptApart(t *testing.T) {
	for _, row := range []struct {
		sentence              string
		kind                  Kind
		colleague, clientUser string
		toldWho               bool
		want                  string
	}{
		{"C4: a colleague is no user of their practice's client", Client, "mem_1", "", true, "PRACTICE_COLLEAGUE"},
		{"C4: whoever asks", Client, "mem_1", "", false, "PRACTICE_COLLEAGUE"},
		{"C5: a client's user is no colleague of its practice", Practice, "", "mem_2", true, "MEMBER_OF_CLIENT"},
		{"C4: in a practice a colleague is at home", Practice, "mem_1", "", true, ""},
		{"C4: to everybody there", Practice, "mem_1", "", false, ""},
		{"C5: in a client so is a user of another", Client, "", "mem_2", true, ""},
	} {
		if got := codesText(apart(row.kind, row.colleague, row.clientUser, row.toldWho)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}
