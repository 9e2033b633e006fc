package inbound

import (
	"bufio"
	"encoding/base64"
	"errors"
	"io"
	"strconv"
	"strings"
)

// transferred undoes how a part was encoded for its way. Both decoders read what RFC 2045 tells them to pass over.
func transferred(encoding string, r io.Reader) io.Reader {
	switch encoding = strings.ToLower(strings.TrimSpace(encoding)); {
	case encoding == "base64":
		return &whole{base64.NewDecoder(base64.RawStdEncoding, &alphabet{r: r})}
	case encoding == "quoted-printable":
		return &quoted{bufio.NewReader(r)}
	case strings.Contains(encoding, "uue"):
		return undecoded{}
	}
	return r
}

// undecoded is a part in an encoding that is not known.
type undecoded struct{}

var errUndecoded = errors.New("inbound: an encoding that is not known")

// Read fails.
func (undecoded) Read([]byte) (int, error) { return 0, errUndecoded }

// alphabet are the signs of base64 among others, up to where it ends.
type alphabet struct {
	r     io.Reader
	ended bool
}

// Read reads on.
func (a *alphabet) Read(p []byte) (int, error) {
	for !a.ended {
		n, err := a.r.Read(p)
		kept := 0
		for _, c := range p[:n] {
			if c == '=' {
				a.ended = true
				break
			}
			if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
				p[kept] = c
				kept++
			}
		}
		if kept > 0 || err != nil && !a.ended {
			return kept, err
		}
	}
	return 0, io.EOF
}

// whole is base64 in which a last sign may be too much.
type whole struct{ r io.Reader }

// Read reads on.
func (w *whole) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if _, odd := err.(base64.CorruptInputError); odd {
		err = io.EOF
	}
	return n, err
}

// quoted decodes quoted-printable; an equals sign that means nothing stands for itself.
type quoted struct{ r *bufio.Reader }

// Read reads on.
func (q *quoted) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c, err := q.r.ReadByte()
		if err != nil {
			return n, err
		}
		if c == '=' {
			var joined bool
			if c, joined = q.sign(); joined {
				continue
			}
		}
		p[n] = c
		n++
	}
	return n, nil
}

// sign is what an equals sign stands for: a byte, or that the line goes on.
func (q *quoted) sign() (c byte, joined bool) {
	if next, _ := q.r.Peek(2); len(next) == 2 {
		if n, err := strconv.ParseUint(string(next), 16, 8); err == nil {
			_, _ = q.r.Discard(2) // they are there
			return byte(n), false
		}
	}
	line, _ := q.r.Peek(80)
	for i, c := range line {
		if c == '\n' {
			_, _ = q.r.Discard(i + 1)
			return 0, true
		}
		if c != ' ' && c != '\t' && c != '\r' {
			return '=', false
		}
	}
	if len(line) < 80 { // the part ends with it
		_, _ = q.r.Discard(len(line))
		return 0, true
	}
	return '=', false
}
