package rule

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxName is the longest name of a person or an account, in characters.
const MaxName = 200

// Text judges a tidied text that must be there: its label is what a form calls it.
func Text(label, text string, longest int, field ...string) Verdict {
	switch {
	case text == "":
		return Verdict{{Code: Required, Field: field, Message: label + " must not be empty."}}
	case utf8.RuneCountInString(text) > longest:
		return Verdict{{Code: TooLong, Field: field, Message: fmt.Sprintf("%s is too long: at most %d characters.", label, longest)}}
	}
	return nil
}

// BadEmail says that a text is no address.
func BadEmail(field ...string) Problem {
	return Problem{Code: EmailInvalid, Field: field, Message: "This is not an email address that mail can be sent to. Check it for missing or stray characters."}
}

// BadMobile says that a text is no phone number.
func BadMobile(field ...string) Problem {
	return Problem{Code: MobileInvalid, Field: field,
		Message: "This is not a phone number that can be called. Write it with its country code, such as +44 7400 123456, or as in the account's country."}
}

// BadMobileAbroad says the same where no country is known.
func BadMobileAbroad(field ...string) Problem {
	return Problem{Code: MobileInvalid, Field: field,
		Message: "This is not a phone number that can be called. Write it with its country code, such as +44 7400 123456."}
}

// Fresh judges whether somebody signed in a short while ago: what decides who can sign in is changed by nobody who merely
// found a session open (J8).
func Fresh(since, most time.Duration) Verdict {
	if since <= most {
		return nil
	}
	return Verdict{{Code: FreshSignInRequired, Remedy: SignInAgain,
		Message: "You signed in a while ago, so it could be somebody else at your desk. Sign in again, then repeat this."}}
}

// BadCountry says that a text is no country.
func BadCountry(field ...string) Problem {
	return invalid("Give the country as its two-letter code, such as GB.", field...)
}

// The length of a password, in characters (SECURITY.md).
const (
	MinPassword = 15
	MaxPassword = 256
)

// Password judges a new password, in NFC. context are words that somebody who knows the person would try first. There
// are no rules about which characters it must have: length is what helps.
func Password(password string, context ...string) Verdict {
	field := []string{"input", "password"}
	weak := func(message string) Verdict { return Verdict{{Code: PasswordTooWeak, Field: field, Message: message}} }
	switch n := utf8.RuneCountInString(password); {
	case n == 0:
		return NoPassword()
	case n < MinPassword:
		return weak(fmt.Sprintf("This password is too short: use at least %d characters, such as four or five words.", MinPassword))
	case n > MaxPassword:
		return Verdict{{Code: TooLong, Field: field, Message: fmt.Sprintf("This password is too long: at most %d characters.", MaxPassword)}}
	}
	rest := strings.ToLower(password)
	for _, word := range append(context, "password", "roster") {
		if word = strings.ToLower(word); utf8.RuneCountInString(word) >= 3 {
			rest = strings.ReplaceAll(rest, word, "")
		}
	}
	different := map[rune]bool{}
	for _, r := range rest {
		different[r] = true
	}
	if len(different) < 5 {
		return weak("This password would be guessed too easily: it says little but your name, your address or the same characters again. Use four or five words.")
	}
	return nil
}

// NoPassword says that a password has to be brought.
func NoPassword() Verdict {
	return Verdict{{Code: Required, Field: []string{"input", "password"}, Message: "Choose a password: from now on it is the one you sign in with."}}
}

func invalid(message string, field ...string) Problem {
	return Problem{Code: Invalid, Message: message, Field: field}
}
