package view

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

func TestLinkify(t *testing.T) {
	link := func(s string) part { return part{Text: s, URL: s} }
	text := func(s string) part { return part{Text: s} }
	for in, want := range map[string][]part{
		"":                                      nil,
		"no link":                               {text("no link")},
		"see https://a.example/x.":              {text("see "), link("https://a.example/x"), text(".")},
		"(http://a.example/b)":                  {text("("), link("http://a.example/b"), text(")")},
		"http://a.example/b_(c)":                {link("http://a.example/b_(c)")},
		"<https://a.example/?q=1&r=2>":          {text("<"), link("https://a.example/?q=1&r=2"), text(">")},
		`"https://a.example/"onclick="x"`:       {text(`"`), link("https://a.example/"), text(`"onclick="x"`)},
		"javascript:alert(1) http:// https://.": {text("javascript:alert(1) http:// https://.")},
		"https://a.example\nhttps://b.example":  {link("https://a.example"), text("\n"), link("https://b.example")},
		"https://[bad and more":                 {text("https://[bad and more")},
	} {
		if got := linkify(in); !reflect.DeepEqual(got, want) {
			t.Errorf("linkify(%q): got %+v, want %+v", in, got, want)
		}
	}
}

func TestList(t *testing.T) {
	for want, names := range map[string][]string{"": nil, "A": {"A"}, "A and B": {"A", "B"}, "A, B and C": {"A", "B", "C"}} {
		if got := list(names); got != want {
			t.Errorf("list(%q): got %q, want %q", names, got, want)
		}
	}
}

func TestNoProblemOfAFormIsLost(t *testing.T) {
	problems := []FieldProblem{{"password", "one"}, {"input.password", "two"}, {"email", "three"}, {"", "four"}}
	if got := fieldProblem(problems, "password"); got != "one" {
		t.Errorf("at the password: got %q, want one", got)
	}
	if got, want := otherProblems(problems, "password"), []string{"two", "three", "four"}; !reflect.DeepEqual(got, want) {
		t.Errorf("above the form: got %q, want %q", got, want)
	}
}

func TestStaticServesTheStylesheetThatPagesName(t *testing.T) {
	get := func(url, etag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, url, nil)
		if etag != "" {
			r.Header.Set("If-None-Match", etag)
		}
		w := httptest.NewRecorder()
		Static().ServeHTTP(w, r)
		return w
	}

	first := get(stylesheetURL, "")
	if first.Code != http.StatusOK || first.Header().Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(first.Body.String(), "prefers-color-scheme") {
		t.Fatalf("stylesheet: got %d %v", first.Code, first.Header())
	}
	if got := first.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("with its version: got %q, want a year", got)
	}
	plain := get("/static/roster.css", first.Header().Get("ETag"))
	if plain.Code != http.StatusNotModified || strings.Contains(plain.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("without a version, known by its ETag: got %d %v, want 304 that is asked for each time", plain.Code, plain.Header())
	}
	if got := get(iconURL, "").Header().Get("Content-Type"); got != "image/svg+xml" {
		t.Errorf("icon: got content type %q", got)
	}
	if got := get("/static/view.go", "").Code; got != http.StatusNotFound {
		t.Errorf("another file: got %d, want 404", got)
	}

	w := httptest.NewRecorder()
	Static().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/static/roster.css", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Errorf("POST: got %d %v, want 405 with Allow", w.Code, w.Header())
	}
}

func TestTheHTMLOfAMailCanRunNothing(t *testing.T) {
	w := httptest.NewRecorder()
	MailHTML(w, "Hello </title><script>", `<p style="color:red">Hi</p>`)
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "sandbox allow-popups", "frame-ancestors 'self'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy lacks %q: %s", want, policy)
		}
	}
	for _, not := range []string{"script", "allow-same-origin"} {
		if strings.Contains(policy, not) {
			t.Errorf("policy has %q: %s", not, policy)
		}
	}
	if strings.Contains(w.Body.String(), "<script>") || !strings.Contains(w.Body.String(), `<base target="_blank"><p style`) {
		t.Errorf("body: %s", w.Body)
	}
}
