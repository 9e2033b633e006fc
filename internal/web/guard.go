package web

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator/rules"
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
	Alone              []string // mutations of which one operation may hold one: each tries a password or a link
}

// DefaultLimits are the limits that Harden sets. GraphiQL's question about the schema is 15 deep.
func DefaultLimits() Limits {
	return Limits{
		Tokens: 1000, Depth: 12, IntrospectionDepth: 16, Selections: 300, Siblings: 60, Fragments: 10, Variables: 50, Directives: 20,
		Alone: []string{"signUp", "signIn", "emailVerify", "invitationAccept", "sessionRefresh"},
	}
}

// Harden sets up a server so that no document can keep it busy before its cost is known: the guard, the parser's token
// limit, validation that suggests no names, a cache of documents. Transport, cost limit and introspection are the
// caller's.
func Harden(srv *handler.Server) {
	limits, known := DefaultLimits(), lru.New[*ast.QueryDocument](250)
	srv.SetParserTokenLimit(limits.Tokens)
	srv.SetDisableSuggestion(true)
	srv.SetValidationRulesFn(func() *rules.Rules { // anew each time, since gqlgen changes what it gets
		quiet := rules.NewDefaultRules()
		quiet.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
		quiet.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
		quiet.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
		return quiet
	})
	srv.SetQueryCache(known)
	srv.Use(Guard{Limits: limits, Known: known})
	srv.AroundRootFields(tellSchema)
}

// tellSchema answers for the schema where introspection is off: no type is known, and to ask for all of it is a
// mistake. gqlgen alone would call both an internal error, and report it.
func tellSchema(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	name := graphql.GetRootFieldContext(ctx).Field.Name
	if hidden := graphql.GetOperationContext(ctx).DisableIntrospection; hidden && name == "__type" {
		return graphql.Null
	} else if hidden && name == "__schema" {
		graphql.AddError(ctx, refusal(codeBadRequest, "this server does not tell its schema"))
		return graphql.RequiredNull
	}
	return next(ctx)
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
	if !storable(p.Variables) || !storable(p.OperationName) || !utf8.ValidString(p.Query) {
		return refusal(codeBadRequest, "a text holds a NUL or a character that is not valid Unicode")
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

// storable reports whether every text in a decoded JSON value can be kept: Postgres takes no NUL, and U+FFFD is what is
// left of text that was broken before it came here.
func storable(value any) bool {
	switch v := value.(type) {
	case string:
		return !strings.ContainsAny(v, "\x00\uFFFD")
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !storable(item) })
	case map[string]any:
		for key, item := range v {
			if !storable(key) || !storable(item) {
				return false
			}
		}
	}
	return true
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
			return refusal(codeBadRequest, "a text holds a NUL or a character that is not valid Unicode")
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
		return refusal(codeBadRequest, "an operation may hold only one of "+strings.Join(g.Limits.Alone, ", "))
	}
	return cmp.Or(
		atMost(g.Limits.Selections, size.selections, "fields and fragments"),
		atMost(depth, size.depth, "levels of fields"),
		atMost(g.Limits.Siblings, size.widest, "fields at one level"),
		atMost(g.Limits.Variables, len(op.VariableDefinitions), "variables"),
	)
}

// survey measures a document. Each fragment is measured once, however often it is spread.
type survey struct {
	doc       *ast.QueryDocument
	lone      []string          // Limits.Alone
	fragments map[string]*shape // nil while it is being measured
	marks     int               // directives
	circular  bool
	deferred  bool
}

// shape is the size of a set of selections with everything below it, and what stands on its first level.
type shape struct {
	depth, selections, widest int
	fields, alone             int  // on the first level, as are
	schema, data              bool // __schema or __type, and fields of the schema's own
}

// plenty keeps the sizes of fragments that spread fragments from overflowing.
const plenty = 1 << 20

func (s *survey) measure(set ast.SelectionSet) (all shape) {
	for _, selection := range set {
		var inner shape
		switch x := selection.(type) {
		case *ast.Field:
			s.directives(x.Directives)
			below := s.measure(x.SelectionSet)
			inner = shape{depth: below.depth + 1, selections: below.selections, widest: below.widest, fields: 1}
			inner.schema, inner.data = x.Name == "__schema" || x.Name == "__type", !strings.HasPrefix(x.Name, "__")
			if slices.Contains(s.lone, x.Name) {
				inner.alone = 1
			}
		case *ast.InlineFragment:
			s.directives(x.Directives)
			inner = s.measure(x.SelectionSet)
		case *ast.FragmentSpread:
			s.directives(x.Directives)
			inner = s.fragment(x.Name)
		}
		all = shape{
			depth: max(all.depth, inner.depth), selections: min(all.selections+1+inner.selections, plenty),
			widest: max(all.widest, inner.widest, all.fields+inner.fields), fields: min(all.fields+inner.fields, plenty),
			alone: min(all.alone+inner.alone, plenty), schema: all.schema || inner.schema, data: all.data || inner.data,
		}
	}
	return all
}

func (s *survey) fragment(name string) shape {
	known, begun := s.fragments[name]
	def := s.doc.Fragments.ForName(name)
	switch {
	case known != nil:
		return *known
	case begun:
		s.circular = true
		return shape{}
	case def == nil:
		return shape{} // validation says so
	}
	s.fragments[name] = nil
	size := s.measure(def.SelectionSet)
	s.fragments[name] = &size
	return size
}

func (s *survey) directives(list ast.DirectiveList) {
	s.marks += len(list)
	s.deferred = s.deferred || list.ForName("defer") != nil
}

func atMost(most, got int, what string) *gqlerror.Error {
	if got <= most {
		return nil
	}
	return refusal(codeTooComplex, fmt.Sprintf("the operation is too complex: it has more than %d %s", most, what))
}

// unreadable tells where a document cannot be read and not what stands there: it may be a password.
func unreadable(err error) *gqlerror.Error {
	told := refusal(codeBadRequest, "the document is not GraphQL: it cannot be read from here on")
	told.Locations = gqlerror.WrapIfUnwrapped(err).Locations
	return told
}

// refusals are what clients are told when an operation does not begin: one of our codes and no value that was sent.
func refusals(errs gqlerror.List) gqlerror.List {
	told := make(gqlerror.List, 0, len(errs))
	for _, e := range errs {
		code, _ := e.Extensions["code"].(string)
		switch code {
		case "", errcode.ValidationFailed, errcode.ParseFailed:
			code = codeBadRequest
		case "COMPLEXITY_LIMIT_EXCEEDED": // gqlgen's, not exported
			code = codeTooComplex
		}
		e = &gqlerror.Error{Message: discreet(e), Path: e.Path, Locations: e.Locations, Extensions: map[string]any{"code": code}}
		if len(e.Path.String()) > maxMessage {
			e.Path = nil
		}
		told = append(told, e)
	}
	return told
}

// discreet leaves out the value that the library quotes: it may be a password.
func discreet(e *gqlerror.Error) string {
	message := e.Message
	switch i := strings.LastIndex(message, " is not a valid "); {
	case e.Rule == rules.ValuesOfCorrectTypeRule.Name && strings.HasPrefix(message, "Expected value of type"):
		message, _, _ = strings.Cut(message, ", found ")
	case e.Rule == rules.ValuesOfCorrectTypeRule.Name && !strings.HasPrefix(message, "Field"):
		message = "this value is none of those that the schema allows here"
	case i >= 0: // a variable of an enum
		message = "the value" + message[i:]
	}
	return strings.ToValidUTF8(message[:min(len(message), maxMessage)], "")
}
