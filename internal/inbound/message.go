package inbound

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"net/mail"
	"regexp"
	"strings"

	"github.com/emersion/go-message/textproto"

	"roster/internal/document"
)

// What a message may be made of. No mail program comes near.
const (
	maxHeader   = 128 << 10 // bytes, of the message and of each part
	maxParts    = 250
	maxDepth    = 20 // parts in parts, and messages in messages
	maxBoundary = 200
	maxAttached = 50 // files, each of which is a document for each recipient
)

// unreadable is why a message cannot be taken apart, as its sender is told.
type unreadable string

// Error is that sentence.
func (u unreadable) Error() string { return string(u) }

const (
	errBroken unreadable = "This message is broken and cannot be read."
	errParts  unreadable = "This message has more parts than are looked at. Send its documents in several mails."
	errDeep   unreadable = "In this message too many messages lie inside one another. Send the document itself."
	errReport unreadable = "This is a report about another mail. No documents are made of those."
)

// reader takes one message apart.
type reader struct {
	spool    *spool
	parts    int
	attached int
}

// read takes a message apart: its attachments, those of the messages in it, and pictures that are more than decoration; of a
// message without any, what is written in it. The files are sections of the spool.
func read(r io.Reader, to *spool) (document.Mail, error) {
	m := &reader{spool: to}
	header, body, err := head(r)
	if err != nil {
		return document.Mail{}, err
	}
	if kind, _ := field(header.Get("Content-Type")); kind == "multipart/report" {
		return document.Mail{}, errReport
	}
	files, err := m.message(header, body, 0)
	return document.Mail{MessageID: header.Get("Message-Id"), From: author(header), Files: files}, err
}

// head reads the header of a message.
func head(r io.Reader) (textproto.Header, io.Reader, error) {
	limited := &bounded{r: r, left: maxHeader}
	buffered := bufio.NewReader(limited)
	header, err := textproto.ReadHeader(buffered)
	if err != nil && !errors.Is(err, io.EOF) {
		return header, nil, errBroken
	}
	limited.left = math.MaxInt64
	return header, buffered, nil
}

// author is the address that a message names as its author's.
func author(h textproto.Header) string {
	raw := h.Get("From")
	if list, err := (&mail.AddressParser{WordDecoder: &words}).ParseList(raw); err == nil && len(list) > 0 {
		return list[0].Address
	}
	return decoded(raw)
}

// found is what a message holds.
type found struct {
	files []document.File
	small []document.File // pictures that are decoration, as far as one can tell
}

// message answers the documents of a message.
func (m *reader) message(h textproto.Header, body io.Reader, depth int) ([]document.File, error) {
	var f found
	texts, err := m.part(h, body, "", depth, &f)
	if err != nil || len(f.files) > 0 {
		return f.files, err
	}
	written, err := m.letter(h, texts)
	if err != nil || written != nil {
		return written, err
	}
	return f.small, nil
}

// part takes one part apart, which lies in one of another kind, and answers what is written in it.
func (m *reader) part(h textproto.Header, body io.Reader, in string, depth int, f *found) ([]text, error) {
	if m.parts++; m.parts > maxParts {
		return nil, errParts
	}
	if depth > maxDepth {
		return nil, errDeep
	}
	kind, params := field(h.Get("Content-Type"))
	if kind == "" {
		kind = "text/plain"
		if in == "multipart/digest" {
			kind = "message/rfc822"
		}
	}
	if strings.HasPrefix(kind, "multipart/") {
		return m.several(kind, params["boundary"], body, depth, f)
	}
	disposition, named := field(h.Get("Content-Disposition"))
	name := first(parameter(named, "filename"), parameter(params, "name"))
	plain := transferred(h.Get("Content-Transfer-Encoding"), body)
	switch {
	case kind == "message/rfc822" || kind == "message/global":
		return nil, m.inner(name, plain, depth, f)
	case byProgram[kind]:
		return nil, nil
	case (kind == "text/plain" || kind == "text/html") && (disposition != "attachment" && name == "" || trailing.MatchString(name)):
		return m.text(kind, parameter(params, "charset"), plain)
	}
	return nil, m.file(kind, name, disposition, in, h.Get("Content-Id") != "", plain, f)
}

