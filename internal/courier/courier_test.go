package courier

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestTheMailboxTakesTheSameMail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, nil)
		var err error
		w.courier, err = New(s, Config{
			Mailbox: filepath.Join(t.TempDir(), "mailbox"), From: "Ash Post <post@ash.example>", Links: testLinks("http://127.0.0.1:8080"),
			Log: slog.New(slog.NewTextHandler(w.log, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})
		if got := w.delivery(rule.DeliverySent); *got.SentFrom != "post@ash.example" {
			t.Errorf("sent from %s", *got.SentFrom)
		}

		list, err := w.courier.Mailbox().List("jane@")
		if err != nil || len(list) != 1 {
			t.Fatalf("the mailbox has %v (%v)", list, err)
		}
		m, err := w.courier.Mailbox().Open(list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if m.From != `"Ash Post" <post@ash.example>` || field(m, "Message-ID") != "<"+w.invitation+".1@127.0.0.1>" ||
			!strings.Contains(m.Text, w.courier.Links().Invitation(w.invitation, 1)) {
			t.Errorf("the mailbox has %+v", m)
		}
	})
}

func TestSettingsThatAreWrongAreNamed(t *testing.T) {
	t.Parallel()
	good := Config{SMTPURL: "smtp://127.0.0.1:1", Links: testLinks(base)}
	for want, change := range map[string]func(*Config){
		"SMTP_URL: missing":       func(c *Config) { c.SMTPURL = "" },
		"SMTP_URL: the port":      func(c *Config) { c.SMTPURL = "smtp://localhost:0" },
		"BASE_URL: ":              func(c *Config) { c.Links.Base = base + "/" },
		"the key for links":       func(c *Config) { c.Links.Key = []byte("short") },
		`MAIL_FROM: "no address"`: func(c *Config) { c.From = "no address" },
		`MAIL_FROM: "a@b.c, d@e"`: func(c *Config) { c.From = "a@b.c, d@e" },
	} {
		c := good
		change(&c)
		if _, err := New(nil, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", want, err)
		}
	}
	if _, err := New(nil, good); err != nil {
		t.Error(err)
	}
}

func TestAJobOfATransactionThatRolledBackSendsNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, nil)
		w.start()
		err := s.Tx(store.Facts(t.Context()), func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Enqueue(ctx, Notice{Notice: LoginExists, UserID: w.owner}); err != nil {
				return err
			}
			return io.ErrUnexpectedEOF
		})
		if err == nil {
			t.Fatal("committed")
		}
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})

		w.delivery(rule.DeliverySent)
		if got := w.sent(1); len(w.server.mails()) != 1 || got[0].To != "<jane@example.com>" {
			t.Errorf("sent %d mails", len(w.server.mails()))
		}
	})
}
