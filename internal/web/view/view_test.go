package view

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

var someTime = time.Date(2026, 12, 6, 15, 5, 30, 0, time.FixedZone("CET", 3600))

// sample is one page in one state, as a reader could meet it.
type sample struct {
	name   string
	status int
	show   func(http.ResponseWriter, int)
	want   []string // sentences and elements that must be there
	not    []string // what must not
}

// evil is a name as an attacker would choose it. The word "Evil" tells whether the name is on the page at all.
const evil = `Evil <script>alert(1)</script> & "Co"`

func invitation(state State, change ...func(*Invitation)) func(http.ResponseWriter, int) {
	i := Invitation{
		State: state, Action: "/invitations/tok", AccountNames: []string{"Brew & Bean Ltd"}, InvitedBy: "Ada & Co",
		SentToMasked: "b•••@brewbean.example", ExpiresAt: someTime, NextURL: "/accounts", SignInURL: "/sign-in",
	}
	for _, c := range change {
		c(&i)
	}
	return func(w http.ResponseWriter, status int) { Accept(w, status, i) }
}

func evilInvitation(i *Invitation) {
	i.AccountNames = []string{evil, "Second Evil"}
	i.InvitedBy = evil
}

func verification(state State, change ...func(*Verification)) func(http.ResponseWriter, int) {
	v := Verification{State: state, Action: "/verify/tok", EmailMasked: "b•••@brewbean.example", NextURL: "/accounts"}
	for _, c := range change {
		c(&v)
	}
	return func(w http.ResponseWriter, status int) { Verify(w, status, v) }
}

func reset(state State, wrong ...FieldProblem) func(http.ResponseWriter, int) {
	p := NewPassword{State: state, Problems: wrong}
	if state == Open {
		p.Action, p.EmailMasked = "/reset/tok", "b•••@brewbean.example"
	}
	return func(w http.ResponseWriter, status int) { Reset(w, status, p) }
}

func accounts(a AccountsPage) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, status int) { Accounts(w, status, a) }
}

func personal(change ...func(*PersonalPage)) func(http.ResponseWriter, int) {
	p := PersonalPage{FirstName: "Ada", LastName: "Lovelace", Mobile: "+447400123456", Email: "ada@adaco.example", Sessions: []OwnSession{
		{ID: "ses_1", What: "Browser: Firefox on Linux", Where: "192.0.2.7", Since: someTime, Seen: someTime, Current: true}, {ID: "ses_2", What: "App on iPhone", Since: someTime, Seen: someTime}}}
	for _, c := range change {
		c(&p)
	}
	return func(w http.ResponseWriter, status int) { Personal(w, status, p) }
}

