package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"roster/internal/inbound"
)

// developmentMail is where mail comes in in development, unless said.
const developmentMail = "127.0.0.1:2525"

// inboundConfig are the settings of the door that mail comes in by.
type inboundConfig struct {
	SMTPListen  string `name:"smtp-listen" env:"SMTP_LISTEN" help:"Address and port where mail comes in that becomes documents, such as 0.0.0.0:25, or off. In development 127.0.0.1:2525 unless said, in production off."`
	SMTPTLSCert string `name:"smtp-tls-cert" env:"SMTP_TLS_CERT" help:"A file with the certificate, and those above it, in PEM, with which mail comes in by STARTTLS. It is read again when it changes. Without it mail comes in unencrypted."`
	SMTPTLSKey  string `name:"smtp-tls-key" env:"SMTP_TLS_KEY" help:"A file with the certificate's key in PEM."`

	unsaid bool // where mail comes in was not said
}

// checkInbound completes where mail comes in.
func (c *config) checkInbound() error {
	switch {
	case c.SMTPListen == "" && c.development():
		c.SMTPListen, c.unsaid = developmentMail, true
	case c.SMTPListen == "":
		c.SMTPListen = "off"
	case c.SMTPListen != "off" && !isListen(c.SMTPListen):
		return fmt.Errorf("SMTP_LISTEN: %q is not an address and port such as 0.0.0.0:25, and not off", c.SMTPListen)
	}
	switch {
	case c.SMTPTLSCert != "" && c.SMTPTLSKey == "":
		return errors.New("SMTP_TLS_CERT: needs SMTP_TLS_KEY beside it, the file with the certificate's key")
	case c.SMTPTLSCert == "" && c.SMTPTLSKey != "":
		return errors.New("SMTP_TLS_KEY: needs SMTP_TLS_CERT beside it, the file with the certificate")
	}
	return nil
}

// mailDoor is the server that takes mail in, and where it listens; nil where there is none.
type mailDoor struct {
	server   *inbound.Server
	listener net.Listener
}

// mailDoor opens the door for mail. Where nobody said which, and the usual one is taken by another Roster, there is none.
func (h *house) mailDoor(log *slog.Logger) (*mailDoor, error) {
	c := h.config
	if c.SMTPListen == "off" {
		return nil, nil
	}
	server, err := inbound.New(h.papers, inbound.Config{Domain: c.MailDomain, Cert: c.SMTPTLSCert, Key: c.SMTPTLSKey, Log: log, Metrics: h.watching.metrics})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", c.SMTPListen)
	if err != nil && c.unsaid {
		log.Warn("no mail comes in: something else listens there; SMTP_LISTEN names another place", "address", c.SMTPListen)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("SMTP_LISTEN: %w", err)
	}
	return &mailDoor{server, listener}, nil
}

// announce says in the log where mail comes in.
func (d *mailDoor) announce(c *config, log *slog.Logger) {
	if d != nil {
		log.Info("mail comes in", "address", d.address(), "domain", c.MailDomain, "starttls", c.SMTPTLSCert != "")
	}
}

// address is where it listens; empty where there is none.
func (d *mailDoor) address() string {
	if d == nil {
		return ""
	}
	return d.listener.Addr().String()
}

// serve takes mail in, and tells when it cannot go on.
func (d *mailDoor) serve(failed chan<- error) {
	if d == nil {
		return
	}
	if err := d.server.Serve(d.listener); err != nil {
		failed <- fmt.Errorf("take mail in: %w", err)
	}
}

// close takes back a door that nobody came through yet.
func (d *mailDoor) close() error {
	if d == nil {
		return nil
	}
	return d.listener.Close()
}

// stop finishes the messages that are under way. Those that take longer than ctx are brought again by whoever brought them.
func (d *mailDoor) stop(ctx context.Context, log *slog.Logger) error {
	if d == nil {
		return nil
	}
	if err := d.server.Stop(ctx); err != nil && ctx.Err() != nil {
		log.Warn("mail was broken off; it is brought again", "error", err)
		return nil
	} else if err != nil {
		return err
	}
	return nil
}
