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
	return norm.NFC.String(strings.Join(strings.Fields(text), " "))
}

// Key is a text for comparing without letter case, the same on every database.
func Key(text string) string { return cases.Fold().String(norm.NFC.String(text)) }
