package main

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"roster/internal/store/storetest"
)

// What each operation of the demo's tabs has to answer, wherever it is worth more than an answer without errors.
var lessonsTeach = map[string]string{
	"Switcher":         `"totalCount":9`,
	"Search":           `"name":"Harbour Café"`,
	"Switch":           `"problems":[]`,
	"UsersPage":        `"code":"OWNER_CANNOT_BE_REMOVED"`,
	"Deactivated":      `"firstName":"Dora"`,
	"Choices":          `"id":"rol_user_admin"`,
	"AddSomebody":      `"status":"PENDING"`,
	"AddAgain":         `"remedy":"RESEND_INVITATION"`,
	"AddDocumentOwner": `"isDocumentOwner":true`,
	"AddColleague":     `"code":"PRACTICE_COLLEAGUE"`,
	"AddWrongly":       `"code":"EMAIL_REQUIRED"`,
	"WhyNot":           `"code":"NO_LOGIN_ACCESS_CANNOT_BE_REMOVED"`,
	"RemoveTheOwner":   `"remedy":"TRANSFER_OWNERSHIP"`,
	"WhoCouldOwn":      `"code":"ONLY_SUPPORT_TRANSFERS_OWNERSHIP"`,
	"Review":           `"outcome":"REFUSED"`,
	"AddThem":          `"added":2`,
	"Journal":          `"verb":"membershipAdd"`,
	"WhoWent":          `"reason":"Never started"`,
	"Documents":        `"channel":"EMAIL"`,
	"Addresses":        `"address":"nell@localhost"`,
}

func TestTheTabsOfGraphiQLTeachWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			demo := start(t, t.TempDir(), []string{"DATABASE_URL=" + storetest.Empty(t, kind)}, "demo")
			ada := browser(t)
			demo.must(t, ada, signIn, map[string]any{"email": people[0].email, "password": demoPassword})

			seen := map[string]bool{}
			for _, tab := range tabsOf(t, demo) {
				document, err := parser.ParseQuery(&ast.Source{Input: tab.Query})
				if err != nil {
					t.Fatal(err)
				}
				var variables map[string]any
				if err := json.Unmarshal([]byte(tab.Variables), &variables); err != nil {
					t.Fatal(err)
				}
				for _, operation := range document.Operations {
					got := demo.askOne(t, ada, tab.Query, operation.Name, variables)
					if want, known := lessonsTeach[operation.Name]; !known || !strings.Contains(got, want) || strings.Contains(got, `"errors"`) {
						t.Errorf("%s: got %s, want %s in it", operation.Name, got, want)
					}
					seen[operation.Name] = true
				}
			}
			if len(seen) != len(lessonsTeach) {
				t.Errorf("got the operations %v, want %d of them", seen, len(lessonsTeach))
			}
		})
	}
}

// tabsOf are the tabs as the page of GraphiQL has them.
func tabsOf(t *testing.T, r *running) (tabs []struct{ Query, Variables string }) {
	t.Helper()
	response, err := browser(t).Get(r.base + "/graphiql")
	if err != nil {
		t.Fatal(err)
	}
	config := regexp.MustCompile(`data-config="([^"]*)"`).FindStringSubmatch(text(t, response))
	if config == nil {
		t.Fatal("the page has no tabs")
	}
	var told struct {
		Tabs []struct{ Query, Variables string }
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(config[1])), &told); err != nil {
		t.Fatal(err)
	}
	return told.Tabs
}

// askOne runs one operation of a document and gives the answer as it came.
func (r *running) askOne(t *testing.T, as *http.Client, document, operation string, variables map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "operationName": operation, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	response, err := as.Post(r.base+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return text(t, response)
}
