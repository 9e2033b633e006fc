package web

import (
	"encoding/json"
	"html"
	"io/fs"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"

	assets "roster/web"

	"roster/graph/generated"
	"roster/internal/web/view"
)

func asked(t *testing.T, files fs.FS, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	tabs := []Tab{{Query: `{ viewer { id } } # "</script>`, Variables: `{"a": 1}`}}
	people := []view.DemoSignIn{{Email: "ada@example.com", Password: `"pass" <word>`, Who: "Ada"}}
	graphiQL("/graphql", tabs, people, files).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

// built is a GraphiQL as Vite leaves it.
func built() fstest.MapFS {
	return fstest.MapFS{
		"manifest.json":  {Data: []byte(`{"_part.js": {"file": "part-1.js"}, "src/main.js": {"file": "main-1.js", "isEntry": true, "css": ["main-1.css"]}}`)},
		"main-1.js":      {Data: []byte("export {}")},
		"main-1.css":     {Data: []byte("a {}")},
		"part-1.js":      {Data: []byte("export {}")},
		"folder/text.js": {Data: []byte("export {}")},
	}
}

var named = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

func TestGraphiQLThatIsBuiltInAsksNoOtherHost(t *testing.T) {
	t.Parallel()
	w := asked(t, built(), "/graphiql")
	body := w.Body.String()
	for _, source := range named.FindAllStringSubmatch(body, -1) {
		if !strings.HasPrefix(source[1], "/") || strings.HasPrefix(source[1], "//") {
			t.Errorf("the page asks for %s", source[1])
		}
	}
	for _, want := range []string{`<script src="/graphiql/assets/main-1.js" type="module">`, `<link rel="stylesheet" href="/graphiql/assets/main-1.css">`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not name %s", want)
		}
	}
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none';", "script-src 'self';", "worker-src 'self';", "connect-src 'self';"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy: got %q, want %s", policy, want)
		}
	}
	if strings.Contains(policy, "http") || strings.Contains(body, "CDN") {
		t.Errorf("the page speaks of a CDN that it does not use; its policy is %q", policy)
	}
}

func TestWhatWasBuiltIsKeptByBrowsersAndNothingElseIs(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct {
		code int
		keep bool
	}{
		"/graphiql/assets/main-1.js":    {200, true},
		"/graphiql/assets/main-2.js":    {404, false},
		"/graphiql/assets/":             {404, false},
		"/graphiql/assets/folder/":      {404, false},
		"/graphiql/session.js":          {200, false},
		"/graphiql/explorer.js":         {200, false},
		"/graphiql/page.css":            {200, false},
		"/graphiql/page.html":           {404, false},
		"/graphiql/assets/../page.html": {307, false},
		"/graphiql":                     {200, false},
	} {
		w := asked(t, built(), path)
		if kept := strings.Contains(w.Header().Get("Cache-Control"), "immutable"); w.Code != want.code || kept != want.keep {
			t.Errorf("%s: got %d and kept %t, want %d and %t", path, w.Code, kept, want.code, want.keep)
		}
	}
}

func TestGraphiQLThatWasNotBuiltSaysWhereItComesFrom(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fstest.MapFS{
		"no file":           {},
		"no manifest":       {"main-1.js": {Data: []byte("export {}")}},
		"half a manifest":   {"manifest.json": {Data: []byte(`{"src/main.js": {"file"`)}},
		"another's program": {"manifest.json": {Data: []byte(`{"src/other.js": {"file": "other.js"}}`)}},
	} {
		w := asked(t, files, "/graphiql")
		body := w.Body.String()
		if !strings.Contains(body, "public CDN ("+cdn+")") {
			t.Errorf("%s: the page does not say so", name)
		}
		for _, tag := range regexp.MustCompile(`<[^>]*="https?:[^>]*>`).FindAllString(body, -1) {
			if !strings.Contains(tag, `="`+cdn+"/") || !strings.Contains(tag, `integrity="sha384-`) || !strings.Contains(tag, `crossorigin="anonymous"`) {
				t.Errorf("%s: not from the CDN, or not held to a hash: %s", name, tag)
			}
		}
		if got := strings.Count(body, cdn+"/"); got != 4 {
			t.Errorf("%s: %d files come from the CDN, want 4", name, got)
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self' "+cdn+";") {
			t.Errorf("%s: policy: got %q, want the CDN alone beside 'self'", name, policy)
		}
	}
}

func TestNothingOnThePageEndsWhereItShouldNot(t *testing.T) {
	t.Parallel()
	body := asked(t, built(), "/graphiql").Body.String()
	if strings.Contains(body, `"</script>`) || strings.Contains(body, "<word>") {
		t.Error("an example, or a password, reached the page as markup")
	}
	if got, want := tabsOn(t, body), (Tab{`{ viewer { id } } # "</script>`, `{"a": 1}`}); len(got) != 1 || got[0] != want {
		t.Errorf("got tabs %+v, want %+v", got, want)
	}
	if want := `<option value="ada@example.com" data-password="&#34;pass&#34; &lt;word&gt;">Ada</option>`; !strings.Contains(body, want) {
		t.Errorf("the page does not offer %s", want)
	}
}

// tabsOn are the tabs that a page tells its script.
func tabsOn(t *testing.T, body string) []Tab {
	t.Helper()
	config := regexp.MustCompile(`data-config="([^"]*)"`).FindStringSubmatch(body)
	if config == nil {
		t.Fatal("the page does not tell its script anything")
	}
	var told struct{ Tabs []Tab }
	if err := json.Unmarshal([]byte(html.UnescapeString(config[1])), &told); err != nil {
		t.Fatal(err)
	}
	return told.Tabs
}

func TestWithoutADemoNobodyIsOfferedAndTheSwitcherIsThere(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	graphiQL("/graphql", nil, nil, built()).ServeHTTP(w, httptest.NewRequest("GET", "/graphiql", nil))
	body := w.Body.String()
	if strings.Contains(body, "<select") || !strings.Contains(body, `<form id="sign-in"`) {
		t.Error("want the form alone")
	}
	tabs := tabsOn(t, body)
	if len(tabs) != 1 {
		t.Fatalf("got %d tabs, want one", len(tabs))
	}
	if _, err := gqlparser.LoadQueryWithRules(generated.NewExecutableSchema(generated.Config{}).Schema(), tabs[0].Query, rules.NewDefaultRules()); err != nil {
		t.Errorf("what it opens with cannot be asked: %v", err)
	}
}

// What npm built is what the page names: without this, a change of Vite's manifest would be seen only as a page that asks a CDN.
func TestTheGraphiQLThatNpmBuiltIsFound(t *testing.T) {
	t.Parallel()
	files, err := fs.Sub(assets.Files, "dist/graphiql")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.Stat(files, "manifest.json"); err != nil {
		t.Skip("GraphiQL is not built in: run `make graphiql`")
	}
	styles, scripts, ok := builtIn(files)
	if !ok || len(styles) == 0 || len(scripts) != 1 {
		t.Fatalf("got %v and %v", styles, scripts)
	}
	for _, s := range append(styles, scripts...) {
		if w := asked(t, files, s.URL); w.Code != 200 {
			t.Errorf("%s: got %d, want 200", s.URL, w.Code)
		}
	}
}
