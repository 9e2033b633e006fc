package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Name tidies what a person typed as a name: NFC, one space where there were several, nothing a reader cannot see.
// Empty means that nothing was left of it.
func Name(text string) string {
	if !utf8.ValidString(text) {
		return ""
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200c' || r == '\u200d': // joiners that Persian and Indic names are written with
			return r
		case invisible(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, text)
	text = norm.NFC.String(strings.Join(strings.Fields(text), " "))
	if !strings.ContainsFunc(text, seen) {
		return ""
	}
	return text
}

// seen reports whether a reader sees something: joiners, marks alone and the empty Braille cell leave a name blank.
func seen(r rune) bool {
	return r != '\u2800' && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsPunct(r) || unicode.IsSymbol(r))
}

// Key is a text for comparing without letter case, the same on every database.
// Folding may leave what is to be composed again.
func Key(text string) string { return norm.NFC.String(cases.Fold().String(norm.NFC.String(text))) }

// SearchKey is what people are searched by: their names and their email without letter case.
func SearchKey(first, last, email string) string {
	return strings.TrimSpace(Key(first + " " + last + " " + email))
}
