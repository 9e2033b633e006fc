package web

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/graph/generated"
)

// judged is the code and the message with which the guard refuses a document; both are empty when it passes.
func judged(limits Limits, query string, variables map[string]any) (code, message string) {
	err := Guard{Limits: limits}.MutateOperationParameters(context.Background(), &graphql.RawParams{Query: query, Variables: variables})
	if err == nil {
		return "", ""
	}
	return err.Extensions["code"].(string), err.Message
}

// nested is a field inside a field, n deep.
func nested(field string, n int) string {
	return "{" + strings.Repeat(field+"{", n-1) + field + strings.Repeat("}", n)
}

// chain is n fragments, each of which spreads the next one as often as times says.
func chain(n, times int) string {
	text := ""
	for i := range n {
		inner := "name"
		if i < n-1 {
			inner = ""
			for k := range times {
				inner += fmt.Sprintf(" a%d:self{...f%d}", k, i+1)
			}
		}
		text += fmt.Sprintf(" fragment f%d on Query{%s}", i, inner)
	}
	return text
}

func TestADocumentOfTooMuchStructureIsRefusedAndOneThatJustFitsIsNot(t *testing.T) {
	t.Parallel()
	variables := func(n int) string {
		text := ""
		for i := range n {
			text += fmt.Sprintf("$v%d:Int ", i)
		}
		return "query(" + text + "){name}"
	}
	groups := func(n int) string { // 59 fields and fragments each
		return "{" + strings.Repeat("self{"+strings.Repeat("name ", 58)+"} ", n) + "}"
	}
	cases := []struct{ what, fits, exceeds string }{
		{"levels of fields", nested("self", 12), nested("self", 13)},
		{"levels of fields", "{...f0}" + chain(10, 1) + "", "{self{self{self{...f0}}}}" + chain(10, 1)},
		{"levels of fields", "{...on Query{...on Query{" + nested("self", 12)[1:] + "}}", "{...on Query{" + nested("self", 13)[1:] + "}"},
		{"fields at one level", "{" + aliases("name", 60) + "}", "{" + aliases("name", 61) + "}"},
		{"fields at one level", "{...{" + aliases("name", 30) + "}...f} fragment f on Query{" + aliases("name", 30) + "}",
			"{...{" + aliases("name", 30) + "}...f name} fragment f on Query{" + aliases("name", 30) + "}"},
		{"fields and fragments", groups(5), groups(6)},
		{"fragments", "{...f0}" + chain(10, 1), "{...f0}" + chain(11, 1)},
		{"variables", variables(50), variables(51)},
		{"directives", "{name" + strings.Repeat("@a", 20) + "}", "query($v:Int@a)@a{...f@a} fragment f on Query@a{...@a{name" + strings.Repeat("@a", 16) + "}}"},
		{"words and signs", "{told(list:[" + strings.Repeat("1 ", 991) + "])}", "{told(list:[" + strings.Repeat("1 ", 992) + "])}"},
		{"words and signs", "{name}" + strings.Repeat("#\n", 997), "{name}" + strings.Repeat("#\n", 998)},
	}
	for _, c := range cases {
		if code, message := judged(DefaultLimits(), c.fits, nil); code != "" {
			t.Errorf("%s: what just fits is refused: %s %s", c.what, code, message)
		}
		code, message := judged(DefaultLimits(), c.exceeds, nil)
		if code != "TOO_COMPLEX" || !strings.HasSuffix(message, " "+c.what) {
			t.Errorf("%s: what exceeds it is answered %q %q", c.what, code, message)
		}
	}
}

// TestFragmentsThatSpreadFragmentsAreCountedWithoutFollowingEveryPath guards against 14 to the tenth paths in a
// thousand words.
func TestFragmentsThatSpreadFragmentsAreCountedWithoutFollowingEveryPath(t *testing.T) {
	t.Parallel()
	door := newDoor()
	start := time.Now()
	w := send(door, post(`{"query":"{...f0}`+chain(10, 12)+`"}`))
	if got := codes(t, w); !slices.Equal(got, []string{"TOO_COMPLEX"}) {
		t.Errorf("got %s", w.Body)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("it took %v", took)
	}
	alive(t, door)
}

func TestAFragmentThatSpreadsItselfIsRefused(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"{...a} fragment a on Query{...a}",
		"{...a} fragment a on Query{self{...b}} fragment b on Query{name ...a}",
		"{name} fragment a on Query{...{self{...a}}}",
	} {
		if code, message := judged(DefaultLimits(), query, nil); code != "BAD_REQUEST" || message != "a fragment spreads itself" {
			t.Errorf("%s: got %q %q", query, code, message)
		}
	}
}