func samples() []sample {
	short := []FieldProblem{{Field: "input.password", Message: "The password has 7 characters. It needs at least 15."}}
	return []sample{
		{"an open invitation for somebody signed in", 200, invitation(Open, func(i *Invitation) { i.SignedInAs = "bo@brewbean.example" }),
			[]string{"Ada &amp; Co invites you to Brew &amp; Bean Ltd", "6 December 2026, 14:05 UTC", `method="post" action="/invitations/tok"`, "bo@brewbean.example"}, []string{`type="password"`}},
		{"an open invitation that needs a password", 200, invitation(Open, func(i *Invitation) { i.NeedsPassword = true; i.Username = "bo@brewbean.example" }),
			[]string{"At least 15 characters", `autocomplete="new-password"`, `autocomplete="username"`, `minlength="15"`, `<label for="password">`}, nil},
		{"an open invitation after a refused password", 422, invitation(Open, func(i *Invitation) { i.NeedsPassword = true; i.Problems = short }),
			[]string{"It needs at least 15.", `aria-invalid="true"`, "<title>Please check: "}, []string{`role="alert"`}},
		{"an open invitation with a problem of no field", 200, invitation(Open, func(i *Invitation) { i.Problems = []FieldProblem{{Message: "Ada is your colleague."}} }),
			[]string{`role="alert"`, "Ada is your colleague."}, nil},
		{"an open invitation to three accounts", 200, invitation(Open, func(i *Invitation) {
			i.AccountNames = []string{"Brew & Bean Ltd", "Bean Roasters Ltd", "Bo’s Wholesale Coffee and Catering Supplies (Northern Ireland) Limited"}
		}), []string{"Ada &amp; Co invites you to three accounts", "<dt>Accounts</dt>", "Bean Roasters Ltd"}, nil},
		{"an open invitation with hostile names", 200, invitation(Open, evilInvitation), []string{"Evil &lt;script&gt;"}, nil},
		{"an accepted invitation", 200, invitation(Accepted), []string{"Welcome", "You can now open Brew &amp; Bean Ltd.", `href="/accounts">Open your accounts`}, nil},
		{"an invitation accepted by a text message", 200, invitation(Accepted, func(i *Invitation) {
			i.SignInAs, i.Apps = "bo@brewbean.example", Apps{"https://apps.example/roster", "https://play.example/roster"}
		}), []string{"Get the mobile app", "bo@brewbean.example", `href="https://apps.example/roster">App Store`, `href="https://play.example/roster">Google Play`, "Open your accounts here"}, nil},
		{"an invitation accepted by a text message, without an app", 200, invitation(Accepted, func(i *Invitation) { i.SignInAs = "bo@brewbean.example" }),
			[]string{"you sign in with", `class="button" href="/accounts">Open your accounts here`}, []string{"mobile app", "App Store"}},
		{"an accepted invitation of which a part could not be opened", 200, invitation(Accepted, func(i *Invitation) { i.Left = []string{"Quay Tools: " + evil} }),
			[]string{"You can now open Brew", "Quay Tools: Evil &lt;script&gt;"}, nil},
		{"a text message's invitation of somebody who has a login", 200, invitation(SignInFirst, evilInvitation),
			[]string{"Sign in to accept", "There is a login for <strong>b•••@brewbean.example</strong> already", `href="/sign-in">Sign in`, `href="/forgot"`, "Evil &lt;script&gt;"}, []string{"<form", `type="password"`}},
		{"an accepted invitation with hostile names", 200, invitation(Accepted, evilInvitation), []string{"Evil &lt;script&gt;"}, nil},
		{"an accepted invitation of a login with a password", 200, invitation(AcceptedSignIn), []string{"Now sign in", "it stays as it is", `href="/sign-in">Sign in`}, nil},
		{"an expired invitation", 410, invitation(Expired), []string{"has expired", "Ada &amp; Co is told", `action="/invitations/tok/new"`}, []string{"Brew"}},
		{"an expired invitation with hostile names", 410, invitation(Expired, evilInvitation), []string{"has expired"}, []string{"Second Evil"}},
		{"a cancelled invitation", 410, invitation(Cancelled, evilInvitation), []string{"was cancelled", "ask the person who invited you"}, []string{"Evil", "<form"}},
		{"an invitation accepted before", 410, invitation(AlreadyAccepted, evilInvitation), []string{"already accepted", `href="/sign-in">Sign in`}, []string{"Evil", "<form"}},
		{"a declined invitation", 410, invitation(Declined, evilInvitation), []string{"was declined", "ask them for a new invitation"}, []string{"Evil", "<form"}},
		{"an invitation declined just now", 200, invitation(DeclinedNow, evilInvitation), []string{"You have declined", "is told"}, []string{"Evil", "<form"}},
		{"a new invitation asked for just now", 200, invitation(Asked, evilInvitation), []string{"We have asked for a new invitation"}, []string{"Evil", "<form"}},
		{"a link that does not work", 404, invitation(Invalid, evilInvitation), []string{"This link does not work", "open the newest mail", `href="/sign-in"`}, []string{"Evil", "<form"}},
		{"an invitation for somebody else", 409, invitation(WrongPerson, evilInvitation, func(i *Invitation) { i.NextURL = "/invitations/tok"; i.SignedInAs = "carol@other.example" }),
			[]string{"is for somebody else", "b•••@brewbean.example", "carol@other.example", `method="post" action="/sign-out"`, `name="next" value="/invitations/tok"`}, []string{"Evil"}},

		{"an address to confirm", 200, verification(Open), []string{"Confirm your email address", "b•••@brewbean.example", `method="post" action="/verify/tok"`}, []string{`type="password"`}},
		{"an address to confirm with a new password", 200, verification(Open, func(v *Verification) { v.NeedsPassword = true; v.Username = "bo@brewbean.example" }),
			[]string{"Everything set before", "At least 15 characters", `autocomplete="new-password"`, `autocomplete="username"`}, nil},
		{"an address to confirm after a refused password", 422, verification(Open, func(v *Verification) { v.NeedsPassword = true; v.Problems = short }), []string{"It needs at least 15.", `aria-invalid="true"`}, nil},
		{"a new address to confirm", 200, verification(Open, func(v *Verification) { v.Replaces = true }), []string{"Confirm your new email address", "b•••@brewbean.example", `method="post" action="/verify/tok"`, "former address is told"}, []string{`type="password"`}},
		{"a new address that cannot be had", 422, verification(Open, func(v *Verification) {
			v.Replaces, v.Problems = true, []FieldProblem{{Message: "There is another login with this address."}}
		}), []string{`role="alert"`, "There is another login", "<title>Please check: "}, nil},
		{"a new address to confirm, signed out", 403, verification(SignInFirst, func(v *Verification) { v.Replaces = true }), []string{"Sign in to confirm", "open the link in the mail again", `href="/sign-in">Sign in`}, []string{"<form"}},
		{"a new address of another login", 403, verification(WrongPerson, func(v *Verification) { v.Replaces, v.SignedInAs = true, "carol@other.example" }),
			[]string{"for another login", "carol@other.example", `method="post" action="/sign-out"`, `name="next" value="/verify/tok"`}, []string{"brewbean"}},
		{"a new address that was confirmed", 200, verification(Done, func(v *Verification) { v.Replaces = true }), []string{"is confirmed", "you sign in with it"}, []string{"<form"}},
		{"an expired link for a new address", 410, verification(Expired, func(v *Verification) { v.Replaces = true }), []string{"24 hours only", `href="/account"`}, []string{"brewbean", "<form"}},
		{"an invalid link for a new address", 404, verification(Invalid, func(v *Verification) { v.Replaces = true }), []string{"was used already", `href="/account"`}, []string{"brewbean", "<form"}},
		{"a confirmed address", 200, verification(Done), []string{"is confirmed", `href="/accounts">Continue`}, []string{"<form"}},
		{"an address confirmed before", 410, verification(Already), []string{"already confirmed"}, []string{"brewbean", "<form"}},
		{"an expired confirmation", 410, verification(Expired), []string{"has expired", "Send the confirmation mail again"}, []string{"brewbean", "<form"}},
		{"an invalid confirmation", 404, verification(Invalid), []string{"This link does not work", "newest mail"}, []string{"brewbean", "<form"}},

		{"the form that asks for a new password", 200, func(w http.ResponseWriter, s int) { Forgot(w, s, ForgotForm{}) },
			[]string{`method="post" action="/forgot"`, `autocomplete="username"`, "Send the link"}, nil},
		{"the same after something that is no address", 422, func(w http.ResponseWriter, s int) {
			Forgot(w, s, ForgotForm{Email: evil, Problems: []FieldProblem{{Field: "input.email", Message: "This is not an email address."}}})
		},
			[]string{"This is not an email address.", `aria-invalid="true"`, `value="Evil &lt;script&gt;`}, nil},
		{"a link for a new password is on its way", 200, func(w http.ResponseWriter, s int) { Forgot(w, s, ForgotForm{Email: evil, Sent: true}) }, []string{"Look into your mail", "If <strong>Evil &lt;script&gt;"}, []string{"<form"}},
		{"a new password to choose", 200, reset(Open), []string{"Choose a new password for <strong>b•••@brewbean.example", `method="post" action="/reset/tok"`, `autocomplete="new-password"`}, nil},
		{"a new password to choose after a refused one", 422, reset(Open, short...), []string{"It needs at least 15.", `aria-invalid="true"`}, nil},
		{"a new password that was chosen", 200, reset(Done), []string{"Your password is changed", `href="/sign-in">Sign in`}, []string{"brewbean", "<form"}},
		{"an expired link for a new password", 410, reset(Expired), []string{"has expired", `href="/forgot"`}, []string{"brewbean", "<form"}},
		{"an invalid link for a new password", 404, reset(Invalid), []string{"This link does not work", `href="/forgot"`}, []string{"brewbean", "<form"}},

		{"the sign-in form", 200, func(w http.ResponseWriter, s int) { SignIn(w, s, SignInForm{Notice: "You are signed out."}) },
			[]string{`method="post" action="/sign-in"`, `autocomplete="current-password"`, `autocomplete="username"`, "You are signed out."}, []string{`name="next"`}},
		{"the sign-in form after a wrong password", 422, func(w http.ResponseWriter, s int) {
			SignIn(w, s, SignInForm{Email: evil, Next: "/invitations/tok", Problems: []FieldProblem{{Message: "The email address or the password is not right."}, {Field: "email", Message: "Please check this address."}}})
		}, []string{`role="alert"`, `name="next" value="/invitations/tok"`, "Please check this address.", `value="Evil &lt;script&gt;`}, nil},

		{"the sign-in form with providers", 200, func(w http.ResponseWriter, s int) {
			SignIn(w, s, SignInForm{Next: "/merge", Again: true, Providers: []Provider{{"acme", "Acme & Sons"}, {"evil", evil}}})
		}, []string{`method="post" action="/sign-on/acme"`, "Sign in with Acme &amp; Sons", `name="next" value="/merge"`, `name="again" value="1"`, "Sign in with Evil &lt;script&gt;"}, nil},
		{"ways to sign in", 200, func(w http.ResponseWriter, s int) {
			Ways(w, s, WaysIn{Email: "ada@adaco.example", Password: true, Others: []Provider{{"globe", "Globe"}}, Linked: []LinkedProvider{{"acme", "Acme & Sons", evil, someTime}}})
		}, []string{"You have one.", "Acme &amp; Sons", "Evil &lt;script&gt;", "Linked on 6 December 2026, 14:05 UTC", `action="/account/sign-in/unlink"`, `name="provider" value="acme"`, `action="/sign-on/globe"`,
			`name="purpose" value="LINK"`}, []string{`action="/sign-on/acme"`, `role="alert"`}},
		{"ways to sign in before the address is proved", 200, func(w http.ResponseWriter, s int) {
			Ways(w, s, WaysIn{Email: "ada@adaco.example", Unverified: true, Others: []Provider{{"globe", "Globe"}}, Linked: []LinkedProvider{{"acme", "Acme", "ada", someTime}}})
		}, []string{"You have none.", "Once your email address is confirmed"}, []string{"<form"}},
		{"ways to sign in after a refusal", 422, func(w http.ResponseWriter, s int) {
			Ways(w, s, WaysIn{Email: "ada@adaco.example", AgainURL: "/sign-in?again=1", Problems: []FieldProblem{{Message: evil}}})
		}, []string{`role="alert"`, "Evil &lt;script&gt;", `href="/sign-in?again=1">Sign in again`, "<title>Please check: "}, nil},
		{"on the way to a provider", 200, func(w http.ResponseWriter, _ int) {
			Depart(w, Departure{Label: "Acme & Sons", Address: `https://id.acme.example/a?b=1&c="><script>alert(1)</script>`})
		}, []string{"On to Acme &amp; Sons", `http-equiv="refresh" content="0; url=https://id.acme.example/a?b=1&amp;c=`, `href="https://id.acme.example/a?b=1&amp;c=`}, nil},

		{"the account switcher", 200, accounts(AccountsPage{Name: "Ada Lovelace", Email: "ada@adaco.example", Total: 12, NextPage: "/accounts?after=abc", Accounts: []Account{
			{ID: "pra_1", Name: "Ada & Co", Kind: "Practice", Role: "Practice administrator", Current: true},
			{ID: "cli_1", Name: "Brew & Bean Ltd", Kind: "Client account", Role: "Business administrator", Via: "through Ada & Co"},
			{ID: "cli_2", Name: "Bo’s Wholesale Coffee and Catering Supplies (Northern Ireland) Limited", Kind: "Client account", Role: "Standard"},
		}}), []string{`method="post" action="/accounts/switch"`, `name="accountId" value="cli_1"`, "through Ada &amp; Co", "Open now", "12 accounts you can open", `href="/accounts?after=abc"`, `action="/sign-out"`}, []string{"confirm your email", `value="pra_1"`}},
		{"the account switcher before the address is proved", 200, accounts(AccountsPage{Name: evil, Email: "ada@adaco.example", Unverified: true, Total: 1, Accounts: []Account{{ID: "cli_1", Name: evil, Kind: "Client account", Role: evil, Via: evil}}}),
			[]string{`method="post" action="/verify/resend"`, "Send the confirmation mail again", "1 account you can open"}, nil},
		{"the account switcher without an account", 200, accounts(AccountsPage{Name: "Ada", Email: "ada@adaco.example"}), []string{"no account you can open yet", `action="/sign-out"`}, []string{`type="search"`}},
		{"the account switcher with a search that finds nothing", 200, accounts(AccountsPage{Name: "Ada", Email: "ada@adaco.example", Search: evil}), []string{"No account is found for “Evil &lt;script&gt;", `type="search"`}, nil},

		{"personal details", 200, personal(), []string{`value="Ada"`, `value="&#43;447400123456"`, "<strong>ada@adaco.example", `action="/account/profile"`, `action="/account/email"`, `action="/account/password"`,
			`name="sessionId" value="ses_2"`, `action="/account/sessions/revoke-others"`, "This one", "From 192.0.2.7", `autocomplete="new-password"`}, []string{"confirm your email", `id="email-password"`, `value="ses_1"`, `role="alert"`}},
		{"personal details before the address is proved", 200, personal(func(p *PersonalPage) { p.Unverified = true }), []string{"Please confirm your email address", `action="/verify/resend"`, `name="next" value="/account"`}, nil},
		{"personal details some time after signing in", 200, personal(func(p *PersonalPage) { p.Stale = true }),
			[]string{`id="email-password" name="password"`, `href="/sign-in?again=1&amp;next=/account">Sign in again`}, []string{`action="/account/password"`}},
		{"personal details of a login without a password", 200, personal(func(p *PersonalPage) { p.NoPassword = true }), []string{"no password yet", `href="/forgot"`}, []string{`action="/account/password"`}},
		{"personal details with one session", 200, personal(func(p *PersonalPage) { p.Sessions = p.Sessions[:1] }), []string{"This one"}, []string{"revoke"}},
		{"personal details after a change", 200, personal(func(p *PersonalPage) { p.Done = "Your name and mobile are saved." }), []string{`role="status">Your name and mobile are saved.`}, nil},
		{"personal details with hostile words", 422, personal(func(p *PersonalPage) {
			p.FirstName, p.LastName, p.NewEmail, p.Sessions[1].What, p.Sessions[1].Where = evil, evil, evil, evil, evil
			p.Refused, p.Problems = EmailForm, []FieldProblem{{"input.newEmail", "This is not an email address."}, {"", "Something else."}}
		}), []string{"Evil &lt;script&gt;", "This is not an email address.", `aria-invalid="true"`, `role="alert"`, "Something else.", "<title>Please check: "}, nil},
		{"personal details with a wrong password", 422, personal(func(p *PersonalPage) {
			p.Refused, p.Problems = PasswordForm, []FieldProblem{{"input.currentPassword", "This is not your password."}, {"input.newPassword", "This password is too short."}}
		}), []string{`id="currentPassword-wrong">This is not your password.`, `id="password-wrong">This password is too short.`, "Nothing was changed."}, nil},

		{"the mailbox", 200, func(w http.ResponseWriter, _ int) {
			Mailbox(w, MailboxPage{Messages: []MailSummary{{ID: "msg_1", To: "bo@brewbean.example", From: "Roster <no-reply@roster.example>", Subject: "Ada & Co invites you to Brew & Bean Ltd", At: someTime}, {ID: "msg_2", To: "+44 7700 900123", At: someTime, Channel: "SMS"}, {ID: "msg_3", To: evil, Subject: evil, At: someTime}}})
		}, []string{`href="/mailbox/msg_1"`, `http-equiv="refresh" content="5"`, "Text message", "3 messages."}, nil},
		{"the mailbox after a search", 200, func(w http.ResponseWriter, _ int) {
			Mailbox(w, MailboxPage{Search: "bo@", Messages: []MailSummary{{ID: "msg_1", To: "bo@brewbean.example", Subject: "Hello", At: someTime}}})
		}, []string{"1 message found for “bo@”"}, []string{`http-equiv="refresh"`}},
		{"the mailbox after a search that finds nothing", 200, func(w http.ResponseWriter, _ int) { Mailbox(w, MailboxPage{Search: evil}) }, []string{"No message is found"}, nil},
		{"the empty mailbox", 200, func(w http.ResponseWriter, _ int) { Mailbox(w, MailboxPage{}) }, []string{"Nothing has been sent yet."}, nil},
		{"one mail", 200, func(w http.ResponseWriter, _ int) {
			Mail(w, MailPage{MailSummary: MailSummary{ID: "msg_1", To: "bo@brewbean.example", From: "Roster <no-reply@roster.example>", Subject: "Ada & Co invites you to Brew & Bean Ltd", At: someTime, Channel: "EMAIL"},
				Text: "Hello Bo,\n\nlog in here: http://127.0.0.1:8080/invitations/inv_TkQ4c2VjcmV0LXRva2VuLWZvci10aGUtcGljdHVyZQ.\n\n" + evil, HTMLURL: "/mailbox/msg_1/html"})
		}, []string{`sandbox="allow-popups allow-popups-to-escape-sandbox"`, `src="/mailbox/msg_1/html"`, `<a href="http://127.0.0.1:8080/invitations/inv_TkQ4c2VjcmV0LXRva2VuLWZvci10aGUtcGljdHVyZQ" rel="noreferrer">`, "Evil &lt;script&gt;"}, []string{"allow-scripts", "allow-same-origin"}},
		{"one text message", 200, func(w http.ResponseWriter, _ int) {
			Mail(w, MailPage{MailSummary: MailSummary{ID: "msg_2", To: "+44 7700 900123", At: someTime, Channel: "SMS"}, Text: "Ada & Co: http://127.0.0.1:8080/i/x"})
		}, []string{"Text message to &#43;44 7700 900123"}, []string{"<iframe"}},

		{"the front page in development", 200, func(w http.ResponseWriter, _ int) {
			Home(w, HomePage{BaseURL: "http://127.0.0.1:8080", Development: true, Mailbox: true, SignIns: []DemoSignIn{{"ada@adaco.example", "a-long-demo-password", "Practice administrator and owner of Ada & Co"}, {"bo@brewbean.example", "a-long-demo-password", evil}}})
		}, []string{`href="/graphiql"`, `href="/mailbox"`, `href="/accounts"`, `href="/sign-in"`, "ada@adaco.example", "a-long-demo-password"}, nil},
		{"the front page in production", 200, func(w http.ResponseWriter, _ int) {
			Home(w, HomePage{BaseURL: "https://roster.example", SignIns: []DemoSignIn{{"ada@adaco.example", "a-long-demo-password", "Ada"}}})
		}, []string{`href="/accounts"`, `href="/sign-in"`}, []string{"graphiql", "mailbox", "a-long-demo-password"}},
		{"a problem", 404, func(w http.ResponseWriter, s int) {
			Problem(w, s, "Page not found", "There is nothing at this address. Perhaps a part of it got lost on the way.", "req_01jdqz8x4c7m")
		}, []string{"Page not found", "req_01jdqz8x4c7m"}, nil},
		{"a problem with hostile words", 500, func(w http.ResponseWriter, s int) { Problem(w, s, evil, evil, evil) }, []string{"Evil &lt;script&gt;"}, nil},
	}
}

