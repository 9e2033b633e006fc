package inbound

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"github.com/emersion/go-message/textproto"
	"golang.org/x/text/encoding/charmap"

	"roster/internal/address"
	"roster/internal/document"
)

// maxLetter is how much of what is written in a message becomes a document, in bytes. A page of print has 3,000.
const maxLetter = 4 << 20

// text is what is written in a part, as it came.
type text struct {
	kind, charset string
	content       *io.SectionReader
	blank         bool // nothing is written
}

// text keeps what is written in a part.
func (m *reader) text(kind, charset string, r io.Reader) ([]text, error) {
	section, _, err := m.spool.keep(r) // one that breaks off was written that far
	if err != nil {
		return nil, fmt.Errorf("write down a text: %w", err)
	}
	t := text{kind: kind, charset: charset, content: section}
	t.blank = nothingIn(t.read())
	return []text{t}, nil
}

// read is the text in UTF-8, as a person reads it: a page without its markup.
func (t text) read() io.Reader {
	r := io.LimitReader(io.NewSectionReader(t.content, 0, t.content.Size()), maxLetter)
	switch strings.ToLower(t.charset) {
	case "", "utf-8", "us-ascii": // mails that say so often hold more
	default:
		if converted, err := charset.Reader(t.charset, r); err == nil {
			r = converted
		}
	}
	r = &letters{r: bufio.NewReader(r)}
	if t.kind == "text/html" {
		return page(r)
	}
	return r
}

func blank(texts []text) bool {
	return !slices.ContainsFunc(texts, func(t text) bool { return !t.blank })
}

// nothingIn reports whether a reader of a text sees nothing.
func nothingIn(text io.Reader) bool {
	r := bufio.NewReader(text)
	for {
		letter, _, err := r.ReadRune()
		if err != nil {
			return true
		}
		if address.Name(string(letter)) != "" {
			return false
		}
	}
}

// letter makes a file of what is written in a message, with who wrote it, when, and about what.
func (m *reader) letter(h textproto.Header, texts []text) ([]document.File, error) {
	if blank(texts) {
		return nil, nil
	}
	var top strings.Builder
	for _, name := range []string{"From", "Date", "Subject"} {
		if value := address.Name(decoded(h.Get(name))); value != "" {
			fmt.Fprintf(&top, "%s: %s\n", name, value)
		}
	}
	if top.Len() == 0 {
		top.WriteString("Mail\n") // so that no text is taken for markup by how it begins
	}
	all := []io.Reader{strings.NewReader(top.String())}
	for _, t := range texts {
		all = append(all, strings.NewReader("\n"), t.read(), strings.NewReader("\n"))
		if t.content.Size() > maxLetter {
			all = append(all, strings.NewReader("\nThis mail goes on. Only its beginning is kept.\n"))
		}
	}
	section, broken, err := m.spool.keep(io.MultiReader(all...))
	if err != nil {
		return nil, fmt.Errorf("write down what is written: %w", err)
	}
	if broken != nil {
		return nil, errBroken
	}
	if m.attached++; m.attached > maxAttached {
		return nil, errParts
	}
	name := strings.NewReplacer("/", "-", `\`, "-").Replace(address.Name(decoded(h.Get("Subject"))))
	return []document.File{fileOf(first(name, "Mail")+".txt", section)}, nil
}

// letters are UTF-8 without what no text has. A byte that is none is one of Windows' own letters, which mails have that do not
// say what they are written in.
type letters struct {
	r    *bufio.Reader
	left []byte
}

// Read reads on.
func (l *letters) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(l.left) > 0 {
			moved := copy(p[n:], l.left)
			n, l.left = n+moved, l.left[moved:]
			continue
		}
		letter, size, err := l.r.ReadRune()
		if err != nil {
			return n, err
		}
		if letter == utf8.RuneError && size == 1 {
			_ = l.r.UnreadRune() // it was read just now
			raw, _ := l.r.ReadByte()
			letter = charmap.Windows1252.DecodeByte(raw)
		}
		if letter < ' ' && letter != '\n' && letter != '\t' || letter == 0x7f {
			continue
		}
		l.left = utf8.AppendRune(l.left[:0], letter)
	}
	return n, nil
}
