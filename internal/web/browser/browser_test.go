// Package browser_test uses the real program from outside, as others do: Chromium, driven by the scripts of web/browser, on
// each database; clients from npm; the public audits of GraphQL over HTTP. It proves what no other test can: that the pages
// work in the hands of people, on a phone, without script, that GraphiQL works without a network, and that what others
// wrote to speak GraphQL speaks with Roster.
package browser_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"roster/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// One program serves all, since linking it takes longer than most of what it is asked.
func TestFromOutside(t *testing.T) {
	t.Parallel()
	program := build(t, node(t))
	t.Run("a person added in GraphiQL follows the mail and finds the account in their switcher", func(t *testing.T) {
		chromium := chromium(t)
		for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
			t.Run(kind, func(t *testing.T) {
				play(t, chromium, "main.mjs", serve(t, program, "demo", "DATABASE_URL="+storetest.URL(t, kind)), kind)
			})
		}
	})
	t.Run("a person comes in by a provider, another links it and unlinks it", func(t *testing.T) {
		chromium := chromium(t)
		for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
			t.Run(kind, func(t *testing.T) { signsOn(t, chromium, program, storetest.URL(t, kind), kind) })
		}
	})
	t.Run("two logins are merged, and one switches between the accounts of both", func(t *testing.T) {
		chromium := chromium(t)
		for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
			t.Run(kind, func(t *testing.T) {
				play(t, chromium, "merge.mjs", serve(t, program, "demo", "DATABASE_URL="+storetest.URL(t, kind)), "merge "+kind)
			})
		}
	})
	t.Run("an Apollo Client and a urql run real documents unchanged", func(t *testing.T) {
		for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
			t.Run(kind, func(t *testing.T) { clients(t, serve(t, program, "demo", "DATABASE_URL="+storetest.URL(t, kind))) })
		}
	})
	t.Run("all audits of GraphQL over HTTP pass", func(t *testing.T) { audits(t, program) })
}

// The program is built as where npm is not found: without what npm made.
func TestGraphiQLThatWasNotBuiltInComesFromACDNAndWorks(t *testing.T) {
	t.Parallel()
	chromium := chromium(t)
	made, err := filepath.Abs(root + "/web/dist/graphiql/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(overlay, []byte(`{"Replace": {`+strconv.Quote(made)+`: ""}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	program := build(t, node(t), "-overlay="+overlay)
	play(t, chromium, "elsewhere.mjs", serve(t, program, "demo", "DATABASE_URL="+storetest.URL(t, storetest.SQLite)), "elsewhere")
}
