package rule

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The length of a password, in characters (SECURITY.md).
const (
	MinPassword = 15
	MaxPassword = 256
)

// Password judges a new password, in NFC. context are names and addresses that somebody who knows the person would try
// first. There are no rules about which characters it must have: length is what helps, and that it is not made of what
// everybody tries.
func Password(password string, context ...string) Verdict {
	field := []string{"input", "password"}
	tooWeak := func(message string) Verdict { return Verdict{{Code: PasswordTooWeak, Field: field, Message: message}} }
	switch n := utf8.RuneCountInString(password); {
	case n == 0:
		return NoPassword()
	case n < MinPassword:
		return tooWeak(fmt.Sprintf("This password is too short: use at least %d characters, such as four or five words.", MinPassword))
	case n > MaxPassword:
		return Verdict{{Code: TooLong, Field: field, Message: fmt.Sprintf("This password is too long: at most %d characters.", MaxPassword)}}
	case !utf8.ValidString(password):
		return Verdict{invalid("This password holds something that is no character. Type it anew.", field...)}
	}
	if is, parts := weak(password, append(context, "Roster")); is {
		return tooWeak("This password would be guessed too easily: it is little but " + made(parts) + ". Use four or five words that have nothing to do with each other.")
	}
	return nil
}

// made names the parts of a password, as one would to whoever chose it.
func made(parts map[part]bool) string {
	var list []string
	for _, p := range []struct {
		part
		name string
	}{
		{partCommon, "passwords that many people use"}, {partContext, "names that belong to you or to Roster"}, {partRow, "letters, figures or keys in a row"},
		{partDate, "a year or a date"}, {partAgain, "the same again"},
	} {
		if parts[p.part] {
			list = append(list, p.name)
		}
	}
	switch n := len(list); n {
	case 0:
		return "spaces and signs"
	case 1:
		return list[0]
	default:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
}

// NoPassword says that a password has to be brought.
func NoPassword() Verdict {
	return Verdict{{Code: Required, Field: []string{"input", "password"}, Message: "Choose a password: from now on it is the one you sign in with."}}
}
