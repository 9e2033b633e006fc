package house_test

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// recipes say what stands in a question, by path, where filler's own choice would be refused: for a whole question, or
// for one of its slots. "own X" is the id of an X that the asker sees.
var recipes = map[string]map[string]any{
	"Mutation.membershipAdd": {"input.accountId": "own ClientAccountId", "input.roleId": rule.StandardRole},
	"Mutation.membershipAdd input.clientAccess.clientAccountIds": {"input.accountId": "own PracticeId", "input.roleId": rule.PracticeStandardRole,
		"input.loginAccess": true, "input.email": "somebody@example.com", "input.clientAccess.scope": "SELECTED"},
	"Mutation.membershipAddMany input.accountId":     typed,
	"Mutation.membershipAddMany input.rows.roleId":   typed,
	"Mutation.membershipAddMany input.defaultRoleId": typed,
	"Mutation.clientUserCreate": {"input.practiceId": "own PracticeId", "input.billableAccountId": "own ClientAccountId", "input.roleId": rule.BusinessAdminRole,
		"input.email": "somebody@example.com"},
	"Mutation.membershipUpdateClientAccess": {"input.membershipId": "own ColleagueId"},
	"ClientAccess.grants":                   {"thing": "own ColleagueId"},
	"Mutation.roleCreate":                   {"input.kind": rule.Client}, // whose permission filler chooses
	"Mutation.documentSubmit":               {"input.accountId": "own ClientAccountId"},
	"Mutation.emailVerify":                  {"input.password": password},
	"Mutation.passwordReset":                {"input.newPassword": password},
	"Mutation.invitationAccept":             {"input.password": password},
}

// typed is a list with one person in it.
var typed = map[string]any{"input.accountId": "own ClientAccountId", "input.rows.email": "somebody@example.com", "input.rows.roleId": rule.StandardRole}

// purposes say which tokens a question takes.
var purposes = map[string]string{
	"Query.invitationByToken": "invitation", "Mutation.invitationAccept": "invitation",
	"Mutation.invitationDecline": "invitation", "Mutation.invitationRequestNew": "invitation", "Mutation.emailVerify": "verification", "Mutation.passwordReset": "reset", "Mutation.sessionRefresh": "refresh",
	"Mutation.loginMergeStart": "sign-on", "Mutation.loginMergeConfirm": "merge",
}

// cannot are the slots for which no own id is answered, and why.
var cannot = map[string]string{
	"Mutation.ownershipTransfer input.accountId":      "only support does it, who sees everything: the stories of G4 answer",
	"Mutation.ownershipTransfer input.toMembershipId": "the same",
	"Mutation.loginMergeStart input.ssoProof":         "only the session that signed on is answered, freshly signed in: the stories of J4 do",
	"Mutation.loginMergeConfirm input.token":          "the same",
	"Mutation.invitationRequestNew input.token":       "only the link of an expired invitation is answered: the story of E6 does",
}

// asks are the slots that the matrix is about: what names a thing that not everybody may see.
func asks(s slot) bool { return s.id() || s.token() || s.cursor() }

// fill is a question filled as a figure would, with the slot given and the thing it is asked of.
func (w *quarter) fill(q question, s slot, f *figure) map[string]any {
	recipe := map[string]any{}
	for _, name := range []string{q.String(), q.String() + " " + s.String()} {
		for path, value := range recipes[name] {
			if path != s.String() {
				recipe[path] = value
			}
		}
	}
	size := "first"
	if s.name() == "before" || s.name() == "last" {
		size = "last"
	}
	want := func(path string) bool { return s.under(path) || path == size }
	given := filler{q: q, fresh: w.fresh, want: want, own: w.pick(q, f), recipe: recipe}.fill()
	if q.thing != "" {
		given["thing"] = w.pick(question{schema: q.schema, field: q.field}, f)(slot{[]string{q.thing + "Id"}, nil})
		if recipe["thing"] != nil {
			given["thing"] = w.pick(q, f)(slot{[]string{"ColleagueId"}, nil})
		}
	}
	return given
}

// with asks a question with a value in a slot.
func (w *quarter) with(q question, s slot, f *figure, given map[string]any, value any) answer {
	w.Helper()
	given = copied(w.TB, given)
	put(given, s.path, value, false)
	return w.ask(f.cookie, q.text(given), given)
}

// as is a value as the slot takes it.
func (s slot) as(values ...string) any {
	if s.kind.Elem == nil {
		return values[0]
	}
	return values
}

// invented is a text as long as a real one, with its prefix, that nothing is called by.
func (w *quarter) invented(like string) string {
	prefix, rest, found := strings.Cut(like, "_")
	if prefix += "_"; !found {
		prefix, rest = "", like
	}
	b := []byte(rest)
	for w.ids[like] || string(b) == rest {
		for i := range b {
			b[i] = "0123456789abcdef"[rand.IntN(16)]
		}
		like = prefix + string(b)
	}
	return like
}

// mistaken is whether an answer says that something went wrong on our side.
func (a answer) mistaken() bool { return a.status >= 500 || strings.Contains(a.body, `"INTERNAL"`) }

// SECURITY.md, Other tenants. What somebody may not see is answered like what does not exist, byte by byte: by every
// field that takes an id, a token or a cursor, for everybody who could ask.
func TestASiblingsIdIsAnsweredEqualToAnInventedOne(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newQuarter(newHome(t, s), clock)
		compared := 0
		for _, q := range questions(t) {
			before := w.snapshot()
			for _, s := range q.slots() {
				if asks(s) {
					compared += w.compare(t, q, s)
				}
			}
			if w.snapshot() != before {
				t.Errorf("%v: an id that the asker cannot see made it write", q)
			}
		}
		if compared < 1000 {
			t.Errorf("only %d answers were compared", compared)
		}
		t.Logf("%d answers compared", compared)
	}, storetest.WithClock(clock))
}

