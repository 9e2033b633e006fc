package main

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// filler are descriptions that only say the name again, or that something is what its type says.
var filler = []string{"the id.", "its id.", "id.", "the name.", "its name.", "the cursor.", "the node.", "the edges.", "the nodes.", "the input."}

func TestEveryElementOfTheSchemaIsDescribed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	told := describedIn(load(t, "schema.graphql", string(text)))
	if len(told) < 700 {
		t.Errorf("got %d elements, want all of them looked at", len(told))
	}
	for name, description := range told {
		if why := undescribed(name, description); why != "" {
			t.Errorf("%s: %s: %q", name, why, description)
		}
	}
}

// undescribed is what is wrong with a description; empty when it is one.
func undescribed(name, description string) string {
	for _, line := range filler {
		if strings.EqualFold(description, line) {
			return "says nothing"
		}
	}
	switch last := name[strings.LastIndexAny(name, ".(")+1:]; {
	case description == "":
		return "has no description"
	case strings.EqualFold(strings.Trim(description, ". "), strings.TrimSuffix(last, ")")):
		return "says its name again"
	case !strings.ContainsAny(description[len(description)-1:], ".:`") || strings.TrimSpace(description) != description:
		return "does not end as a sentence does"
	}
	return ""
}

// describedIn is the description of every element that is Roster's own: types, fields, arguments, input fields and values.
func describedIn(schema *ast.Schema) map[string]string {
	told := map[string]string{"schema": schema.Description}
	for _, d := range schema.Types {
		if d.BuiltIn {
			continue
		}
		told[d.Name] = d.Description
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			told[d.Name+"."+f.Name] = f.Description
			for _, a := range f.Arguments {
				told[d.Name+"."+f.Name+"("+a.Name+")"] = a.Description
			}
		}
		for _, v := range d.EnumValues {
			told[d.Name+"."+v.Name] = v.Description
		}
	}
	return told
}

func TestADescriptionThatSaysNothingIsSeen(t *testing.T) {
	t.Parallel()
	told := describedIn(load(t, "a schema", `type Query { "The id." id(a: Int): ID, name: String, "Name" b: E, "What it is" c: Int } enum E { "One." A B } "In." input I { x: Int }`))
	seen := map[string]string{}
	for name, description := range told {
		if why := undescribed(name, description); why != "" {
			seen[name] = why
		}
	}
	for name, want := range map[string]string{"Query": "has no description", "schema": "has no description", "Query.id": "says nothing", "Query.id(a)": "has no description",
		"Query.name": "has no description", "E": "has no description", "E.B": "has no description", "I.x": "has no description", "Query.c": "does not end as a sentence does"} {
		if seen[name] != want {
			t.Errorf("%s: got %q, want %q", name, seen[name], want)
		}
	}
	if seen["E.A"] != "" || seen["I"] != "" {
		t.Errorf("got %v, want nothing against what is described", seen)
	}
}
