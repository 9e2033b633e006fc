package courier

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"
)

var (
	errNoTLS      = errors.New("the mail server does not offer encryption, which SMTP_URL demands")
	errNoSignIn   = errors.New("the mail server offers no sign-in that is safe on this connection")
	errNotTrusted = errors.New("the mail server's certificate is not trusted")
)

// How an smtp:// connection is encrypted.
const (
	tlsWhenOffered = ""
	tlsRequired    = "required"
	tlsNone        = "none"
)

// stepTimeout is how long dialling, and each command after it, may take.
const stepTimeout = 15 * time.Second

// smtpSender hands mails over to a mail server, one connection each. It drives go-mail's SMTP client itself rather
// than through mail.Client: that one reports a failed QUIT like a failed mail, which would be sent twice, and mixes
// the server's words with ours.
type smtpSender struct {
	host, port     string
	user, password string
	implicitTLS    bool   // smtps
	startTLS       string // one of the three above
	hello          string
	timeout        time.Duration
	tls            *tls.Config
}

// newSMTPSender reads SMTP_URL. Its errors never repeat the value, which holds a password.
func newSMTPSender(text, hello string) (*smtpSender, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("SMTP_URL: not a URL such as smtp://user:password@mail.example.com:587")
	}
	s := &smtpSender{host: u.Hostname(), port: u.Port(), hello: hello, timeout: stepTimeout}
	if u.User != nil {
		s.user = u.User.Username()
		s.password, _ = u.User.Password()
	}

	switch u.Scheme {
	case "smtp":
		s.port = cmp.Or(s.port, "587")
	case "smtps":
		s.port, s.implicitTLS = cmp.Or(s.port, "465"), true
	default:
		return nil, errors.New("SMTP_URL: must begin with smtp:// or smtps://")
	}
	if err := s.check(u); err != nil {
		return nil, fmt.Errorf("SMTP_URL: %w", err)
	}
	s.tls = &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	return s, nil
}

// check refuses what would otherwise be ignored, and with it surprises at the first mail.
func (s *smtpSender) check(u *url.URL) error {
	if s.host == "" {
		return errors.New("the host is missing")
	}
	if port, err := strconv.Atoi(s.port); err != nil || port < 1 || port > 65535 {
		return errors.New("the port must be a number from 1 to 65535")
	}
	if u.User != nil && (s.user == "" || s.password == "") {
		return errors.New("user and password must be given together, or neither")
	}
	if u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return errors.New("nothing may follow the port but ?tls=")
	}

	options, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("what follows the question mark cannot be read")
	}
	for name, values := range options {
		switch {
		case name != "tls" || len(values) != 1:
			return errors.New("only ?tls= is known")
		case s.implicitTLS:
			return errors.New("?tls= has no meaning with smtps://, which always encrypts")
		case values[0] != tlsRequired && values[0] != tlsNone:
			return errors.New("?tls= must be required or none")
		}
		s.startTLS = values[0]
	}
	return nil
}

// send hands one mail over. It returns nil only, and always, once the server has taken it: what happens to the
// connection afterwards is of no concern to the mail.
func (s *smtpSender) send(ctx context.Context, p parcel) error {
	to, ok := ascii(p.to)
	from, _ := ascii(p.from)

	client, closeIt, err := s.open(ctx)
	if err != nil {
		return refused(cmp.Or(ctx.Err(), err), false)
	}
	defer closeIt()

	if has, _ := client.Extension("SMTPUTF8"); !ok && !has {
		return undeliverable("the mail server cannot deliver to an address with letters beyond a to z")
	}
	client.SkipSMTPUTF8(ok) // asked for without need, it makes older servers on the way return the mail

	for _, step := range []func() error{
		func() error { return client.Mail("<" + from + ">") },
		func() error { return client.Rcpt("<" + to + ">") },
		func() error { return s.data(client, p.message) },
	} {
		if err := s.within(client, step); err != nil {
			return refused(cmp.Or(ctx.Err(), err), true)
		}
	}
	_ = s.within(client, client.Quit)
	return nil
}