// graphiqlQuestion asks about the schema as GraphiQL 3.8 does: types within types nine times.
func graphiqlQuestion() string {
	return strings.Replace(introspection.Query, "fragment TypeRef on __Type {", "fragment TypeRef on __Type { "+
		"ofType "+nested("ofType", 8)[:len(nested("ofType", 8))-8]+"{ kind name }"+strings.Repeat("}", 8), 1)
}

func TestTheQuestionsOfToolsAboutTheSchemaPassAndCannotCarryOthers(t *testing.T) {
	t.Parallel()
	deep := "__schema{types" + nested("ofType", 13) + "}"
	for _, query := range []string{introspection.Query, graphiqlQuestion(), "{" + deep + "}", "{__typename ...f} fragment f on Query{" + deep + "}"} {
		if code, message := judged(DefaultLimits(), query, nil); code != "" {
			t.Errorf("refused with %s %s: %s", code, message, query)
		}
	}
	for _, query := range []string{"{name " + deep + "}", "{...f __schema{description}} fragment f on Query" + nested("self", 13),
		"{__schema{types" + nested("ofType", 15) + "}}", nested("__typename", 13)} {
		if code, _ := judged(DefaultLimits(), query, nil); code != "TOO_COMPLEX" {
			t.Errorf("got %q, want TOO_COMPLEX: %s", code, query)
		}
	}
}

func TestTextThatADatabaseCannotKeepIsRefusedWhereverItStands(t *testing.T) {
	t.Parallel()
	if code, message := judged(DefaultLimits(), `{told(text:"é 🏊 \u00e9")}`, map[string]any{"a": "é 🏊", "n": json.Number("1"), "b": nil}); code != "" {
		t.Errorf("good text is refused: %s", message)
	}
	for _, query := range []string{
		`{told(text:"a\u0000")}`, `{told(any:{a:[{b:"\u0000"}]})}`, `query($a:String="\u0000"){told(text:$a)}`,
		`{name @a(b:"\u0000")}`, `{told(text:"\uFFFD")}`, `{told(text:"""` + "\uFFFD" + `""")}`, "{told(text:\"\xff\")}", "{name}#\xff",
	} {
		if code, _ := judged(DefaultLimits(), query, nil); code != "BAD_REQUEST" {
			t.Errorf("%s: got %q, want BAD_REQUEST", query, code)
		}
	}
	for _, body := range []string{
		`{"a":"\u0000"}`, `{"a":{"b":["x","\u0000"]}}`, `{"a":{"\u0000":1}}`, `{"a":"\uFFFD"}`, `{"a":"\ud800"}`, `{"a":[["\ud83c"]]}`,
	} {
		w := send(newDoor(), post(`{"query":"query($a:Any){told(any:$a)}","variables":`+body+`}`))
		if got := codes(t, w); !slices.Equal(got, []string{"BAD_REQUEST"}) {
			t.Errorf("%s: got %s", body, w.Body)
		}
	}
}

func TestAnOperationTriesOnePasswordOrLink(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"mutation{signIn}", "mutation{signIn rename a:rename}", "mutation A{signIn} mutation B{signIn}",
		"mutation{...f} fragment f on Mutation{signUp}", "{self{signIn a:signIn}}",
	} {
		if code, message := judged(DefaultLimits(), query, nil); code != "" {
			t.Errorf("%s: refused: %s", query, message)
		}
	}
	for _, query := range []string{
		"mutation{a:signIn b:signIn}", "mutation{signUp invitationAccept}", "mutation{emailVerify ...{sessionRefresh}}",
		"mutation{signIn ...f} fragment f on Mutation{...g} fragment g on Mutation{x:signIn}",
		"mutation{...f ...f} fragment f on Mutation{signIn}", "mutation A{rename} mutation B{a:signIn b:signIn}",
		"mutation{signIn @skip(if:true) b:signIn}",
	} {
		code, message := judged(DefaultLimits(), query, nil)
		if code != "BAD_REQUEST" || !strings.HasPrefix(message, "an operation may hold only one of these, since each tries a password or a link, or works long: signUp, signIn") {
			t.Errorf("%s: got %q %q", query, code, message)
		}
	}
}

