package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/internal/viewer"
)

// newDesk is a server whose field keep takes files and answers what it read of each.
func newDesk(files Files) *handler.Server { return deskWith(Transport{Files: files}) }

func deskWith(transport Transport) *handler.Server {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `
		scalar Upload
		input Papers { file: Upload, more: [Upload!], note: String }
		type Query { name: String }
		type Mutation { keep(file: Upload, files: [Upload!], papers: Papers, note: String): String }`})
	srv := handler.New(&graphql.ExecutableSchemaMock{
		SchemaFunc:     func() *ast.Schema { return schema },
		ExecFunc:       func(context.Context) graphql.ResponseHandler { return answerWithContents },
		ComplexityFunc: func(context.Context, string, string, int, map[string]any) (int, bool) { return 1, true },
	})
	Harden(srv, NewDocuments(nil))
	srv.AddTransport(transport)
	return srv
}

// answerWithContents answers each argument, and for each file its name, type and content.
func answerWithContents(ctx context.Context) *graphql.Response {
	var told func(value any) any
	told = func(value any) any {
		switch v := value.(type) {
		case map[string]any:
			for key, inner := range v {
				v[key] = told(inner)
			}
		case []any:
			for i, inner := range v {
				v[i] = told(inner)
			}
		case graphql.Upload:
			text, err := io.ReadAll(v.File)
			return fmt.Sprintf("%s|%s|%d|%s|%v", v.Filename, v.ContentType, v.Size, shortened(text), err)
		}
		return value
	}
	op := graphql.GetOperationContext(ctx)
	data := map[string]any{}
	for _, f := range graphql.CollectFields(op, op.Operation.SelectionSet, nil) {
		data[f.Alias] = told(f.ArgumentMap(op.Variables))
	}
	text, err := json.Marshal(data)
	if err != nil {
		graphql.AddError(ctx, err)
	}
	return &graphql.Response{Data: text}
}

func shortened(text []byte) string {
	if len(text) > 20 {
		return fmt.Sprintf("%s…%s", text[:3], text[len(text)-3:])
	}
	return string(text)
}

