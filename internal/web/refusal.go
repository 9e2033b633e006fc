package web

import (
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// unreadable tells where a document cannot be read and not what stands there: it may be a password.
func unreadable(err error) *gqlerror.Error {
	told := refusal(codeBadRequest, "the document is not GraphQL: it cannot be read from here on")
	told.Locations = gqlerror.WrapIfUnwrapped(err).Locations
	return told
}

// refusals are what clients are told when an operation does not begin: one of our codes and no value that was sent.
func refusals(errs gqlerror.List, op *graphql.OperationContext) gqlerror.List {
	if op.Doc != nil && op.Operation == nil && len(op.Doc.Operations) > 0 {
		return gqlerror.List{refusal(codeBadRequest, unnamed(op))}
	}
	told := make(gqlerror.List, 0, len(errs))
	for _, e := range errs {
		code, _ := e.Extensions["code"].(string)
		switch code {
		case "", errcode.ValidationFailed, errcode.ParseFailed:
			code = codeBadRequest
		case "COMPLEXITY_LIMIT_EXCEEDED": // gqlgen's, not exported
			code = codeTooComplex
			e.Message = costly(op)
		}
		e = &gqlerror.Error{Message: discreet(e), Path: e.Path, Locations: e.Locations, Extensions: map[string]any{"code": code}}
		if len(e.Path.String()) > maxMessage {
			e.Path = nil
		}
		told = append(told, e)
	}
	return told
}

// unnamed says why none of a document's operations can be chosen.
func unnamed(op *graphql.OperationContext) string {
	if op.OperationName == "" {
		return fmt.Sprintf("the document holds %d operations: name the one to run in operationName", len(op.Doc.Operations))
	}
	return "the document holds no operation of the name in operationName"
}

// costly says how far an operation is from what it may cost.
func costly(op *graphql.OperationContext) string {
	stats, _ := op.Stats.GetExtension("ComplexityLimit").(*extension.ComplexityStats)
	if stats == nil {
		return "the operation is too complex"
	}
	return fmt.Sprintf("the operation is too complex: it could answer some %d fields, and %d are the most; ask for smaller pages, or for less of each row", stats.Complexity, stats.ComplexityLimit)
}

// discreet leaves out the value that the library quotes: it may be a password.
func discreet(e *gqlerror.Error) string {
	message := e.Message
	if len(e.Path) > 1 && e.Path[0] == ast.PathName("variable") {
		message = "$" + strings.TrimPrefix(e.Path.String(), "variable.") + ": " + message
	}
	switch i := strings.LastIndex(message, " is not a valid "); {
	case e.Rule == rules.ValuesOfCorrectTypeRule.Name && strings.HasPrefix(message, "Expected value of type"):
		message, _, _ = strings.Cut(message, ", found ")
	case e.Rule == rules.ValuesOfCorrectTypeRule.Name && !strings.HasPrefix(message, "Field"):
		_, enum, _ := lastCut(message, " does not exist in \"")
		message = "this value is none of those that the schema allows here"
		if enum, _, ok := strings.Cut(enum, "\" enum"); ok {
			message = "this value is none of the enum " + strings.Trim(enum, "[]!")
		}
	case i >= 0: // a variable of an enum
		where, _, _ := strings.Cut(message, ": ")
		message = where + ": the value" + message[i:]
	}
	return strings.ToValidUTF8(message[:min(len(message), maxMessage)], "")
}

// lastCut cuts at the last place: what stands before it may hold anything.
func lastCut(text, at string) (before, after string, found bool) {
	i := strings.LastIndex(text, at)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(at):], true
}
