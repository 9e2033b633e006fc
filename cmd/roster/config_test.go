package main

import (
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// secret stands for what nobody may read in any output.
const secret = "Hush-Never-Print-This-0123456789"

// production are settings that production takes. SQLite is allowed there.
func production(t *testing.T, changed ...string) []string {
	t.Helper()
	return append([]string{"MODE=production", "BASE_URL=https://roster.example.com", "SECRET_KEY=" + secret, "SMTP_URL=smtp://127.0.0.1:9?tls=none",
		"DATABASE_URL=" + filepath.Join(t.TempDir(), "roster.db")}, changed...)
}

func TestAWrongSettingIsRefusedByItsName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ mode, setting, want string }{
		{"development", "MODE=staging", `"development","production"`},
		{"development", "LISTEN=8080", "address and port such as 127.0.0.1:8080"},
		{"development", "LISTEN=127.0.0.1", "address and port"},
		{"development", "LISTEN=127.0.0.1:http", "address and port"},
		{"development", "LISTEN=127.0.0.1:65536", "address and port"},
		{"development", "LISTEN=127.0.0.1:-1", "address and port"},
		{"development", "SMTP_LISTEN=25", "address and port such as 0.0.0.0:25, and not off"},
		{"production", "SMTP_LISTEN=on", "address and port"},
		{"production", "SMTP_TLS_CERT=" + secret, "needs SMTP_TLS_KEY beside it"},
		{"production", "SMTP_TLS_KEY=" + secret, "needs SMTP_TLS_CERT beside it"},
		{"development", "BASE_URL=roster.example.com", "an address such as https://roster.example.com"},
		{"development", "BASE_URL=ftp://roster.example.com", "an address such as"},
		{"development", "BASE_URL=https://", "an address such as"},
		{"development", "BASE_URL=https://roster.example.com/app", "without a path"},
		{"development", "BASE_URL=https://roster.example.com?a=b", "without a path"},
		{"development", "BASE_URL=https://ada:" + secret + "@roster.example.com", "an address such as"},
		{"production", "BASE_URL=", "must be set in production"},
		{"production", "BASE_URL=http://roster.example.com", "https://"},
		{"development", "SECRET_KEY=" + secret[:31], "at least 32 characters"},
		{"production", "SECRET_KEY=" + secret[:31], "at least 32 characters"},
		{"production", "SECRET_KEY=", "must be set in production"},
		{"production", "SECRET_KEY=" + developmentKey, "everybody knows"},
		{"production", "SECRET_KEY= " + developmentKey + " ", "everybody knows"},
		{"production", "SECRET_KEY=" + strings.Repeat(" ", 40), "must be set in production"},
		{"production", "SECRET_KEY=" + strings.Repeat("a1", 20), "repeats a few characters"},
		{"development", "BASE_URL=https://roster.example.com#top", "an address such as"},
		{"development", "BASE_URL=https://roster.example.com:99999", "an address such as"},
		{"development", "BASE_URL=https://roster.example.com:", "an address such as"},
		{"development", "INVITATION_DAYS_CLIENT=2000000h", "a number of days"},
		{"development", "INVITATION_DAYS_CLIENT=1ns", "a number of days"},
		{"production", "SMTP_URL=", "must be set in production"},
		{"development", "SMTP_URL=mail.example.com", "smtp:// or smtps://"},
		{"development", "SMTP_URL=https://ada:" + secret + "@mail.example.com", "smtp:// or smtps://"},
		{"development", "SMTP_URL=smtp://ada:" + secret + "@", "host"},
		{"development", "SMTP_URL=smtp://ada:" + secret + "@mail.example.com:mail", "not a URL such as"},
		{"development", "SMTP_URL=smtp://ada:" + secret + "@mail.example.com:70000", "port"},
		{"development", "SMTP_URL=smtp://" + secret + "@mail.example.com", "user and password"},
		{"development", "SMTP_URL=smtp://ada:" + secret + "@mail.example.com?tls=maybe", "?tls="},
		{"development", "MAIL_FROM=nobody", "not an email address"},
		{"development", "SMS_URL=https://api.example.com/Messages.json?from=1", "not a URL such as"},
		{"development", "SMS_URL=http://account:" + secret + "@api.example.com/Messages.json?from=1", "must begin with https://"},
		{"development", "SMS_URL=https://account:" + secret + "@api.example.com/Messages.json", "?from="},
		{"development", "SMS_COUNTRIES=GB,Ireland", "by their two letters"},
		{"development", "CORS_ORIGINS=*", "each named in full"},
		{"development", "CORS_ORIGINS=https://*.example.com", "each named in full"},
		{"development", "CORS_ORIGINS=https://app.example.com/", "each named in full"},
		{"development", "CORS_ORIGINS=https://App.example.com", "each named in full"},
		{"development", "CORS_ORIGINS=https://app.example.com:443", "each named in full"},
		{"development", "CORS_ORIGINS=https://app.example.com,null", "each named in full"},
		{"development", "CORS_ORIGINS=app.example.com", "each named in full"},
		{"production", "CORS_ORIGINS=http://app.example.com", "https:// in production"},
		{"development", "TRUSTED_PROXIES=everybody", "addresses or networks"},
		{"development", "TRUSTED_PROXIES=0.0.0.0/0", "everybody cannot be trusted"},
		{"development", "TRUSTED_PROXIES=10.0.0.0/8,10.0.0.0/99", "addresses or networks"},
		{"development", "REQUESTS_A_MINUTE=many", "must be a number"},
		{"development", "SIGN_INS_A_MINUTE=-1", "must be a number"},
		{"production", "INTROSPECTION=maybe", `"on","off"`},
		{"production", "TRUSTED_DOCUMENTS=/no/such/documents.json", "/no/such/documents.json"},
		{"development", "APP_STORE_URL=http://apps.example.com", "begins with https://"},
		{"development", "PLAY_STORE_URL=javascript:alert(1)", "begins with https://"},
		{"development", "INVITATION_DAYS_CLIENT=0", "a number of days from 1"},
		{"development", "INVITATION_DAYS_CLIENT=-3", "a number of days"},
		{"development", "INVITATION_DAYS_CLIENT=a fortnight", "a duration such as 5s"},
		{"development", "INVITATION_DAYS_PRACTICE=1e3", "a number of days"},
		{"development", "INVITATION_DAYS_PRACTICE=0s", "a number of days"},
		{"development", "RESEND_AFTER=5", "a duration above zero, such as 5m"},
		{"development", "FRESH_FOR=never", "a duration above zero"},
		{"development", "RESEND_AFTER=soon", "a duration above zero"},
		{"development", "RESEND_AFTER=0s", "a duration above zero"},
		{"development", "DATABASE_URL=mysql://ada:" + secret + "@db.example.com/roster", "postgres://"},
		{"development", "DATABASE_URL=host=db.example.com user=ada password=" + secret, "postgres://"},
		{"development", "DATABASE_URL=postgres://ada:" + secret + "@db.example.com:port/roster", "postgres://"},
		{"development", "DATABASE_URL=postgres://ada:%" + secret + "@db.example.com/roster", "percent-encoded"},
		{"development", "DATABASE_URL=postgres://ada:" + secret + "@127.0.0.1:1/roster", "Postgres"},
		{"development", "DATABASE_URL=postgres://ada:" + secret + "@127.0.0.1:1/roster?sslmode=perhaps", "sslmode"},
		{"development", "DATABASE_URL=/no/such/folder/roster.db", "/no/such/folder"},
		{"development", "PGBOUNCER_READ_DATABASE=roster_read", "SQLite"},
		{"development", "READ_DATABASE_URL=postgres://ada:" + secret + "@replica.example.com/roster", "SQLite"},
	} {
		t.Run(c.mode+" "+strings.ReplaceAll(c.setting, "/", "_"), func(t *testing.T) {
			t.Parallel()
			env := []string{c.setting}
			if c.mode == "production" {
				env = production(t, c.setting)
			}
			got := roster(t, t.TempDir(), env, "serve")
			name, _, _ := strings.Cut(c.setting, "=")
			if begin := "roster: " + name + ": "; got.code != 1 || !strings.HasPrefix(got.log, begin) || !strings.Contains(got.log, c.want) {
				t.Errorf("%s: got code %d and %q, want 1 and %q … %q", c.setting, got.code, got.log, begin, c.want)
			}
			if strings.Contains(got.out+got.log, secret[:31]) {
				t.Errorf("%s: the secret is in the output: %q", c.setting, got.out+got.log)
			}
			if got.out != "" || strings.Count(got.log, "\n") != 1 {
				t.Errorf("%s: got %q and %q, want one sentence", c.setting, got.out, got.log)
			}
		})
	}
}

