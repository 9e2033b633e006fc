package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheSchemaIsToldWhereItIsSaidToBe(t *testing.T) {
	t.Parallel()
	for setting, env := range map[string][]string{"off": {"INTROSPECTION=off"}, "on": production(t, "INTROSPECTION=on")} {
		serving := start(t, t.TempDir(), env, "serve")
		if got := serving.ask(t, `{__schema{queryType{name}}}`, nil); (len(got.Errors) == 0) != (setting == "on") {
			t.Errorf("INTROSPECTION=%s: got %s %v", setting, got.Data, got.Errors)
		}
		want := map[string]string{"on": `{"__type":{"name":"User"}}`, "off": `{"__type":null}`}[setting]
		if got := serving.ask(t, `{__type(name:"User"){name}}`, nil); string(got.Data) != want || len(got.Errors) > 0 {
			t.Errorf("INTROSPECTION=%s: got %s %v, want %s", setting, got.Data, got.Errors, want)
		}
		serving.stop(t)
	}
}

func TestOnlyTrustedDocumentsRunWhenThereIsAFileOfThem(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "documents.json")
	if err := os.WriteFile(file, []byte(`{"who":"query Who { viewer { id } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	serving := start(t, t.TempDir(), []string{"TRUSTED_DOCUMENTS=" + file}, "serve")
	defer serving.stop(t)
	for body, want := range map[string]string{
		`{"documentId":"who"}`:                      `{"data":{"viewer":null}}`,
		`{"query":"query Who { viewer { id } }"}`:   `{"data":{"viewer":null}}`,
		`{"query":"query Other { viewer { id } }"}`: "this server runs only the operations that its own apps were built with",
	} {
		answer, err := http.Post(serving.base+"/graphql", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if got := text(t, answer); !strings.Contains(got, want) || !json.Valid([]byte(got)) {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}

	if err := os.WriteFile(file, []byte(`{"who":"query Who { viewers { id } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	got := roster(t, t.TempDir(), []string{"TRUSTED_DOCUMENTS=" + file}, "serve")
	if got.code != 1 || !strings.HasPrefix(got.log, "roster: TRUSTED_DOCUMENTS: "+file+`: the document "who" does not fit the schema`) {
		t.Errorf("a file for another schema: got %d %q", got.code, got.log)
	}
}

func TestTheDoorIsSetUpByItsSettings(t *testing.T) {
	t.Parallel()
	serving := start(t, t.TempDir(), production(t, "REQUESTS_A_MINUTE=50", "CORS_ORIGINS=https://app.example.com, https://www.example.com", "TRUSTED_PROXIES=127.0.0.1"), "serve")
	defer serving.stop(t)
	ask := func(from, origin string) *http.Response {
		r, err := http.NewRequest(http.MethodPost, serving.base+"/graphql", strings.NewReader(`{"query":"{viewer{id}}"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", origin)
		r.Header.Set("X-Forwarded-For", from)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer
	}
	for origin, status := range map[string]int{"https://app.example.com": 200, "https://www.example.com": 200, "https://roster.example.com": 200, "https://evil.test": 403} {
		if got := ask("192.0.2.1", origin); got.StatusCode != status {
			t.Errorf("%s: got %d, want %d", origin, got.StatusCode, status)
		}
	}
	for i := range 60 {
		if got := ask("192.0.2.2", "https://app.example.com"); (got.StatusCode == http.StatusTooManyRequests) != (i >= 50) {
			t.Errorf("request %d: got %d", i+1, got.StatusCode)
		}
	}
	if got := ask("192.0.2.3", "https://app.example.com"); got.StatusCode != 200 {
		t.Errorf("another address behind the proxy: got %d", got.StatusCode)
	}
}