// byProgram are kinds of part that programs attach, and no person: signatures, appointments, visiting cards.
var byProgram = map[string]bool{"application/pkcs7-signature": true, "application/x-pkcs7-signature": true, "application/pgp-signature": true, "application/pgp-keys": true,
	"text/calendar": true, "application/ics": true, "text/vcard": true, "text/x-vcard": true, "text/directory": true}

// trailing is how Exchange calls what was written below an attachment.
var trailing = regexp.MustCompile(`(?i)^ATT\d+\.(txt|html?)$`)

// several takes apart what lies between boundaries. One that is missing at the end is put there: the message came whole.
func (m *reader) several(kind, boundary string, body io.Reader, depth int, f *found) ([]text, error) {
	if boundary == "" || len(boundary) > maxBoundary {
		return nil, errBroken
	}
	limited := &bounded{r: io.MultiReader(body, strings.NewReader("\r\n--"+boundary+"--")), left: math.MaxInt64}
	parts := textproto.NewMultipartReader(limited, boundary)
	var all [][]text
	for {
		limited.left = maxHeader
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return together(kind, all), nil
		}
		if err != nil {
			return nil, errBroken
		}
		limited.left = math.MaxInt64
		texts, err := m.part(part.Header, part, kind, depth+1, f)
		if err != nil {
			return nil, err
		}
		all = append(all, texts)
		if _, err := io.Copy(io.Discard, part); err != nil {
			return nil, errBroken
		}
	}
}

// together is what is written in several parts: of alternatives, plain text if there is any.
func together(kind string, all [][]text) (list []text) {
	for _, texts := range all {
		if kind == "multipart/alternative" && len(list) > 0 && (blank(texts) || list[0].kind == "text/plain") {
			continue
		}
		if kind == "multipart/alternative" {
			list = nil
		}
		if !blank(texts) {
			list = append(list, texts...)
		}
	}
	return list
}

// inner takes apart a message in the message. One that cannot be read is a file that is no document.
func (m *reader) inner(name string, body io.Reader, depth int, f *found) error {
	header, rest, err := head(body)
	var files []document.File
	if err == nil {
		files, err = m.message(header, rest, depth+1)
	}
	switch {
	case errors.Is(err, errBroken):
		return m.add(document.File{Name: first(name, "message.eml")}, f)
	case err != nil:
		return err
	}
	f.files = append(f.files, files...)
	return nil
}

// file keeps a part that is a file. A picture in the midst of the text is one, unless it is as small as decoration is.
func (m *reader) file(kind, name, disposition, in string, referred bool, content io.Reader, f *found) error {
	section, broken, err := m.spool.keep(content)
	if err != nil {
		return fmt.Errorf("write down a part: %w", err)
	}
	file := fileOf(name, section)
	if broken != nil {
		file.Size = 0 // half of it is no document
	}
	within := disposition == "inline" || in == "multipart/related" && referred
	if strings.HasPrefix(kind, "image/") && within && decoration(file) {
		f.small = append(f.small, file)
		return nil
	}
	return m.add(file, f)
}

func (m *reader) add(file document.File, f *found) error {
	if m.attached++; m.attached > maxAttached {
		return errParts
	}
	f.files = append(f.files, file)
	return nil
}

// onlyOutlook reports whether a message's files are in a form that only Outlook reads.
func onlyOutlook(files []document.File) bool {
	return len(files) == 1 && strings.EqualFold(files[0].Name, "winmail.dat")
}

// bounded is a reader of which only so much is read until it is told otherwise.
type bounded struct {
	r    io.Reader
	left int64
}

// Read reads on.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errBroken
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
