package house_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"roster/graph/generated"
)

// question is one field of the schema that takes arguments, and the way to it: a field of Query or Mutation, or one of
// a thing that node finds.
type question struct {
	schema *ast.Schema
	of     *ast.Definition // whose field it is
	field  *ast.FieldDefinition
	way    []string // the fields between the thing that node finds and the one that is asked
	thing  string   // the type that node finds; empty for Query and Mutation
	brief  bool     // asks for little of the answer
}

// slot is one place in a question where a client can put something: an argument, or a field inside one.
type slot struct {
	path []string // from the argument inwards
	kind *ast.Type
}

func (q question) String() string { return q.of.Name + "." + q.field.Name }
func (q question) mutates() bool  { return q.of.Name == "Mutation" }
func (s slot) String() string     { return strings.Join(s.path, ".") }
func (s slot) name() string       { return s.path[len(s.path)-1] }
func (s slot) id() bool           { return s.kind.Name() == "ID" }
func (s slot) token() bool {
	name := strings.ToLower(s.name())
	return strings.HasSuffix(name, "token") || strings.HasSuffix(name, "proof")
}
func (s slot) cursor() bool         { return s.name() == "after" || s.name() == "before" }
func (s slot) under(at string) bool { return s.String() == at || strings.HasPrefix(s.String(), at+".") }

// questions are all fields of the schema that take arguments, and all mutations: also those that nobody has written a
// test for yet.
func questions(t testing.TB) (list []question) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	reached := map[string]bool{}
	var from func(of *ast.Definition, thing string, way []string)
	from = func(of *ast.Definition, thing string, way []string) {
		reached[of.Name] = true
		for _, f := range of.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			if len(f.Arguments) > 0 || of.Name == "Mutation" {
				list = append(list, question{schema, of, f, way, thing, false})
			} else if next := schema.Types[f.Type.Name()]; thing != "" && next.Kind == ast.Object && !reached[next.Name] && f.Type.Elem == nil {
				from(next, thing, append(slices.Clone(way), f.Name))
			}
		}
	}
	from(schema.Query, "", nil)
	from(schema.Mutation, "", nil)
	for _, thing := range things(schema) {
		reached[thing] = true // asked for by node, not on the way to another
	}
	for _, thing := range things(schema) {
		from(schema.Types[thing], thing, nil)
	}
	for name, d := range schema.Types {
		asks := slices.ContainsFunc(d.Fields, func(f *ast.FieldDefinition) bool { return len(f.Arguments) > 0 })
		if d.Kind == ast.Object && asks && !reached[name] && !strings.HasPrefix(name, "__") {
			t.Errorf("there is no way to the fields of %s that take arguments: teach questions one", name)
		}
	}
	return list
}

// things are the types that have an id.
func things(schema *ast.Schema) (names []string) {
	for _, d := range schema.GetPossibleTypes(schema.Types["Node"]) {
		if d.Kind == ast.Object {
			names = append(names, d.Name)
		}
	}
	slices.Sort(names)
	return names
}

// slots are all places in a question where something can be put.
func (q question) slots() (list []slot) {
	var inside func(path []string, t *ast.Type)
	inside = func(path []string, t *ast.Type) {
		list = append(list, slot{path, t})
		if d := q.schema.Types[t.Name()]; d.Kind == ast.InputObject {
			for _, f := range d.Fields {
				inside(append(slices.Clone(path), f.Name), f.Type)
			}
		}
	}
	for _, a := range q.field.Arguments {
		inside([]string{a.Name}, a.Type)
	}
	return list
}

// text is the document that asks the question, with a variable for each argument that is given.
func (q question) text(given map[string]any) string {
	var variables, arguments []string
	for _, a := range q.field.Arguments {
		if _, ok := given[a.Name]; ok {
			variables = append(variables, "$"+a.Name+": "+a.Type.String())
			arguments = append(arguments, a.Name+": $"+a.Name)
		}
	}
	ask := q.ask(arguments)
	if q.thing != "" {
		variables = append(variables, "$thing: ID!")
	}
	kind := "query"
	if q.mutates() {
		kind = "mutation"
	}
	if len(variables) > 0 {
		kind += "(" + strings.Join(variables, ", ") + ")"
	}
	return kind + " " + ask
}

// ask is the part of the document in braces.
func (q question) ask(arguments []string) string {
	ask := "{answer: " + q.field.Name
	if len(arguments) > 0 {
		ask += "(" + strings.Join(arguments, ", ") + ")"
	}
	depth := 2
	if _, deep := q.selection(q.field.Type, depth); deep > 200 || q.brief {
		depth = 1
	}
	selection, _ := q.selection(q.field.Type, depth)
	ask += selection + "}"
	for _, f := range slices.Backward(q.way) {
		ask = "{" + f + ask + "}"
	}
	if q.thing == "" {
		return ask
	}
	return "{node(id: $thing){... on " + q.thing + ask + "}}"
}

