package house_test

import (
	"strings"
	"testing"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// A list of people may be as long as 5,000 rows are; nothing else may, nor may somebody who is not signed in.
func TestOnlyAListOfPeopleMayBeLong(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		client := h.client(owner, practice)
		cookie := h.open(h.somebody(), rule.Web).Cookie // sees nothing of it, which is answered only to what is read
		const (
			list  = `membershipAddMany(input:{accountId:$a,csv:$csv,notifyByEmail:false}){added}`
			other = `membershipAdd(input:{accountId:$a,firstName:$csv,lastName:"x",loginAccess:false,roleId:"rol_standard"}){problems{code}}`
		)
		const kilobyte = 1 << 10
		for name, c := range map[string]struct {
			cookie, fields string
			size, status   int
		}{
			"a list of 100 KB, signed out":              {"", list, 100 * kilobyte, 200},
			"a list of 200 KB, signed out":              {"", list, 200 * kilobyte, 413},
			"a list of 200 KB, with a made-up session":  {"nonsense", list, 200 * kilobyte, 413},
			"a list of 200 KB":                          {cookie, list, 200 * kilobyte, 200},
			"a list of 3 MB":                            {cookie, list, 3000 * kilobyte, 200},
			"a list of 5 MB":                            {cookie, list, 5000 * kilobyte, 413},
			"another mutation of 100 KB":                {cookie, other, 100 * kilobyte, 200},
			"another mutation of 200 KB":                {cookie, other, 200 * kilobyte, 413},
			"a list and another mutation":               {cookie, list + other, 200 * kilobyte, 413},
			"another mutation that is called like one":  {cookie, "membershipAddMany:" + other, 200 * kilobyte, 413},
			"a list that is called like something else": {cookie, "it:" + list, 200 * kilobyte, 200},
			"a list inside a fragment":                  {cookie, "...on Mutation{" + list + "}", 200 * kilobyte, 413},
		} {
			a := h.ask(c.cookie, `mutation($a:ID!,$csv:String!){`+c.fields+`}`, map[string]any{"a": client, "csv": strings.Repeat("x", c.size)})
			if a.status != c.status || c.status == 200 && !strings.Contains(a.body, "UNAUTHENTICATED") && !strings.Contains(a.body, "NOT_FOUND") {
				t.Errorf("%s is answered %d %.200s, want %d", name, a.status, a.body, c.status)
			}
		}
		if a := h.ask(cookie, `mutation($a:ID!,$csv:String!){a:`+list+` b:`+list+`}`, map[string]any{"a": client, "csv": "x"}); !strings.Contains(a.body, "BAD_REQUEST") {
			t.Errorf("two lists in one operation are answered %.300s", a.body)
		}
		a := h.ask(cookie, `query($q:String!){viewer{accounts(first:1,search:$q){totalCount}}}`, map[string]any{"q": strings.Repeat("x", 200*kilobyte)})
		if a.status != 413 {
			t.Errorf("a long query is answered %d", a.status)
		}
	})
}
