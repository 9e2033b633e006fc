package web

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
)

// Limits bound what one request may ask. They are counted as the server would run it: a fragment counts wherever it is
// spread. The figures of DefaultLimits are those of SECURITY.md.
type Limits struct {
	Tokens             int      // words and signs of the whole document
	Depth              int      // fields inside fields
	IntrospectionDepth int      // the same for operations that ask only about the schema
	Selections         int      // fields and fragments of one operation
	Siblings           int      // fields at one level
	Fragments          int      // named ones in the document
	Variables          int      // of one operation
	Directives         int      // in the document
	Alone              []string // mutations of which one operation may hold one: each tries a password or a link, or works long
}

// DefaultLimits are the limits that Harden sets. GraphiQL's question about the schema is 15 deep.
func DefaultLimits() Limits {
	return Limits{
		Tokens: 1000, Depth: 12, IntrospectionDepth: 16, Selections: 300, Siblings: 60, Fragments: 10, Variables: 50, Directives: 20,
		Alone: []string{"signUp", "signIn", "emailVerify", "invitationAccept", "invitationDecline", "invitationRequestNew", "sessionRefresh", "passwordChange", "passwordResetRequest", "passwordReset", "emailChangeRequest", "loginMergeStart", "loginMergeConfirm", "membershipAddMany", "clientUserCreate", "documentSubmit"},
	}
}

// Guard refuses documents by their structure before validation sees them: the rule that overlapping fields must merge
// takes more than linear time, and counting an operation's cost follows every path through its fragments. It also
// refuses text that a database could not keep. It knows nothing of the schema.
type Guard struct {
	Limits Limits
	Known  graphql.Cache[*ast.QueryDocument] // documents that passed before; may be nil
}

// ExtensionName names the guard to gqlgen.
func (Guard) ExtensionName() string { return "Guard" }

// Validate accepts every schema.
func (Guard) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters is where gqlgen asks before it parses. It changes nothing.
func (g Guard) MutateOperationParameters(ctx context.Context, p *graphql.RawParams) *gqlerror.Error {
	if !storable(p.OperationName) || !utf8.ValidString(p.Query) {
		return unstorable(nil)
	}
	if where, ok := storableAt(p.Variables, ast.Path{ast.PathName("variable")}); !ok {
		return unstorable(where)
	}
	if g.Known != nil {
		if _, passed := g.Known.Get(ctx, p.Query); passed {
			return nil
		}
	}
	if err := g.read(p.Query); err != nil {
		return err
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: p.Query}, g.Limits.Tokens)
	if err != nil {
		return unreadable(err)
	}
	return g.judge(doc)
}

// MutateOperationContext refuses null for a variable that stands where there can be none. Validation lets a variable
// pass there that may be null but has a default; null given all the same makes gqlgen panic, as in @skip(if: $maybe).
func (Guard) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	isNull := func(name string) bool { value, given := op.Variables[name]; return given && value == nil }
	if !slices.ContainsFunc(op.Operation.VariableDefinitions, func(v *ast.VariableDefinition) bool { return isNull(v.Variable) }) {
		return nil
	}
	sets := []ast.SelectionSet{op.Operation.SelectionSet}
	for _, f := range op.Doc.Fragments {
		sets = append(sets, f.SelectionSet)
	}
	misplaced := func(v *ast.Value) bool {
		return v.Kind == ast.Variable && v.ExpectedType != nil && v.ExpectedType.NonNull && isNull(v.Raw)
	}
	if slices.ContainsFunc(sets, func(set ast.SelectionSet) bool { return anyValue(set, misplaced) }) {
		return refusal(codeBadRequest, "a variable is null that is used where null is not allowed")
	}
	return nil
}

