package inbound

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// open opens a door behind which there are no documents: whoever asks for an address makes it panic.
func open(t *testing.T, c Config, l limits) (s *Server, address string, log *book) {
	t.Helper()
	log = new(book)
	c.Log = slog.New(slog.NewTextHandler(log, nil))
	s, err := New(nil, c)
	if err != nil {
		t.Fatal(err)
	}
	s.limits = l
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		_ = s.Stop(ctx)
	})
	return s, listener.Addr().String(), log
}

type book struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// caller is somebody at the door.
type caller struct {
	net.Conn
	r *bufio.Reader
	t *testing.T
}

func call(t *testing.T, address string) *caller {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return &caller{c, bufio.NewReader(c), t}
}

// ask sends a line, if any, and holds how the answer begins.
func (c *caller) ask(line, want string) string {
	c.t.Helper()
	if line != "" {
		if _, err := io.WriteString(c, line+"\r\n"); err != nil {
			c.t.Fatal(err)
		}
	}
	var all string
	for {
		got, err := c.r.ReadString('\n')
		if err != nil {
			got = "   " + err.Error()
		}
		if all += got; len(got) < 4 || got[3] != '-' {
			break
		}
	}
	if !strings.HasPrefix(strings.TrimSpace(all), want) {
		c.t.Errorf("%s: got %q, want %s", line, all, want)
	}
	return all
}

func TestThereIsRoomForSoManyConnections(t *testing.T) {
	t.Parallel()
	l := usual
	l.all, l.ofOne = 5, 3
	s, address, _ := open(t, Config{}, l)
	var in []*caller
	for range 3 {
		in = append(in, call(t, address))
		in[len(in)-1].ask("", "220 ")
	}
	call(t, address).ask("", "421 4.7.0 ")
	_ = in[0].Close()
	for deadline := time.Now().Add(10 * time.Second); ; { // until the server has noticed
		s.mu.Lock()
		n := len(s.lines)
		s.mu.Unlock()
		if n == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are counted, want 2", n)
		}
		time.Sleep(5 * time.Millisecond)
	}
	call(t, address).ask("", "220 ")
	l.ofOne = 10
	_, address, _ = open(t, Config{}, l)
	for range 5 {
		call(t, address).ask("", "220 ")
	}
	call(t, address).ask("", "421 4.7.0 ")
}

func TestWhereConnectionsComeFrom(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ address, want string }{
		{"192.0.2.7:25", "192.0.2.7/32"}, {"[::ffff:192.0.2.7]:25", "192.0.2.7/32"}, {"[2001:db8:1:2:3::4]:25", "2001:db8:1:2::/64"}, {"[fe80::1%eth0]:25", "fe80::/64"},
	} {
		a, err := net.ResolveTCPAddr("tcp", c.address)
		if err != nil {
			t.Fatal(err)
		}
		if got := origin(a).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.address, got, c.want)
		}
	}
}

func TestNobodyHoldsTheDoorOpen(t *testing.T) {
	t.Parallel()
	l := usual
	l.idle = 50 * time.Millisecond
	_, address, _ := open(t, Config{}, l)
	idle := call(t, address)
	idle.ask("", "220 ")
	idle.ask("", "421 4.4.2 ")
	l.idle, l.message = time.Minute, 300*time.Millisecond
	_, address, _ = open(t, Config{}, l)
	slow := call(t, address)
	slow.ask("", "220 ")
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(20 * time.Millisecond) {
		if _, err := io.WriteString(slow, "NOOP\r\n"); err != nil {
			break
		}
		if got, _ := slow.r.ReadString('\n'); strings.HasPrefix(got, "421 ") {
			return
		}
	}
	t.Error("a connection that brings nothing is kept as long as it says something")
}