// compare asks as everybody, with what is hidden from them and with what does not exist, and counts.
func (w *quarter) compare(t *testing.T, q question, s slot) (n int) {
	for at, f := range w.folk {
		given := w.fill(q, s, f)
		hold := func(hidden, unreal any) {
			n++
			a, b := w.with(q, s, f, given, hidden), w.with(q, s, f, given, unreal)
			if a != b || a.mistaken() {
				t.Errorf("%v: %s asks with %v in %v and is answered\n%d %.500s\nand with %v\n%d %.500s", q, f.name, hidden, s, a.status, a.body, unreal, b.status, b.body)
			}
		}
		for _, hidden := range w.hidden(t, q, s, f) {
			unreal := w.invented(hidden)
			if s.kind.Elem == nil {
				hold(hidden, unreal)
			} else {
				own := w.pick(q, f)(s)
				hold(s.as(own, hidden), s.as(own, unreal))
			}
		}
		for i, broken := range []string{"", "x", "mem_", "_", "prc_'; --", strings.Repeat("cli_", 2500), "usr_\u202e", "inv_%00", "null", "acs_acs_"} {
			if i != at%10 && !soaking() {
				continue
			}
			if a := w.with(q, s, f, given, s.as(broken)); a.mistaken() {
				t.Errorf("%v: %s asks with %.60q in %v and is answered %d %.500s", q, f.name, broken, s, a.status, a.body)
			}
		}
	}
	return n
}

// hidden are the values for a slot that somebody must not be able to tell from invented ones.
func (w *quarter) hidden(t *testing.T, q question, s slot, f *figure) (list []string) {
	if s.cursor() {
		return w.cursors(q, s, f, false)
	}
	if s.token() {
		if purposes[q.String()] == "" {
			t.Fatalf("%v takes a token: of what purpose? Teach purposes", q)
		}
		for purpose, tokens := range w.tokens {
			if purpose != purposes[q.String()] {
				list = append(list, tokens...)
			}
		}
		return append(list, w.replaced...)
	}
	kinds := taken(t, q, s)
	if soaking() {
		kinds = things(q.schema)
	}
	for _, kind := range kinds {
		ids := f.unseen[kind]
		if n := len(ids); n > 3 && !soaking() {
			ids = []string{ids[0], ids[n/2], ids[n-1]} // the nearest, and those of another client and practice
		}
		list = append(list, ids...)
	}
	return list
}

var endCursor = regexp.MustCompile(`"endCursor":"([^"]+)"`)

// cursors are those of the same list, the asker's own or those of somebody else's.
func (w *quarter) cursors(q question, s slot, f *figure, own bool) (list []string) {
	mine := w.fill(q, s, f)
	for _, other := range w.folk {
		given := w.fill(q, s, other)
		if (given["thing"] == mine["thing"]) != own {
			continue
		}
		put(given, s.path, nil, true)
		a := w.ask(other.cookie, q.text(given), given)
		if cursor := endCursor.FindStringSubmatch(a.body); cursor != nil && !slices.Contains(list, cursor[1]) {
			list = append(list, cursor[1])
		}
	}
	return list
}

// The positive control: a matrix in which nobody is ever answered would pass too. For every slot there is somebody who
// gets something with an id of their own.
func TestAnOwnIdIsAnsweredForEverySlotOfTheEqualMatrix(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		w := newQuarter(h, clock)
		for _, kind := range things(questions(t)[0].schema) {
			if len(w.folk[1].own[kind]) == 0 || len(w.folk[1].unseen[kind]) == 0 {
				t.Errorf("the practice's owner has no %s of their own, or none is hidden from them: plant them in newQuarter", kind)
			}
		}
		for _, q := range questions(t) {
			for _, s := range q.slots() {
				if !asks(s) {
					continue
				}
				if q.mutates() {
					w = newQuarter(h, clock) // whatever it changes
				}
				name := q.String() + " " + s.String()
				if last, ok := w.answered(t, q, s); ok == (cannot[name] != "") {
					t.Errorf("%s: somebody is answered with an own id: %v; the last refusal is %.700s", name, ok, last.body)
				}
			}
		}
	}, storetest.WithClock(clock))
}

// answered tries the own ids of everybody until somebody gets something.
func (w *quarter) answered(t *testing.T, q question, s slot) (last answer, ok bool) {
	for _, f := range append(slices.Clone(w.folk[1:]), w.folk[0]) {
		var own []string
		switch {
		case s.token():
			own = w.tokens[purposes[q.String()]]
		case s.cursor():
			own = w.cursors(q, s, f, true)
		default:
			for _, kind := range taken(t, q, s) {
				own = append(own, f.own[kind]...)
			}
		}
		for _, value := range own {
			if last = w.with(q, s, f, w.fill(q, s, f), s.as(value)); last.got(s) {
				return last, true
			}
		}
	}
	return last, false
}

// got is whether an answer holds something: no error, no problem, and where ids were asked for, a row.
func (a answer) got(s slot) bool {
	var found struct {
		Errors []any
		Data   map[string]json.RawMessage
	}
	if json.Unmarshal([]byte(a.body), &found) != nil || len(found.Errors) > 0 || a.status != 200 {
		return false
	}
	text := string(found.Data["answer"])
	if node := found.Data["node"]; node != nil {
		text = string(node)
	}
	for _, empty := range []string{`null`, ``, `[null]`, `{}`} {
		if text == empty {
			return false
		}
	}
	refused := strings.Contains(text, `"problems":[{`) || strings.Contains(text, `"nodes":[]`) && s.id()
	return !refused
}
