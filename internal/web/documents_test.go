package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

const greeting = "query Greeting { name }"

// persisted is the extension that names a document by a hash.
func persisted(hash string) string {
	return `{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`
}

func body(t *testing.T, keys ...string) string {
	t.Helper()
	object := map[string]any{}
	for i := 0; i < len(keys); i += 2 {
		object[keys[i]] = keys[i+1]
		if keys[i] == "extensions" {
			object[keys[i]] = json.RawMessage(keys[i+1])
		}
	}
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// refused checks for one error with its code and words.
func refused(t *testing.T, h http.Handler, r *http.Request, code, words string) {
	t.Helper()
	w := send(h, r)
	if got := codes(t, w); !slices.Equal(got, []string{code}) || !strings.Contains(w.Body.String(), words) {
		t.Errorf("got %d %s, want %s with %q", w.Code, w.Body, code, words)
	}
	notRunAnswer(t, w, plainJSON)
}

func answered(t *testing.T, h http.Handler, r *http.Request) {
	t.Helper()
	if w := send(h, r); w.Code != 200 || w.Body.String() != `{"data":{"name":{}}}` {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestADocumentThatWasSentOnceIsKnownByItsHash(t *testing.T) {
	t.Parallel()
	door, hash := newDoor(), sum(greeting)
	refused(t, door, post(body(t, "extensions", persisted(hash))), "NOT_FOUND", notRemembered)
	refused(t, door, get("extensions", persisted(hash)), "NOT_FOUND", notRemembered)
	refused(t, door, post(body(t, "documentId", "sha256:"+hash)), "NOT_FOUND", notRemembered)
	answered(t, door, post(body(t, "query", greeting, "extensions", persisted(hash))))

	answered(t, door, post(body(t, "extensions", persisted(hash))))
	answered(t, door, get("extensions", persisted(hash)))
	answered(t, door, get("documentId", "sha256:"+hash))
	answered(t, door, post(body(t, "documentId", "sha256:"+hash, "operationName", "Greeting")))
	answered(t, door, post(body(t, "query", greeting)))
}

// TestNobodyCanPutAnotherTextUnderAHash guards against poisoning what others will run.
func TestNobodyCanPutAnotherTextUnderAHash(t *testing.T) {
	t.Parallel()
	door, hash := newDoor(), sum(greeting)
	const other = "{told(text:\"mine\")}"
	for _, h := range []string{hash, strings.ToUpper(sum(other)), sum(other)[:63], sum(other) + "0", "", " " + sum(other)} {
		refused(t, door, post(body(t, "query", other, "extensions", persisted(h))), "BAD_REQUEST", "SHA-256")
	}
	for _, extension := range []string{`{"persistedQuery":1}`, `{"persistedQuery":{}}`, `{"persistedQuery":{"version":2,"sha256Hash":"` + hash + `"}}`, `{"persistedQuery":{"version":1,"sha256Hash":7}}`} {
		refused(t, door, post(body(t, "query", other, "extensions", extension)), "BAD_REQUEST", "persistedQuery")
	}
	refused(t, door, post(body(t, "extensions", persisted(hash))), "NOT_FOUND", notRemembered)
	refused(t, door, post(body(t, "documentId", hash, "extensions", persisted(hash))), "BAD_REQUEST", "not both")
	refused(t, door, post(body(t, "documentId", hash, "query", greeting)), "BAD_REQUEST", "not both")
	alive(t, door)
}

// TestNonsenseIsNotRemembered guards against pushing out what others use, and against filling the memory.
func TestNonsenseIsNotRemembered(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"no GraphQL":       "{",
		"an unknown field": "{nothing}",
		"too deep":         nested("self", 13),
		"a long text":      "{name}#" + strings.Repeat("x", longestKept),
	} {
		door := newDoor()
		send(door, post(body(t, "query", text, "extensions", persisted(sum(text)))))
		if w := send(door, post(body(t, "extensions", persisted(sum(text))))); !strings.Contains(w.Body.String(), notRemembered) {
			t.Errorf("%s: got %s", what, w.Body)
		}
	}
	door := newDoor()
	for i := range remembered + 1 {
		text := fmt.Sprintf("query A%d{name}", i)
		answered(t, door, post(body(t, "query", text, "extensions", persisted(sum(text)))))
	}
	refused(t, door, post(body(t, "extensions", persisted(sum("query A0{name}")))), "NOT_FOUND", notRemembered)
	answered(t, door, post(body(t, "extensions", persisted(sum("query A1{name}")))))
}

func TestAMutationByItsHashWantsAPostToo(t *testing.T) {
	t.Parallel()
	door := newDoor()
	const text = "mutation{rename}"
	if w := send(door, post(body(t, "query", text, "extensions", persisted(sum(text))))); w.Code != 200 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if w := send(door, get("extensions", persisted(sum(text)))); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("by GET: got %d %s", w.Code, w.Body)
	}
}

// newClosedDoor is the small server that runs only what it was given.
func newClosedDoor(trusted map[string]string) *handler.Server {
	return newDoorWith(NewDocuments(trusted))
}

func TestOnlyTrustedDocumentsRunWhereThereAreSome(t *testing.T) {
	t.Parallel()
	const told = "query Told($n: Int) { told(n: $n) }"
	door := newClosedDoor(map[string]string{"greeting": greeting, sum(told): told})
	answered(t, door, post(body(t, "documentId", "greeting")))
	answered(t, door, get("documentId", "greeting"))
	answered(t, door, post(body(t, "query", greeting)))
	answered(t, door, post(body(t, "query", greeting, "extensions", persisted(sum(greeting)))))
	for _, r := range []*http.Request{
		post(`{"documentId":"` + sum(told) + `","variables":{"n":7}}`),
		post(`{"documentId":"sha256:` + sum(told) + `","variables":{"n":7}}`),
		post(`{"extensions":` + persisted(sum(told)) + `,"variables":{"n":7}}`),
	} {
		if w := send(door, r); w.Body.String() != `{"data":{"told":{"n":7}}}` {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	}

	const sentence = "this server runs only the operations that its own apps were built with"
	for _, r := range []*http.Request{
		post(body(t, "query", "{name}")),
		post(body(t, "query", greeting+" ")),
		post(body(t, "query", "{__schema{types{name}}}")),
		post(body(t, "query", "{name}", "extensions", persisted(sum("{name}")))),
		post(body(t, "extensions", persisted(sum("{name}")))), // also after it was sent
		post(body(t, "documentId", "other")),
		get("query", "{name}"),
		get("documentId", "Greeting"),
	} {
		refused(t, door, r, "BAD_REQUEST", sentence)
	}
	answered(t, door, post(body(t, "documentId", "greeting")))
}

func TestAFileOfTrustedDocumentsIsHeldAgainstTheSchema(t *testing.T) {
	t.Parallel()
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { name: String, self: Query }`})
	for content, want := range map[string]string{
		`{"a":"{name}","b":"query B{self{name}}"}`: "",
		`{"a":"{name}","b":"{nme}"}`:               `the document "b" does not fit the schema: Cannot query field "nme" on type "Query".`,
		`{"a":"{"}`:                                `the document "a" cannot be read`,
		`{"a":"fragment f on Query{name}"}`:        `the document "a" holds no operation`,
		`{"a":""}`:                                 `the document "a" holds no operation`,
		`{"a":"` + nested("self", 13) + `"}`:       `the document "a" would be refused: the operation is too complex`,
		`{"a":7}`:                                  `the document "a" is not a text`,
		`{"":"{name}"}`:                            `the document "" is not a text`,
		`{"a":"{name}","a":"{name}"}`:              "each id once",
		`["{name}"]`:                               "is not one JSON object",
		`{"a":"{name}"`:                            "is not one JSON object",
		`{}`:                                       "holds no document",
	} {
		file := filepath.Join(t.TempDir(), "documents.json")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadDocuments(file, schema)
		if want == "" {
			if err != nil || len(got) != 2 || got["a"] != "{name}" {
				t.Errorf("%s: got %v %v", content, got, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%.100s: got %v, want the file and %q", content, err, want)
		}
	}
	if _, err := ReadDocuments(filepath.Join(t.TempDir(), "none.json"), schema); err == nil || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("a file that is not there: got %v", err)
	}
}
