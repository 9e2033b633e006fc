// Package address says when two email addresses or phone numbers are the same, and which can be written to at all.
// It only reads text: whose address it is, and whether that was proved, others know.
package address

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// ErrEmail means that a text is no address that mail can be sent to.
var ErrEmail = errors.New("address: not an email address")

// domains maps a domain to what DNS knows it by (UTS-46), and refuses what could not be one.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true), idna.Transitional(false))

// Email normalises an address so that two are the same login exactly when they are equal: NFC, trimmed, ASCII letters
// in lower case, the domain by UTS-46 (RULES.md J1). Plus-tags stay, and no other letters are folded: what only looks
// alike is somebody else. Quotes, comments, source routes, control and invisible characters are refused.
func Email(text string) (string, error) {
	if !utf8.ValidString(text) || len(text) > 1000 {
		return "", ErrEmail
	}
	text = norm.NFC.String(strings.Trim(text, " \t\r\n"))
	local, domain, ok := strings.Cut(text, "@")
	if !ok || local == "" || len(local) > 64 || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return "", ErrEmail
	}
	for _, r := range local {
		if !inLocalPart(r) {
			return "", ErrEmail
		}
	}
	for _, r := range domain {
		if r == '@' || invisible(r) {
			return "", ErrEmail
		}
	}
	host, err := domains.ToASCII(domain)
	if err != nil || !strings.Contains(host, ".") || strings.HasSuffix(host, ".") || allDigits(host[strings.LastIndexByte(host, '.')+1:]) {
		return "", ErrEmail
	}
	host, err = domains.ToUnicode(host)
	if err != nil {
		return "", ErrEmail
	}
	if email := strings.Map(lowerASCII, local) + "@" + host; len(email) <= 254 {
		return email, nil
	}
	return "", ErrEmail
}

// ErrDomain means that a text is no name of a mail server.
var ErrDomain = errors.New("address: no domain")

// Domain is what DNS knows a domain by; localhost is one, for development.
func Domain(text string) (string, error) {
	host, err := domains.ToASCII(strings.Trim(text, " \t\r\n"))
	if err != nil || host == "" || strings.HasSuffix(host, ".") {
		return "", ErrDomain
	}
	return host, nil
}

// Wire is a normalised address as mail servers take it: the domain in ASCII.
func Wire(email string) (string, error) {
	local, domain, _ := strings.Cut(email, "@")
	host, err := domains.ToASCII(domain)
	if err != nil {
		return "", ErrEmail
	}
	return local + "@" + host, nil
}

func inLocalPart(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r)
	}
	return r != utf8.RuneError && !invisible(r) && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r))
}

// invisible finds what a reader cannot see: controls, spaces, bidirectional and zero-width marks.
func invisible(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) ||
		r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0'
}

func lowerASCII(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
