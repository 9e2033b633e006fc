package main

import (
	"bufio"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"roster/internal/store/storetest"
)

func TestMailToNellIsListedUnderHer(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			door := free(t)
			demo := start(t, t.TempDir(), []string{"DATABASE_URL=" + storetest.Empty(t, kind), "SMTP_LISTEN=" + door, "METRICS_LISTEN=" + free(t)}, "demo")
			until(t, "it says where mail comes in", func() bool {
				said := demo.out.String()
				return strings.Contains(said, "smtp://"+door) && strings.Contains(said, `msg="mail comes in" address=`+door+" domain=localhost starttls=false")
			})
			message := "From: nell@example.org\r\nSubject: Parking\r\n\r\nPaid 4.50 in cash.\r\n"
			if err := smtp.SendMail(door, nil, "nell@example.org", []string{"nell@localhost"}, []byte(message)); err != nil {
				t.Fatal(err)
			}
			if err := smtp.SendMail(door, nil, "nell@example.org", []string{"nobody-here@localhost"}, []byte(message)); err == nil || !strings.HasPrefix(err.Error(), "550 ") {
				t.Errorf("to nobody: got %v, want 550", err)
			}
			bea := browser(t)
			demo.must(t, bea, signIn, map[string]any{"email": "bea@example.com", "password": demoPassword})
			for _, tab := range tabsOf(t, demo) {
				if strings.Contains(tab.Query, "query Documents(") {
					got := demo.askOne(t, bea, tab.Query, "Documents", map[string]any{"account": between(tab.Variables, `"account": "`, `"`)})
					if want := `{"fileName":"Parking.txt","kind":"COSTS","channel":"EMAIL","owner":{"firstName":"Nell","lastName":"Nologin"},"submittedByName":"nell@example.org"`; !strings.Contains(got, want) {
						t.Errorf("got %s, want %s in it", got, want)
					}
				}
			}
			idle, err := net.Dial("tcp", door)
			if err != nil {
				t.Fatal(err)
			}
			defer idle.Close()
			_ = idle.SetDeadline(time.Now().Add(patience))
			lines := bufio.NewScanner(idle)
			if !lines.Scan() || !strings.HasPrefix(lines.Text(), "220 ") {
				t.Fatalf("got %q, want a greeting", lines.Text())
			}
			demo.stop(t)
			if !lines.Scan() || !strings.HasPrefix(lines.Text(), "421 ") {
				t.Errorf("after SIGTERM: got %q, want 421", lines.Text())
			}
			if said := demo.out.String(); strings.Contains(said, "nell@") {
				t.Errorf("the log has somebody's address:\n%s", said)
			}
		})
	}
}

func TestWhereMailComesInUnlessSaid(t *testing.T) {
	t.Parallel()
	said := func(env []string) string {
		serving := start(t, t.TempDir(), append(env, "SMTP_LISTEN="), "serve")
		serving.stop(t)
		return serving.out.String()
	}
	if got := said(nil); !strings.Contains(got, "address="+developmentMail) {
		t.Errorf("in development: got %q, want it to say whether mail comes in at %s", got, developmentMail)
	}
	if got := said(production(t)); strings.Contains(got, "mail comes in") {
		t.Errorf("in production: got %q, want nothing about mail", got)
	}
	got := roster(t, t.TempDir(), production(t, "SMTP_LISTEN=127.0.0.1:0", "SMTP_TLS_CERT=none.pem", "SMTP_TLS_KEY=none.pem"), "serve")
	if got.code != 1 || !strings.HasPrefix(got.log, "roster: SMTP_TLS_CERT: ") {
		t.Errorf("with a certificate that is not there: got code %d and %q", got.code, got.log)
	}
}

// between is what stands in a text between two others.
func between(text, from, to string) string {
	_, rest, _ := strings.Cut(text, from)
	found, _, _ := strings.Cut(rest, to)
	return found
}
