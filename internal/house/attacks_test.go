package house_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
)

func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func times(n int, what func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(what(i))
	}
	return b.String()
}

// attacks are those of SECURITY.md and of everybody's list, each beside something good.
func (f *fort) attacks() (list []attack) {
	for _, part := range [][]attack{f.onDocuments(), f.onValues(), f.onBodies(), f.onParts(), f.onBrowsers(), f.onHTTP(), f.onPages()} {
		list = append(list, part...)
	}
	return list
}

// simple is a question that is always answered.
var simple = query("{viewer{id}}")

// onDocuments keep a server busy with what a document is made of.
func (f *fort) onDocuments() []attack {
	ran := []int{200}
	one := func(name, control, document, says string) attack {
		return attack{name: name, control: query(control), attack: []string{query(document)}, statuses: ran, says: says, never: []string{`"data":{`}}
	}
	nest := func(field string, n int) string {
		return strings.Repeat(field+"{", n-1) + field + strings.Repeat("}", n-1)
	}
	const fragments = "{...f0}"
	chained := func(n, wide int) string {
		return times(n, func(i int) string {
			inner := "viewer{id}"
			if i < n-1 {
				inner = times(wide, func(k int) string { return fmt.Sprintf("...f%d ", i+1) })
			}
			return fmt.Sprintf(" fragment f%d on Query{%s}", i, inner)
		})
	}
	guesses := times(10, func(i int) string {
		return fmt.Sprintf(`a%d:signIn(input:{email:"a@example.com",password:"p%d",client:WEB}){problems{code}} `, i, i)
	})
	return []attack{
		one("4,000 tokens of chained fragments", fragments+chained(5, 1), fragments+chained(500, 1), "TOO_COMPLEX"),
		one("fragments that double ten times over", fragments+chained(3, 2), fragments+chained(10, 12), "TOO_COMPLEX"),
		one("a fragment that spreads itself", fragments+chained(2, 1), "{...a} fragment a on Query{...a}", "spreads itself"),
		one("two fragments that spread each other", fragments+chained(2, 1), "{...a} fragment a on Query{...b} fragment b on Query{...a}", "spreads itself"),
		one("a thousand aliases", "{a:viewer{id} b:viewer{id}}", "{"+times(1000, func(i int) string { return fmt.Sprintf("a%d:viewer{id} ", i) })+"}", "TOO_COMPLEX"),
		one("ten passwords in one operation", "mutation{signIn(input:{email:\"a@example.com\",password:\"p\",client:WEB}){problems{code}}}", "mutation{"+guesses+"}", "may hold only one"),
		one("ten passwords in ten fragments", "mutation{signIn(input:{email:\"b@example.com\",password:\"p\",client:WEB}){problems{code}}}",
			"mutation{"+strings.Repeat("...f ", 10)+"} fragment f on Mutation{signIn(input:{email:\"a@example.com\",password:\"p\",client:WEB}){problems{code}}}", "may hold only one"),
		one("a password and a link in one operation", "mutation{signIn(input:{email:\"c@example.com\",password:\"p\",client:WEB}){problems{code}}}",
			`mutation{signIn(input:{email:"a@example.com",password:"p",client:WEB}){problems{code}} passwordReset(input:{token:"rpw_x",newPassword:"p"}){problems{code}}}`, "may hold only one"),
		one("a question 500 deep", "{viewer{accounts(first:1){nodes{account{id}}}}}", "{"+nest("viewer", 500)+"}", "TOO_COMPLEX"),
		one("a thousand directives", "{viewer@include(if:true){id}}", "{viewer"+strings.Repeat("@include(if:true)", 1000)+"{id}}", "TOO_COMPLEX"),
		one("a hundred unknown directives", "{viewer@include(if:true){id}}", "{viewer"+strings.Repeat("@a", 100)+"{id}}", "TOO_COMPLEX"),
		one("overlapping fields without end", "{viewer{id id}}", "{"+strings.Repeat("viewer{id id id id} ", 150)+"}", "TOO_COMPLEX"),
		one("fields that contradict each other", "{viewer{id}}", "{"+times(40, func(i int) string { return fmt.Sprintf("a:node(id:\"x%d\"){id} ", i) })+"}", "BAD_REQUEST"),
		one("a list as deep as it is long", `{nodes(ids:["a"]){id}}`, "{nodes(ids:"+strings.Repeat("[", 400)+strings.Repeat("]", 400)+"){id}}", "BAD_REQUEST"),
		one("a hundred operations, none of them named", "query A{viewer{id}}", strings.Repeat("{viewer{id}} ", 100), "BAD_REQUEST"),
		one("a hundred variables", "query($n:Int){viewer{accounts(first:$n){totalCount}}}", "query("+times(100, func(i int) string { return fmt.Sprintf("$v%d:Int ", i) })+"){viewer{id}}", "TOO_COMPLEX"),
		one("comments as long as a body may be", "{viewer{id}} #", "{viewer{id}}"+strings.Repeat("#\n", 20_000), "TOO_COMPLEX"),
		one("the schema where it is not told", "{viewer{id}}", "{__schema{types{name fields{name}}}}", "does not tell its schema"),
		one("the schema under another name", "{viewer{id}}", "{viewer{id} x:__schema{types{name}}}", "does not tell its schema"),
		{name: "one type of the schema where it is not told", control: simple, attack: []string{query(`{__type(name:"Query"){name fields{name}}}`)}, statuses: ran, says: `{"data":{"__type":null}}`},
		one("the schema turned around and around", "{viewer{id}}", "{__schema{types{fields{type{fields{type{fields{type{fields{type{name}}}}}}}}}}}", "BAD_REQUEST"),
		one("a name that is nearly one", "{viewer{id}}", "{viewr{id}}", "Cannot query field"),
		one("an argument that is nearly one", `{node(id:"x"){id}}`, `{node(idd:"x"){id}}`, "BAD_REQUEST"),
		one("a value that is nearly one", "{viewer{accounts(first:1,orderBy:NAME){totalCount}}}", "{viewer{accounts(first:1,orderBy:NAM){totalCount}}}", "BAD_REQUEST"),
		one("pages of pages", "{viewer{accounts(first:100){totalCount}}}", "{viewer{accounts(first:100){nodes{account{... on Practice{clients(first:100){nodes{memberships(first:100){nodes{id}}}}}}}}}}", "TOO_COMPLEX"),
		one("a thousand pages under as many names", "{viewer{accounts(first:1){totalCount}}}", "{viewer{"+times(59, func(i int) string { return fmt.Sprintf("a%d:accounts(first:100){nodes{role{id name}}}", i) })+"}}", "TOO_COMPLEX"),
		one("an answer in pieces", "{...{viewer{id}}}", "{...@defer{viewer{id}}}", "leave out @defer"),
		one("a subscription", "{viewer{id}}", "subscription{viewer{id}}", "BAD_REQUEST"),
		{name: "an operation that is not there", control: simple, attack: []string{posted(`{"query":"query A{viewer{id}}","operationName":"B"}`)}, statuses: ran, says: "BAD_REQUEST"},
		{name: "a name as long as a body may be", control: simple, attack: []string{posted(`{"query":"query A{viewer{id}}","operationName":"` + strings.Repeat("B", 100_000) + `"}`)}, statuses: ran, says: "BAD_REQUEST", never: []string{strings.Repeat("B", 1000)}},
		{name: "a field as long as a body may be", control: simple, attack: []string{query("{" + strings.Repeat("b", 100_000) + "}")}, statuses: ran, says: "BAD_REQUEST", never: []string{strings.Repeat("b", 1000)}},
		{name: "a persisted hash that is another text's", control: posted(`{"query":"{viewer{id}}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hashed("{viewer{id}}") + `"}}}`),
			attack: []string{posted(`{"query":"{viewer{email}}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hashed("{viewer{id}}") + `"}}}`)}, statuses: ran, says: "not that of the query"},
		{name: "a persisted hash that nobody sent", control: simple, attack: []string{posted(`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hashed("x") + `"}}}`)}, statuses: ran, says: "PersistedQueryNotFound"},
		{name: "a persisted hash that is a path", control: simple, attack: []string{posted(`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"../../etc/passwd"}}}`)}, statuses: ran, says: "BAD_REQUEST"},
		{name: "a document's id that is a path", control: simple, attack: []string{posted(`{"documentId":"../../etc/passwd"}`)}, statuses: ran, says: "PersistedQueryNotFound"},
	}
}

// onValues send what a database or a library cannot hold.
func (f *fort) onValues() []attack {
	const search = `query($s:String){viewer{accounts(first:1,search:$s){totalCount}}}`
	value := func(name, good, bad, says string) attack {
		return attack{name: name, statuses: []int{200, 400}, says: says, never: []string{`"viewer":{`},
			control: posted(`{"query":` + quoted(search) + `,"variables":{"s":` + good + `}}`), attack: []string{posted(`{"query":`+quoted(search)+`,"variables":{"s":`+bad+`}}`, "Cookie", "roster="+f.cookie)}}
	}
	number := func(name, bad, says string) attack {
		return attack{name: name, statuses: []int{200}, says: says, never: []string{`"viewer":{`},
			control: posted(`{"query":"query($n:Int){viewer{accounts(first:$n){totalCount}}}","variables":{"n":1}}`),
			attack:  []string{posted(`{"query":"query($n:Int){viewer{accounts(first:$n){totalCount}}}","variables":{"n":`+bad+`}}`, "Cookie", "roster="+f.cookie)}}
	}
	return []attack{
		value("a NUL in a text", `"a"`, `"a\u0000b"`, "BAD_REQUEST"),
		value("half of a pair of surrogates", `"\ud83c\udfca"`, `"\ud83c"`, "BAD_REQUEST"),
		value("bytes that are no UTF-8", `"é"`, "\"\xff\xfe\"", "BAD_REQUEST"),
		value("an overlong slash", `"/"`, "\"\xc0\xaf\"", "BAD_REQUEST"),
		value("a list ten thousand deep", `"a"`, strings.Repeat("[", 10_001)+strings.Repeat("]", 10_001), "BAD_REQUEST"),
		value("an object where a text belongs", `"a"`, `{"$gt":""}`, "BAD_REQUEST"),
		value("a key twice inside", `"a"`, `{"a":1,"a":2}`, "BAD_REQUEST"),
		value("a long search", `"a"`, `"`+strings.Repeat("a", 401)+`"`, "at most 400 characters"),
		number("a page of 101", "101", "BAD_REQUEST"),
		number("a page of less than nothing", "-1", "BAD_REQUEST"),
		number("a number that no Int holds", "99999999999999999999", "BAD_REQUEST"),
		number("a number just beyond Int", "2147483648", "BAD_REQUEST"),
		number("a number without end", "1e999", "BAD_REQUEST"),
		number("half a number", "1.5", "BAD_REQUEST"),
		number("a text for a number", `"1 OR 1=1"`, "BAD_REQUEST"),
		{name: "a number in the document that no Int holds", control: query("{viewer{accounts(first:1){totalCount}}}"), attack: []string{query("{viewer{accounts(first:99999999999999999999){totalCount}}}")}, statuses: []int{200}, says: "BAD_REQUEST", never: []string{`"viewer":{`}},
		{name: "a thousand ids at once", control: query(`{nodes(ids:["x"]){id}}`), attack: []string{posted(`{"query":"query($i:[ID!]!){nodes(ids:$i){id}}","variables":{"i":["a"` + strings.Repeat(`,"a"`, 1000) + `]}}`)}, statuses: []int{200}, says: `"code":"`, never: []string{`"nodes":[`}},
		{name: "a cursor of one's own making", control: query("{viewer{accounts(first:1){totalCount}}}"), attack: []string{posted(`{"query":"{viewer{accounts(first:1,after:\"' OR 1=1 --\"){nodes{role{id}}}}}"}`, "Cookie", "roster="+f.cookie)}, statuses: []int{200}, says: "BAD_REQUEST"},
		{name: "null where there can be none", control: posted(`{"query":"query($a:Boolean=true){viewer@include(if:$a){id}}","variables":{}}`), attack: []string{posted(`{"query":"query($a:Boolean=true){viewer@include(if:$a){id}}","variables":{"a":null}}`)}, statuses: []int{200}, says: "is null"},
		{name: "a password in the wrong place", control: simple, attack: []string{query(`mutation{signIn(input:{email:"a@example.com",password:hunter2,client:WEB}){problems{code}}}`)}, statuses: []int{200}, says: "BAD_REQUEST", never: []string{"hunter2"}},
		{name: "a password that is not even GraphQL", control: simple, attack: []string{query(`mutation{signIn(input:{password "hunter2"`)}, statuses: []int{200}, says: "BAD_REQUEST", never: []string{"hunter2"}},
	}
}

// onBodies send what two readers could read differently, or what has no end.
func (f *fort) onBodies() []attack {
	bad := func(name, control, body, says string, headers ...string) attack {
		return attack{name: name, control: control, attack: []string{posted(body, headers...)}, statuses: []int{400, 413, 415}, says: says, never: []string{`"data"`}}
	}
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write([]byte(`{"query":"{viewer{id}}","x":"` + strings.Repeat("a", 50<<20) + `"}`))
	_ = z.Close()
	const good = `{"query":"{viewer{id}}"}`
	return []attack{
		bad("a batch of a thousand", simple, "["+good+strings.Repeat(","+good, 999)+"]", "BAD_REQUEST"),
		bad("a key twice", posted(`{"query":"{viewer{id}}","x":1,"y":1}`), `{"query":"{viewer{id}}","query":"{viewer{email}}"}`, "BAD_REQUEST"),
		bad("a key in other letters", posted(`{"query":"{viewer{id}}","Query":"{"}`), `{"Query":"{viewer{id}}"}`, "the query is missing"),
		bad("something behind the end", posted(good+" \n"), good+good, "BAD_REQUEST"),
		bad("a mark before the beginning", simple, "\ufeff"+good, "BAD_REQUEST"),
		bad("nothing", simple, "", "BAD_REQUEST"),
		bad("a body of 200 KB", simple, `{"query":"{viewer{id}}","x":"`+strings.Repeat("a", 200<<10)+`"}`, "128 KB"),
		bad("a bomb that was compressed", simple, bomb.String(), "BAD_REQUEST", "Content-Encoding", "gzip"),
		bad("another compression", simple, good, "BAD_REQUEST", "Content-Encoding", "br"),
		bad("UTF-16", posted(good, "Content-Type", "application/json; charset=utf-8"), "\xff\xfe{\x00}\x00", "BAD_REQUEST", "Content-Type", "application/json; charset=utf-16"),
		bad("UTF-7, which browsers once guessed", simple, good, "BAD_REQUEST", "Content-Type", "application/json; charset=utf-7"),
		bad("plain text, which any site can send", simple, good, "BAD_REQUEST", "Content-Type", "text/plain"),
		bad("a form, which any site can send", simple, "query=%7Bviewer%7Bid%7D%7D", "BAD_REQUEST", "Content-Type", "application/x-www-form-urlencoded"),
		bad("no type at all", simple, good, "BAD_REQUEST", "Content-Type", ""),
		bad("two types in one", simple, good, "BAD_REQUEST", "Content-Type", "text/plain, application/json"),
		bad("the type of another API", simple, "{viewer{id}}", "BAD_REQUEST", "Content-Type", "application/graphql"),
		{name: "a body of 200 KB in chunks", control: simple, statuses: []int{413}, says: "128 KB", attack: []string{"POST /graphql HTTP/1.1\r\nHost: roster.example.com\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
			fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", 200<<10, strings.Repeat(" ", 200<<10))}},
		{name: "ten thousand kinds of answer", control: posted(good, "Accept", "text/html, application/json;q=0.1"), attack: []string{posted(good, "Accept", strings.Repeat("a/b;q=0.1,", 2500))}, statuses: []int{406}, says: "BAD_REQUEST"},
	}
}

// onParts send files, or what looks like them.
func (f *fort) onParts() []attack {
	const operations = `{"query":"query($f:String,$l:[ID!]){viewer{id}}","variables":{"f":null,"l":[null],"s":"x"}}`
	part := func(name, file, text string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"" + file + "\r\n\r\n" + text + "\r\n"
	}
	send := func(parts string, headers ...string) string {
		return message("POST", "/graphql", parts+"--x--\r\n", append([]string{"Content-Type", "multipart/form-data; boundary=x", "GraphQL-Require-Preflight", "1"}, headers...)...)
	}
	control := send(part("operations", "", `{"query":"{viewer{id}}"}`) + part("map", "", "{}"))
	bad := func(name, parts string, headers ...string) attack {
		return attack{name: name, control: control, attack: []string{send(parts, headers...)}, statuses: []int{400, 413}, says: "BAD_REQUEST", never: []string{`"data"`}}
	}
	mapped := func(where string) string {
		return part("operations", "", operations) + part("map", "", where) + part("0", `; filename="a.txt"`, "x")
	}
	return []attack{
		bad("parts that any site can send", part("operations", "", `{"query":"{viewer{id}}"}`)+part("map", "", "{}"), "GraphQL-Require-Preflight", ""),
		bad("a file beyond the end of a list", mapped(`{"0":["variables.l.9"]}`)),
		bad("a file before the beginning of a list", mapped(`{"0":["variables.l.-1"]}`)),
		bad("a file inside a text", mapped(`{"0":["variables.s.x"]}`)),
		bad("a file by a number inside an object", mapped(`{"0":["variables.0"]}`)),
		bad("a file by a name inside a list", mapped(`{"0":["variables.l.x"]}`)),
		bad("a file in the place of the query", mapped(`{"0":["query"]}`)),
		bad("a file in the place of all variables", mapped(`{"0":["variables"]}`)),
		bad("a batch in parts", part("operations", "", "["+operations+"]")+part("map", "", "{}")),
		bad("a thousand parts", part("operations", "", operations)+part("map", "", `{"0":["variables.f"]}`)+strings.Repeat(part("0", `; filename="a"`, "x"), 1000)),
		bad("a part with a thousand headers", "--x\r\n"+times(11_000, func(i int) string { return fmt.Sprintf("A%d: b\r\n", i) })+"\r\n\r\n"),
		bad("a file of 200 KB from nobody", part("operations", "", operations)+part("map", "", `{"0":["variables.f"]}`)+part("0", `; filename="a"`, strings.Repeat("x", 200<<10))),
		bad("parts that are cut off", part("operations", "", operations)+"--x\r\nContent-Dispo"),
		{name: "a file where a text belongs", control: control, attack: []string{send(mapped(`{"0":["variables.f"]}`))}, statuses: []int{200}, says: "BAD_REQUEST", never: []string{`"data"`}},
	}
}

// onBrowsers make a visitor's browser do something for another site.
func (f *fort) onBrowsers() []attack {
	const leave = `{"query":"mutation{accountSwitch(input:{accountId:\"x\"}){problems{code}}}"}`
	mine := []string{"Cookie", "roster=" + f.cookie}
	control := posted(`{"query":"{viewer{id}}"}`, append(mine, "Origin", base, "Sec-Fetch-Site", "same-origin")...)
	cross := func(name string, headers ...string) attack {
		return attack{name: name, control: control, attack: []string{posted(leave, append(mine, headers...)...)}, statuses: []int{403}, says: "another site", never: []string{`"data"`, "Access-Control-Allow-Origin"}}
	}
	get := func(document string) string { return "/graphql?query=" + url.QueryEscape(document) }
	const change = `mutation{signOut{problems{code}}}`
	return []attack{
		cross("another site with a visitor's cookie", "Origin", "https://evil.test", "Sec-Fetch-Site", "cross-site"),
		cross("another site in an older browser", "Origin", "https://evil.test"),
		cross("a neighbour's site", "Origin", "http://other.example.com", "Sec-Fetch-Site", "same-site"),
		cross("a page in a sandbox", "Origin", "null"),
		cross("a site that is called nearly like an app of ours", "Origin", "https://app.example.com.evil.test", "Sec-Fetch-Site", "cross-site"),
		{name: "another site that asks whether it may", control: message("OPTIONS", "/graphql", "", "Origin", "https://app.example.com", "Access-Control-Request-Method", "POST"),
			attack: []string{message("OPTIONS", "/graphql", "", "Origin", "https://evil.test", "Access-Control-Request-Method", "POST")}, statuses: []int{405}, never: []string{"Access-Control-Allow"}},
		{name: "a mutation by GET", control: message("GET", get("{viewer{id}}"), ""), attack: []string{message("GET", get(change), "", mine...)}, statuses: []int{405}, says: "send a mutation by POST"},
		{name: "a mutation by HEAD", control: message("GET", get("{viewer{id}}"), ""), attack: []string{message("HEAD", get(change), "", mine...)}, statuses: []int{405}},
		{name: "a mutation by GET and its hash", control: message("GET", "/graphql?extensions="+url.QueryEscape(`{"persistedQuery":{"version":1,"sha256Hash":"`+hashed("{viewer{id}}")+`"}}`)+"&query="+url.QueryEscape("{viewer{id}}"), ""),
			attack: []string{message("GET", get(change)+"&extensions="+url.QueryEscape(`{"persistedQuery":{"version":1,"sha256Hash":"`+hashed(change)+`"}}`), "", mine...)}, statuses: []int{405}, says: "send a mutation by POST"},
		{name: "a GET that says it is a POST", control: message("GET", get("{viewer{id}}"), ""), attack: []string{message("GET", get(change), "", append(mine, "X-HTTP-Method-Override", "POST", "X-Method-Override", "POST")...)}, statuses: []int{405}},
		{name: "two queries in one address", control: message("GET", get("{viewer{id}}"), ""), attack: []string{message("GET", get("{viewer{id}}")+"&query="+url.QueryEscape(change), "")}, statuses: []int{400}, says: "BAD_REQUEST"},
		{name: "a cookie and a token", control: posted(`{"query":"{viewer{id}}"}`, "Authorization", "Bearer "+f.token), attack: []string{posted(`{"query":"{viewer{id}}"}`, append(mine, "Authorization", "Bearer "+f.token)...)}, statuses: []int{400}, says: "not both"},
		{name: "two cookies", control: control, attack: []string{posted(`{"query":"{viewer{id}}"}`, "Cookie", "roster="+f.cookie+"; roster=other")}, statuses: []int{400}, says: "BAD_REQUEST"},
		{name: "a cookie as long as a header may be", control: control, attack: []string{posted(`{"query":"{viewer{id}}"}`, "Cookie", "roster=rws_"+strings.Repeat("a", 20_000))}, statuses: []int{200}, says: `"viewer":null`},
		{name: "a token in the address", control: message("GET", get("{viewer{id}}"), ""), attack: []string{message("GET", get("{viewer{id}}")+"&access_token="+f.token, "")}, statuses: []int{200}, says: `"viewer":null`},
		{name: "a token in the cookie's place", control: control, attack: []string{posted(`{"query":"{viewer{id}}"}`, "Cookie", "roster="+f.token)}, statuses: []int{200}, says: `"viewer":null`},
		{name: "a cookie in the token's place", control: control, attack: []string{posted(`{"query":"{viewer{id}}"}`, "Authorization", "Bearer "+f.cookie)}, statuses: []int{200}, says: `"viewer":null`},
	}
}

// onHTTP misuse the protocol itself.
func (f *fort) onHTTP() []attack {
	const good = `{"query":"{viewer{id}}"}`
	raw := func(name string, statuses []int, text string, never ...string) attack {
		return attack{name: name, control: simple, attack: []string{text}, statuses: statuses, never: append(never, `"data":{"viewer":{`)}
	}
	head := "POST /graphql HTTP/1.1\r\nHost: roster.example.com\r\nContent-Type: application/json\r\n"
	smuggled := "GET /smuggled HTTP/1.1\r\nHost: roster.example.com\r\n\r\n"
	return []attack{
		// RFC 9112 lets a server go by the chunks and close: the answer must be the only one.
		raw("two ways to say how long a body is", []int{200, 400}, head+"Connection: keep-alive\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n18\r\n"+good+"\r\n0\r\n\r\n"+smuggled, "smuggled", "Keep-Alive"),
		raw("two lengths", []int{400}, head+"Content-Length: 24\r\nContent-Length: 5\r\n\r\n"+good),
		raw("a length below zero", []int{400}, head+"Content-Length: -1\r\n\r\n"+good),
		raw("a length with a sign", []int{400}, head+"Content-Length: +24\r\n\r\n"+good),
		raw("an encoding that is nearly chunks", []int{400, 501}, head+"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"+smuggled),
		raw("two encodings", []int{400, 501}, head+"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"+smuggled),
		raw("chunks of a size that overflows", []int{400}, head+"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx\r\n0\r\n\r\n"),
		raw("a space before the colon", []int{400}, head+"Content-Length : 24\r\n\r\n"+good),
		raw("a NUL in a header", []int{400}, head+"X-A: a\x00b\r\nContent-Length: 24\r\n\r\n"+good),
		raw("a line break in a header", []int{400}, head+"X-A: a\r\n b\rc\r\nContent-Length: 24\r\n\r\n"+good),
		raw("no host", []int{400}, "GET /sign-in HTTP/1.1\r\nConnection: close\r\n\r\n"),
		raw("two hosts", []int{400}, "GET /sign-in HTTP/1.1\r\nHost: roster.example.com\r\nHost: evil.test\r\nConnection: close\r\n\r\n"),
		raw("headers of 64 KB", []int{431}, head+"X-A: "+strings.Repeat("a", 64<<10)+"\r\n\r\n"),
		raw("ten thousand headers", []int{431}, head+times(10_000, func(i int) string { return fmt.Sprintf("A%d: b\r\n", i) })+"\r\n"),
		raw("an address of 64 KB", []int{414, 431}, "GET /"+strings.Repeat("a", 64<<10)+" HTTP/1.1\r\nHost: roster.example.com\r\n\r\n"),
		raw("another protocol", []int{400, 405, 505}, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
		raw("no protocol at all", []int{400}, "hello\r\n\r\n"),
		raw("a protocol of the future", []int{400, 505}, "GET / HTTP/9.9\r\nHost: roster.example.com\r\n\r\n"),
		raw("CONNECT to somewhere else", []int{400, 403, 404, 405}, "CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\nConnection: close\r\n\r\n"),
		raw("TRACE, which repeats headers", []int{403, 404, 405}, message("TRACE", "/sign-in", "", "Cookie", "roster=hunter2"), "hunter2"),
		raw("a method of one's own", []int{400, 403, 405}, message("HUNTER2", "/graphql", "")),
		raw("a websocket", []int{400}, message("GET", "/graphql", "", "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")),
		raw("an expectation nobody knows", []int{417}, posted(good, "Expect", "hunter2")),
		raw("a protocol to change to", []int{200}, posted(good, "Connection", "Upgrade, HTTP2-Settings", "Upgrade", "h2c", "HTTP2-Settings", "AAMAAABkAAQAoAAAAAIAAAAA")),
	}
}

// onPages misuse the pages that people see.
func (f *fort) onPages() []attack {
	in := func(next string) string {
		return message("POST", "/sign-in", url.Values{"email": {f.email}, "password": {password}, "next": {next}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	}
	open := func(name, next string) attack {
		return attack{name: name, control: in("/accounts"), attack: []string{in(next)}, statuses: []int{303}, never: []string{"evil.test", "X-Evil"}}
	}
	page := func(name, control, request string, statuses []int, never ...string) attack {
		return attack{name: name, control: message("GET", control, "", "Cookie", "roster="+f.cookie), attack: []string{request}, statuses: statuses, never: never}
	}
	return []attack{
		open("back to another site", "https://evil.test/"),
		open("back to another site, without its scheme", "//evil.test/"),
		open("back to another site, with a backslash", `/\evil.test/`),
		open("back to another site, with a tab", "/\t/evil.test/"),
		open("back to a header of its own", "/accounts\r\nX-Evil: 1"),
		page("a forged host", "/sign-in", message("GET", "/accounts", "", "Host", "evil.test"), []int{303}, "evil.test"),
		page("a forged host in other headers", "/sign-in", message("GET", "/", "", "X-Forwarded-Host", "evil.test", "Forwarded", "host=evil.test", "X-Original-Url", "/graphiql", "X-Rewrite-Url", "/graphiql"), []int{200}, "evil.test", "graphiql.min.js"),
		page("an address in full, of another host", "/sign-in", "GET http://evil.test/accounts HTTP/1.1\r\nHost: roster.example.com\r\nConnection: close\r\n\r\n", []int{303, 400, 404}, "evil.test"),
		page("out of the folder of files", "/static/roster.css", message("GET", "/static/../../../../etc/passwd", ""), []int{301, 307, 400, 404}, "root:"),
		page("out of the folder of files, encoded", "/static/roster.css", message("GET", "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd", ""), []int{301, 307, 400, 404}, "root:"),
		page("out of the folder of files, with backslashes", "/static/roster.css", message("GET", `/static/..%5c..%5cetc%5cpasswd`, ""), []int{400, 404}, "root:"),
		page("the list of files", "/static/roster.css", message("GET", "/static/", ""), []int{404}, "roster.css</a>"),
		page("a thousand ranges of a file", "/static/roster.css", message("GET", "/static/roster.css", "", "Range", "bytes=0-"+strings.Repeat(",0-", 1000)), []int{200, 206, 416}),
		page("a NUL in a link", "/sign-in", message("GET", "/accept/rit_%00", ""), []int{400, 404}),
		page("a link that is no UTF-8", "/sign-in", message("GET", "/accept/rit_%ff%fe", ""), []int{400, 404}),
		page("a link as long as an address may be", "/sign-in", message("GET", "/accept/rit_"+strings.Repeat("a", 20_000), ""), []int{404}),
		page("script in a link", "/sign-in", message("GET", "/accept/%3Cscript%3Ealert(1)%3C%2Fscript%3E", ""), []int{404}, "<script>"),
		page("script in an email", "/sign-in", message("POST", "/sign-in", url.Values{"email": {`"><script>alert(1)</script>`}, "password": {"x"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded"), []int{422}, "<script>"),
		page("a form of 20 KB", "/sign-in", message("POST", "/sign-in", "email=a&password="+strings.Repeat("x", 20<<10), "Content-Type", "application/x-www-form-urlencoded"), []int{400, 413}),
		page("a form with a NUL", "/sign-in", message("POST", "/accounts/switch", "accountId=cli_%00", "Content-Type", "application/x-www-form-urlencoded", "Cookie", "roster="+f.cookie), []int{400}),
		page("a form that is no UTF-8", "/sign-in", message("POST", "/accounts/switch", "accountId=cli_%ff", "Content-Type", "application/x-www-form-urlencoded", "Cookie", "roster="+f.cookie), []int{400}),
		page("a search that is no UTF-8", "/accounts?search=a", message("GET", "/accounts?search=%ff%00", "", "Cookie", "roster="+f.cookie), []int{400}),
		page("a form in parts", "/sign-in", message("POST", "/sign-in", "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nhunter2\r\n--x--\r\n", "Content-Type", "multipart/form-data; boundary=x"), []int{422}, "hunter2"),
		page("the tools of development", "/sign-in", message("GET", "/graphiql", ""), []int{404}, "graphiql.min.js"),
		page("everybody's mails", "/sign-in", message("GET", "/mailbox", ""), []int{404}),
		page("what Go tells of itself", "/sign-in", message("GET", "/debug/pprof/", ""), []int{404}, "goroutine"),
		page("the figures for Prometheus", "/readyz", message("GET", "/metrics", ""), []int{404}, "roster_"),
	}
}