func TestAWrongProviderIsRefusedByItsVariable(t *testing.T) {
	t.Parallel()
	good := []string{"OIDC_PROVIDERS=acme, big-bank", "OIDC_ACME_ISSUER=https://id.acme.example", "OIDC_ACME_CLIENT_ID=roster", "OIDC_ACME_CLIENT_SECRET=" + secret,
		"OIDC_BIG_BANK_ISSUER=https://login.bank.example/tenant/", "OIDC_BIG_BANK_CLIENT_ID=roster", "OIDC_BIG_BANK_CLIENT_SECRET=" + secret}
	for _, c := range []struct{ mode, setting, name, want string }{
		{"development", "OIDC_PROVIDERS=Acme", "OIDC_PROVIDERS", "no name of a-z, 0-9 and -"},
		{"development", "OIDC_PROVIDERS=acme/callback", "OIDC_PROVIDERS", "no name of"},
		{"development", "OIDC_PROVIDERS=-acme", "OIDC_PROVIDERS", "no name of"},
		{"development", "OIDC_PROVIDERS=" + strings.Repeat("a", 31), "OIDC_PROVIDERS", "no name of"},
		{"development", "OIDC_PROVIDERS=acme,acme", "OIDC_PROVIDERS", "twice"},
		{"development", "OIDC_PROVIDERS=nowhere", "OIDC_NOWHERE_ISSUER", "an address such as"},
		{"development", "OIDC_ACME_ISSUER=id.acme.example", "OIDC_ACME_ISSUER", "an address such as"},
		{"development", "OIDC_ACME_ISSUER=https://ada:" + secret + "@acme.example", "OIDC_ACME_ISSUER", "an address such as"},
		{"development", "OIDC_ACME_ISSUER=https://id.acme.example?tenant=1", "OIDC_ACME_ISSUER", "an address such as"},
		{"development", "OIDC_ACME_ISSUER=file:///etc/passwd", "OIDC_ACME_ISSUER", "an address such as"},
		{"development", "OIDC_ACME_ISSUER=http://id.acme.example", "OIDC_ACME_ISSUER", "https://"},
		{"production", "OIDC_ACME_ISSUER=http://127.0.0.1:5556", "OIDC_ACME_ISSUER", "https://"},
		{"development", "OIDC_BIG_BANK_ISSUER=https://id.acme.example", "OIDC_BIG_BANK_ISSUER", "is that of acme"},
		{"development", "OIDC_BIG_BANK_CLIENT_ID=", "OIDC_BIG_BANK_CLIENT_ID", "must be set"},
		{"development", "OIDC_ACME_CLIENT_SECRET= ", "OIDC_ACME_CLIENT_SECRET", "must be set"},
		{"development", "OIDC_ACME_LABEL=" + strings.Repeat("a", 41), "OIDC_ACME_LABEL", "at most 40"},
		{"development", "OIDC_ACME_SCOPES=email,profile", "OIDC_ACME_SCOPES", "openid"},
	} {
		t.Run(c.mode+" "+strings.ReplaceAll(c.setting, "/", "_"), func(t *testing.T) {
			t.Parallel()
			env := append(slices.Clone(good), c.setting)
			if c.mode == "production" {
				env = production(t, env...)
			}
			got := roster(t, t.TempDir(), env, "serve")
			if begin := "roster: " + c.name + ": "; got.code != 1 || !strings.HasPrefix(got.log, begin) || !strings.Contains(got.log, c.want) {
				t.Errorf("%s: got code %d and %q, want 1 and %q … %q", c.setting, got.code, got.log, begin, c.want)
			}
			if strings.Contains(got.out+got.log, secret[:31]) || got.out != "" || strings.Count(got.log, "\n") != 1 {
				t.Errorf("%s: got %q and %q, want one sentence without the secret", c.setting, got.out, got.log)
			}
		})
	}
}