// data sends the message itself. When writing fails the connection must be dropped without the final dot: the
// server would take half a mail for a whole one.
func (s *smtpSender) data(client *smtp.Client, message []byte) error {
	w, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	return w.Close()
}

// within gives one step its time.
func (s *smtpSender) within(client *smtp.Client, step func() error) error {
	if err := client.UpdateDeadline(s.timeout); err != nil {
		return err
	}
	return step()
}

// open connects, encrypts and signs in. The connection is closed when ctx ends, whatever it is waiting for.
func (s *smtpSender) open(ctx context.Context) (*smtp.Client, func(), error) {
	dialer := &net.Dialer{Timeout: s.timeout}
	dial := dialer.DialContext
	if s.implicitTLS {
		dial = (&tls.Dialer{NetDialer: dialer, Config: s.tls}).DialContext
	}
	conn, err := dial(ctx, "tcp", net.JoinHostPort(s.host, s.port))
	if err != nil {
		return nil, nil, trusted(err)
	}

	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	closeIt := func() { stop(); _ = conn.Close() }
	client, err := s.greet(conn)
	if err != nil {
		closeIt()
		return nil, nil, trusted(err)
	}
	return client, closeIt, nil
}

func (s *smtpSender) greet(conn net.Conn) (*smtp.Client, error) {
	if err := conn.SetDeadline(time.Now().Add(s.timeout)); err != nil {
		return nil, err
	}
	client, err := smtp.NewClient(conn, s.host)
	if err != nil {
		return nil, err
	}
	if err := s.within(client, func() error { return client.Hello(s.hello) }); err != nil {
		return nil, err
	}
	if !s.implicitTLS && s.startTLS != tlsNone {
		offered, _ := client.Extension("STARTTLS")
		if offered {
			err = s.within(client, func() error { return client.StartTLS(s.tls) })
		} else if s.startTLS == tlsRequired {
			err = errNoTLS
		}
		if err != nil {
			return nil, err
		}
	}
	if s.user == "" {
		return client, nil
	}
	return client, s.signIn(client)
}

// signIn never shows the password to somebody who listens: without encryption only methods that prove it without
// telling it are used. A server on this machine may be told.
func (s *smtpSender) signIn(client *smtp.Client) error {
	_, encrypted := client.TLSConnectionState()
	_, offered := client.Extension("AUTH")
	methods := strings.Fields(strings.ToUpper(offered))
	open := encrypted || s.local()

	var auth smtp.Auth
	switch {
	case slices.Contains(methods, "SCRAM-SHA-256"):
		auth = smtp.ScramSHA256Auth(s.user, s.password)
	case open && slices.Contains(methods, "PLAIN"):
		auth = smtp.PlainAuth("", s.user, s.password, s.host, true)
	case open && slices.Contains(methods, "LOGIN"):
		auth = smtp.LoginAuth(s.user, s.password, s.host, true)
	case slices.Contains(methods, "CRAM-MD5"):
		auth = smtp.CRAMMD5Auth(s.user, s.password)
	default:
		return errNoSignIn
	}
	return s.within(client, func() error { return client.Auth(auth) })
}

func (s *smtpSender) local() bool {
	ip := net.ParseIP(s.host)
	return s.host == "localhost" || ip != nil && ip.IsLoopback()
}

// trusted names the one TLS failure that an operator can mend.
func trusted(err error) error {
	var certificate *tls.CertificateVerificationError
	var host x509.HostnameError
	if errors.As(err, &certificate) || errors.As(err, &host) {
		return errNotTrusted
	}
	return err
}

// ascii writes an address as every mail server understands it: its domain in Punycode. It is false when the part
// before the @ cannot be written so.
func ascii(email string) (string, bool) {
	at := strings.LastIndexByte(email, '@')
	if domain, err := idna.Lookup.ToASCII(email[at+1:]); err == nil {
		email = email[:at+1] + domain
	}
	return email, strings.IndexFunc(email, func(r rune) bool { return r > 126 }) < 0
}
