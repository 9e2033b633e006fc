package web

import (
	"strings"

	"github.com/99designs/gqlgen/graphql/errcode"
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
