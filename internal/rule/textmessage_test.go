package rule

import "testing"

func TestTextMessages(t *testing.T) {
	for _, row := range []struct {
		sentence string
		text     TextMessage
		want     string
	}{
		{"E1: an invitation goes out as a text message", TextMessage{Wanted: true}, ""},
		{"C1: by mail nothing is asked of the number", TextMessage{Off: true, Missing: true, Abroad: true, Enough: true}, ""},
		{"C1: this server sends none", TextMessage{Wanted: true, Off: true, Missing: true}, "INVALID"},
		{"C1: a text message needs a number", TextMessage{Wanted: true, Missing: true, Abroad: true}, "MOBILE_REQUIRED"},
		{"SECURITY.md Parameters: only some countries get them", TextMessage{Wanted: true, Abroad: true}, "MOBILE_INVALID"},
		{"SECURITY.md Parameters: a number gets three a day", TextMessage{Wanted: true, Enough: true}, "RESEND_TOO_SOON"},
	} {
		if got := codesText(row.text.judged(nil, nil)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}

	// Where it is asked for.
	missing := TextMessage{Wanted: true, Missing: true}
	welcome := managed("pending unsent")
	for sentence, got := range map[string]Verdict{
		"C1: adding":                person(AddFacts{Kind: Client, FirstName: "Tom", LastName: "Ash", Email: "t@example.com", LoginAccess: true, Text: missing}),
		"A1: giving login access":   MaySetLoginAccess(managed("no login"), LoginAccess{On: true, Email: "t@example.com", Text: missing}),
		"E3: sending again":         MayResend(Invited{Managed: managed("pending"), Status: InvitationIsPending, Text: missing}),
		"E2: sending for the first": MaySendWelcome(welcome, BySMS, missing),
		"E9: another address":       MayEditDetails(managed("pending"), Details{Text: missing}),
	} {
		if codesText(got) != "MOBILE_REQUIRED" {
			t.Errorf("%s by text message without a number: got %q", sentence, codesText(got))
		}
	}
	for sentence, got := range map[string]Verdict{
		"C1: without login access nothing is sent":             person(AddFacts{Kind: Client, FirstName: "Tom", LastName: "Ash", Text: missing}),
		"F9: who accepted here before is in without a message": MaySetLoginAccess(managed("no login, accepted"), LoginAccess{On: true, Email: "t@example.com", Text: missing}),
	} {
		if got.Refused() {
			t.Errorf("%s: got %q", sentence, codesText(got))
		}
	}
	if got := codesText(MaySendWelcome(managed("no login"), BySMS, missing)); got != "NO_LOGIN_ACCESS" {
		t.Errorf("F9: without login access that is the reason alone: got %q", got)
	}
}

func TestWhatALinkProves(t *testing.T) {
	for _, row := range []struct {
		sentence              string
		facts                 AcceptFacts
		password, signInFirst bool
	}{
		{"E5: a mailed link makes a login", AcceptFacts{}, true, false},
		{"E5: or takes over one that was never proved", AcceptFacts{LoginExists: true}, true, false},
		{"E5: with a proved one no password is set", AcceptFacts{LoginExists: true, LoginVerified: true}, false, false},
		{"E5: nor signed in", AcceptFacts{LoginExists: true, SignedIn: true}, false, false},
		{"E5: a text message makes a login", AcceptFacts{ByText: true}, true, false},
		{"E5: and never takes one over", AcceptFacts{ByText: true, LoginExists: true}, false, true},
		{"E5: whoever is signed in with it accepts", AcceptFacts{ByText: true, LoginExists: true, SignedIn: true}, false, false},
		{"E5: a proved one stays as it is", AcceptFacts{ByText: true, LoginExists: true, LoginVerified: true}, false, false},
	} {
		if got := row.facts.NeedsPassword(); got != row.password {
			t.Errorf("%s: wants a password: %v", row.sentence, got)
		}
		if got := row.facts.SignInFirst(); got != row.signInFirst {
			t.Errorf("%s: wants a sign-in first: %v", row.sentence, got)
		}
	}
	if got := codesText(Accept(accepting(func(f *AcceptFacts) { f.ByText, f.LoginExists, f.LoginVerified, f.SignedIn = true, true, false, false }))); got != "INVITATION_WRONG_PERSON" {
		t.Errorf("E5: by a text message an unproved login is taken over: got %q", got)
	}
}