func TestEveryPageSaysItsSentenceAndNothingItShouldNot(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			s.show(w, s.status)
			if w.Code != s.status {
				t.Errorf("status: got %d, want %d", w.Code, s.status)
			}
			body := w.Body.String()
			for _, want := range s.want {
				if !strings.Contains(body, want) {
					t.Errorf("page lacks %q:\n%s", want, body)
				}
			}
			for _, not := range s.not {
				if strings.Contains(body, not) {
					t.Errorf("page has %q:\n%s", not, body)
				}
			}
		})
	}
}

// What the content policy would refuse, and what an attacker would like to bring in by a name.
var forbidden = regexp.MustCompile(`(?i)<script|<style|\sstyle=|\son[a-z]+=|javascript:|ZgotmplZ`)

func TestNoPageHasScriptOrInlineStyle(t *testing.T) {
	for _, s := range samples() {
		w := httptest.NewRecorder()
		s.show(w, s.status)
		if found := forbidden.FindString(w.Body.String()); found != "" {
			t.Errorf("%s: has %q:\n%s", s.name, found, w.Body)
		}
	}
}

func TestEveryPageTellsBrowsersHowToTreatIt(t *testing.T) {
	elements := []string{
		`<html lang="en-GB">`, `<meta name="viewport" content="width=device-width, initial-scale=1">`, `<meta name="referrer" content="no-referrer">`,
		`<meta name="robots" content="noindex, nofollow">`, `<link rel="stylesheet" href="/static/roster.css?v=`,
	}
	for _, s := range samples() {
		w := httptest.NewRecorder()
		s.show(w, s.status)
		for _, element := range elements {
			if !strings.Contains(w.Body.String(), element) {
				t.Errorf("%s: lacks %s", s.name, element)
			}
		}
		if got := w.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
			t.Errorf("%s: content type %q", s.name, got)
		}
		if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, Policy) {
			t.Errorf("%s: content policy %q", s.name, got)
		}
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: cache control %q, want no-store", s.name, got)
		}
	}
}

