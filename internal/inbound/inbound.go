// Package inbound is the door that mail comes in by: an SMTP server for submission addresses. Whether a recipient takes mail,
// and what becomes of a message, is decided by roster/internal/document; this package speaks with whoever brings it, and takes
// it apart. It relays nothing, answers no mail with mail, and knows no passwords. A message is in a file while it is looked at,
// never in memory, and is kept whole or not at all: whoever brought it is told, and tries again or tells its sender.
package inbound

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"roster/internal/document"
	"roster/internal/watch"
)

// What one message may be, and those who bring them. A photo of 20 MB, the largest that is taken, is 28 MB in a mail; many
// mail servers send up to 36.
const (
	maxMessage    = 36 << 20         // bytes
	maxRecipients = 20               // of one message: each gets files of its own; whoever brings more brings them in another go
	maxLine       = 64 << 10         // bytes; mail servers write 1,000
	maxRefused    = 10               // recipients of one connection: whoever tries out addresses has to come again
	receiving     = 8                // messages that are looked at and kept at a time, over all connections
	askTimeout    = 10 * time.Second // for the database to say whether a recipient takes mail
	keepTimeout   = 2 * time.Minute  // to keep a message once it is here
	writeTimeout  = 30 * time.Second
)

// limits are what connections may do; tests have smaller ones.
type limits struct {
	all, ofOne int           // connections at a time, and of one address or IPv6 /64
	idle       time.Duration // without a word
	message    time.Duration // from one message that was taken to the next
}

var usual = limits{all: 200, ofOne: 20, idle: time.Minute, message: 10 * time.Minute}

// Config is how the server is reached.
type Config struct {
	Domain    string // MAIL_DOMAIN, by which it greets
	Cert, Key string // files in PEM for STARTTLS, read again when they change; without them there is none
	Log       *slog.Logger
	Metrics   *watch.Metrics
}

// Server takes mail in. Make it with New.
type Server struct {
	papers  *document.Documents
	smtp    *smtp.Server
	log     *slog.Logger
	metrics *watch.Metrics
	limits  limits
	room    chan struct{} // for messages that are kept

	under context.Context // of everything it does; ended when it must stop at once
	end   context.CancelFunc

	mu       sync.Mutex
	lines    map[*line]bool
	ofOne    map[netip.Prefix]int
	stopping bool
}

// New makes the server. It fails when there is no certificate where one was named.
func New(papers *document.Documents, c Config) (*Server, error) {
	s := &Server{papers: papers, log: cmp.Or(c.Log, slog.New(slog.DiscardHandler)), metrics: c.Metrics, limits: usual, room: make(chan struct{}, receiving),
		lines: map[*line]bool{}, ofOne: map[netip.Prefix]int{}}
	s.under, s.end = context.WithCancel(context.Background())
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.session))
	s.smtp.Domain = c.Domain
	s.smtp.MaxMessageBytes, s.smtp.MaxRecipients, s.smtp.MaxLineLength = maxMessage, maxRecipients, maxLine
	s.smtp.WriteTimeout = writeTimeout // reading has the line's own limits
	s.smtp.EnableSMTPUTF8 = true
	s.smtp.ErrorLog = talk{s.log}
	if c.Cert == "" {
		return s, nil
	}
	certificate, err := readCertificate(c.Cert, c.Key, s.log)
	if err != nil {
		return nil, err
	}
	s.smtp.TLSConfig = certificate.config()
	return s, nil
}

// Serve takes mail until Stop; it answers an error only when it cannot go on.
func (s *Server) Serve(l net.Listener) error { return s.smtp.Serve(gate{l, s}) }

// Stop takes no more mail: connections without a message under way are told to come again later, messages under way are
// finished. When ctx ends before they are, they are broken off: whoever brought them brings them again.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	for l := range s.lines {
		l.hush()
	}
	s.mu.Unlock()
	defer s.end()
	err := s.smtp.Shutdown(ctx)
	if err != nil && ctx.Err() != nil {
		s.end()
		return errors.Join(err, s.cut())
	}
	return err
}

// cut ends all connections.
func (s *Server) cut() (err error) {
	s.mu.Lock()
	var all []*line
	for l := range s.lines {
		all = append(all, l)
	}
	s.mu.Unlock()
	for _, l := range all {
		err = errors.Join(err, l.Close())
	}
	return err
}

// talk is where go-smtp says what went wrong: connections that broke off are nothing, a panic is a fault of ours.
type talk struct{ log *slog.Logger }

// Printf logs a line.
func (t talk) Printf(format string, v ...any) {
	if strings.HasPrefix(format, "panic") && len(v) > 1 {
		t.log.Error("mail: the conversation panicked", "panic", v[1:])
		return
	}
	t.log.Debug("mail: a connection broke off")
}

// Println logs a line.
func (t talk) Println(...any) { t.log.Debug("mail: a connection broke off") }