// selection asks for everything that can be asked for without arguments, and says how much that is.
func (q question) selection(t *ast.Type, depth int) (text string, size int) {
	d := q.schema.Types[t.Name()]
	if d.IsLeafType() {
		return "", 0
	}
	parts := []string{"__typename"}
	for _, f := range d.Fields {
		leaf := q.schema.Types[f.Type.Name()].IsLeafType()
		if strings.HasPrefix(f.Name, "__") || len(f.Arguments) > 0 || !leaf && depth == 0 {
			continue
		}
		inner, n := q.selection(f.Type, depth-1)
		parts, size = append(parts, f.Name+inner), size+n
	}
	return "{" + strings.Join(parts, " ") + "}", size + len(parts)
}

// filler fills a question's arguments with values that a careful client would send. want says which optional ones are
// given besides the required ones; own gives an id of a thing by the slot that takes it.
type filler struct {
	q      question
	fresh  func(word string) string
	want   func(path string) bool
	own    func(s slot) string
	recipe map[string]any // by path: what stands there instead
}

// fill is the whole of the variables, but for the thing's id.
func (f filler) fill() map[string]any {
	given := map[string]any{}
	for _, a := range f.q.field.Arguments {
		if f.wanted(a.Name, a.Type, a.DefaultValue) {
			given[a.Name] = f.value([]string{a.Name}, a.Type)
		}
	}
	return given
}

func (f filler) wanted(path string, t *ast.Type, without *ast.Value) bool {
	inside := false // what the recipe wants is reached through it
	for at := range f.recipe {
		inside = inside || at == path || strings.HasPrefix(at, path+".")
	}
	return t.NonNull && without == nil || f.want(path) || inside
}

func (f filler) value(path []string, t *ast.Type) any {
	s := slot{path, t}
	if v, ok := f.recipe[s.String()]; ok {
		return f.cooked(s, v)
	}
	if t.Elem != nil {
		return []any{f.value(path, t.Elem)}
	}
	switch d := f.q.schema.Types[t.Name()]; {
	case d.Kind == ast.Enum:
		return d.EnumValues[0].Name
	case d.Kind == ast.InputObject:
		object := map[string]any{}
		for _, field := range d.Fields {
			at := append(slices.Clone(path), field.Name)
			if f.wanted(strings.Join(at, "."), field.Type, field.DefaultValue) {
				object[field.Name] = f.value(at, field.Type)
			}
		}
		return object
	}
	switch t.Name() {
	case "ID":
		return f.own(s)
	case "Int":
		return 1
	case "Float":
		return 1.5
	case "Boolean":
		return false
	case "DateTime":
		return "2026-02-01T09:00:00Z"
	case "Upload":
		return fileHere
	case "String":
		return f.word(s.name())
	}
	panic(fmt.Sprintf("%v: what does a client send for %s at %v? Teach filler.value", f.q, t.Name(), s))
}

// cooked is a recipe's value; "own X" is the id of an X.
func (f filler) cooked(s slot, v any) any {
	if text, is := v.(string); is && strings.HasPrefix(text, "own ") {
		v = f.own(slot{[]string{strings.TrimPrefix(text, "own ")}, s.kind})
	}
	if s.kind.Elem != nil {
		return []any{v}
	}
	return v
}

// word is a text that fits a field of this name.
func (f filler) word(name string) string {
	switch {
	case strings.HasSuffix(strings.ToLower(name), "email"):
		return f.fresh("walker") + "@example.com"
	case strings.HasSuffix(strings.ToLower(name), "password"):
		return password
	case name == "mobile":
		return "+447400123456"
	case name == "country":
		return "GB"
	case name == "idempotencyKey":
		return f.fresh("key")
	case name == "localPart":
		return f.fresh("robin.")
	case name == "verbs":
		return "membershipAdd"
	}
	return "Robin"
}

// put sets a value deep inside what was filled; each list on the way has one entry. Given without, it takes it out.
func put(in any, path []string, value any, without bool) {
	if list, is := in.([]any); is {
		in = list[0]
	}
	object := in.(map[string]any)
	switch {
	case len(path) > 1:
		put(object[path[0]], path[1:], value, without)
	case without:
		delete(object, path[0])
	default:
		object[path[0]] = value
	}
}

// copied is a deep copy of what was filled.
func copied(t testing.TB, given map[string]any) (c map[string]any) {
	t.Helper()
	text, err := json.Marshal(given)
	if err := json.Unmarshal(must(t, text, err), &c); err != nil {
		t.Fatal(err)
	}
	return c
}
