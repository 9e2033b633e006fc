package view

import (
	"html"
	"io"
	"net/http"
	"strings"
	"time"
)

// MailboxPage is the list of what the development server has sent, newest first.
type MailboxPage struct {
	Messages []MailSummary
	Search   string // what was searched for
}

// MailSummary is one message that was sent in development.
type MailSummary struct {
	ID      string
	To      string // an address, or a number for a text message
	From    string
	Subject string // empty for a text message
	At      time.Time
	Channel string // "SMS" for a text message, anything else is an email
}

// TextMessage says whether the message is a text message.
func (m MailSummary) TextMessage() bool { return strings.EqualFold(m.Channel, "SMS") }

// MailPage is one message, whole.
type MailPage struct {
	MailSummary
	Text    string // the text part, as it was sent
	HTMLURL string // where MailHTML answers with the HTML part, empty if there is none
}

// mailboxRefresh is how often the list looks for new messages, in seconds. A search is left alone: the reader is looking for one message.
const mailboxRefresh = 5

// Mailbox shows the development mailbox. Messages are linked as /mailbox/ID; the search is a GET to /mailbox with `search`.
func Mailbox(w http.ResponseWriter, m MailboxPage) {
	p := page{Title: "Mailbox", Wide: true, Data: m}
	if m.Search == "" {
		p.Refresh = mailboxRefresh
	}
	render(w, http.StatusOK, "mailbox", p)
}

// Mail shows one message of the development mailbox: its headers, its HTML part in a frame that can run nothing, its text part with links
// that can be followed.
func Mail(w http.ResponseWriter, m MailPage) {
	title := m.Subject
	if title == "" {
		title = "Text message to " + m.To
	}
	render(w, http.StatusOK, "mail", page{Title: title, Wide: true, Policy: Policy + "; frame-src 'self'", Data: m})
}

// MailHTML answers with the HTML part of a message, for the frame of Mail. Mails carry their own styles, so these are allowed; scripts and
// forms are not, whatever the message holds. Its links open in a new tab, since our pages refuse to be shown inside a frame.
func MailHTML(w http.ResponseWriter, subject, body string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; "+
		"base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	// The doctype must come first, or the message is shown in quirks mode; a message's own doctype after it is ignored by browsers.
	_, _ = io.WriteString(w, "<!doctype html><title>"+html.EscapeString(subject)+`</title><base target="_blank">`+body)
}
