// Package view renders every page that people see in a browser: the invitation, the confirmation of an address, signing in, the account
// switcher, the development mailbox. A page is a function that takes a plain struct, so that what a reader sees can be tested without a
// database, and a page can never ask for more than it was given. It decides nothing: who may see what, and in which state an invitation
// is, has been decided by the caller. It holds no script and no inline style, so that the strictest content policy fits every page.
package view

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Policy is the Content-Security-Policy of every page here. Mail and MailHTML, which show a message in a frame, send their own variant.
const Policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// State says what has become of an invitation or a confirmation link; it chooses the words on the page.
type State string

// FieldProblem is one reason why a form was refused. Field is the form field it belongs to ("password", "email") and may be the last
// part of a path ("input.password"); a problem of a field that the form does not have, or of none, stands above the form.
type FieldProblem struct {
	Field   string
	Message string
}

//go:embed templates/*.html
var templateFiles embed.FS

// templates holds one set per page: the layout, the shared parts, and the page's own "content". Sets are apart because every page
// defines a template of that name.
var templates = map[string]*template.Template{
	"accept":   parse("accept"),
	"verify":   parse("verify"),
	"forgot":   parse("forgot"),
	"reset":    parse("reset"),
	"sign-in":  parse("sign-in"),
	"accounts": parse("accounts"),
	"merge":    parse("merge"),
	"ways":     parse("ways"),
	"depart":   parse("depart"),
	"personal": parse("personal"),
	"mailbox":  parse("mailbox"),
	"mail":     parse("mail"),
	"home":     parse("home"),
	"problem":  parse("problem"),
}

func parse(name string) *template.Template {
	functions := template.FuncMap{
		"date":     date,
		"list":     list,
		"linkify":  linkify,
		"problem":  fieldProblem,
		"problems": otherProblems,
		"password": newPassword,
		"field": func(id, label, value, autocomplete, kind, problem string) textField {
			return textField{id, label, value, autocomplete, kind, problem}
		},
		"search": func(action, label, value string) searchForm { return searchForm{action, label, value} },
		"count":  count,
	}
	return template.Must(template.New("layout.html").Funcs(functions).
		ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/"+name+".html"))
}

// page is what the layout needs to know about a page; Data is what its content is made from.
type page struct {
	Title      string // the heading, and the name of the browser's tab
	Mark       string // "good", "bad" or "": the sign above the heading
	Wide       bool   // for pages with rows, which need more room than a form
	Failed     bool   // a form was refused: the tab says so, for those who cannot see the page
	Refresh    int    // seconds until the page loads itself again; 0 for never
	Onward     string // the address of another site to which the page goes on by itself
	Policy     string // instead of the usual Policy
	Data       any
	Stylesheet string
	Icon       string
}

// render answers with the named page. The page is made in memory first: a template that fails half-way becomes a whole error page with
// status 500, never the first half of the right one with status 200.
func render(w http.ResponseWriter, status int, name string, p page) {
	body, err := build(name, p)
	if err != nil {
		slog.Error("page not rendered", "page", name, "error", err)
		status = http.StatusInternalServerError
		p = page{}
		body, err = build("problem", page{Title: brokenTitle, Mark: "bad", Data: problemPage{Sentence: brokenSentence}})
	}
	if err != nil {
		http.Error(w, brokenSentence, status)
		return
	}

	policy := p.Policy
	if policy == "" {
		policy = Policy
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer") // addresses of these pages can hold a token
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a reader who has gone away is nobody's error
}

func build(name string, p page) ([]byte, error) {
	set, ok := templates[name]
	if !ok {
		return nil, fmt.Errorf("no page named %q", name)
	}
	if p.Title == "" {
		return nil, errors.New("page without a title: its state is not one of this page's")
	}
	p.Stylesheet = stylesheetURL
	p.Icon = iconURL

	var b bytes.Buffer
	if err := set.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("execute page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// date writes a moment as people read it, always in UTC and saying so: whoever reads the page may be in another zone than whoever sent it.
func date(t time.Time) string {
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

// list joins names as a sentence does: "A", "A and B", "A, B and C".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// count writes how many there are: "1 account", "12 accounts".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// fieldProblem is the message that belongs under a field, or nothing.
func fieldProblem(problems []FieldProblem, field string) string {
	for _, p := range problems {
		if p.of(field) {
			return p.Message
		}
	}
	return ""
}

// otherProblems are the messages that belong to none of the form's fields, and second ones of a field, which would else be lost.
func otherProblems(problems []FieldProblem, fields ...string) []string {
	var messages []string
	shown := map[string]bool{}
next:
	for _, p := range problems {
		for _, field := range fields {
			if p.of(field) && !shown[field] {
				shown[field] = true
				continue next
			}
		}
		messages = append(messages, p.Message)
	}
	return messages
}

func (p FieldProblem) of(field string) bool {
	return p.Field == field || strings.HasSuffix(p.Field, "."+field)
}

// passwordField is a field in which one chooses a new password. Username is the login it is for, as far as the page may know it: a
// password manager reads it from a hidden field.
type passwordField struct {
	Username string
	Label    string
	Problem  string
}

// textField is a field that one types into. The value of one for a password is its name, since it is never shown.
type textField struct{ ID, Label, Value, Autocomplete, Type, Problem string }

// searchForm is a form that searches a page's list by GET.
type searchForm struct {
	Action string
	Label  string
	Value  string
}

func newPassword(username, label, problem string) passwordField {
	return passwordField{Username: username, Label: label, Problem: problem}
}
