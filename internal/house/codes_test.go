package house_test

import (
	"strings"
	"testing"

	"roster/internal/rule"
	"roster/internal/store/storetest"
	"roster/internal/web"
)

// Each code of the closed list is reached through the door, but for OUTCOME_UNKNOWN, which wants a connection that is cut
// at the commit: graph holds how that is shown, and store when it is said.
func TestEveryCodeIsReached(t *testing.T) {
	t.Parallel()
	h := newHome(t, storetest.Open(t, storetest.SQLite))
	f := newFort(t, h, nil)
	mine := []string{"Cookie", "roster=" + f.cookie}
	const remove = `{"query":"mutation{membershipRemove(input:{membershipId:\"mem_1\"}){problems{code}}}"}`
	asked := map[string]string{
		"UNAUTHENTICATED":   posted(remove),
		"NOT_FOUND":         posted(remove, mine...),
		"BAD_REQUEST":       query("{nothing}"),
		"TOO_COMPLEX":       query("{" + strings.Repeat("viewer{id} ", 61) + "}"),
		"TOO_MANY_REQUESTS": posted(signInBody("a@example.com", "wrong")),
		"INTERNAL":          query(`mutation{signIn(input:{email:"b@example.com",password:"x",client:WEB}){problems{code}}}`),
	}
	reach := func(f *fort, code string) {
		t.Helper()
		r, err := f.say(0, asked[code])
		if err != nil || !strings.Contains(r.body, `"code":"`+code+`"`) {
			t.Errorf("%s: got %d %s %v", code, r.status, r.body, err)
		}
	}
	for _, code := range []string{"UNAUTHENTICATED", "NOT_FOUND", "BAD_REQUEST", "TOO_COMPLEX"} {
		reach(f, code)
	}
	slow := newFort(t, h, func(c *web.Config) { c.Rates.SignIns = 1 })
	slow.good(t, "the first", posted(signInBody("a@example.com", "wrong")))
	reach(slow, "TOO_MANY_REQUESTS")
	if len(asked)+1 != len(rule.FaultCodes()) {
		t.Errorf("there are %d codes, and %d are reached", len(rule.FaultCodes()), len(asked)+1)
	}

	broken := newHome(t, storetest.Open(t, storetest.SQLite))
	down := newFort(t, broken, nil)
	down.good(t, "before the database goes", simple)
	broken.discreet()
	broken.gone = true
	if err := broken.store.Close(); err != nil {
		t.Fatal(err)
	}
	reach(down, "INTERNAL")
}
