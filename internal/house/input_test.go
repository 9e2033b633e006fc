package house_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

const hole = `"@@hole@@"` // where a bad value comes to stand in a body

var long = strings.Repeat("longer and ", 930) // 10 kB

// always are the bad values that every slot is given, as they stand in the JSON: "" takes the slot out.
var always = []string{
	``, `null`, `""`, `[]`, `{}`, `true`, `-1`, `"x"`, `"` + long + `"`, `"a\u0000b"`, `"a\ud800b"`, "\"a\xff\xfeb\"", hole + `,"surprise":1`, `1,` + hole + `:2`,
}

// sometimes are those that a few slots are given each, in turns; all of them when soaking.
var sometimes = []string{
	`0`, `1.5`, `1e400`, `1e3`, `-0`, `99999999999999999999`, `2147483648`, `-2147483649`, `9223372036854775807`, `false`, `" "`, `"\t\r\n"`, `[null]`, `[[]]`, `[[["x"]]]`,
	`{"a":{"b":1}}`, `"\udc00\ud800"`, `"\u202eevil\u202c"`, `"a\u200b\u200d\ufeffb"`, `"\ufffd"`, "\"\xc0\x80\"", "\"\xed\xa0\x80\"", `"\u0085\u2028"`, `"NONE_SUCH"`, `"null"`, `"undefined"`,
	`"'; DROP TABLE users; --"`, `"100%_\\"`, `"<script>alert(1)</script>"`, `"{{.}} ${x} %s%n"`, `"a@b@c"`, `"kit@xn--a"`, `"\u0430dmin@example.com"`, `"+44 7400 123456 ext. 9"`,
	`"9999-12-31T23:59:59.999999999Z"`, `"10000-01-01T00:00:00Z"`, `"0000-00-00T00:00:00Z"`, `"0001-01-01T00:00:00+23:59"`, `"2026-02-30T00:00:00Z"`,
	`"` + strings.Repeat("é", 5000) + `"`, `[` + strings.Repeat(`"x",`, 4000) + `"x"]`, strings.Repeat(`[`, 500) + strings.Repeat(`]`, 500), `NaN`, `"unfinished`, ``,
}

// Whatever a client can send is answered by a problem or an error with its code, and nothing is written. Every argument and every field of an input is in the walk the day it appears in the schema.
func TestNoBadInputIsAFaultOfOursOrWritesAnything(t *testing.T) {
	t.Parallel()
	clock, counter := new(storetest.Clock), new(storetest.Counter)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWalker(t, newHome(t, s), clock, counter)
		turn, walked := 0, map[string]bool{}
		for _, q := range questions(t) {
			if q.brief = true; q.thing != "" && walked[q.field.Name] && !soaking() {
				continue // both kinds of account read the arguments of their lists alike
			}
			walked[q.field.Name] = true
			for _, s := range q.slots() {
				for _, value := range always {
					w.bad(q, s, value)
				}
				for i, value := range sometimes {
					if turn++; soaking() || (turn+i)%9 == 0 {
						w.bad(q, s, value)
					}
				}
			}
			w.settle(fmt.Sprint(q, " with bad values"))
		}
		for _, code := range []string{"taken", "BAD_REQUEST", "NOT_FOUND", "REQUIRED", "TOO_LONG", "EMAIL_INVALID", "PASSWORD_TOO_WEAK", "INVALID"} {
			if w.tally[code] == 0 {
				t.Errorf("nothing was answered with %s: the walk does not get there", code)
			}
		}
		w.sound(t)
		t.Logf("%d requests: %v", w.sent, w.tally)
	}, storetest.WithClock(clock), storetest.WithCounter(counter))
}

