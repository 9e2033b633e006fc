package courier

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"regexp"
	"strings"
	"syscall"
	"unicode/utf8"
)

// refusal is why a mail or a text message could not be handed over. It speaks with two voices: its sentence is for the person who
// looks after the invitation and repeats what the mail server said; its error is for logs and the job queue, and
// repeats nothing that might hold an address, a link or a password.
type refusal struct {
	sentence  string
	code      int // of the mail server's answer, 0 if it gave none
	permanent bool
	cause     string
}

// Error says what failed, without the server's own words.
func (r *refusal) Error() string {
	if r.code != 0 {
		return fmt.Sprintf("hand over: the mail server answered %d", r.code)
	}
	return "hand over: " + r.cause
}

// longestSentence is in bytes; the column holds 1,000.
const longestSentence = 900

// refused explains an error of one step of handing over a mail. Only an answer to the mail itself can be permanent:
// when the server does not like us, rather than the mail, it is worth trying again after somebody mended that.
func refused(err error, aboutMail bool) *refusal {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return answered(answer, aboutMail)
	}

	cause := "the connection to the mail server failed"
	var timeout net.Error
	var lookup *net.DNSError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		cause = "the mail server did not answer in time"
	case errors.As(err, &lookup):
		cause = "the mail server's name could not be found"
	case errors.Is(err, syscall.ECONNREFUSED):
		cause = "the mail server could not be reached: connection refused"
	case errors.Is(err, errNoTLS), errors.Is(err, errNoSignIn), errors.Is(err, errNotTrusted):
		cause = err.Error()
	}
	return &refusal{sentence: sentence(cause), cause: cause}
}

func answered(answer *textproto.Error, aboutMail bool) *refusal {
	r := &refusal{code: answer.Code, permanent: aboutMail && answer.Code >= 500}
	switch answer.Code {
	case 530, 534, 535, 538: // sign-in wanted or refused (RFC 4954): about us, and its text may repeat what we sent
		r.permanent = false
		r.sentence = fmt.Sprintf("The mail server refused our sign-in (%d).", answer.Code)
	default:
		r.sentence = fmt.Sprintf("The mail server answered %d %s", answer.Code, harmless(answer.Msg))
	}
	return r
}

// undeliverable is a mail that no attempt can ever hand over.
func undeliverable(cause string) *refusal {
	return &refusal{sentence: sentence(cause), permanent: true, cause: cause}
}

// linkSecret finds the secret of a link of any kind.
var linkSecret = regexp.MustCompile(`r(it|vt|ne|pw)_`)

// harmless is a server's text on one line and without links: one that dislikes a link may repeat it.
func harmless(text string) string {
	words := visible(text)
	for i, word := range words {
		if strings.Contains(word, "://") || linkSecret.MatchString(word) {
			words[i] = "(link)"
		}
	}
	return truncate(strings.Join(words, " "), longestSentence)
}

func truncate(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for text = text[:most]; !utf8.ValidString(text); {
		text = text[:len(text)-1]
	}
	return text + "…"
}

func sentence(cause string) string { return strings.ToUpper(cause[:1]) + cause[1:] + "." }
