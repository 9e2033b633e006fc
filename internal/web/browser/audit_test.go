package browser_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
)

// audits runs the public audits of GraphQL over HTTP against a server that tells its schema, and one that does not.
func audits(t *testing.T, program string) {
	const all = 61 // as graphql-http has them; fewer would be as good as none
	development := serve(t, program, "demo", "DATABASE_URL="+filepath.Join(t.TempDir(), "roster.db"))
	for name, base := range map[string]string{
		"introspection on": development,
		"introspection off": serve(t, program, "serve", "MODE=production", "DATABASE_URL="+filepath.Join(t.TempDir(), "roster.db"),
			"BASE_URL=https://roster.example.com", "SECRET_KEY=0123456789abcdefghijklmnopqrstuv", "SMTP_URL=smtp://127.0.0.1:9?tls=none"),
	} {
		passed := 0
		for _, audit := range audit(t, base+"/graphql") {
			if audit.Status == "ok" {
				passed++
			} else {
				t.Errorf("%s: %s %s: got %s: %s", name, audit.ID, audit.Name, audit.Status, audit.Reason)
			}
		}
		if t.Logf("%s: %d audits passed", name, passed); passed != all {
			t.Errorf("%s: %d audits passed, want %d", name, passed, all)
		}
	}

	for _, audit := range audit(t, development+"/people.csv") {
		if audit.Status != "ok" {
			return
		}
	}
	t.Error("the audits pass where there is no GraphQL: they show nothing")
}

type auditResult struct{ ID, Name, Status, Reason string }

func audit(t *testing.T, url string) (results []auditResult) {
	t.Helper()
	if err := json.Unmarshal([]byte(script(t, "audit", []string{"main.mjs"}, "URL="+url)), &results); err != nil {
		t.Fatal(err)
	}
	return results
}