// TestWhateverTriesAPasswordOrALinkStandsAlone reads the schema, so that a new mutation is in it the day it appears.
func TestWhateverTriesAPasswordOrALinkStandsAlone(t *testing.T) {
	t.Parallel()
	schema, found := generated.NewExecutableSchema(generated.Config{}).Schema(), 0
	for _, f := range schema.Mutation.Fields {
		for _, a := range f.Arguments {
			for _, field := range append(schema.Types[a.Type.Name()].Fields, &ast.FieldDefinition{Name: a.Name}) {
				if !slices.Contains([]string{"password", "currentPassword", "newPassword", "token", "refreshToken", "code"}, field.Name) {
					continue
				}
				found++
				if !slices.Contains(DefaultLimits().Alone, f.Name) {
					t.Errorf("%s tries a %s, and one operation can hold many: say so in DefaultLimits", f.Name, field.Name)
				}
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d were found", found)
	}
	for _, name := range slices.Concat(DefaultLimits().Alone, guesses, letters) {
		if schema.Mutation.Fields.ForName(name) == nil {
			t.Errorf("there is no mutation %s", name)
		}
	}
}

// TestNullWhereNoneMayBeIsRefused guards against a panic: validation lets these variables pass for their defaults.
func TestNullWhereNoneMayBeIsRefused(t *testing.T) {
	t.Parallel()
	door := newDoor()
	for _, query := range []string{
		"query($a:Boolean=true){name@skip(if:$a)}",
		"query($a:Boolean=true){self{...@include(if:$a){name}}}",
		"query($a:Boolean=true){...f} fragment f on Query{...g@include(if:$a)} fragment g on Query{name}",
		"query($a:Int=1){needs(n:$a)}",
		"query($a:Int=1){needs(n:1 list:[[1 $a]])}",
		"mutation($a:String=x){signIn(input:{email:$a password:y})}",
	} {
		query = strings.NewReplacer("=x", `=\"x\"`, ":y", `:\"y\"`).Replace(query)
		w := send(door, post(`{"query":"`+query+`","variables":{"a":null}}`))
		if got := codes(t, w); w.Code != 200 || !slices.Equal(got, []string{"BAD_REQUEST"}) || !strings.Contains(w.Body.String(), "is null") {
			t.Errorf("%s: got %d %s", query, w.Code, w.Body)
		}
		if w := send(door, post(`{"query":"`+query+`"}`)); w.Code != 200 || codes(t, w) != nil {
			t.Errorf("%s with its default: got %d %s", query, w.Code, w.Body)
		}
	}
	w := send(door, post(`{"query":"query($a:String=\"x\" $b:Int){told(text:$a n:$b)}","variables":{"a":null,"b":null}}`))
	if got, want := w.Body.String(), `{"data":{"told":{"n":null,"text":null}}}`; got != want {
		t.Errorf("where null may be: got %s, want %s", got, want)
	}
}

func TestAnAnswerInPiecesIsRefused(t *testing.T) {
	t.Parallel()
	if code, message := judged(DefaultLimits(), "{...@defer{name}}", nil); code != "BAD_REQUEST" || !strings.Contains(message, "@defer") {
		t.Errorf("got %q %q", code, message)
	}
}

func TestADocumentThatPassedIsNotReadAgainAndItsVariablesAre(t *testing.T) {
	t.Parallel()
	door := newDoor()
	for range 2 {
		if w := send(door, post(`{"query":"query($a:Any){told(any:$a)}","variables":{"a":"x"}}`)); w.Body.String() != `{"data":{"told":{"any":"x"}}}` {
			t.Errorf("got %s", w.Body)
		}
		w := send(door, post(`{"query":"query($a:Any){told(any:$a)}","variables":{"a":"\u0000"}}`))
		if got := codes(t, w); !slices.Equal(got, []string{"BAD_REQUEST"}) {
			t.Errorf("got %s", w.Body)
		}
	}
}

func TestNoNameOfTheSchemaIsSuggested(t *testing.T) {
	t.Parallel()
	door := newDoor()
	for _, query := range []string{"{nam}", "{told(tex:1)}", "{...on Quer{name}}", "{...f} fragment f on Quer{name}", "{told(colour:RE)}", "{self}", "{name{x}}", "query($a:Colou){told(colour:$a)}"} {
		w := send(door, post(`{"query":"`+query+`"}`))
		if codes(t, w); strings.Contains(w.Body.String(), "Did you mean") {
			t.Errorf("%s: %s", query, w.Body)
		}
	}
}

func TestAnOperationThatIsRefusedHasOneOfOurCodes(t *testing.T) {
	t.Parallel()
	wide := "{" + strings.Repeat("name ", 61) + "}"
	cases := []struct{ name, body, code string }{
		{"a syntax error", `{"query":"{"}`, "BAD_REQUEST"},
		{"nothing but a comment", `{"query":"# no"}`, "BAD_REQUEST"},
		{"an unknown field", `{"query":"{nothing}"}`, "BAD_REQUEST"},
		{"an unknown operation", `{"query":"query A{name}","operationName":"B"}`, "BAD_REQUEST"},
		{"a missing variable", `{"query":"query($a:Int!){told(n:$a)}"}`, "BAD_REQUEST"},
		{"a variable of the wrong type", `{"query":"query($a:Int!){told(n:$a)}","variables":{"a":"x"}}`, "BAD_REQUEST"},
		{"a NUL in a variable", `{"query":"query($a:String!){told(text:$a)}","variables":{"a":"\u0000"}}`, "BAD_REQUEST"},
		{"too many fields", `{"query":"` + wide + `"}`, "TOO_COMPLEX"},
		{"more cost than is allowed", `{"query":"{` + aliases("name", 31) + `}"}`, "TOO_COMPLEX"},
	}
	door := newDoor()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for kind, status := range map[string]int{plainJSON: 200, graphqlJSON: 400} {
				w := send(door, post(c.body, "Accept", kind))
				if w.Code != status {
					t.Errorf("as %s: got status %d, want %d: %s", kind, w.Code, status, w.Body)
				}
				if got := codes(t, w); !slices.Equal(got, []string{c.code}) {
					t.Errorf("as %s: got codes %q, want %s: %s", kind, got, c.code, w.Body)
				}
				notRunAnswer(t, w, kind)
			}
			alive(t, door)
		})
	}
}

