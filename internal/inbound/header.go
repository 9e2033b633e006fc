package inbound

import (
	"io"
	"mime"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
)

// field reads a header's value with its parameters, as mail programs write it rather than as they should: names with spaces
// and no quotes, semicolons too many, letters beyond ASCII. The first of two with the same name counts.
func field(raw string) (kind string, params map[string]string) {
	kind, rest, _ := strings.Cut(raw, ";")
	kind, _, _ = strings.Cut(strings.TrimSpace(kind), " ")
	params = map[string]string{}
	for rest = strings.TrimLeft(rest, "; \t"); rest != ""; rest = strings.TrimLeft(rest, "; \t") {
		var name, value string
		if i := strings.IndexAny(rest, "=;"); i < 0 {
			break
		} else if rest[i] == ';' {
			rest = rest[i:]
			continue
		} else {
			name, rest = strings.ToLower(strings.TrimSpace(rest[:i])), strings.TrimLeft(rest[i+1:], " \t")
		}
		if strings.HasPrefix(rest, `"`) {
			value, rest = unquoted(rest[1:])
		} else {
			value, rest, _ = strings.Cut(rest, ";")
			value = strings.TrimSpace(value)
		}
		if _, twice := params[name]; !twice {
			params[name] = value
		}
	}
	return strings.ToLower(kind), params
}

// unquoted reads up to the closing quote. A backslash stands for itself unless it is before a quote or another one: folders of
// Windows are written with it.
func unquoted(text string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\'):
			i++
		case text[i] == '"':
			return b.String(), text[i+1:]
		}
		b.WriteByte(text[i])
	}
	return b.String(), ""
}

// parameter is the value of a parameter that people read: in pieces and another charset (RFC 2231), or in encoded words
// (RFC 2047), which should not be there and often are.
func parameter(params map[string]string, name string) string {
	if whole, ok := params[name+"*"]; ok {
		return extended(whole)
	}
	var pieces []string
	encoded := false
	for i := 0; ; i++ {
		key := name + "*" + strconv.Itoa(i)
		piece, plain := params[key]
		if !plain {
			var ok bool
			if piece, ok = params[key+"*"]; !ok {
				break
			}
			encoded = true
		} else if encoded {
			piece = url.PathEscape(piece) // the pieces are decoded in one, since a letter may be in two
		}
		pieces = append(pieces, piece)
	}
	switch joined := strings.Join(pieces, ""); {
	case encoded:
		return extended(joined)
	case joined != "":
		return decoded(joined)
	}
	return decoded(params[name])
}

// extended reads charset'language'%41%42.
func extended(text string) string {
	of, rest, ok := strings.Cut(text, "'")
	_, value, ok2 := strings.Cut(rest, "'")
	if !ok || !ok2 {
		of, value = "utf-8", text
	}
	return inUTF8(of, unescaped(value))
}

// unescaped decodes %41; what is no such thing stands for itself.
func unescaped(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if n, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

var words = mime.WordDecoder{CharsetReader: func(of string, r io.Reader) (io.Reader, error) { return charset.Reader(of, r) }}

// decoded reads encoded words. Bytes that are no UTF-8 are Windows' own letters.
func decoded(text string) string {
	if plain, err := words.DecodeHeader(text); err == nil {
		text = plain
	}
	return inUTF8("utf-8", text)
}

// inUTF8 turns a text from its charset into UTF-8.
func inUTF8(of, text string) string {
	if !strings.EqualFold(of, "utf-8") {
		if r, err := charset.Reader(of, strings.NewReader(text)); err == nil {
			if plain, err := io.ReadAll(r); err == nil {
				return strings.ToValidUTF8(string(plain), "")
			}
		}
	}
	if utf8.ValidString(text) {
		return text
	}
	plain, err := charmap.Windows1252.NewDecoder().String(text)
	if err != nil {
		return strings.ToValidUTF8(text, "")
	}
	return plain
}
