package page

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Wants reports whether the rows of the list that is being resolved are asked for any of these fields, under whatever
// alias and through whatever fragments, so that a resolver loads for all rows at once what would otherwise be fetched
// row by row. Where nobody picks fields, outside GraphQL, everything is wanted.
func Wants(ctx context.Context, names ...string) bool {
	op, list, ok := asked(ctx)
	if !ok {
		return true
	}
	return slices.ContainsFunc(list, func(part graphql.CollectedField) bool {
		switch part.Name {
		case "nodes":
			return has(op, part, names)
		case "edges":
			return slices.ContainsFunc(fields(op, part), func(f graphql.CollectedField) bool {
				return f.Name == "node" && has(op, f, names)
			})
		}
		return false
	})
}

// WantsWithin is Wants for a field inside others of a row: path leads there from the row.
func WantsWithin(ctx context.Context, path ...string) bool {
	op, list, ok := asked(ctx)
	return !ok || within(op, list, append([]string{"nodes"}, path...)) || within(op, list, append([]string{"edges", "node"}, path...))
}

// WantsField is Wants for what is no list of rows: path leads there from the field that is being resolved.
func WantsField(ctx context.Context, path ...string) bool {
	op, list, ok := asked(ctx)
	return !ok || within(op, list, path)
}

// Asked are the fields that are asked for within a field of the rows, under whatever aliases. ok is false where nobody picks
// fields.
func Asked(ctx context.Context, field string) (names []string, ok bool) {
	op, list, ok := asked(ctx)
	rows := func(part graphql.CollectedField) {
		for _, f := range fields(op, part) {
			if f.Name == field {
				for _, one := range fields(op, f) {
					names = append(names, one.Name)
				}
			}
		}
	}
	for _, part := range list {
		switch part.Name {
		case "nodes":
			rows(part)
		case "edges":
			for _, f := range fields(op, part) {
				if f.Name == "node" {
					rows(f)
				}
			}
		}
	}
	return names, ok
}

func within(op *graphql.OperationContext, list []graphql.CollectedField, path []string) bool {
	return slices.ContainsFunc(list, func(f graphql.CollectedField) bool {
		return f.Name == path[0] && (len(path) == 1 || within(op, fields(op, f), path[1:]))
	})
}

// rowsAsked reports whether anything is asked for that only reading rows can answer.
func rowsAsked(ctx context.Context) bool {
	_, list, ok := asked(ctx)
	if !ok {
		return true
	}
	return slices.ContainsFunc(list, func(f graphql.CollectedField) bool {
		return f.Name == "edges" || f.Name == "nodes" || f.Name == "pageInfo"
	})
}

// asked are the fields of the connection that is being resolved.
func asked(ctx context.Context) (*graphql.OperationContext, []graphql.CollectedField, bool) {
	at := graphql.GetFieldContext(ctx)
	if at == nil || at.Field.Field == nil || !graphql.HasOperationContext(ctx) {
		return nil, nil, false
	}
	op := graphql.GetOperationContext(ctx)
	return op, fields(op, at.Field), true
}

func has(op *graphql.OperationContext, row graphql.CollectedField, names []string) bool {
	return slices.ContainsFunc(fields(op, row), func(f graphql.CollectedField) bool {
		return slices.Contains(names, f.Name)
	})
}

func fields(op *graphql.OperationContext, parent graphql.CollectedField) []graphql.CollectedField {
	return graphql.CollectFields(op, parent.Selections, satisfied(parent.Selections))
}

// satisfied are the names that a fragment on the selected type can be written for: its own and its interfaces'. Of an
// interface or a union it is unknown which type a row will be, and nil takes the fragments on all of them. Validation
// has left the type in every selection.
func satisfied(selections ast.SelectionSet) []string {
	var def *ast.Definition
	if len(selections) > 0 {
		switch s := selections[0].(type) {
		case *ast.Field:
			def = s.ObjectDefinition
		case *ast.InlineFragment:
			def = s.ObjectDefinition
		case *ast.FragmentSpread:
			def = s.ObjectDefinition
		}
	}
	if def == nil || def.Kind != ast.Object {
		return nil
	}
	return append([]string{def.Name}, def.Interfaces...)
}
