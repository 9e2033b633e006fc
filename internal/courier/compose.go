package courier

import (
	"bytes"
	"embed"
	"fmt"
	html "html/template"
	netmail "net/mail"
	text "text/template"
	"time"

	"github.com/wneessen/go-mail"
)

//go:embed templates
var templateFiles embed.FS

// template is one kind of mail: its subject and text, and the same as HTML.
type template struct {
	text *text.Template
	html *html.Template
}

var (
	invitationTemplate      = parse("invitation")
	verificationTemplate    = parse("verification")
	resetTemplate           = parse("reset")
	passwordSetTemplate     = parse("password-set")
	passwordChangedTemplate = parse("password-changed")
	loginsMergedTemplate    = parse("logins-merged")
	loginEndedTemplate      = parse("login-ended")
	identityLinkedTemplate  = parse("identity-linked")
	identityGoneTemplate    = parse("identity-unlinked")
	addedDirectlyTemplate   = parse("added-directly")
	loginExistsTemplate     = parse("login-exists")
	ownerChangedTemplate    = parse("owner-changed")
	practiceGoneTemplate    = parse("practice-gone")
	declinedTemplate        = parse("declined")
	wantedTemplate          = parse("wanted")
	reminderTemplate        = parse("reminder")
	newEmailTemplate        = parse("new-email")
	emailChangedTemplate    = parse("email-changed")
)

func parse(name string) template {
	return template{
		text: text.Must(text.ParseFS(templateFiles, "templates/layout.txt", "templates/"+name+".txt")),
		html: html.Must(html.ParseFS(templateFiles, "templates/layout.html", "templates/"+name+".html")),
	}
}

// content is what a mail says. Names in it have been through plain or greeting.
type content struct {
	Subject   string // filled from the template
	Greeting  string
	Inviter   string
	Account   accounts
	Owner     string
	Person    string // who declined, or asks
	Practice  string
	Login     string // another login's address
	Provider  string // of single sign-on
	Masked    string // an address that its reader is not to learn
	Colleague bool   // it is about a practice's own team
	Button    string
	Link      string
	Until     string
}

// render makes the two bodies and the subject.
func (t template) render(c content) (subject, plainText, htmlText string, err error) {
	var out [3]bytes.Buffer
	if err := t.text.ExecuteTemplate(&out[0], "subject", c); err != nil {
		return "", "", "", err
	}
	c.Subject = out[0].String()
	if err := t.text.ExecuteTemplate(&out[1], "layout.txt", c); err != nil {
		return "", "", "", err
	}
	if err := t.html.ExecuteTemplate(&out[2], "layout.html", c); err != nil {
		return "", "", "", err
	}
	return c.Subject, out[1].String(), out[2].String(), nil
}

// compose writes a letter as MIME. The Message-ID is the letter's own, so that a mail server, or a person's mail
// program, can tell a second delivery of the same letter from another letter.
func (c *Courier) compose(l *letter) ([]byte, error) {
	subject, plainText, htmlText, err := l.template.render(l.content)
	if err != nil {
		return nil, fmt.Errorf("write mail: %w", err)
	}

	to, _ := ascii(l.to)
	address, err := netmail.ParseAddress(to)
	if err != nil || address.Address != to {
		return nil, undeliverable("the address cannot be written in a mail")
	}

	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	m.FromMailAddress(c.from)
	m.ToMailAddress(address)
	m.Subject(subject)
	m.SetDateWithValue(c.store.Now())
	m.SetMessageIDWithValue(l.id)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office reply, please
	m.SetBodyString(mail.TypeTextPlain, plainText)
	m.AddAlternativeString(mail.TypeTextHTML, htmlText)

	var out bytes.Buffer
	if _, err := m.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write mail: %w", err)
	}
	return out.Bytes(), nil
}

// moment is a point in time as one would say it to a shop owner.
func moment(t time.Time) string { return t.UTC().Format("Monday 2 January 2006 at 15:04 (UTC)") }