// aliases asks for a field n times under different names.
func aliases(field string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d:%s", i, field)
	}
	return b.String()
}

func TestWhatAClientSentIsNotToldBack(t *testing.T) {
	t.Parallel()
	door := newDoor()
	for _, body := range []string{
		`{"query":"hunter2`,
		`{"query":"hunter2{name}"}`,
		`{"query":"{told(text \"hunter2\")}"}`,
		`{"query":"{told(text: \"\\uhunter2\")}"}`,
		`{"query":"{told(n: \"hunter2\")}"}`,
		`{"query":"{told(text: hunter2)}"}`,
		`{"query":"{told(colour: hunter2)}"}`,
		`{"query":"{told(colour: \"hunter2\")}"}`,
		`{"query":"mutation{signIn(input:{email:\"a@b.test\",password:hunter2})}"}`,
		`{"query":"query($c:Colour){told(colour:$c)}","variables":{"c":"hunter2"}}`,
		`{"query":"query($c:Int){told(n:$c)}","variables":{"c":"hunter2"}}`,
		`{"query":"query($c:Signing!){told}","variables":{"c":"hunter2"}}`,
	} {
		w := send(door, post(body))
		if got := codes(t, w); !slices.Contains(got, "BAD_REQUEST") || strings.Contains(w.Body.String(), "hunter2") {
			t.Errorf("to %s: %d %s", body, w.Code, w.Body)
		}
	}
	w := send(door, post(`{"query":"{`+strings.Repeat("n", 100_000)+`}"}`))
	if codes(t, w); w.Body.Len() > 1000 {
		t.Errorf("a long name is answered with %d bytes", w.Body.Len())
	}
}

func TestTheSchemaIsToldOnlyWhereItMayBe(t *testing.T) {
	t.Parallel()
	real := func(use ...graphql.HandlerExtension) *handler.Server {
		srv := handler.New(generated.NewExecutableSchema(generated.Config{}))
		Harden(srv, NewDocuments(nil))
		srv.AddTransport(Transport{})
		for _, x := range use {
			srv.Use(x)
		}
		return srv
	}
	question, err := json.Marshal(map[string]string{"query": graphiqlQuestion()})
	if err != nil {
		t.Fatal(err)
	}
	const oneType = `{"query":"{__type(name:\"Query\"){name}}"}`
	for _, c := range []struct {
		srv        *handler.Server
		body, want string
	}{
		{real(extension.Introspection{}), string(question), `{"data":{"__schema":{"description":`},
		{real(extension.Introspection{}), oneType, `{"data":{"__type":{"name":"Query"}}}`},
		{real(), string(question), `{"errors":[{"message":"this server does not tell its schema","extensions":{"code":"BAD_REQUEST"}}],"data":null}`},
		{real(), oneType, `{"data":{"__type":null}}`},
		{real(), `{"query":"{__typename}"}`, `{"data":{"__typename":"Query"}}`},
	} {
		if w := send(c.srv, post(c.body)); w.Code != 200 || !strings.HasPrefix(w.Body.String(), c.want) {
			t.Errorf("got %d %.200s, want %s", w.Code, w.Body, c.want)
		}
	}
}
