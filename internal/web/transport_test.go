package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// newDoor is a hardened server of a small schema, whose every field answers with its arguments as JSON text. The field
// fails fails seven times.
func newDoor() *handler.Server { return newDoorWith(NewDocuments(nil)) }

func newDoorWith(documents *Documents) *handler.Server {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `
		enum Colour { RED BLUE }
		input Signing { email: String!, password: String! colour: Colour }
		scalar Any
		type Query { name: String, told(text: String, colour: Colour, n: Int, any: Any, list: [Int]): String, needs(n: Int!, list: [[Int!]]): String, fails: String, self: Query }
		type Mutation { rename(to: String): String, signIn(input: Signing): String, signUp: String }
		type Subscription { ticks: String }`})
	srv := handler.New(&graphql.ExecutableSchemaMock{
		SchemaFunc: func() *ast.Schema { return schema },
		ExecFunc:   func(context.Context) graphql.ResponseHandler { return answerWithArguments },
		ComplexityFunc: func(_ context.Context, _, _ string, below int, _ map[string]any) (int, bool) {
			return below + 10, true
		},
	})
	Harden(srv, documents)
	srv.Use(extension.FixedComplexityLimit(300))
	srv.AddTransport(Transport{})
	return srv
}

func answerWithArguments(ctx context.Context) *graphql.Response {
	op := graphql.GetOperationContext(ctx)
	data := map[string]any{}
	for _, f := range graphql.CollectFields(op, op.Operation.SelectionSet, nil) {
		data[f.Alias] = f.ArgumentMap(op.Variables)
		for range 7 {
			if f.Name == "fails" {
				graphql.AddError(ctx, errors.New("it failed"))
			}
		}
	}
	text, err := json.Marshal(data)
	if err != nil {
		graphql.AddError(ctx, err)
	}
	return &graphql.Response{Data: text}
}

// post is a request with a JSON body; headers are name and value in turn.
func post(body string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func get(params ...string) *http.Request {
	values := url.Values{}
	for i := 0; i < len(params); i += 2 {
		values.Add(params[i], params[i+1])
	}
	return httptest.NewRequest(http.MethodGet, "/graphql?"+values.Encode(), nil)
}

func send(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// codes are the codes of an answer's errors.
func codes(t *testing.T, w *httptest.ResponseRecorder) (list []string) {
	t.Helper()
	var answer struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("not JSON: %s", w.Body)
	}
	for _, e := range answer.Errors {
		if e.Message == "" {
			t.Errorf("an error without a message: %s", w.Body)
		}
		list = append(list, e.Extensions.Code)
	}
	return list
}

// alive is the positive control: a server that is down refuses everything.
func alive(t *testing.T, h http.Handler) {
	t.Helper()
	if got, want := send(h, post(`{"query":"{name}"}`)).Body.String(), `{"data":{"name":{}}}`; got != want {
		t.Fatalf("the server answers %s, want %s", got, want)
	}
}

func TestARequestThatIsNoOperationIsRefusedWithItsStatusInBothTypes(t *testing.T) {
	t.Parallel()
	long := `{"query":"{name}","x":"` + strings.Repeat("a", maxBody) + `"}`
	cases := []struct {
		name   string
		r      func() *http.Request
		status int
	}{
		{"no body", func() *http.Request { return post("") }, 400},
		{"half an object", func() *http.Request { return post(`{"query":"{name}"`) }, 400},
		{"a list of operations", func() *http.Request { return post(`[{"query":"{name}"}]`) }, 400},
		{"something behind the object", func() *http.Request { return post(`{"query":"{name}"} {}`) }, 400},
		{"a wrong bracket", func() *http.Request { return post(`{"query":"{name}"]`) }, 400},
		{"a key twice", func() *http.Request { return post(`{"query":"{name}","query":"{name}"}`) }, 400},
		{"another key twice", func() *http.Request { return post(`{"query":"{name}","x":1,"x":2}`) }, 400},
		{"a variable twice", func() *http.Request { return post(`{"query":"{name}","variables":{"a":[{"b":1,"c":{},"b":2}]}}`) }, 400},
		{"no query", func() *http.Request { return post(`{"variables":{}}`) }, 400},
		{"a query in capitals", func() *http.Request { return post(`{"QUERY":"{name}","Query":"{name}"}`) }, 400},
		{"an empty query", func() *http.Request { return post(`{"query":""}`) }, 400},
		{"a null query", func() *http.Request { return post(`{"query":null}`) }, 400},
		{"a number as query", func() *http.Request { return post(`{"query":1}`) }, 400},
		{"a list as operationName", func() *http.Request { return post(`{"query":"{name}","operationName":[]}`) }, 400},
		{"a text as variables", func() *http.Request { return post(`{"query":"{name}","variables":"{}"}`) }, 400},
		{"a list as extensions", func() *http.Request { return post(`{"query":"{name}","extensions":[]}`) }, 400},
		{"bytes that are no UTF-8", func() *http.Request { return post("{\"query\":\"{name}\",\"x\":\"\xff\"}") }, 400},
		{"a body over 128 KB", func() *http.Request { return post(long) }, 413},
		{"a form", func() *http.Request { return post(`query={name}`, "Content-Type", "application/x-www-form-urlencoded") }, 415},
		{"a form of parts, as another site could send it", func() *http.Request { return post(``, "Content-Type", "multipart/form-data; boundary=x") }, 400},
		{"plain text", func() *http.Request { return post(`{"query":"{name}"}`, "Content-Type", "text/plain") }, 415},
		{"no content type", func() *http.Request { return post(`{"query":"{name}"}`, "Content-Type", "") }, 415},
		{"another charset", func() *http.Request {
			return post(`{"query":"{name}"}`, "Content-Type", "application/json; charset=utf-16")
		}, 415},
		{"a compressed body", func() *http.Request { return post(`{"query":"{name}"}`, "Content-Encoding", "gzip") }, 415},
		{"GET without a query", func() *http.Request { return get() }, 400},
		{"GET with two queries", func() *http.Request { return get("query", "{name}", "query", "{name}") }, 400},
		{"GET with broken variables", func() *http.Request { return get("query", "{name}", "variables", `{"a":`) }, 400},
		{"GET with a list of variables", func() *http.Request { return get("query", "{name}", "variables", `[]`) }, 400},
		{"GET with something behind the variables", func() *http.Request { return get("query", "{name}", "variables", `{} 1`) }, 400},
		{"GET with bytes that are no UTF-8", func() *http.Request { return get("query", "{name}#\xff") }, 400},
		{"GET with a broken address", func() *http.Request {
			r := get()
			r.URL.RawQuery = "query=%zz"
			return r
		}, 400},
		{"PUT", func() *http.Request { return httptest.NewRequest(http.MethodPut, "/graphql", nil) }, 405},
		{"OPTIONS", func() *http.Request { return httptest.NewRequest(http.MethodOptions, "/graphql", nil) }, 405},
		{"a mutation by GET", func() *http.Request { return get("query", "mutation{rename}") }, 405},
		{"a subscription", func() *http.Request { return post(`{"query":"subscription{ticks}"}`) }, 400},
		{"a websocket", func() *http.Request {
			r := get()
			r.Header.Set("Connection", "Upgrade")
			r.Header.Set("Upgrade", "websocket")
			return r
		}, 400},
	}
	door := newDoor()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			alive(t, door)
			for _, kind := range []string{plainJSON, graphqlJSON} {
				r := c.r()
				r.Header.Set("Accept", kind)
				w := send(door, r)
				if w.Code != c.status {
					t.Errorf("as %s: got status %d, want %d: %s", kind, w.Code, c.status, w.Body)
				}
				if got := codes(t, w); !slices.Equal(got, []string{"BAD_REQUEST"}) {
					t.Errorf("as %s: got codes %q, want BAD_REQUEST", kind, got)
				}
				notRunAnswer(t, w, kind)
				if allow := w.Header().Get("Allow"); (allow != "") != (c.status == 405) {
					t.Errorf("status %d with Allow %q", c.status, allow)
				}
			}
			alive(t, door)
		})
	}
}

