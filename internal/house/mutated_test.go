package house_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/web"
)

// faults collects what a log calls our fault.
type faults struct {
	slog.Handler
	mu   *sync.Mutex
	list *[]string
}

func (f faults) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

func (f faults) Handle(_ context.Context, r slog.Record) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(*f.list) < 5 {
		text := r.Message
		r.Attrs(func(a slog.Attr) bool { text += " " + a.String(); return true })
		*f.list = append(*f.list, text)
	}
	return nil
}

func (f faults) WithAttrs([]slog.Attr) slog.Handler { return f }

// TestMutatedRequestsAreAnsweredAndLeaveNothingBehind changes good requests at random, for seconds, or for ten minutes
// when soaking. No answer may be a fault of ours, and goroutines, descriptors and memory must be back where they were.
// It runs alone, so that what it counts is its own.
func TestMutatedRequestsAreAnsweredAndLeaveNothingBehind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		lasts := 2 * time.Second
		if soaking() {
			lasts = 5 * time.Minute // on each of the two databases
		}
		wrong, mu := []string{}, new(sync.Mutex)
		f := newFort(t, newHome(t, s), func(c *web.Config) { c.Log = slog.New(faults{slog.DiscardHandler, mu, &wrong}) })
		f.patience = time.Second // a length that grew makes the server wait for more, until we hang up
		seeds, chance := f.corpus(), seeded(t)
		f.mutate(t, rand.New(rand.NewPCG(chance.Uint64(), 0)), seeds, lasts/10+time.Second) // fills caches and pools

		before := held()
		tally := f.mutate(t, chance, seeds, lasts)
		var after usage
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) { // connections take a moment to go
			if after = held(); after.within(before) || time.Now().After(end) {
				break
			}
		}
		if !after.within(before) {
			t.Errorf("it leaves something behind: before %v, after %v", before, after)
		}
		if len(wrong) > 0 {
			t.Errorf("faults of ours:\n%s", strings.Join(wrong, "\n"))
		}
		f.good(t, "after all of them", simple)
		t.Logf("%v on %s: answers by status %v; before %v, after %v", lasts, s.Kind(), tally, before, after)
	})
}

// usage is what a process holds.
type usage struct {
	goroutines, descriptors int
	heap                    uint64
}

func (u usage) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, %.1f MB", u.goroutines, u.descriptors, float64(u.heap)/(1<<20))
}

// within allows what a pool may keep: a connection to SQLite is three descriptors.
func (u usage) within(before usage) bool {
	return u.goroutines <= before.goroutines+10 && u.descriptors <= before.descriptors+36 && u.heap <= before.heap+24<<20
}

func held() (u usage) {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	open, _ := os.ReadDir("/proc/self/fd") // none elsewhere than on Linux
	return usage{runtime.NumGoroutine(), len(open), m.HeapAlloc}
}

// waiting stands for the status of an answer that did not come in time.
const waiting = -1

// mutate sends changed requests from many sides and counts the answers by their status; 0 is a connection that was closed.
func (f *fort) mutate(t *testing.T, chance *rand.Rand, seeds []string, lasts time.Duration) map[int]int {
	t.Helper()
	tally, mu, end := map[int]int{}, new(sync.Mutex), time.Now().Add(lasts)
	together(16, func(i int) {
		mu.Lock()
		r := rand.New(rand.NewPCG(chance.Uint64(), uint64(i)))
		mu.Unlock()
		for time.Now().Before(end) && !t.Failed() {
			text := mutated(r, seeds)
			answer, err := f.say(0, text)
			if errors.Is(err, errNoAnswer) {
				answer.status, err = waiting, nil
			}
			if err != nil || answer.status >= 500 && answer.status != 501 && answer.status != 505 || strings.Contains(answer.body, "INTERNAL") {
				t.Errorf("%d %.300s %v to\n%q", answer.status, answer.body, err, text)
			}
			mu.Lock()
			tally[answer.status]++
			mu.Unlock()
		}
	})
	return tally
}