// form makes a request of parts: name, content and, where it is a file, "name=filename".
func form(parts ...string) *http.Request {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(parts); i += 2 {
		name, file, isFile := strings.Cut(parts[i], "=")
		create := func() (io.Writer, error) { return w.CreateFormField(name) }
		if isFile {
			create = func() (io.Writer, error) { return w.CreateFormFile(name, file) }
		}
		part, err := create()
		if err == nil {
			_, err = io.WriteString(part, parts[i+1])
		}
		if err != nil {
			panic(err)
		}
	}
	_ = w.Close()
	r := httptest.NewRequest(http.MethodPost, "/graphql", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set(preflight, "1")
	return r
}

func signedIn(r *http.Request) *http.Request {
	return r.WithContext(viewer.With(r.Context(), viewer.Viewer{UserID: "usr_1"}))
}

const keepOne = `{"query":"mutation($f:Upload){keep(file:$f)}","variables":{"f":null}}`

func TestFilesComeWithTheirRequest(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3*inMemory)
	desk := newDesk(Files{})
	for name, c := range map[string]struct {
		r    *http.Request
		want string
	}{
		"no file":       {form("operations", `{"query":"{name}"}`, "map", `{}`), `{"name":{}}`},
		"one file":      {form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=a.txt", "hello"), `{"keep":{"file":"a.txt|application/octet-stream|5|hello|\u003cnil\u003e"}}`},
		"an empty file": {form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=a.txt", ""), `{"keep":{"file":"a.txt|application/octet-stream|0||\u003cnil\u003e"}}`},
		"a path in its name": {form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=../../etc/passwd", "x"),
			`{"keep":{"file":"passwd|application/octet-stream|1|x|\u003cnil\u003e"}}`},
		"one that does not fit into memory": {signedIn(form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=a.txt", long+"end")),
			`{"keep":{"file":"a.txt|application/octet-stream|196611|xxx…end|\u003cnil\u003e"}}`},
		"one that just fits into memory": {signedIn(form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=a.txt", long[:inMemory])),
			`{"keep":{"file":"a.txt|application/octet-stream|65536|xxx…xxx|\u003cnil\u003e"}}`},
		"one in two places, one in a list": {form("operations", `{"query":"mutation($p:Papers,$l:[Upload!]){keep(papers:$p files:$l)}","variables":{"p":{"file":null,"more":[null]},"l":[null]}}`,
			"map", `{"a":["variables.p.file","variables.l.0"],"b":["variables.p.more.0"]}`, "a=a", "one", "b=b", "two"),
			`{"keep":{"files":["a|application/octet-stream|3|one|\u003cnil\u003e"],"papers":{"file":"a|application/octet-stream|3|one|\u003cnil\u003e","more":["b|application/octet-stream|3|two|\u003cnil\u003e"]}}}`},
	} {
		if w := send(desk, c.r); w.Code != 200 || w.Body.String() != `{"data":`+c.want+`}` {
			t.Errorf("%s: got %d %s, want %s", name, w.Code, w.Body, c.want)
		}
	}
}

func TestPartsThatMakeNoSenseAreRefusedAndNothingPanics(t *testing.T) {
	t.Parallel()
	desk := newDesk(Files{Most: 2, Largest: 100, All: 150})
	good := func() *http.Request {
		return form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=a.txt", "hello")
	}
	without := good()
	without.Header.Del(preflight)
	cut := good()
	cut.Body = io.NopCloser(io.LimitReader(cut.Body, 200))
	wrongBoundary := good()
	wrongBoundary.Header.Set("Content-Type", "multipart/form-data; boundary=other")
	noBoundary := good()
	noBoundary.Header.Set("Content-Type", "multipart/form-data")
	compressed := good()
	compressed.Header.Set("Content-Encoding", "gzip")
	two := `{"query":"mutation($f:Upload,$g:Upload,$h:Upload){a:keep(file:$f) b:keep(file:$g) c:keep(file:$h)}","variables":{"f":null,"g":null,"h":null}}`
	mapped := func(where string) *http.Request {
		return form("operations", `{"query":"mutation($f:Upload,$l:[Upload!],$s:String){keep(file:$f files:$l note:$s)}","variables":{"f":null,"l":[null],"s":"x"}}`, "map", where, "0=a.txt", "hello")
	}
	for name, c := range map[string]struct {
		r      *http.Request
		status int
	}{
		"without the header that browsers ask for": {without, 400},
		"cut off":                                         {cut, 400},
		"another boundary":                                {wrongBoundary, 400},
		"no boundary":                                     {noBoundary, 400},
		"compressed":                                      {compressed, 415},
		"nothing":                                         {form(), 400},
		"the map first":                                   {form("map", `{}`, "operations", keepOne), 400},
		"no map":                                          {form("operations", keepOne), 400},
		"a list of operations":                            {form("operations", `[`+keepOne+`]`, "map", `{}`), 400},
		"operations with a key twice":                     {form("operations", `{"query":"{name}","query":"{name}"}`, "map", `{}`), 400},
		"operations that are too long":                    {signedIn(form("operations", `{"query":"{name}","x":"`+strings.Repeat("x", maxBody)+`"}`, "map", `{}`)), 413},
		"a map that is too long":                          {form("operations", keepOne, "map", `{"0":["`+strings.Repeat("x", maxMap)+`"]}`), 413},
		"a map that is a list":                            {mapped(`["variables.f"]`), 400},
		"a map of texts":                                  {mapped(`{"0":"variables.f"}`), 400},
		"a map of nothing":                                {mapped(`{"0":[]}`), 400},
		"a map of null":                                   {mapped(`{"0":null}`), 400},
		"a map of numbers":                                {mapped(`{"0":[1]}`), 400},
		"a map with a key twice":                          {mapped(`{"0":["variables.f"],"0":["variables.l.0"]}`), 400},
		"panics gqlgen: an index beyond the list":         {mapped(`{"0":["variables.l.7"]}`), 400},
		"panics gqlgen: a negative index":                 {mapped(`{"0":["variables.l.-1"]}`), 400},
		"panics gqlgen: an index into an object":          {mapped(`{"0":["variables.0"]}`), 400},
		"panics gqlgen: a name inside a list":             {mapped(`{"0":["variables.l.x"]}`), 400},
		"panics gqlgen: a name inside a text":             {mapped(`{"0":["variables.s.x"]}`), 400},
		"panics gqlgen: an index into a text":             {mapped(`{"0":["variables.s.0"]}`), 400},
		"an index written twice over":                     {mapped(`{"0":["variables.l.00"]}`), 400},
		"a place that is not null":                        {mapped(`{"0":["variables.s"]}`), 400},
		"a place inside null":                             {mapped(`{"0":["variables.f.x"]}`), 400},
		"a place that is not there":                       {mapped(`{"0":["variables.x"]}`), 400},
		"the query as a place":                            {mapped(`{"0":["query"]}`), 400},
		"the variables as a place":                        {mapped(`{"0":["variables"]}`), 400},
		"nothing as a place":                              {mapped(`{"0":[""]}`), 400},
		"no name as a place":                              {mapped(`{"0":["variables."]}`), 400},
		"a place far inside":                              {mapped(`{"0":["variables` + strings.Repeat(".f", 500) + `"]}`), 400},
		"a place twice":                                   {mapped(`{"0":["variables.f","variables.f"]}`), 400},
		"a place for two files":                           {mapped(`{"0":["variables.f"],"1":["variables.f"]}`), 400},
		"no variables":                                    {form("operations", `{"query":"{name}"}`, "map", `{"0":["variables.f"]}`, "0=a", ""), 400},
		"null as variables":                               {form("operations", `{"query":"{name}","variables":null}`, "map", `{"0":["variables.f"]}`, "0=a", ""), 400},
		"a file that the map does not name":               {form("operations", keepOne, "map", `{}`, "0=a", ""), 400},
		"a file that does not come":                       {form("operations", keepOne, "map", `{"0":["variables.f"]}`), 400},
		"a file twice":                                    {form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=a", "x", "0=a", "x"), 400},
		"three files where two may come":                  {form("operations", two, "map", `{"0":["variables.f"],"1":["variables.g"],"2":["variables.h"]}`, "0=a", "", "1=a", "", "2=a", ""), 400},
		"a file that is too large":                        {form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=a", strings.Repeat("x", 101)), 413},
		"files that are too large together":               {form("operations", two, "map", `{"0":["variables.f"],"1":["variables.g"]}`, "0=a", strings.Repeat("x", 80), "1=a", strings.Repeat("x", 71)), 413},
		"a large file from somebody who is not signed in": {form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=a", strings.Repeat("x", maxBody)), 413},
		"a name with a NUL":                               {form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=a\x00b", "x"), 400},
		"a name that is not Unicode":                      {form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=a\xff", "x"), 400},
		"a long name":                                     {form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0="+strings.Repeat("a", 300), "x"), 400},
	} {
		t.Run(name, func(t *testing.T) {
			if w := send(desk, good()); w.Code != 200 || !strings.Contains(w.Body.String(), "hello") {
				t.Fatalf("a good request is answered %d %s", w.Code, w.Body)
			}
			w := send(desk, c.r)
			if w.Code != c.status || !slices.Equal(codes(t, w), []string{"BAD_REQUEST"}) {
				t.Errorf("got %d %s, want %d BAD_REQUEST", w.Code, w.Body, c.status)
			}
			notRunAnswer(t, w, plainJSON)
		})
	}
}

// A file in the place of something else is a wrong value, not a fault of ours.
func TestAFileIsRefusedWhereNoneBelongs(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"String", "Papers", "[String!]"} {
		argument := map[string]string{"String": "note", "Papers": "papers", "[String!]": "papers"}[kind]
		w := send(newDesk(Files{}), form("operations", `{"query":"mutation($f:`+kind+`){keep(`+argument+`:$f)}","variables":{"f":null}}`, "map", `{"0":["variables.f"]}`, "0=a", "x"))
		if w.Code != 200 || !slices.Equal(codes(t, w), []string{"BAD_REQUEST"}) {
			t.Errorf("as %s: got %d %s", kind, w.Code, w.Body)
		}
	}
}

// The folder for temporary files is set for the whole process, so nothing else runs beside this test.
func TestNothingOfAFileStaysOnTheDiskAndAFullOneIsOurFault(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	large := func() *http.Request {
		return signedIn(form("operations", keepOne, "map", `{"0":["variables.f"]}`, "0=a.txt", strings.Repeat("x", 2*inMemory)))
	}
	if w := send(newDesk(Files{}), large()); w.Code != 200 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left on the disk: %v %v", left, err)
	}

	t.Setenv("TMPDIR", folder+"/gone")
	told := ""
	desk := deskWith(Transport{Fault: func(_ *http.Request, err error) { told = err.Error() }})
	w := send(desk, large())
	if w.Code != 503 || !slices.Equal(codes(t, w), []string{"INTERNAL"}) || !strings.Contains(told, "keep a file") || strings.Contains(w.Body.String(), folder) {
		t.Errorf("without a folder to keep it in: got %d %s, and we were told %q", w.Code, w.Body, told)
	}
}
