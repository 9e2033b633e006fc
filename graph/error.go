package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/graph/page"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Present is the one place where an error becomes an answer. Only faults made to be shown pass; everything else is
// logged with the request's id and shown as INTERNAL.
func Present(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		var fault rule.Fault
		var argument page.Error
		var malformed *gqlerror.Error
		switch {
		case errors.As(err, &malformed) && malformed.Unwrap() != nil && len(malformed.Path) > len(graphql.GetPath(ctx)): // inside an argument
			return unfit(malformed)
		case errors.As(err, &fault):
			return shown(ctx, fault.Code, fault.Message)
		case errors.As(err, &argument):
			return shown(ctx, argument.Code(), argument.Message)
		case errors.Is(err, store.ErrOutcomeUnknown):
			log.ErrorContext(ctx, "outcome unknown", "path", graphql.GetPath(ctx).String(), "error", err)
			return shown(ctx, "OUTCOME_UNKNOWN", "The database did not say whether this was done. Ask again with the same idempotency key, or look whether it was.")
		case malformed != nil && malformed.Unwrap() == nil && malformed.Extensions["code"] == nil:
			malformed.Extensions = map[string]any{"code": "BAD_REQUEST"}
			return malformed
		case malformed != nil && malformed.Unwrap() == nil && isFault(malformed.Extensions["code"]):
			return malformed
		}
		if ctx.Err() != nil { // also what a database says when it is told to stop
			log.WarnContext(ctx, "request stopped", "path", graphql.GetPath(ctx).String(), "error", err)
			return shown(ctx, "INTERNAL", tookTooLong(ctx))
		}
		log.ErrorContext(ctx, "internal error", "path", graphql.GetPath(ctx).String(), "error", err)
		return shown(ctx, "INTERNAL", wentWrong(ctx)+" If it stays so, tell us the request id "+requestID(ctx)+".")
	}
}

func isFault(code any) bool {
	text, _ := code.(string)
	return slices.Contains(rule.FaultCodes(), text)
}

// tookTooLong is for whoever still waits when the time for a request is over.
func tookTooLong(ctx context.Context) string {
	if f := graphql.GetRootFieldContext(ctx); f != nil && f.Object == "Mutation" {
		return "This took too long and was stopped. Look whether your change was made before you repeat it, or repeat it with the same idempotency key."
	}
	return "This took too long and was stopped. Ask for less at a time, or try again in a moment."
}

// wentWrong is honest about a mutation: what failed may have been the reading of what it had done.
func wentWrong(ctx context.Context) string {
	if f := graphql.GetRootFieldContext(ctx); f != nil && f.Object == "Mutation" {
		return "Something went wrong on our side. Look whether your change was made before you repeat it, or repeat it with the same idempotency key."
	}
	return "Something went wrong on our side."
}

// unfit says which argument has a value that does not fit. What the value was is not repeated.
func unfit(err *gqlerror.Error) *gqlerror.Error {
	message := "this value does not fit here"
	var fault rule.Fault
	if errors.As(err.Unwrap(), &fault) {
		message = fault.Message
	}
	if n := len(err.Path); n > 0 {
		message = fmt.Sprintf("%v: %s", err.Path[n-1], message)
	}
	return &gqlerror.Error{Message: message, Path: err.Path, Extensions: map[string]any{"code": "BAD_REQUEST"}}
}

func shown(ctx context.Context, code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Path: graphql.GetPath(ctx), Extensions: map[string]any{"code": code}}
}

func requestID(ctx context.Context) string {
	v, _ := viewer.From(ctx)
	return v.RequestID
}
