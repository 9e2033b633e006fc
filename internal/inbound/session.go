package inbound

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/emersion/go-smtp"

	"roster/internal/document"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// answer is what whoever brings mail is told.
func answer(code, class, subject, detail int, text string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{class, subject, detail}, Message: text}
}

var (
	errStopping = answer(421, 4, 3, 2, "The server stops. Try again later.")
	errLater    = answer(451, 4, 3, 0, "This cannot be done at the moment. Try again later.")
	errAskLater = answer(450, 4, 3, 0, "It cannot be told at the moment whether this address takes mail. Try again later.")
	errEnough   = answer(421, 4, 7, 0, "Too many of these addresses take no documents.")
)

// session is the conversation with whoever brings mail. Its methods are called one at a time, but for Reset, which may come
// while a message in chunks is under way.
type session struct {
	server *Server
	line   *line

	mu      sync.Mutex
	from    string
	to      []string
	refused int
}

// session begins a conversation.
func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	var inner net.Conn = c.Conn()
	if secured, ok := inner.(*tls.Conn); ok {
		inner = secured.NetConn()
	}
	l := inner.(*line)
	if l.stopping() {
		return nil, errStopping
	}
	return &session{server: s, line: l}, nil
}

// Reset forgets the envelope of a message. Where one in chunks was broken off nothing more is heard on this line: go-smtp
// would give the answer to what was broken off to the next message in chunks.
func (s *session) Reset() {
	if s.line.taking() {
		s.line.hangUp()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.to = "", nil
}

// Logout ends the conversation.
func (s *session) Logout() error { return nil }

// Mail begins a message. Anybody may send one, also who takes no answer.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.line.stopping() {
		return errStopping
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.to = from, nil
	return nil
}

// Rcpt judges a recipient (RULES.md K3, K4). All that take no mail are answered the same.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) (err error) {
	ctx, cancel := context.WithTimeout(s.server.request(), askTimeout)
	defer cancel()
	defer s.server.unhurt(ctx, &err)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.line.stopping():
		return errStopping
	case s.refused >= maxRefused:
		s.line.hangUp()
		return errEnough
	}
	_, err = s.server.papers.Recipient(ctx, to)
	var why rule.Verdict
	switch {
	case errors.As(err, &why):
		s.refused++
		return answer(550, 5, 1, 1, why[0].Message)
	case err != nil:
		s.server.log.ErrorContext(ctx, "mail: recipient not looked up", "error", err)
		return errAskLater
	}
	s.to = append(s.to, to)
	return nil
}

// Data takes a message, for all its recipients or for none.
func (s *session) Data(r io.Reader) (err error) {
	if !s.line.begin() {
		return errStopping
	}
	defer s.line.done()
	s.mu.Lock()
	from, to := s.from, slices.Clone(s.to)
	s.mu.Unlock()
	ctx, cancel := context.WithCancel(s.server.request())
	defer cancel()
	err = s.server.take(ctx, r, from, to)
	said := err.(*smtp.SMTPError)
	switch said.Code / 100 {
	case 2:
		s.line.refresh()
		s.server.metrics.Inbound("taken")
	case 4:
		s.server.metrics.Inbound("later")
	default:
		s.server.metrics.Inbound("refused")
	}
	return said
}

// request is the context of one message or question, with an id that the log, the journal and the answer know it by.
func (s *Server) request() context.Context {
	return viewer.With(s.under, viewer.Viewer{RequestID: store.NewID("eml")})
}

// unhurt makes a panic a fault that is tried again, so that one message ends nothing but itself.
func (s *Server) unhurt(ctx context.Context, err *error) {
	if p := recover(); p != nil {
		s.log.ErrorContext(ctx, "mail: panic", "panic", p, "stack", string(debug.Stack()))
		*err = errLater
	}
}

// take reads a message to its end and has its documents made. What it answers is never nil: also the 2xx is an answer.
func (s *Server) take(ctx context.Context, r io.Reader, from string, to []string) (err error) {
	defer s.unhurt(ctx, &err)
	spool, err := newSpool()
	if err != nil {
		s.log.ErrorContext(ctx, "mail: no file to write a message to", "error", err)
		return errLater
	}
	defer spool.close()
	source := &source{from: r}
	mail, err := read(source, spool)
	if broken := source.drain(); broken != nil { // whatever was read of it is no message
		return s.brokenOff(ctx, broken)
	}
	if err != nil {
		return s.unread(ctx, err)
	}
	if mail.From == "" {
		mail.From = from
	}
	mail.Recipients = to

	select {
	case s.room <- struct{}{}:
		defer func() { <-s.room }()
	case <-ctx.Done():
		return errLater
	}
	ctx, cancel := context.WithTimeout(ctx, keepTimeout)
	defer cancel()
	got, err := s.papers.Receive(ctx, mail)
	if err != nil {
		return s.refuse(ctx, err, mail)
	}
	s.log.InfoContext(ctx, "mail taken", "documents", len(got.Documents), "left", len(got.Left), "bytes", source.size)
	v, _ := viewer.From(ctx)
	return answer(250, 2, 0, 0, "Taken as "+v.RequestID)
}

// brokenOff answers a message that did not come to its end.
func (s *Server) brokenOff(ctx context.Context, err error) error {
	var said *smtp.SMTPError
	switch {
	case errors.As(err, &said):
		s.log.InfoContext(ctx, "mail refused", "why", said.Message)
		return said
	case errors.Is(err, smtp.ErrTooLongLine):
		s.log.InfoContext(ctx, "mail refused", "why", "a line is too long")
		return answer(554, 5, 6, 0, "A line of this message is too long.")
	}
	s.log.InfoContext(ctx, "mail broken off")
	return errLater
}

// unread answers a message that could not be taken apart.
func (s *Server) unread(ctx context.Context, err error) error {
	var why unreadable
	if !errors.As(err, &why) {
		s.log.ErrorContext(ctx, "mail not written down", "error", err)
		return errLater
	}
	s.log.InfoContext(ctx, "mail refused", "why", string(why))
	return answer(554, 5, 6, 0, string(why))
}

// refuse answers a message of which no documents were made. What may be otherwise later is to be brought again.
func (s *Server) refuse(ctx context.Context, err error, mail document.Mail) error {
	var verdict rule.Verdict
	var fault rule.Fault
	switch {
	case errors.As(err, &verdict):
		why := verdict[0]
		s.log.InfoContext(ctx, "mail refused", "code", why.Code, "files", len(mail.Files))
		switch {
		case why.Code == rule.FileTooLarge:
			return answer(552, 5, 3, 4, why.Message)
		case why.Code == rule.FileTypeNotAccepted && onlyOutlook(mail.Files):
			return answer(554, 5, 6, 1, "This mail's attachments are in a winmail.dat, which only Outlook opens. Send it again as HTML or plain text.")
		case why.Code == rule.FileTypeNotAccepted:
			return answer(554, 5, 6, 1, why.Message)
		}
		return answer(550, 5, 1, 1, why.Message)
	case errors.As(err, &fault) && fault.Code == rule.ErrManyDocuments.Code:
		s.log.WarnContext(ctx, "mail put off", "error", err)
		return answer(452, 4, 2, 2, fault.Message)
	}
	s.log.ErrorContext(ctx, "mail not kept", "error", err)
	return errLater
}