func TestAProviderThatIsDownStopsNoStart(t *testing.T) {
	t.Parallel()
	serving := start(t, t.TempDir(), []string{"OIDC_PROVIDERS=acme,big-bank", "OIDC_ACME_ISSUER=http://127.0.0.1:1", "OIDC_ACME_CLIENT_ID=roster", "OIDC_ACME_CLIENT_SECRET=" + secret,
		"OIDC_ACME_LABEL=Acme & Sons", "OIDC_BIG_BANK_ISSUER=https://127.0.0.1:1/", "OIDC_BIG_BANK_CLIENT_ID=roster", "OIDC_BIG_BANK_CLIENT_SECRET=" + secret}, "serve")
	answer, err := http.Get(serving.base + "/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	if page := text(t, answer); !strings.Contains(page, "Sign in with Acme &amp; Sons") || !strings.Contains(page, "Sign in with Big-bank") {
		t.Errorf("the page has not both buttons:\n%s", page)
	}
	for _, provider := range []string{"acme", "big-bank"} {
		answer, err := http.Post(serving.base+"/sign-on/"+provider, "application/x-www-form-urlencoded", nil)
		if err != nil {
			t.Fatal(err)
		}
		if page := text(t, answer); answer.StatusCode != http.StatusBadGateway || !strings.Contains(page, "does not answer just now") {
			t.Errorf("%s: got %d, want 502 and a sentence:\n%s", provider, answer.StatusCode, page)
		}
	}
	if got := string(serving.ask(t, `{viewer{id}}`, nil).Data); got != `{"viewer":null}` {
		t.Errorf("the rest: got %s", got)
	}
	serving.stop(t)
	if strings.Contains(serving.out.String(), secret) {
		t.Errorf("a secret was said:\n%s", serving.out.String())
	}
}

