package graph_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// play plays a story to its end, or to the first step that is not as promised; the error reads as a complaint.
func (w *world) play(story told) error {
	acts := map[string]func(step) error{
		"as": w.ask, "with": nil, "answer": w.answer, "error": w.fault, "exactly": w.exactly,
		"open": w.open, "head": w.open, "post": w.open, "page": w.page,
		"mail": w.mail, "text": w.mail, "no": w.noMail, "later": w.later, "given": w.given, "letter": w.letter, "by": w.byHand, "password": w.password,
		"sign-on": w.signsOn,
	}
	steps := append([]step{}, story.steps...)
	for i, s := range steps {
		act, known := acts[s.verb]
		err := fmt.Errorf("there is no step %q", s.verb)
		if s.verb == "with" {
			continue
		}
		if known {
			if s.verb == "as" && i+1 < len(steps) && steps[i+1].verb == "with" {
				s.body += "\nwith " + steps[i+1].rest + steps[i+1].body
			}
			err = w.examined(s)
			if err == nil {
				err = act(s)
			}
		}
		if err != nil {
			return fmt.Errorf("%s\n\n%s:%d: %s\n%w", story.promise, story.file, s.line, s, err)
		}
	}
	if err := w.examined(step{}); err != nil {
		return fmt.Errorf("%s\n\n%s: at its end\n%w", story.promise, story.file, err)
	}
	return nil
}

// examined holds that a request about which the story says nothing was simply done.
func (w *world) examined(next step) error {
	if w.last.asked == "" || w.last.examined || next.verb == "answer" || next.verb == "error" || next.verb == "exactly" || next.verb == "page" {
		return nil
	}
	w.last.examined = true
	if w.last.page {
		if w.last.status >= http.StatusBadRequest {
			return w.complaint("that it is shown", fmt.Sprintf("%d: %s", w.last.status, pageText(w.last.raw)))
		}
		return nil
	}
	if wrong := refusals(w.last.raw); wrong != "" {
		return w.complaint("that it is done: the story says nothing else", wrong)
	}
	return nil
}

// refusals finds errors and problems in an answer.
func refusals(raw []byte) string {
	var got struct {
		Data   map[string]json.RawMessage
		Errors []json.RawMessage
	}
	if json.Unmarshal(raw, &got) != nil || len(got.Errors) > 0 {
		return string(raw)
	}
	for _, field := range got.Data {
		var payload struct{ Problems []json.RawMessage }
		if json.Unmarshal(field, &payload) == nil && len(payload.Problems) > 0 {
			return string(raw)
		}
	}
	return ""
}

func (w *world) ask(s step) error {
	document, variables, with := strings.Cut(s.body, "\nwith ")
	vars := map[string]any{}
	if with {
		if err := json.Unmarshal([]byte(w.names.fill(variables)), &vars); err != nil {
			return fmt.Errorf("the variables are not JSON: %w", err)
		}
	}
	document, err := w.names.fillAll(document)
	if err != nil {
		return err
	}
	who, sent, sends := strings.Cut(s.rest, " sends ")
	c, err := w.app(who)
	if err != nil {
		return err
	}
	var got exchange
	if sends {
		got, err = w.upload(document, vars, c, sent)
	} else {
		got, err = w.graphql(document, vars, c)
	}
	if err != nil {
		return err
	}
	got.step, got.asked = s, "as "+s.rest+"\n"+document
	w.before, w.last = w.last, got
	return nil
}

// complaint says what was asked, what was expected, and what came.
func (w *world) complaint(wanted, came string) error {
	return fmt.Errorf("\nit was asked, at line %d,\n%s\nexpected was\n%s\nand what came was\n%s", w.last.step.line,
		indented(w.last.asked), indented(wanted), indented(came))
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}

func (w *world) answer(s step) error {
	w.last.examined = true
	want, err := readJSON([]byte(s.body))
	if err != nil {
		return fmt.Errorf("what is expected is not JSON: %w", err)
	}
	got, err := readJSON(w.last.raw)
	if err != nil {
		return w.complaint(s.body, string(w.last.raw))
	}
	object, _ := got.(map[string]any)
	if object["errors"] != nil {
		return w.complaint(s.body, pretty(got))
	}
	if all := w.names.differences("", want, object["data"]); len(all) > 0 {
		return w.complaint(w.names.fill(s.body), pretty(object["data"])+"\n\nwhich differs:\n"+strings.Join(all, "\n"))
	}
	return nil
}

func (w *world) fault(s step) error {
	w.last.examined = true
	var got struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(w.last.raw, &got); err != nil || len(got.Errors) == 0 || got.Errors[0].Extensions.Code != s.rest {
		return w.complaint("the error "+s.rest, string(w.last.raw))
	}
	if want := strings.TrimSpace(s.body); want != "" && got.Errors[0].Message != want {
		return w.complaint(want, got.Errors[0].Message)
	}
	return nil
}