// notRunAnswer checks what all answers have, and that this one has no data, not even null.
func notRunAnswer(t *testing.T, w *httptest.ResponseRecorder, kind string) {
	t.Helper()
	h := w.Header()
	if h.Get("Content-Type") != kind+"; charset=utf-8" || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("wrong headers for %s: %v", kind, h)
	}
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Errorf("not JSON: %s", w.Body)
	}
	if _, has := answer["data"]; has {
		t.Errorf("an answer to something that did not run has data: %s", w.Body)
	}
}

func TestAnOperationThatRanIsAnsweredWith200(t *testing.T) {
	t.Parallel()
	door := newDoor()
	cases := []struct {
		name string
		r    *http.Request
		want string
	}{
		{"by POST", post(`{"query":"{name}"}`), `{"data":{"name":{}}}`},
		{"by GET", get("query", "{name}"), `{"data":{"name":{}}}`},
		{"by GET with variables", get("query", "query A($n:Int){told(n:$n)}", "variables", `{"n":7}`, "operationName", "A", "extensions", ""), `{"data":{"told":{"n":7}}}`},
		{"a mutation", post(`{"query":"mutation{rename(to:\"x\")}"}`), `{"data":{"rename":{"to":"x"}}}`},
		{"with a charset", post(`{"query":"{name}"}`, "Content-Type", `application/json; charset="UTF-8"`), `{"data":{"name":{}}}`},
		{"with keys nobody knows", post(`{"query":"{name}","Query":1,"x":[{}]}`), `{"data":{"name":{}}}`},
		{"with nulls", post(`{"query":"{name}","variables":null,"operationName":null,"extensions":null}`), `{"data":{"name":{}}}`},
		{"with a number that a float cannot hold", post(`{"query":"query($a:Any){told(any:$a)}","variables":{"a":9007199254740993}}`), `{"data":{"told":{"any":9007199254740993}}}`},
		{"with errors, five of seven", post(`{"query":"{fails}"}`), `{"errors":[` + strings.Repeat(`{"message":"it failed"},`, 4) + `{"message":"it failed"}],"data":{"fails":{}}}`},
	}
	for _, c := range cases {
		w := send(door, c.r)
		if w.Code != 200 || w.Body.String() != c.want {
			t.Errorf("%s: got %d %s, want %s", c.name, w.Code, w.Body, c.want)
		}
		if got := w.Header().Get("Content-Type"); got != plainJSON+"; charset=utf-8" {
			t.Errorf("%s: got content type %q", c.name, got)
		}
	}
}

