package courier

import (
	"flag"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMailsReadAsTheGoldenFilesSay(t *testing.T) {
	t.Parallel()
	until := moment(time.Date(2026, 3, 7, 9, 5, 0, 0, time.UTC))
	invitation := content{
		Greeting: "Hello Jane,", Inviter: "Ash & Partners", Account: accounts{"O'Neil \"Bob\" <Bakers>"}, Button: "Log in",
		Link: "https://roster.example.com/accept/rit_secret", Until: until,
	}
	colleague := invitation
	colleague.Colleague, colleague.Inviter, colleague.Account = true, "Maya Patel", accounts{"Ash & Partners"}
	several := invitation
	several.Account = accounts{"Bean Roasters Ltd", "Brew & Bean Ltd", "Harbour Café"}
	verification := content{
		Greeting: "Hello,", Button: "Confirm address", Link: "https://roster.example.com/verify/rvt_secret", Until: until,
	}
	added := content{
		Greeting: "Hello Jane,", Inviter: "Ash & Partners", Account: accounts{"Hill Bakery Ltd"}, Button: "Open my accounts",
		Link: "https://roster.example.com/accounts",
	}
	reset := content{
		Greeting: "Hello,", Button: "Choose a new password", Link: "https://roster.example.com/reset/rpw_secret", Until: until,
	}
	exists := content{Greeting: "Hello,", Button: "Sign in", Link: "https://roster.example.com/sign-in"}

	owner := content{Greeting: "Hello Jane,", Owner: "Maya Patel", Account: accounts{"Hill Bakery Ltd"}, Practice: "Ash & Partners", Button: "Open my accounts",
		Link: "https://roster.example.com/accounts"}

	invited := content{Greeting: "Hello Maya,", Person: "Jane O'Neil", Account: accounts{"Hill Bakery Ltd"}, Button: "Open my accounts", Link: "https://roster.example.com/accounts"}

	for name, mail := range map[string]struct {
		template template
		content  content
	}{
		"invitation-client":    {invitationTemplate, invitation},
		"invitation-colleague": {invitationTemplate, colleague},
		"invitation-several":   {invitationTemplate, several},
		"verification":         {verificationTemplate, verification},
		"added-directly":       {addedDirectlyTemplate, added},
		"added-to-several":     {addedDirectlyTemplate, several},
		"login-exists":         {loginExistsTemplate, exists},
		"reset":                {resetTemplate, reset},
		"password-set":         {passwordSetTemplate, exists},
		"password-changed":     {passwordChangedTemplate, content{Greeting: "Hello,", Button: "Ask for a new password", Link: "https://roster.example.com/forgot"}},
		"logins-merged":        {loginsMergedTemplate, content{Greeting: "Hello,", Login: "maya@old.example", Button: "Open my accounts", Link: "https://roster.example.com/accounts"}},
		"login-ended":          {loginEndedTemplate, content{Greeting: "Hello,", Login: "m•••@example.com", Button: "Sign in", Link: "https://roster.example.com/sign-in"}},
		"identity-linked":      {identityLinkedTemplate, content{Greeting: "Hello,", Provider: "Acme", Button: "Look at your ways to sign in", Link: "https://roster.example.com/account/sign-in"}},
		"identity-unlinked":    {identityGoneTemplate, content{Greeting: "Hello,", Provider: "Acme", Button: "Look at your ways to sign in", Link: "https://roster.example.com/account/sign-in"}},
		"owner-changed":        {ownerChangedTemplate, owner},
		"practice-gone":        {practiceGoneTemplate, owner},
		"reminder":             {reminderTemplate, invitation},
		"declined":             {declinedTemplate, invited},
		"wanted":               {wantedTemplate, invited},
		"new-email":            {newEmailTemplate, content{Greeting: "Hello,", Button: "Confirm address", Link: "https://roster.example.com/verify/rne_secret", Until: until}},
		"email-changed":        {emailChangedTemplate, content{Greeting: "Hello,", Masked: "j•••@example.org", Button: "Open Roster", Link: "https://roster.example.com/"}},
	} {
		subject, plainText, htmlText, err := mail.template.render(mail.content)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name+".txt", "Subject: "+subject+"\n\n"+plainText)
		golden(t, name+".html", htmlText)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant, run go test ./internal/courier -update\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}

func TestNamesCannotPutLinksHeadersOrMarkupIntoAMail(t *testing.T) {
	t.Parallel()
	for _, attack := range []string{
		"http://evil.example", "evil.example", "www.evil.example/a", "me@evil.example", "evil。example", "mailto:evil.example",
		"<a href=http://evil.example>x</a>", `"><script src=//evil.example>`, "x\r\nBcc: v@evil.example\r\n\r\n<b>hi</b>",
		"{{.Link}}", "javascript:evil.example", "\u202ehttps://evil.example",
	} {
		link := "https://roster.example.com/accept/rit_secret"
		subject, plainText, htmlText, err := invitationTemplate.render(content{
			Greeting: greeting(attack), Inviter: plain(attack, "Somebody"), Account: accounts{plain(attack, "a business")}, Link: link,
			Button: "Log in", Until: "tomorrow",
		})
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(subject, "\r\n") {
			t.Errorf("%q: the subject has two lines: %q", attack, subject)
		}
		if lines := strings.Count(plainText, "\n"); lines != 15 {
			t.Errorf("%q: the text has %d lines, want 15:\n%s", attack, lines, plainText)
		}
		for _, found := range []string{"evil.example", "@evil", "://evil", "//evil"} {
			if strings.Contains(plainText, found) || strings.Contains(html.UnescapeString(htmlText), found) || strings.Contains(subject, found) {
				t.Errorf("%q: %q can be clicked in\n%s\n%s\n%s", attack, found, subject, plainText, htmlText)
			}
		}
		if got := strings.Count(htmlText, "<a "); got != 2 { // the button, and the address below it
			t.Errorf("%q: the HTML has %d links, want 2:\n%s", attack, got, htmlText)
		}
		if strings.Contains(htmlText, "<script") || strings.Contains(htmlText, "<b>") {
			t.Errorf("%q: the HTML has the name's markup:\n%s", attack, htmlText)
		}
	}
}
