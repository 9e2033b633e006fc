package address

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ErrLocalPart means that a text cannot stand before the @ of a submission address.
var ErrLocalPart = errors.New("address: no local part of a submission address")

// The length of a local part, in characters; 64 is what mail servers take.
const (
	minLocalPart = 3
	maxLocalPart = 64
)

// kept are the names that belong to whoever runs the mail system (RFC 2142), or that people would take for them.
var kept = []string{"abuse", "admin", "administrator", "bounce", "bounces", "billing", "contact", "ftp", "help", "hostmaster", "info", "list", "mail", "mailer-daemon",
	"marketing", "news", "no-reply", "noc", "nobody", "noreply", "office", "operator", "postmaster", "root", "roster", "sales", "security", "ssl-admin", "support",
	"sysadmin", "system", "undisclosed-recipients", "usenet", "uucp", "webmaster", "www"}

// LocalPart folds what stands before the @ of a submission address, so that two are the same exactly when they are equal:
// mail is written to it by hand, so it is plain ASCII without letter case. Names that the mail system keeps are refused.
func LocalPart(text string) (string, error) {
	text = strings.Map(lowerASCII, strings.Trim(text, " \t\r\n"))
	if len(text) < minLocalPart || len(text) > maxLocalPart || strings.Contains(text, "..") || slices.Contains(kept, text) {
		return "", ErrLocalPart
	}
	for i, r := range text {
		plain := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		if !plain && (i == 0 || i == len(text)-1 || !strings.ContainsRune(".-_", r)) {
			return "", ErrLocalPart
		}
	}
	return text, nil
}

// longestWord is how much of each name a derived local part shows.
const longestWord = 14

// Derive makes a local part of names: of each its plain letters, and at the end what makes it one of its kind.
func Derive(names []string, unique string) string {
	var words []string
	for _, name := range names {
		if word := plain(name); word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(append(words, unique), ".")
}

// plain is a name in letters a to z and digits: accents go, and what has no such letters goes whole.
func plain(name string) string {
	word := strings.Map(func(r rune) rune {
		r = unicode.ToLower(r)
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case unicode.IsSpace(r) || r == '-' || r == '\'':
			return '-'
		}
		return -1
	}, norm.NFD.String(name))
	word = strings.Join(strings.FieldsFunc(word, func(r rune) bool { return r == '-' }), "-")
	if len(word) > longestWord {
		word = word[:longestWord]
	}
	return strings.Trim(word, "-")
}