func TestTheAnswerHasTheTypeThatTheClientPrefers(t *testing.T) {
	t.Parallel()
	door := newDoor()
	for accept, want := range map[string]string{
		"":                                  plainJSON,
		" ":                                 plainJSON,
		"*/*":                               plainJSON,
		"application/*":                     plainJSON,
		plainJSON:                           plainJSON,
		graphqlJSON:                         graphqlJSON,
		"APPLICATION/JSON":                  plainJSON,
		graphqlJSON + ", " + plainJSON:      graphqlJSON,
		plainJSON + ", " + graphqlJSON:      plainJSON,
		"application/json, multipart/mixed": plainJSON,
		"application/json;q=0.5, application/graphql-response+json":      graphqlJSON,
		"application/json;q=0.9, application/graphql-response+json;q=.8": plainJSON,
		"application/json;q=0, */*":                                      graphqlJSON,
		"application/graphql-response+json, */*":                         graphqlJSON,
		"*/*;q=0.1, application/graphql-response+json;q=0.2":             graphqlJSON,
		"application/graphql-response+json;charset=utf-8":                graphqlJSON,
		"application/graphql-response+json;charset=latin1, */*":          plainJSON,
		"text/html, application/xhtml+xml, */*;q=0.8":                    plainJSON,
		"application/json;q=2, */*;q=0.1":                                plainJSON,
		"text/html":                                                      "",
		"application/json;q=0":                                           "",
		"*/*;q=0":                                                        "",
		"application/json;q=NaN":                                         "",
		"nonsense;;;":                                                    "",
	} {
		w := send(door, post(`{"query":"{name}"}`, "Accept", accept))
		if want == "" {
			if w.Code != http.StatusNotAcceptable || !slices.Equal(codes(t, w), []string{"BAD_REQUEST"}) {
				t.Errorf("Accept %q: got %d %s, want 406", accept, w.Code, w.Body)
			}
			continue
		}
		if got := w.Header().Get("Content-Type"); w.Code != 200 || got != want+"; charset=utf-8" {
			t.Errorf("Accept %q: got %d %q, want %q", accept, w.Code, got, want)
		}
	}
}

func TestAFinishedAnswerIsWrittenAsItIs(t *testing.T) {
	t.Parallel()
	srv := handler.New(&graphql.ExecutableSchemaMock{
		SchemaFunc: func() *ast.Schema { return gqlparser.MustLoadSchema(&ast.Source{Input: `type Query{name:String}`}) },
		ExecFunc: func(context.Context) graphql.ResponseHandler {
			return graphql.OneShot(&graphql.Response{Data: []byte(`{"name": "a<b" }`)})
		},
	})
	srv.AddTransport(Transport{})
	server := httptest.NewServer(srv)
	defer server.Close()

	resp, err := http.Post(server.URL, plainJSON, strings.NewReader(`{"query":"{name}"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body := make([]byte, 100)
	n, _ := resp.Body.Read(body)
	if got, want := string(body[:n]), `{"data":{"name": "a<b" }}`; got != want || resp.ContentLength != int64(len(want)) {
		t.Errorf("got %s with length %d, want %s", got, resp.ContentLength, want)
	}
}

func TestARequestThatRanOutOfTimeIsToldThatNothingWasDone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := send(newDoor(), post(`{"query":"mutation{rename}"}`).WithContext(ctx))
	if w.Code != http.StatusServiceUnavailable || !slices.Equal(codes(t, w), []string{"INTERNAL"}) {
		t.Errorf("got %d %s, want 503 INTERNAL", w.Code, w.Body)
	}
}

func TestAPanicIsAnsweredWithoutItsText(t *testing.T) {
	t.Parallel()
	srv := handler.New(&graphql.ExecutableSchemaMock{
		SchemaFunc: func() *ast.Schema { return gqlparser.MustLoadSchema(&ast.Source{Input: `type Query{name:String}`}) },
		ExecFunc:   func(context.Context) graphql.ResponseHandler { panic("hunter2") },
	})
	srv.AddTransport(Transport{})
	srv.SetRecoverFunc(func(context.Context, any) error { return errors.New("internal error") })
	w := send(srv, post(`{"query":"{name}"}`))
	if w.Code != 500 || strings.Contains(w.Body.String(), "hunter2") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if got := w.Header(); got.Get("Content-Type") != plainJSON+"; charset=utf-8" || got.Get("Cache-Control") != "no-store" {
		t.Errorf("a panic's answer has the headers %v", got)
	}
}
