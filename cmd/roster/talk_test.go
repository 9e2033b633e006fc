package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"testing"
)

// answer is what /graphql answers.
type answer struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

// into reads the data. It must be there.
func (a answer) into(t *testing.T, data any) {
	t.Helper()
	if len(a.Errors) > 0 {
		t.Fatalf("got errors %+v", a.Errors)
	}
	if err := json.Unmarshal(a.Data, data); err != nil {
		t.Fatal(err)
	}
}

// browser keeps cookies and follows no redirects.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// ask asks as nobody.
func (r *running) ask(t *testing.T, query string, variables map[string]any) answer {
	t.Helper()
	return r.askAs(t, http.DefaultClient, query, variables)
}

// askAs asks with a browser's cookies.
func (r *running) askAs(t *testing.T, as *http.Client, query string, variables map[string]any) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	response, err := as.Post(r.base+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var got answer
	if err := json.Unmarshal([]byte(text(t, response)), &got); err != nil {
		t.Fatalf("%s: got status %d: %v", query, response.StatusCode, err)
	}
	return got
}

// text is the body of an answer.
func text(t *testing.T, response *http.Response) string {
	t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

const (
	signUp = `mutation($email: String!, $password: String!) {
  signUp(input: {firstName: "Ada", lastName: "Okafor", email: $email, password: $password, client: WEB}) { problems { code } }
}`
	signIn = `mutation($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password, client: WEB}) { viewer { user { email } } problems { code } }
}`
)

// must runs a mutation, named by its one field, that has to meet no problem.
func (r *running) must(t *testing.T, as *http.Client, query string, variables map[string]any) map[string]json.RawMessage {
	t.Helper()
	var data map[string]struct{ Problems []struct{ Code string } }
	var whole map[string]map[string]json.RawMessage
	got := r.askAs(t, as, query, variables)
	got.into(t, &data)
	got.into(t, &whole)
	for name, payload := range data {
		if len(payload.Problems) > 0 {
			t.Fatalf("%s: got problems %+v", name, payload.Problems)
		}
		return whole[name]
	}
	t.Fatalf("%s: got no data", query)
	return nil
}
