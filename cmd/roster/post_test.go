package main

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// post is a real mail server on loopback that keeps what it takes.
type post struct {
	address string

	mu    sync.Mutex
	mails []letter
	users []string // who signed in
}

// letter is one mail as it arrived.
type letter struct {
	from, to, subject, id string
	parts                 map[string]string // by content type
}

func newPost(t *testing.T, password string) *post {
	t.Helper()
	p := &post{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &delivery{post: p, password: password}, nil
	}))
	server.Domain, server.AllowInsecureAuth = "localhost", true
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = listener.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return p
}

// next waits for a mail to somebody about something, and there must be one only.
func (p *post) next(t *testing.T, to, about string) letter {
	t.Helper()
	var found []letter
	until(t, "a mail to "+to+" about "+about+" arrives", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		found = nil
		for _, m := range p.mails {
			if m.to == to && strings.Contains(m.subject, about) {
				found = append(found, m)
			}
		}
		return len(found) > 0
	})
	if len(found) > 1 {
		t.Errorf("%d mails to %s about %s, want one", len(found), to, about)
	}
	return found[0]
}

// delivery is one connection.
type delivery struct {
	post     *post
	password string
	from, to string
}

// AuthMechanisms offers the plain one.
func (d *delivery) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth lets in whoever has the password.
func (d *delivery) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != d.password {
			return errors.New("wrong password")
		}
		d.post.mu.Lock()
		defer d.post.mu.Unlock()
		d.post.users = append(d.post.users, user)
		return nil
	}), nil
}

// Mail begins a mail.
func (d *delivery) Mail(from string, _ *smtp.MailOptions) error { d.from = from; return nil }

// Rcpt says whom it is for.
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error { d.to = to; return nil }

// Data takes it.
func (d *delivery) Data(r io.Reader) error {
	reader, err := mail.CreateReader(r)
	if err != nil {
		return err
	}
	m := letter{from: d.from, to: d.to, parts: map[string]string{}}
	m.subject, _ = reader.Header.Subject()
	m.id, _ = reader.Header.MessageID()
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			return err
		}
		kind, _, _ := strings.Cut(part.Header.Get("Content-Type"), ";")
		m.parts[kind] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
	d.post.mu.Lock()
	defer d.post.mu.Unlock()
	d.post.mails = append(d.post.mails, m)
	return nil
}

// Reset ends a mail.
func (d *delivery) Reset() { d.from, d.to = "", "" }

// Logout ends the connection.
func (d *delivery) Logout() error { return nil }
