package house_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"roster/internal/store/storetest"
)

// TestWrongRequestsAreAnsweredWithHelp is to be read: what somebody did wrong who builds an app on this, and what they are
// told. A sentence says what is wrong, where, and what would be right, in words that are found in the request or the
// schema.
func TestWrongRequestsAreAnsweredWithHelp(t *testing.T) {
	t.Parallel()
	f := newFort(t, newHome(t, storetest.Open(t, storetest.SQLite)), nil)
	mine := []string{"Cookie", "roster=" + f.cookie}
	q := func(document, variables string) string {
		return posted(`{"query":`+quoted(document)+`,"variables":`+variables+`}`, mine...)
	}
	for _, c := range []struct {
		did    string
		what   string
		status int
		told   []string // code and sentence of each error
	}{
		{"mistyped a field", q("{viewr{id}}", "{}"), 200, []string{`BAD_REQUEST Cannot query field "viewr" on type "Query".`}},
		{"forgot what to ask of it", q("{viewer}", "{}"), 200, []string{`BAD_REQUEST Field "viewer" of type "Viewer" must have a selection of subfields.`}},
		{"forgot a brace", q("{viewer{id}", "{}"), 200, []string{"BAD_REQUEST the document is not GraphQL: it cannot be read from here on"}},
		{"forgot a variable", q("query($n:Int!){viewer{accounts(first:$n){totalCount}}}", "{}"), 200, []string{"BAD_REQUEST $n: must be defined"}},
		{"gave a variable of another type", q("query($n:Int!){viewer{accounts(first:$n){totalCount}}}", `{"n":"ten"}`), 200, []string{"BAD_REQUEST $n: cannot use string as Int"}},
		{"mistyped a field of the input", q("mutation($i:MembershipRemoveInput!){membershipRemove(input:$i){problems{code}}}", `{"i":{"membershipID":"mem_1"}}`), 200, []string{"BAD_REQUEST $i.membershipID: unknown field"}},
		{"gave an enum that is none", q("query($o:AccountOrder!){viewer{accounts(first:1,orderBy:$o){totalCount}}}", `{"o":"BYNAME"}`), 200, []string{"BAD_REQUEST $o: the value is not a valid AccountOrder"}},
		{"wrote an enum that is none", q("{viewer{accounts(first:1,orderBy:BYNAME){totalCount}}}", "{}"), 200, []string{"BAD_REQUEST this value is none of the enum AccountOrder"}},
		{"left out what the input needs", q("mutation{membershipRemove(input:{}){problems{code}}}", "{}"), 200, []string{`BAD_REQUEST Field "MembershipRemoveInput.membershipId" of required type "ID!" was not provided.`}},
		{"gave an argument beside the input", q(`mutation{membershipRemove(membershipId:"mem_1"){problems{code}}}`, "{}"), 200, []string{
			`BAD_REQUEST Unknown argument "membershipId" on field "Mutation.membershipRemove".`, `BAD_REQUEST Field "membershipRemove" argument "input" of type "MembershipRemoveInput!" is required, but it was not provided.`}},
		{"asked for a list without a size", q("{viewer{accounts{nodes{role{id}}}}}", "{}"), 200, []string{"BAD_REQUEST give either first or last, from 1 to 100"}},
		{"asked for too large a page", q("{viewer{accounts(first:1000){totalCount}}}", "{}"), 200, []string{"BAD_REQUEST give either first or last, from 1 to 100"}},
		{"kept a cursor of another list", q(`{viewer{accounts(first:1,after:"abc"){nodes{role{id}}}}}`, "{}"), 200, []string{"BAD_REQUEST after is not a cursor of this list in this order; leave it out to begin anew"}},
		{"asked for pages of pages of pages", q("{viewer{accounts(first:100){nodes{account{... on Practice{clients(first:100){nodes{memberships(first:100){nodes{id}}}}}}}}}}", "{}"), 200, []string{
			"TOO_COMPLEX the operation is too complex: it could answer some 2020302 fields, and 10000 are the most; ask for smaller pages, or for less of each row"}},
		{"asked for a hundred things at once", q("{"+strings.Repeat("viewer{id} ", 61)+"}", "{}"), 200, []string{"TOO_COMPLEX the operation is too complex: it has more than 60 fields at one level"}},
		{"did not say which operation", q("query A{viewer{id}} query B{viewer{id}}", "{}"), 200, []string{"BAD_REQUEST the document holds 2 operations: name the one to run in operationName"}},
		{"said an operation that is not there", posted(`{"query":"query A{viewer{id}}","operationName":"B"}`), 200, []string{"BAD_REQUEST the document holds no operation of the name in operationName"}},
		{"forgot to sign in", posted(`{"query":"mutation{membershipRemove(input:{membershipId:\"mem_1\"}){problems{code}}}"}`), 200, []string{"UNAUTHENTICATED Sign in first: nobody is signed in, or the session has ended."}},
		{"named what is not there", q(`mutation{membershipRemove(input:{membershipId:"mem_1"}){problems{code}}}`, "{}"), 200, []string{"NOT_FOUND There is nothing with this id that you can see."}},
		{"tried two passwords at once", q(`mutation{a:signIn(input:{email:"a@b.c",password:"x",client:WEB}){problems{code}} b:signIn(input:{email:"a@b.c",password:"y",client:WEB}){problems{code}}}`, "{}"), 200, []string{
			"BAD_REQUEST an operation may hold only one of these, since each tries a password or a link, or works long: signUp, signIn, …"}},
		{"sent a list of operations", posted(`[{"query":"{viewer{id}}"}]`), 400, []string{"BAD_REQUEST send one operation in each request: a list of them is not taken"}},
		{"wrote the variables as a text", posted(`{"query":"{viewer{id}}","variables":"{}"}`), 400, []string{"BAD_REQUEST the body is not one JSON object in UTF-8 with a query, and objects for variables and extensions"}},
		{"sent no query", posted(`{"variables":{}}`), 400, []string{"BAD_REQUEST the query is missing"}},
		{"sent a form", posted("query={viewer{id}}", "Content-Type", "application/x-www-form-urlencoded"), 415, []string{
			"BAD_REQUEST the content type must be application/json in utf-8, or multipart/form-data with files, and the body not compressed"}},
		{"wants a page as the answer", posted(`{"query":"{viewer{id}}"}`, "Accept", "text/html"), 406, []string{"BAD_REQUEST this address answers with application/graphql-response+json or application/json"}},
		{"sent a mutation by GET", message("GET", "/graphql?query=mutation%7BsignOut%7Bproblems%7Bcode%7D%7D%7D", ""), 405, []string{"BAD_REQUEST GET is for queries only: send a mutation by POST"}},
		{"sent a user and a password", posted(`{"query":"{viewer{id}}"}`, "Authorization", "Basic YTpi"), 400, []string{"BAD_REQUEST The Authorization header must be `Bearer` and an access token, as signIn gives it to apps (client: MOBILE)."}},
		{"sent a cookie and a token", posted(`{"query":"{viewer{id}}"}`, append(mine, "Authorization", "Bearer x")...), 400, []string{"BAD_REQUEST Send either a cookie or one `Authorization: Bearer …` header, not both."}},
		{"came from another origin", posted(`{"query":"{viewer{id}}"}`, "Origin", "https://app.example.org"), 403, []string{
			"BAD_REQUEST This request came from a page of another site, so it was refused. Pages elsewhere use this API once their origin is in CORS_ORIGINS."}},
		{"looked for the schema in production", posted(`{"query":"{__schema{types{name}}}"}`), 200, []string{"BAD_REQUEST this server does not tell its schema"}},
		{"sent files without the header", posted("", "Content-Type", "multipart/form-data; boundary=x"), 400, []string{"BAD_REQUEST a request in parts needs the header GraphQL-Require-Preflight, with any value"}},
	} {
		r, err := f.say(0, c.what)
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Errors []struct {
				Message    string
				Extensions struct{ Code string }
			}
		}
		if err := json.Unmarshal([]byte(r.body), &answer); err != nil {
			t.Errorf("somebody %s: got %s", c.did, r.body)
		}
		var told []string
		for _, e := range answer.Errors {
			told = append(told, e.Extensions.Code+" "+e.Message)
		}
		same := slices.EqualFunc(told, c.told, func(got, want string) bool {
			begin, cut := strings.CutSuffix(want, "…")
			return got == want || cut && strings.HasPrefix(got, begin)
		})
		if r.status != c.status || !same {
			t.Errorf("somebody %s, and is told %d %q; want %d %q", c.did, r.status, told, c.status, c.told)
		}
	}
}
