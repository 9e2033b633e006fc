package house_test

import (
	"context"
	"io"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"roster/internal/inbound"
)

// mailDoor opens the door for mail, and answers where it is.
func (f *filing) mailDoor(t testing.TB, c inbound.Config) (*inbound.Server, string) {
	t.Helper()
	c.Domain = f.papers.MailDomain()
	server, err := inbound.New(f.papers, c)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if err := server.Serve(listener); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = server.Stop(ctx) // a test may have stopped it
	})
	return server, listener.Addr().String()
}

// talk is a conversation with the door, sign by sign.
type talk struct {
	*textproto.Conn
	t    testing.TB
	line net.Conn
}

func dial(t testing.TB, address string) *talk {
	t.Helper()
	line, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	_ = line.SetDeadline(time.Now().Add(20 * time.Second))
	k := &talk{textproto.NewConn(line), t, line}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

// hears reads an answer, all of its lines.
func (k *talk) hears() string {
	k.t.Helper()
	var b strings.Builder
	for {
		line, err := k.ReadLine()
		if err != nil {
			return b.String() + err.Error()
		}
		b.WriteString(line + "\n")
		if len(line) < 4 || line[3] != '-' {
			return strings.TrimSuffix(b.String(), "\n")
		}
	}
}

// says sends text as it is.
func (k *talk) says(text string) {
	k.t.Helper()
	if _, err := io.WriteString(k.line, text); err != nil {
		k.t.Fatal(err)
	}
}

// asks sends a command, and holds how the answer begins.
func (k *talk) asks(command, want string) string {
	k.t.Helper()
	k.says(command + "\r\n")
	return k.wants(command, want)
}

func (k *talk) wants(command, want string) string {
	k.t.Helper()
	got := k.hears()
	if !strings.HasPrefix(got, want) {
		k.t.Errorf("%.60q: got %q, want %s", command, got, want)
	}
	return got
}

// begins greets and goes on up to where the message is said.
func (k *talk) begins(to ...string) {
	k.t.Helper()
	k.wants("", "220 ")
	k.asks("EHLO mail.example.org", "250")
	k.envelope(to...)
}

func (k *talk) envelope(to ...string) {
	k.t.Helper()
	k.asks("MAIL FROM:<shop@example.org>", "250 ")
	for _, one := range to {
		k.asks("RCPT TO:<"+one+">", "250 ")
	}
	k.asks("DATA", "354 ")
}

// letter is a mail with a PDF.
func letter(id, content string) string {
	return "From: shop@example.org\r\nSubject: Receipt\r\nMessage-ID: <" + id + ">\r\nContent-Type: application/pdf; name=receipt.pdf\r\n\r\n%PDF-1.4 " + content + "\r\n"
}