// exactly: "exactly as before" wants the same status and bytes as the request before had.
func (w *world) exactly(s step) error {
	w.last.examined = true
	if w.last.status != w.before.status || string(w.last.raw) != string(w.before.raw) {
		return w.complaint(fmt.Sprintf("to the byte what line %d was answered:\n%d %s", w.before.step.line, w.before.status, w.before.raw),
			fmt.Sprintf("%d %s", w.last.status, w.last.raw))
	}
	return nil
}

// open asks for a page: "open /accounts as ada"; post brings the body as a form.
func (w *world) open(s step) error {
	path, who, ok := strings.Cut(s.rest, " as ")
	if !ok {
		path, who, ok = strings.Cut(s.rest, " in ")
	}
	if !ok {
		return fmt.Errorf("who opens it?")
	}
	path, err := w.names.fillAll(path)
	if err != nil {
		return err
	}
	path = strings.TrimPrefix(path, w.server.URL)
	b, err := w.browser(who)
	if err != nil {
		return err
	}
	form := url.Values{}
	for _, line := range s.lines() {
		field, value, _ := strings.Cut(line, ":")
		form.Set(field, w.names.fill(strings.TrimSpace(value)))
	}
	method, kind, body := http.MethodGet, "", []byte(nil)
	switch s.verb {
	case "head":
		method = http.MethodHead
	case "post":
		method, kind, body = http.MethodPost, "application/x-www-form-urlencoded", []byte(form.Encode())
	}
	got, err := w.send(method, path, kind, body, caller{browser: b})
	if err != nil {
		return err
	}
	got.step, got.page, got.asked = s, true, method+" "+path+" as "+who+"\n"+s.body
	w.before, w.last = w.last, got
	return nil
}

// page says what the page holds, line by line: a text, "not: a text", "goes to: an address", or "form field {name}", which
// names what a form would send.
func (w *world) page(s step) error {
	w.last.examined = true
	text := pageText(w.last.raw)
	if fmt.Sprint(w.last.status) != s.rest {
		return w.complaint("the status "+s.rest, fmt.Sprintf("%d: %s", w.last.status, text))
	}
	for _, line := range s.lines() {
		line = w.names.fill(line)
		if header, ok := strings.CutPrefix(line, "header "); ok {
			name, value, _ := strings.Cut(header, ": ")
			if got := w.last.header.Get(name); got != value {
				return w.complaint("the header "+header, name+": "+got)
			}
			continue
		}
		if next, ok := strings.CutPrefix(line, "goes to: "); ok {
			got := w.last.header.Get("Location")
			if called := name.FindString(next); called != "" { // nothing is called so yet: it is the rest of the address
				before, _, _ := strings.Cut(next, called)
				if err := w.names.call(called, strings.TrimPrefix(got, before)); err != nil {
					return err
				}
				next = w.names.fill(next)
			}
			if got != next {
				return w.complaint("that it "+line, "that it goes to: "+got)
			}
			continue
		}
		if field, name, ok := strings.Cut(strings.TrimPrefix(line, "form "), " "); ok && strings.HasPrefix(line, "form ") {
			if err := w.formField(field, name); err != nil {
				return err
			}
			continue
		}
		if err := w.holds("page", line, text); err != nil {
			return err
		}
	}
	return nil
}

// formField names the value of a hidden field.
func (w *world) formField(field, name string) error {
	found := regexp.MustCompile(`name="` + regexp.QuoteMeta(field) + `" value="([^"]+)"`).FindSubmatch(w.last.raw)
	if found == nil {
		return w.complaint("a form with "+field, string(w.last.raw))
	}
	return w.names.call(name, html.UnescapeString(string(found[1])))
}

func (w *world) holds(what, line, text string) error {
	unwanted, without := strings.CutPrefix(line, "not: ")
	switch {
	case without && strings.Contains(text, unwanted):
		return w.complaint("a "+what+" that does not say: "+unwanted, text)
	case !without && !strings.Contains(text, line):
		return w.complaint("a "+what+" that says: "+line, text)
	}
	return nil
}

// later moves the clock: "later 14 days", "later 13 days 23 hours".
func (w *world) later(s step) error {
	by, err := duration(s.rest)
	w.clock.Advance(by)
	return err
}

func duration(text string) (total time.Duration, err error) {
	words := strings.Fields(text)
	units := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	if len(words) == 0 || len(words)%2 != 0 {
		return 0, fmt.Errorf("how long is %q?", text)
	}
	for i := 0; i < len(words); i += 2 {
		var n int
		unit := units[strings.TrimSuffix(words[i+1], "s")]
		if _, err := fmt.Sscan(words[i], &n); err != nil || unit == 0 {
			return 0, fmt.Errorf("how long is %q?", text)
		}
		total += time.Duration(n) * unit
	}
	return total, nil
}

// password: "password of sam is four other words" from now on.
func (w *world) password(s step) error {
	who, is, ok := strings.Cut(strings.TrimPrefix(s.rest, "of "), " is ")
	if !ok {
		return fmt.Errorf("whose password is what?")
	}
	w.passwords[who] = is
	delete(w.apps, who)
	delete(w.browsers, who)
	return nil
}