func TestSomebodyWhoNeverEndsIsCutOff(t *testing.T) {
	t.Parallel()
	s, _, _ := open(t, Config{}, usual)
	near, far := net.Pipe()
	defer near.Close()
	l := s.admit(far)
	l.left = 10
	go func() { _, _ = io.WriteString(near, "more than ten signs") }()
	got, err := io.ReadAll(l)
	if err != errTooMuch || len(got) > 19 {
		t.Errorf("got %q, %v, want an end", got, err)
	}
}

// A panic ends one question, and neither the connection nor the server. It is a fault of ours, to be tried again.
func TestAPanicEndsNothingElse(t *testing.T) {
	t.Parallel()
	_, address, log := open(t, Config{}, usual)
	c := call(t, address)
	c.ask("", "220 ")
	c.ask("EHLO x", "250")
	c.ask("MAIL FROM:<a@example.org>", "250 ")
	c.ask("RCPT TO:<b@example.org>", "451 ")
	c.ask("NOOP", "250 ")
	if text := log.String(); !strings.Contains(text, "level=ERROR") || !strings.Contains(text, "panic") || strings.Contains(text, "b@example.org") {
		t.Errorf("the log has %q", text)
	}
	s, err := New(nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.take(s.request(), strings.NewReader("Subject: x\r\n\r\nx"), "", nil); err != errLater {
		t.Errorf("a message at which it panics: got %v, want %v", err, errLater)
	}
}

// certify writes a certificate for a name, and answers its files.
func certify(t *testing.T, folder, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour)}
	public, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: public}, key: {Type: "EC PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestSTARTTLS(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	cert, key := certify(t, folder, "first.example.com")
	_, address, log := open(t, Config{Domain: "in.example.com", Cert: cert, Key: key}, usual)
	secure := func(version uint16) (*caller, *tls.Conn, error) {
		c := call(t, address)
		c.ask("", "220 ")
		if told := c.ask("EHLO x", "250"); !strings.Contains(told, "STARTTLS") {
			t.Errorf("it offers %q", told)
		}
		c.ask("MAIL FROM:<before@example.org>", "250 ")
		// What is said before the encryption begins is not heard in it (CVE-2011-0411).
		c.ask("STARTTLS\r\nRSET", "220 ")
		secured := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: version}) //nolint:gosec // made by this test
		err := secured.Handshake()
		return &caller{secured, bufio.NewReader(secured), t}, secured, err
	}
	c, secured, err := secure(tls.VersionTLS12)
	if err != nil {
		t.Fatal(err)
	}
	if got := secured.ConnectionState().PeerCertificates[0].DNSNames[0]; got != "first.example.com" {
		t.Errorf("got the certificate of %s", got)
	}
	c.ask("MAIL FROM:<x@example.org>", "502 ") // it begins anew
	if told := c.ask("EHLO x", "250"); strings.Contains(told, "STARTTLS") || strings.Contains(told, "AUTH") {
		t.Errorf("encrypted, it offers %q", told)
	}
	c.ask("RCPT TO:<x@example.org>", "502 ")
	if _, _, err := secure(tls.VersionTLS11); err == nil {
		t.Error("it speaks TLS 1.1")
	}

	later := time.Now().Add(time.Second)
	certify(t, folder, "second.example.com")
	if err := os.Chtimes(cert, later, later); err != nil {
		t.Fatal(err)
	}
	if _, secured, err = secure(0); err != nil || secured.ConnectionState().PeerCertificates[0].DNSNames[0] != "second.example.com" {
		t.Errorf("the certificate that was renewed is not shown: %v", err)
	}
	if err := os.WriteFile(key, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, secured, err = secure(0); err != nil || secured.ConnectionState().PeerCertificates[0].DNSNames[0] != "second.example.com" {
		t.Errorf("a certificate that is broken ends what there was: %v", err)
	}
	if !strings.Contains(log.String(), "SMTP_TLS_CERT") {
		t.Errorf("the log does not say so: %q", log)
	}
	if _, err := New(nil, Config{Cert: cert, Key: key}); err == nil || !strings.HasPrefix(err.Error(), "SMTP_TLS_CERT: ") {
		t.Errorf("it starts with a broken certificate: %v", err)
	}
}