// anyValue looks for a value in the arguments of fields and directives, at any depth.
func anyValue(set ast.SelectionSet, is func(*ast.Value) bool) bool {
	var inside func(*ast.Value) bool
	inside = func(v *ast.Value) bool {
		return is(v) || slices.ContainsFunc(v.Children, func(c *ast.ChildValue) bool { return inside(c.Value) })
	}
	given := func(a *ast.Argument) bool { return inside(a.Value) }
	marked := func(d *ast.Directive) bool { return slices.ContainsFunc(d.Arguments, given) }
	return slices.ContainsFunc(set, func(selection ast.Selection) bool {
		switch x := selection.(type) {
		case *ast.Field:
			return slices.ContainsFunc(x.Arguments, given) || slices.ContainsFunc(x.Directives, marked) || anyValue(x.SelectionSet, is)
		case *ast.InlineFragment:
			return slices.ContainsFunc(x.Directives, marked) || anyValue(x.SelectionSet, is)
		case *ast.FragmentSpread:
			return slices.ContainsFunc(x.Directives, marked)
		}
		return false
	})
}

// storable reports whether a text can be kept: Postgres takes no NUL, and U+FFFD is what is left of text that was broken
// before it came here.
func storable(text string) bool { return !strings.ContainsAny(text, "\x00\uFFFD") }

// storableAt reports whether every text in a decoded JSON value is storable, and where one is that is not.
func storableAt(value any, at ast.Path) (where ast.Path, ok bool) {
	switch v := value.(type) {
	case string:
		return at, storable(v)
	case []any:
		for i, item := range v {
			if where, ok := storableAt(item, append(slices.Clone(at), ast.PathIndex(i))); !ok {
				return where, false
			}
		}
	case map[string]any:
		for key, item := range v {
			if !storable(key) {
				return at, false
			}
			if where, ok := storableAt(item, append(slices.Clone(at), ast.PathName(key))); !ok {
				return where, false
			}
		}
	}
	return nil, true
}

func unstorable(where ast.Path) *gqlerror.Error {
	err := refusal(codeBadRequest, "a text holds a NUL or a character that is not valid Unicode")
	err.Path = where
	return err
}

// read goes through a document once, word by word, and stops at the first that is too much.
func (g Guard) read(text string) *gqlerror.Error {
	words := lexer.New(&ast.Source{Input: text})
	for n := 0; ; n++ {
		word, err := words.ReadToken()
		switch {
		case err != nil:
			return unreadable(err)
		case word.Kind == lexer.EOF:
			return nil
		case n == g.Limits.Tokens:
			return atMost(n, n+1, "words and signs")
		case (word.Kind == lexer.String || word.Kind == lexer.BlockString) && !storable(word.Value):
			return unstorable(nil)
		}
	}
}

func (g Guard) judge(doc *ast.QueryDocument) *gqlerror.Error {
	s := survey{doc: doc, lone: g.Limits.Alone, fragments: map[string]*shape{}}
	for _, f := range doc.Fragments {
		s.directives(f.Directives)
		if err := atMost(g.Limits.Selections, s.fragment(f.Name).selections, "fields and fragments"); err != nil {
			return err
		}
	}
	if s.circular {
		return refusal(codeBadRequest, "a fragment spreads itself")
	}
	for _, op := range doc.Operations {
		if err := g.operation(&s, op); err != nil {
			return err
		}
	}
	if s.deferred {
		return refusal(codeBadRequest, "answers come in one piece here: leave out @defer")
	}
	return cmp.Or(atMost(g.Limits.Fragments, len(doc.Fragments), "fragments"), atMost(g.Limits.Directives, s.marks, "directives"))
}

func (g Guard) operation(s *survey, op *ast.OperationDefinition) *gqlerror.Error {
	s.directives(op.Directives)
	for _, v := range op.VariableDefinitions {
		s.directives(v.Directives)
	}
	size, depth := s.measure(op.SelectionSet), g.Limits.Depth
	if size.schema && !size.data {
		depth = g.Limits.IntrospectionDepth
	}
	if size.alone > 1 {
		return refusal(codeBadRequest, "an operation may hold only one of these, since each tries a password or a link, or works long: "+strings.Join(g.Limits.Alone, ", "))
	}
	return cmp.Or(
		atMost(g.Limits.Selections, size.selections, "fields and fragments"),
		atMost(depth, size.depth, "levels of fields"),
		atMost(g.Limits.Siblings, size.widest, "fields at one level"),
		atMost(g.Limits.Variables, len(op.VariableDefinitions), "variables"),
	)
}
