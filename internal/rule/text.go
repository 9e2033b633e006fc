package rule

import (
	"fmt"
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

func invalid(message string, field ...string) Problem {
	return Problem{Code: Invalid, Message: message, Field: field}
}
