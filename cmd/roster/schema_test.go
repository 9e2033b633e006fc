package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/graph/generated"
)

func TestSchemaPrintsWhatIsWrittenAndServed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	printed := roster(t, t.TempDir(), nil, "schema")
	if printed.code != 0 || printed.log != "" {
		t.Fatalf("got code %d and %q, want 0 and nothing said", printed.code, printed.log)
	}

	written, got := load(t, "schema.graphql", string(text)), load(t, "what schema prints", printed.out)
	if difference := compare(written, got); difference != "" {
		t.Errorf("what is printed (+) differs from what is written (-):\n%s", difference)
	}
	if difference := compare(written, generated.NewExecutableSchema(generated.Config{}).Schema()); difference != "" {
		t.Errorf("what is served (+) differs from what is written (-); generate again:\n%s", difference)
	}

	const described = "Opaque and lasting; never reused."
	changed := strings.Replace(printed.out, described, "Anything.", 1)
	if changed == printed.out || compare(written, load(t, "a changed one", changed)) == "" {
		t.Errorf("the comparison does not notice that the description %q was changed", described)
	}
}

func load(t *testing.T, name, text string) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: name, Input: text})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return schema
}

// compare is what differs in meaning: types, fields, arguments, defaults and descriptions, in whatever order.
func compare(a, b *ast.Schema) string {
	return cmp.Diff(a, b, cmpopts.IgnoreTypes(&ast.Position{}, &ast.CommentGroup{}), cmpopts.EquateEmpty(),
		cmpopts.SortSlices(func(x, y *ast.Definition) bool { return x.Name < y.Name }),
		cmpopts.SortSlices(func(x, y *ast.FieldDefinition) bool { return x.Name < y.Name }),
		cmpopts.SortSlices(func(x, y string) bool { return x < y }))
}
