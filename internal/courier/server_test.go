package courier

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// server is a real SMTP server on loopback that remembers what it took.
type server struct {
	addr string

	mu     sync.Mutex
	rcpt   func(to string) error                 // answers RCPT; nil takes everybody
	data   func(times int, message string) error // answers DATA; nil takes everything
	took   []taken
	asked  int
	hangUp bool // after its answer, without waiting for QUIT
	signed []string
}

type taken struct {
	from, to, message string
	utf8              bool
}

// errDrop makes the server hang up instead of answering.
var errDrop = errors.New("drop")

func serve(t *testing.T, set func(*server, *smtp.Server)) *server {
	t.Helper()
	s := &server{}
	back := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c}, nil
	}))
	back.Domain = "localhost"
	back.EnableSMTPUTF8 = true
	back.AllowInsecureAuth = false
	back.ErrorLog = quiet{}
	if set != nil {
		set(s, back)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = listener.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = back.Serve(listener) }()
	t.Cleanup(func() { _ = back.Close(); <-done })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (s *server) mails() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]taken(nil), s.took...)
}

func (s *server) attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

type session struct {
	server   *server
	conn     *smtp.Conn
	from, to string
	utf8     bool
}

func (s *session) Mail(from string, o *smtp.MailOptions) error {
	s.from, s.utf8 = from, o.UTF8
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.server.rcpt == nil {
		return nil
	}
	return s.answer(s.server.rcpt(to))
}

func (s *session) Data(r io.Reader) error {
	message, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.asked++
	if s.server.data != nil {
		if err := s.server.data(s.server.asked, string(message)); err != nil {
			return s.answer(err)
		}
	}
	s.server.took = append(s.server.took, taken{s.from, s.to, string(message), s.utf8})
	return nil
}

func (s *session) answer(err error) error {
	if errors.Is(err, errDrop) {
		_ = s.conn.Conn().Close()
	}
	return err
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		s.server.signed = append(s.server.signed, user)
		if password != "p@ss:word" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "bad password " + password}
		}
		return nil
	}), nil
}

// Reset comes after the answer to a mail.
func (s *session) Reset() {
	if s.server.hangUp && s.to != "" {
		_ = s.conn.Conn().Close()
	}
}

func (s *session) Logout() error { return nil }

// certificate is one for 127.0.0.1 that the returned pool trusts.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}