// corpus are good requests of every kind.
func (f *fort) corpus() []string {
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	mine := []string{"Cookie", "roster=" + f.cookie}
	return []string{
		simple, posted(signInBody(f.email, "wrong")),
		posted(`{"query":"query S($n:Int,$a:String){viewer{user{firstName} accounts(first:$n,after:$a,orderBy:NAME,search:\"a\"){totalCount edges{cursor node{via role{id name permissions} account{__typename id name}}} pageInfo{hasNextPage endCursor}}}}","variables":{"n":10,"a":null},"operationName":"S"}`, mine...),
		posted(`{"query":"{nodes(ids:[\"mem_1\",\"cli_1\"]){id ...on Membership{firstName actions{remove{allowed problems{code}}}} ...on ClientAccount{memberships(first:5,filter:{search:\"x\"}){nodes{id}}}}}"}`, mine...),
		posted(`{"query":"mutation($i:PracticeCreateInput!){practiceCreate(input:$i){practice{id name} problems{code message field}}}","variables":{"i":{"name":"Mutant & Co","country":"GB","idempotencyKey":"k1"}}}`, mine...),
		posted(`{"query":"mutation($i:MembershipAddInput!){membershipAdd(input:$i){membership{id} problems{code}}}","variables":{"i":{"accountId":"cli_1","firstName":"A","lastName":"B","email":"a@example.com","loginAccess":true,"roleId":"rol_standard","invite":"EMAIL"}}}`, mine...),
		posted(`{"query":"mutation{membershipAddMany(input:{accountId:\"cli_1\",csv:\"first name,last name,email\\nA,B,a@example.com\",notifyByEmail:false,dryRun:true}){added rows{outcome problems{code}}}}"}`, mine...),
		posted(`{"query":"{viewer{id}}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"`+hashed("{viewer{id}}")+`"}}}`, "Accept", "application/graphql-response+json"),
		message("GET", "/graphql?query=%7Bviewer%7Bid%7D%7D&variables=%7B%22a%22%3A1%7D&extensions=%7B%7D", "", mine...),
		message("POST", "/graphql", "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"query($f:String){viewer{id}}\",\"variables\":{\"f\":null}}\r\n--x\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n{\"0\":[\"variables.f\"]}\r\n--x\r\nContent-Disposition: form-data; name=\"0\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n",
			"Content-Type", "multipart/form-data; boundary=x", "GraphQL-Require-Preflight", "1"),
		message("POST", "/sign-in", signInForm("x@example.com", "wrong"), form...), message("POST", "/forgot", "email=x%40example.com", form...),
		message("GET", "/accounts?search=a&after=WyJhIiwiYiJd", "", mine...), message("POST", "/accounts/switch", "accountId=cli_1", append(form, mine...)...),
		message("GET", "/accept/rit_abc", ""), message("POST", "/accept/rit_abc", "password=correct+horse+battery", form...), message("GET", "/verify/rvt_abc", ""), message("POST", "/reset/rpw_abc", "password=correct+horse+battery", form...),
		message("GET", "/static/roster.css", "", "Range", "bytes=0-10"), message("OPTIONS", "/graphql", "", "Origin", "https://app.example.com"), message("GET", "/readyz", ""),
	}
}

// pieces are what tends to go wrong.
var pieces = []string{"{", "}", "[", "]", "(", ")", "\"", "\\", "\\u0000", "\\ud83c", "\x00", "\xff", "\ufeff", "…", "👩‍👩‍👧", "...", "@skip(if:true)", "@include(if:$a)", "$", "!", ":", ",", "null", "true", "-1", "1e999",
	"99999999999999999999", "__schema{types{name}}", "__typename", "fragment f on Query{...f}", "...f", "mutation", "subscription", "query", "{viewer{id}}", "%00", "%ff", "../", "\r\n", "\r\n\r\n", "--x\r\n", "--x--", "0\r\n\r\n",
	"variables", "operationName", "extensions", "' OR 1=1 --", "<script>", ";", "=", "&", "first:101", "after:\"x\"", "id:\"mem_0\"", "\"variables.f.0\"", strings.Repeat("a", 5000), strings.Repeat("[", 500), strings.Repeat("{a", 300)}

// mutated is a good request with one to five changes in its body or anywhere. Mostly its length is right, so that the change
// is read.
func mutated(r *rand.Rand, seeds []string) string {
	text := seeds[r.IntN(len(seeds))]
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	if r.IntN(4) == 0 || body == "" {
		return string(garbled(r, []byte(text), seeds))
	}
	changedBody := string(garbled(r, []byte(body), seeds))
	if asked := map[string]any{}; r.IntN(2) == 0 && json.Unmarshal([]byte(body), &asked) == nil { // what stays JSON gets further
		key := []string{"query", "query", "variables"}[r.IntN(3)]
		switch v := asked[key].(type) {
		case string:
			asked[key] = string(garbled(r, []byte(v), seeds))
		case map[string]any:
			for name := range v {
				v[name] = pieces[r.IntN(len(pieces))]
			}
		}
		whole, _ := json.Marshal(asked) // it came from JSON
		changedBody = string(whole)
	}
	lines := slices.DeleteFunc(strings.Split(head, "\r\n"), func(l string) bool { return strings.HasPrefix(l, "Content-Length:") })
	return strings.Join(lines, "\r\n") + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n", len(changedBody)) + changedBody
}

func garbled(r *rand.Rand, b []byte, seeds []string) []byte {
	for range 1 + r.IntN(5) {
		at := r.IntN(len(b) + 1)
		to := min(len(b), at+r.IntN(20))
		switch r.IntN(6) {
		case 0:
			if at < len(b) {
				b = slices.Clone(b)
				b[at] ^= 1 << r.IntN(8)
			}
		case 1:
			b = slices.Concat(b[:at], b[to:])
		case 2:
			b = slices.Concat(b[:to], slices.Repeat(b[at:to], 1+r.IntN(40)), b[to:])
		case 3, 4:
			b = slices.Concat(b[:at], []byte(pieces[r.IntN(len(pieces))]), b[at:])
		case 5:
			other := seeds[r.IntN(len(seeds))]
			from := r.IntN(len(other))
			b = slices.Concat(b[:at], []byte(other[from:min(len(other), from+r.IntN(60))]), b[to:])
		}
	}
	return b
}