var labelled = regexp.MustCompile(`<(?:input|textarea|select)[^>]*>`)

func TestEveryFieldHasALabel(t *testing.T) {
	for _, s := range samples() {
		w := httptest.NewRecorder()
		s.show(w, s.status)
		for _, field := range labelled.FindAllString(w.Body.String(), -1) {
			if strings.Contains(field, `type="hidden"`) || strings.HasSuffix(field, " hidden>") {
				continue
			}
			id := regexp.MustCompile(` id="([^"]+)"`).FindStringSubmatch(field)
			if id == nil || !strings.Contains(w.Body.String(), fmt.Sprintf(`for="%s"`, id[1])) {
				t.Errorf("%s: no label for %s", s.name, field)
			}
		}
	}
}

func TestAStateThatIsNotThePagesOwnIsAWhole500(t *testing.T) {
	for name, show := range map[string]func(http.ResponseWriter, int){
		"accept without state": invitation(""), "accept with a state of verify": invitation(Done), "verify with a state of accept": verification(Declined),
	} {
		w := httptest.NewRecorder()
		show(w, http.StatusOK)
		if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), brokenSentence) || !strings.HasSuffix(w.Body.String(), "</html>\n") {
			t.Errorf("%s: got %d:\n%s", name, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "Brew") {
			t.Errorf("%s: names an account", name)
		}
	}
}

func TestATemplateThatFailsHalfWayIsAWhole500(t *testing.T) {
	w := httptest.NewRecorder()
	render(w, http.StatusOK, "accept", page{Title: "Half a page", Data: struct{ State State }{Open}})
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "Half a page") || strings.Count(w.Body.String(), "<html") != 1 {
		t.Errorf("got %d:\n%s", w.Code, w.Body)
	}
}
