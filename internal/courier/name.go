package courier

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names are typed by people, some of whom would like their own link in a mail that comes from us.
const (
	longestName     = 80 // runes; enough for a long company, too short for a message
	longestGreeting = 40
	dots            = ".。．｡․" // what mail programs and browsers read as the dot of a host name
)

// plain makes a name fit to stand in a mail: one line, only visible characters, not too long, and nothing in it
// that a mail program would turn into a link. It is the fallback when nothing is left.
func plain(name, fallback string) string {
	words := visible(name)
	for i, word := range words {
		words[i] = breakUp(word)
	}

	name = strings.ReplaceAll(strings.Join(words, " "), "=?", "= ?") // would be read as an encoded word (RFC 2047) in a subject
	if name == "" {
		return fallback
	}
	if utf8.RuneCountInString(name) > longestName {
		name = strings.TrimSpace(string([]rune(name)[:longestName-1])) + "…"
	}
	return name
}

// greeting addresses a person by first name, or by none if it looks like a link or like a message of its own.
func greeting(firstName string) string {
	for _, word := range visible(firstName) {
		if linkish(word) {
			return "Hello,"
		}
	}
	name := plain(firstName, "")
	if name == "" || utf8.RuneCountInString(name) > longestGreeting {
		return "Hello,"
	}
	return "Hello " + name + ","
}

// visible splits a name into words, without control characters, zero-width ones and those that turn the direction.
func visible(name string) []string {
	return strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		default:
			return r
		}
	}, name))
}

// breakUp puts spaces where a mail program would see a host, a scheme or an address.
func breakUp(word string) string {
	var b strings.Builder
	runes := []rune(word)
	for i, r := range runes {
		if r == '@' && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		if i == len(runes)-1 {
			break
		}
		next := runes[i+1]
		switch {
		case r == '@', r == '/' && next == '/':
			b.WriteByte(' ')
		case (r == ':' || strings.ContainsRune(dots, r)) && !unicode.IsPunct(next):
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// linkish reports whether a word may be a link: initials such as J.P. are not.
func linkish(word string) bool {
	if strings.ContainsAny(word, "@:") || strings.Contains(word, "//") {
		return true
	}
	after := strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(dots, r) })
	for i, part := range after {
		if i > 0 && utf8.RuneCountInString(part) > 1 {
			return true
		}
	}
	return false
}

// Mask shows enough of an address to recognise one's own and too little to learn another's: p•••@example.com.
func Mask(email string) string {
	at := strings.LastIndexByte(email, '@')
	if at < 1 {
		return "•••"
	}
	first, _ := utf8.DecodeRuneInString(email)
	return string(first) + "•••" + email[at:]
}

// MaskMobile does the same for a number: +44•••456.
func MaskMobile(mobile string) string {
	if len(mobile) < 8 {
		return "•••"
	}
	return mobile[:3] + "•••" + mobile[len(mobile)-3:]
}