func TestAFlagIsTheSameAsItsVariableAndWins(t *testing.T) {
	t.Parallel()
	got := roster(t, t.TempDir(), []string{"RESEND_AFTER=5m"}, "serve", "--resend-after=never")
	if got.code != 1 || !strings.HasPrefix(got.log, "roster: RESEND_AFTER: ") {
		t.Errorf("got code %d and %q, want the flag to be refused by the variable's name", got.code, got.log)
	}
}

func TestAPortThatIsTakenIsSaid(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	got := roster(t, t.TempDir(), []string{"LISTEN=" + taken.Addr().String()}, "serve")
	if got.code != 1 || !strings.HasPrefix(got.log, "roster: LISTEN: ") || !strings.Contains(got.log, "in use") {
		t.Errorf("got code %d and %q, want a sentence about LISTEN", got.code, got.log)
	}
}

func TestProductionShowsNoToolsOfDevelopment(t *testing.T) {
	t.Parallel()
	status := func(r *running, path string) int {
		answer, err := http.Get(r.base + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	tools := []string{"/graphiql", "/mailbox", `/graphql?query={__schema{types{name}}}`}

	development := start(t, t.TempDir(), nil, "serve")
	for _, tool := range tools {
		if got := status(development, tool); got != http.StatusOK {
			t.Errorf("development: %s: got %d, want 200", tool, got)
		}
	}
	development.stop(t)

	for _, setting := range []string{"INVITATION_DAYS_CLIENT=30", "INVITATION_DAYS_PRACTICE=48h"} {
		serving := start(t, t.TempDir(), production(t, setting, "RESEND_AFTER=10s", "MAIL_FROM=Roster <post@example.com>"), "serve")
		for _, tool := range tools[:2] {
			if got := status(serving, tool); got != http.StatusNotFound {
				t.Errorf("production: %s: got %d, want 404", tool, got)
			}
		}
		if got := serving.ask(t, `{__schema{types{name}}}`, nil); len(got.Errors) == 0 {
			t.Errorf("production: introspection was answered: %s", got.Data)
		}
		serving.stop(t)
		if said := serving.out.String(); strings.Contains(said, secret) {
			t.Errorf("the secret key was said:\n%s", said)
		}
	}
}
