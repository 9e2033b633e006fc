package courier

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
)

const (
	mailboxKeeps  = 500     // mails; older ones are deleted
	longestMail   = 1 << 20 // bytes that are read of one file
	mailboxLayout = "20060102T150405.000000Z"
	mailExtension = ".eml"
	textMessages  = "Text message" // whom those come from, which is no address
)

// Mailbox is where mail goes in development: a folder of .eml files, each the very bytes that a mail server would
// have been given. Whoever can read the folder can follow every link in it, so only its owner can.
type Mailbox struct {
	root *os.Root
	now  func() time.Time
}

// Summary is one line of the mailbox.
type Summary struct {
	ID      string
	From    string
	To      string
	Subject string // empty for a text message
	At      time.Time
	Channel string // SMS for a text message, empty for a mail
}

// Message is one mail as it was sent.
type Message struct {
	Summary
	Header []HeaderField // in their order
	Text   string
	HTML   string
}

// HeaderField is one line of a mail's head, decoded.
type HeaderField struct{ Name, Value string }

// OpenMailbox opens the mailbox in a folder, and makes the folder if it is not there. now names the files.
func OpenMailbox(folder string, now func() time.Time) (*Mailbox, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make mailbox: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open mailbox: %w", err)
	}
	return &Mailbox{root: root, now: now}, nil
}

// Close gives the folder back. Mails stay.
func (m *Mailbox) Close() error { return m.root.Close() }

// List returns the mails, newest first: those whose addresses, subject or text hold the search, without letter
// case; all for an empty one. A file that is not a mail is passed over.
func (m *Mailbox) List(search string) ([]Summary, error) {
	names, err := m.names()
	if err != nil {
		return nil, err
	}

	search = strings.ToLower(strings.TrimSpace(search))
	list := make([]Summary, 0, len(names))
	for _, name := range slices.Backward(names) {
		one, err := m.Open(strings.TrimSuffix(name, mailExtension))
		if err != nil {
			continue
		}
		haystack := strings.ToLower(one.From + "\n" + one.To + "\n" + one.Subject + "\n" + one.Text)
		if strings.Contains(haystack, search) {
			list = append(list, one.Summary)
		}
	}
	return list, nil
}

// Open returns one mail, or fs.ErrNotExist for an id that List never gave.
func (m *Mailbox) Open(id string) (Message, error) {
	if !isMail(id + mailExtension) {
		return Message{}, fmt.Errorf("open mail: %w", fs.ErrNotExist)
	}
	file, err := m.root.Open(id + mailExtension)
	if err != nil {
		return Message{}, fmt.Errorf("open mail: %w", err)
	}
	defer file.Close()

	one, err := read(io.LimitReader(file, longestMail))
	if err != nil {
		return Message{}, fmt.Errorf("read mail %s: %w", id, err)
	}
	one.ID = id
	return one, nil
}

// send writes one mail. It appears whole or not at all: it is written beside and then renamed.
func (m *Mailbox) send(_ context.Context, p parcel) error {
	var salt [4]byte
	_, _ = rand.Read(salt[:])
	name := m.now().UTC().Format(mailboxLayout) + "-" + hex.EncodeToString(salt[:]) + mailExtension

	if err := m.root.WriteFile(name+".part", p.message, 0o600); err != nil {
		return &refusal{sentence: "The mail could not be written to the mailbox.", cause: err.Error()}
	}
	if err := m.root.Rename(name+".part", name); err != nil {
		return &refusal{sentence: "The mail could not be written to the mailbox.", cause: err.Error()}
	}
	m.prune()
	return nil
}

// text writes one text message, as a mail to its number.
func (m *Mailbox) text(ctx context.Context, t textMessage) error {
	var h mail.Header
	h.SetDate(m.now())
	h.Set("From", textMessages)
	h.Set("To", t.to)
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	var out bytes.Buffer
	w, err := mail.CreateSingleInlineWriter(&out, h)
	if err == nil {
		_, err = io.WriteString(w, t.body)
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		return &refusal{sentence: "The text message could not be written to the mailbox.", cause: err.Error()}
	}
	return m.send(ctx, parcel{to: t.to, message: out.Bytes()})
}

// prune deletes the oldest mails beyond what is kept. It touches nothing but mails, and another process may be
// doing the same: what cannot be deleted now will be next time.
func (m *Mailbox) prune() {
	names, err := m.names()
	if err != nil || len(names) <= mailboxKeeps {
		return
	}
	for _, name := range names[:len(names)-mailboxKeeps] {
		_ = m.root.Remove(name)
	}
}

// names are the mails' file names, oldest first.
func (m *Mailbox) names() ([]string, error) {
	entries, err := fs.ReadDir(m.root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("list mailbox: %w", err)
	}
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		if isMail(entry.Name()) && entry.Type().IsRegular() {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// isMail reports whether a file name is one that send makes: a moment, a dash, eight hex digits.
func isMail(name string) bool {
	stem, ok := strings.CutSuffix(name, mailExtension)
	moment, salt, found := strings.Cut(stem, "-")
	if _, err := time.Parse(mailboxLayout, moment); !ok || !found || err != nil || len(moment) != len(mailboxLayout) {
		return false
	}
	_, err := hex.DecodeString(salt)
	return err == nil && len(salt) == 8 && salt == strings.ToLower(salt)
}

func read(r io.Reader) (Message, error) {
	reader, err := mail.CreateReader(r)
	if err != nil && !message.IsUnknownCharset(err) {
		return Message{}, err
	}
	defer reader.Close()

	var one Message
	one.From, _ = reader.Header.Text("From")
	if one.From == textMessages {
		one.Channel = "SMS"
	}
	one.To, _ = reader.Header.Text("To")
	one.Subject, _ = reader.Header.Subject()
	one.At, _ = reader.Header.Date()
	for fields := reader.Header.Fields(); fields.Next(); {
		value, _ := fields.Text()
		one.Header = append(one.Header, HeaderField{fields.Key(), value})
	}

	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return one, nil
		}
		if err != nil {
			return Message{}, err
		}
		if err := one.take(part); err != nil {
			return Message{}, err
		}
	}
}

// take keeps a part if it is one of the two that our mails have.
func (m *Message) take(part *mail.Part) error {
	inline, ok := part.Header.(*mail.InlineHeader)
	if !ok {
		return nil
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(part.Body); err != nil {
		return err
	}
	kind, _, _ := inline.ContentType()
	switch text := strings.ReplaceAll(body.String(), "\r\n", "\n"); kind {
	case "text/plain":
		m.Text = text
	case "text/html":
		m.HTML = text
	}
	return nil
}
