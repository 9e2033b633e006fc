package house_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode"

	"roster/internal/store/storetest"
)

// walker sends bad input and holds what must be true of every answer.
type walker struct {
	*quarter
	t       *testing.T
	counter *storetest.Counter
	as      *figure
	before  string // the snapshot after the last mutation that was taken
	sent    int
	tally   map[string]int
}

func newWalker(t *testing.T, h *home, clock *storetest.Clock, counter *storetest.Counter) *walker {
	w := &walker{quarter: newQuarter(h, clock), t: t, counter: counter, tally: map[string]int{}}
	w.as = w.figure(w.folk[1].name, w.folk[1].user) // who signed in just now
	w.as.own = w.folk[1].own
	w.before = w.snapshot()
	w.clean("before anything was sent")
	return w
}

// body is a question with a hole where the slot is; without takes the slot out.
func (w *walker) body(q question, s slot, without bool) string {
	given := w.fill(q, s, w.as)
	for _, other := range q.slots() {
		if other.token() && other.String() != s.String() && q.mutates() {
			put(given, other.path, w.tokens[purposes[q.String()]][0], false) // so that what stands beside it is looked at
		}
	}
	asked := q.text(given)
	put(given, s.path, "@@hole@@", without)
	text, err := json.Marshal(map[string]any{"query": asked, "variables": given})
	return string(must(w, text, err))
}

// bad sends a question with a bad value in a slot.
func (w *walker) bad(q question, s slot, value string) {
	body := w.body(q, s, value == "")
	if strings.HasPrefix(value, hole) {
		value = strings.Replace(value, hole, `"x"`, 1)
	} else if before, after, twice := strings.Cut(value, hole); twice {
		value = before + `"` + s.name() + `"` + after
	}
	what := fmt.Sprintf("%v with %.80q in %v", q, value, s)
	a := w.send(what, w.as.cookie, q.mutates(), strings.Replace(body, hole, value, 1))
	if a.status == http.StatusOK && json.Valid([]byte(value)) {
		w.names(what, q, s, a)
	}
}

// send sends a body and holds the answer.
func (w *walker) send(what, cookie string, mutates bool, body string) answer {
	w.t.Helper()
	w.sent++
	w.counter.Reset()
	a := w.post(cookie, []byte(body))
	w.hold(what, a)
	switch ran := strings.Contains(a.body, `"data":`); {
	case mutates && ran && !a.refused():
		w.before = w.snapshot()
	case slices.ContainsFunc(w.counter.Texts(), writes):
		w.settle(what)
	}
	return a
}

// writes is whether a statement changes rows, but for the counts of failed sign-ins.
func writes(text string) bool {
	verb, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	return slices.Contains([]string{"INSERT", "UPDATE", "DELETE", "WITH"}, strings.ToUpper(verb)) && !strings.Contains(text, "attempts")
}

// settle holds that nothing was written, to the byte, since the last mutation that was taken.
func (w *walker) settle(what string) {
	w.t.Helper()
	if now := w.snapshot(); now != w.before {
		w.t.Errorf("%s: it is refused, or a question, and something was written", what)
		w.before = now
	}
}

// hold holds what is true of every answer, whatever was asked.
func (w *walker) hold(what string, a answer) {
	w.t.Helper()
	if a.mistaken() || !json.Valid([]byte(a.body)) || len(a.body) > 1<<20 {
		w.t.Errorf("%s is answered %d %.700s", what, a.status, a.body)
	}
	told := a.said(w.t)
	for _, e := range told.Errors {
		w.tally[e.Extensions.Code]++
		if e.Message == "" || !slices.Contains([]string{"UNAUTHENTICATED", "NOT_FOUND", "BAD_REQUEST", "TOO_MANY_REQUESTS", "TOO_COMPLEX"}, e.Extensions.Code) {
			w.t.Errorf("%s is answered with the error %q %q", what, e.Extensions.Code, e.Message)
		}
	}
	for _, p := range told.Data.Answer.Problems {
		w.tally[p.Code]++
	}
	if len(told.Errors)+len(told.Data.Answer.Problems) == 0 {
		w.tally["taken"]++
	}
	w.clean(what)
}

// clean holds that nothing went wrong that only the log tells, and forgets what was logged.
func (w *walker) clean(what string) {
	w.t.Helper()
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	for line := range strings.Lines(w.log.text.String()) {
		if strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, "panic") {
			w.t.Errorf("%s is logged as %.1500s", what, line)
		}
	}
	w.log.text.Reset()
}

// said is what an answer tells of what went wrong.
type said struct {
	Errors []struct {
		Message    string
		Path       []any
		Extensions struct{ Code string }
	}
	Data struct{ Answer answerProblems }
}

type answerProblems struct {
	Problems []struct {
		Code, Message string
		Field         []string
	}
}

// UnmarshalJSON leaves alone what is no payload.
func (p *answerProblems) UnmarshalJSON(text []byte) error {
	type plain answerProblems
	if strings.HasPrefix(string(text), "{") && strings.Contains(string(text), `"problems":`) {
		return json.Unmarshal(text, (*plain)(p))
	}
	return nil
}

func (a answer) said(t *testing.T) (x said) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), &x); err != nil {
		t.Errorf("%v: %.300s", err, a.body)
	}
	return x
}

func (a answer) refused() bool {
	return strings.HasPrefix(a.body, `{"errors":`) || strings.Contains(a.body, `"problems":[{`)
}

// names holds that what is told about a bad value names the slot or one inside it, and that a problem's field is one
// that the question has.
func (w *walker) names(what string, q question, s slot, a answer) {
	w.t.Helper()
	near, fields := []string{s.name(), "surprise"}, map[string]bool{}
	for _, one := range q.slots() {
		fields[one.String()] = true
		if one.under(s.String()) {
			near = append(near, one.name())
		}
	}
	x := a.said(w.t)
	for _, e := range x.Errors {
		text := fmt.Sprint(e.Message, e.Path)
		told := func(name string) bool { return strings.Contains(text, firstWord(name)) }
		if e.Extensions.Code == "BAD_REQUEST" && !slices.ContainsFunc(near, told) {
			w.t.Errorf("%s is answered %q at %v, which does not name it", what, e.Message, e.Path)
		}
	}
	for _, p := range x.Data.Answer.Problems {
		needs := slices.Contains([]string{"REQUIRED", "INVALID", "TOO_LONG", "EMAIL_INVALID", "EMAIL_REQUIRED", "MOBILE_INVALID", "PASSWORD_TOO_WEAK"}, p.Code)
		p.Field = slices.DeleteFunc(p.Field, func(part string) bool { return part == "0" }) // which of a list
		if field := strings.Join(p.Field, "."); p.Message == "" || field == "" && needs || field != "" && !fields[field] {
			w.t.Errorf("%s is answered %s %q at %v, which is no field of it", what, p.Code, p.Message, p.Field)
		}
	}
}

// firstWord is "client" of "clientAccountIds": a message for people says clients.
func firstWord(name string) string {
	if i := strings.IndexFunc(name, unicode.IsUpper); i > 0 {
		return name[:i]
	}
	return name
}