// Bodies that are no request at all, and requests that are no question.
func TestNoBodyIsAFaultOfOursOrWritesAnything(t *testing.T) {
	t.Parallel()
	clock, counter := new(storetest.Clock), new(storetest.Counter)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWalker(t, newHome(t, s), clock, counter)
		good := `{"query":"mutation($input:PracticeCreateInput!){answer:practiceCreate(input:$input){problems{code}}}","variables":{"input":{"name":"Practice"}}}`
		for _, body := range []string{
			``, ` `, `null`, `true`, `1`, `-1e999`, `"text"`, `[]`, `[` + good + `]`, `{}`, `{"query":null}`, `{"query":1}`, `{"query":[]}`, `{"query":""}`, `{"query":" "}`, `{"query":"#"}`,
			"\ufeff" + good, "\xff\xfe" + good, good + good, good + "x", good + "\x00", `{"query":"{viewer{id}}","query":"mutation{signOut{problems{code}}}"}`,
			`{"query":"{","variables":{}}`, `{"query":"{}"}`, `{"query":"{viewer}"}`, `{"query":"{nothing}"}`, `{"query":"query A{viewer{id}} query B{viewer{id}}"}`,
			`{"query":"{viewer{id}}","operationName":"A"}`, `{"query":"{viewer{id}}","variables":[]}`, `{"query":"{viewer{id}}","variables":"x"}`, `{"query":"{viewer{id}}","extensions":1}`,
			`{"query":"subscription{viewer{id}}"}`, `{"query":"{viewer{id}} \u0000"}`, `{"query":"{node(id:\"\\u0000\"){id}}"}`, `{"query":"{node(id:\"\ud800\"){id}}"}`,
			`{"query":"{node(id:` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `){id}}"}`, `{"query":"` + strings.Repeat("{viewer", 500) + `"}`,
			strings.Repeat(`[`, 60000), strings.Repeat(`{"a":`, 20000), `{"query":"{viewer{id}}","variables":` + strings.Repeat(`{"a":`, 15000) + `1` + strings.Repeat(`}`, 15001),
			`{"query":"query($a:[ID!]!){nodes(ids:$a){id}}","variables":{"a":` + strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000) + `}}`, strings.Repeat("a", 200<<10), `{"query":"` + strings.Repeat(" ", 200<<10) + `"}`,
		} {
			a := w.send(fmt.Sprintf("%.100q", body), w.as.cookie, true, body)
			if !a.refused() {
				t.Errorf("%.100q is answered %d %.300s", body, a.status, a.body)
			}
		}
		for i := range good { // cut off anywhere
			if i%7 == 0 || soaking() {
				w.send(fmt.Sprintf("%q", good[:i]), w.as.cookie, true, good[:i])
			}
		}
		for _, query := range []string{"query=%00", "query={viewer{id}}&variables=[", "query=mutation{signOut{problems{code}}}", "%zz", "query=%ff", strings.Repeat("a", 70000), "query={viewer{id}}&query={viewer{id}}"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, base+"/graphql", nil)
			r.URL = &url.URL{Scheme: "http", Host: r.URL.Host, Path: "/graphql", RawQuery: query}
			w.hold(fmt.Sprintf("GET %.60q", query), w.home.send(w.as.cookie, r))
		}
		w.settle("bodies and addresses that are no question")
		for _, cookie := range []string{"", "x", "rws_", strings.Repeat("rws_", 4000), w.tokens["access"][0]} {
			w.send(fmt.Sprintf("a cookie of %.20q", cookie), cookie, true, good)
		}
		w.send("the good body itself", w.as.cookie, true, good)
		if w.tally["taken"] == 0 {
			t.Error("nothing was taken, not even the good body")
		}
	}, storetest.WithClock(clock), storetest.WithCounter(counter))
}

// Bad input that nobody thought of: several bad values at once, and bytes changed at random. The seed is told, so that
// a failure can be had again.
func TestNoRandomInputIsAFaultOfOursOrWritesAnything(t *testing.T) {
	t.Parallel()
	clock, counter, seed, times := new(storetest.Clock), new(storetest.Counter), uint64(1), 300
	if soaking() {
		seed, times = uint64(time.Now().UnixNano()), 20000
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		t.Logf("the seed is %d", seed)
		w, dice, all := newWalker(t, newHome(t, s), clock, counter), rand.New(rand.NewPCG(seed, 0)), questions(t)
		values := slices.Concat(always[1:12], sometimes[:len(sometimes)-1])
		for i := range times {
			q := all[dice.IntN(len(all))]
			q.brief = true
			slots := q.slots()
			if len(slots) == 0 {
				continue
			}
			body := []byte(w.body(q, slots[dice.IntN(len(slots))], false))
			value := values[dice.IntN(len(values))]
			body = []byte(strings.Replace(string(body), hole, value, 1))
			for range max(dice.IntN(7)-3, 0) {
				at := dice.IntN(len(body))
				switch dice.IntN(3) {
				case 0:
					body[at] = byte(dice.IntN(256))
				case 1:
					body = slices.Delete(body, at, min(at+1+dice.IntN(4), len(body)))
				default:
					body = slices.Insert(body, at, body[dice.IntN(len(body)):][:1]...)
				}
			}
			f := w.folk[dice.IntN(len(w.folk))]
			w.send(fmt.Sprintf("seed %d, request %d, %s: %.300q", seed, i, f.name, body), f.cookie, q.mutates(), string(body))
		}
		w.sound(t)
		t.Logf("%d requests: %v", w.sent, w.tally)
	}, storetest.WithClock(clock), storetest.WithCounter(counter))
}
