package web

import (
	"crypto/sha512"
	"encoding/base64"
	"io/fs"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	assets "roster/web"
)

func asked(t *testing.T, files fstest.MapFS, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	graphiQL("/graphql", []Tab{{Query: `{ viewer { id } } # "</script>`}}, files).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

func builtIn() fstest.MapFS {
	files := fstest.MapFS{}
	for _, f := range append(graphiqlScripts, graphiqlStyle) {
		files[f.name] = &fstest.MapFile{Data: []byte("/* " + f.name + " */")}
	}
	return files
}

func TestGraphiQLThatIsBuiltInAsksNoOtherHost(t *testing.T) {
	t.Parallel()
	w := asked(t, builtIn(), "/graphiql")
	body := w.Body.String()
	for _, source := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if !strings.HasPrefix(source[1], "/") {
			t.Errorf("the page asks for %s", source[1])
		}
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self';") {
		t.Errorf("policy: got %q, want script-src 'self' alone", policy)
	}
	if strings.Contains(body, "CDN") {
		t.Error("the page speaks of a CDN that it does not use")
	}
	if got := asked(t, builtIn(), "/graphiql/assets/graphiql.min.js"); got.Code != 200 {
		t.Errorf("its script: got %d, want 200", got.Code)
	}
}

func TestGraphiQLWithoutItsFilesSaysWhereItComesFrom(t *testing.T) {
	t.Parallel()
	lacking := builtIn()
	delete(lacking, "react.production.min.js")
	for name, files := range map[string]fstest.MapFS{"no file": {}, "one file less": lacking} {
		body := asked(t, files, "/graphiql").Body.String()
		if !strings.Contains(body, "public CDN") {
			t.Errorf("%s: the page does not say so", name)
		}
		if got := strings.Count(body, `integrity="sha384-`); got != 4 {
			t.Errorf("%s: %d files are held to their hash, want 4", name, got)
		}
	}
}

func TestAnExampleCannotEndTheScript(t *testing.T) {
	t.Parallel()
	body := asked(t, builtIn(), "/graphiql").Body.String()
	if strings.Contains(body, `"</script>`) {
		t.Error("an example reached the page as markup")
	}
	if !strings.Contains(body, "viewer { id }") {
		t.Error("the example is not on the page")
	}
}

// A hash that lags behind package-lock.json would be seen only by somebody without npm, as a page that stays empty.
func TestTheHashesAreThoseOfTheFilesFromNpm(t *testing.T) {
	t.Parallel()
	for _, f := range append(graphiqlScripts, graphiqlStyle) {
		content, err := fs.ReadFile(assets.Files, "dist/"+f.name)
		if err != nil {
			continue // not built in: nothing to compare with
		}
		sum := sha512.Sum384(content)
		if want := "sha384-" + base64.StdEncoding.EncodeToString(sum[:]); f.Hash != want {
			t.Errorf("%s: got %s, want %s", f.name, f.Hash, want)
		}
	}
}
