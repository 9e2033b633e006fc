package courier

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

func TestSMTPURLIsReadWhole(t *testing.T) {
	t.Parallel()
	s, err := newSMTPSender("smtps://me%40example.com:p%40ss%3Aword@mail.example.com", "roster.example.com")
	if err != nil {
		t.Fatal(err)
	}
	if s.host != "mail.example.com" || s.port != "465" || !s.implicitTLS || s.user != "me@example.com" || s.password != "p@ss:word" {
		t.Errorf("read as host %s, port %s, user %s, TLS %v", s.host, s.port, s.user, s.implicitTLS)
	}
	s, err = newSMTPSender("smtp://[::1]:2525/?tls=none", "roster.example.com")
	if err != nil {
		t.Fatal(err)
	}
	if s.host != "::1" || s.port != "2525" || s.implicitTLS || s.startTLS != tlsNone {
		t.Errorf("read as host %s, port %s, STARTTLS %q", s.host, s.port, s.startTLS)
	}
}

func TestAWrongSMTPURLIsNamedAndItsPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"mail.example.com:25", "http://u:hunter2@mail.example.com", "smtp://", "smtp://u:hunter2@:25", "smtp://u:hunter2@host:port",
		"smtp://u:hunter2@host:0", "smtp://u:hunter2@host:99999", "smtp://:hunter2@host:25", "smtp://hunter@host:25",
		"smtp://u:hunter2@host:25/path", "smtp://u:hunter2@host:25?tls=maybe", "smtp://u:hunter2@host:25?tsl=none",
		"smtp://u:hunter2@host:25?tls=none&tls=required", "smtps://u:hunter2@host?tls=required", "smtp://u:hunter2%zz@host:25",
		"smtp://u:hunter2@host:25?tls=%zz", "smtp://u:hunter2@host:25#x", "smtp://u:hunter2@ho st:25",
	} {
		_, err := newSMTPSender(text, "roster.example.com")
		if err == nil {
			t.Errorf("%s: accepted", text)
			continue
		}
		if !strings.HasPrefix(err.Error(), "SMTP_URL: ") || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func sendOne(t *testing.T, url string, pool *x509.CertPool, to string) error {
	t.Helper()
	s, err := newSMTPSender(url, "roster.example.com")
	if err != nil {
		t.Fatal(err)
	}
	s.timeout = 2 * time.Second
	s.tls.RootCAs = pool
	return s.send(context.Background(), parcel{from: "roster@example.com", to: to, message: []byte("Subject: x\r\n\r\n.x\r\n")})
}

func TestMailIsEncryptedWhereTheServerOffersOrTheURLDemandsIt(t *testing.T) {
	t.Parallel()
	config, pool := certificate(t)
	open := serve(t, nil)
	safe := serve(t, func(_ *server, back *smtp.Server) { back.TLSConfig = config })

	for _, row := range []struct {
		sentence, url string
		pool          *x509.CertPool
		want          string
	}{
		{"without encryption when none is offered", "smtp://" + open.addr, nil, ""},
		{"encrypted when offered", "smtp://" + safe.addr, pool, ""},
		{"signed in once encrypted", "smtp://me:p%40ss%3Aword@" + safe.addr + "?tls=required", pool, ""},
		{"not to a server that cannot prove its name", "smtp://" + safe.addr, nil, "The mail server's certificate is not trusted."},
		{"in the open although offered, when told so", "smtp://" + safe.addr + "?tls=none", nil, ""},
		{"not in the open when told so", "smtp://" + open.addr + "?tls=required", nil, "The mail server does not offer encryption, which SMTP_URL demands."},
		{"not with a wrong password, which stays secret", "smtp://me:wrong@" + safe.addr, pool, "The mail server refused our sign-in (535)."},
	} {
		err := sendOne(t, row.url, row.pool, "ann@example.com")
		var why *refusal
		switch {
		case row.want == "" && err != nil:
			t.Errorf("%s: %v", row.sentence, err)
		case row.want != "" && (!errors.As(err, &why) || why.sentence != row.want || why.permanent):
			t.Errorf("%s: %#v, want %q", row.sentence, err, row.want)
		}
	}
	if got := open.mails(); len(got) != 1 || got[0].message != "Subject: x\r\n\r\n.x\r\n" {
		t.Errorf("the open server took %+v", got)
	}
}

func TestAPasswordIsNeverToldWithoutEncryptionToAnotherMachine(t *testing.T) {
	t.Parallel()
	near, far := smtpSender{host: "127.0.0.1"}, smtpSender{host: "mail.example.com"}
	if !near.local() || far.local() {
		t.Errorf("127.0.0.1 is local: %v, mail.example.com is local: %v", near.local(), far.local())
	}
}

func TestAnAddressBeyondASCIIIsSentOnlyWhereTheServerCan(t *testing.T) {
	t.Parallel()
	can := serve(t, nil)
	cannot := serve(t, func(_ *server, back *smtp.Server) { back.EnableSMTPUTF8 = false })

	if err := sendOne(t, "smtp://"+can.addr, nil, "zoë@example.com"); err != nil {
		t.Errorf("a server with SMTPUTF8: %v", err)
	}
	if err := sendOne(t, "smtp://"+cannot.addr, nil, "zoe@bücher.example"); err != nil || cannot.mails()[0].to != "zoe@xn--bcher-kva.example" {
		t.Errorf("a domain beyond ASCII is written in Punycode: %v, %v", err, cannot.mails())
	}
	if err := sendOne(t, "smtp://"+can.addr, nil, "ann@example.com"); err != nil {
		t.Error(err)
	}
	if got := can.mails(); len(got) != 2 || !got[0].utf8 || got[1].utf8 {
		t.Errorf("SMTPUTF8 is asked for where it is needed, and nowhere else: %+v", got)
	}
	var why *refusal
	if err := sendOne(t, "smtp://"+cannot.addr, nil, "zoë@example.com"); !errors.As(err, &why) || !why.permanent {
		t.Errorf("a server without SMTPUTF8: %v, want a permanent refusal", err)
	}
}

func TestAServerThatSaysNothingIsLeftInTime(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	s, err := newSMTPSender("smtp://"+listener.Addr().String(), "roster.example.com")
	if err != nil {
		t.Fatal(err)
	}
	s.timeout = 50 * time.Millisecond

	var why *refusal
	err = s.send(context.Background(), parcel{from: "roster@example.com", to: "ann@example.com"})
	if !errors.As(err, &why) || why.sentence != "The mail server did not answer in time." || why.permanent {
		t.Errorf("got %#v", err)
	}

	s.timeout = time.Minute
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.send(ctx, parcel{}); err == nil {
		t.Error("sent although it was told to stop")
	}
}

func TestWhatTheServerSaidIsShownWithoutLinks(t *testing.T) {
	t.Parallel()
	s := serve(t, func(s *server, _ *smtp.Server) {
		s.rcpt = func(string) error {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such\tuser; see https://mail.example/rit_abc (rvt_xyz) " + strings.Repeat("é", 600)}
		}
	})
	err := sendOne(t, "smtp://"+s.addr, nil, "ann@example.com")
	var why *refusal
	if !errors.As(err, &why) || !why.permanent || !strings.HasPrefix(why.sentence, "The mail server answered 550 5.1.1 No such user; see (link) (link) é") {
		t.Fatalf("got %#v", err)
	}
	if len(why.sentence) > 1000 {
		t.Errorf("the sentence has %d bytes, the column 1000", len(why.sentence))
	}
	if got, want := err.Error(), "hand over: the mail server answered 550"; got != want {
		t.Errorf("the log would say %q, want %q", got, want)
	}
}

func TestAMailThatTheServerTookIsSentHoweverTheConnectionEnds(t *testing.T) {
	t.Parallel()
	s := serve(t, func(s *server, _ *smtp.Server) { s.hangUp = true })
	if err := sendOne(t, "smtp://"+s.addr, nil, "ann@example.com"); err != nil || len(s.mails()) != 1 {
		t.Errorf("%v, taken %d", err, len(s.mails()))
	}
}
