package graph

import (
	"context"
	"errors"
	"log/slog"

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
		case errors.As(err, &fault):
			return shown(ctx, fault.Code, fault.Message)
		case errors.As(err, &argument):
			return shown(ctx, argument.Code(), argument.Message)
		case errors.Is(err, store.ErrOutcomeUnknown):
			log.ErrorContext(ctx, "outcome unknown", "request", requestID(ctx), "path", graphql.GetPath(ctx).String(), "error", err)
			return shown(ctx, "OUTCOME_UNKNOWN", "The database did not say whether this was done. Ask again with the same idempotency key, or look whether it was.")
		case errors.As(err, &malformed) && malformed.Unwrap() == nil:
			if malformed.Extensions["code"] == nil {
				malformed.Extensions = map[string]any{"code": "BAD_REQUEST"}
			}
			return malformed
		}
		log.ErrorContext(ctx, "internal error", "request", requestID(ctx), "path", graphql.GetPath(ctx).String(), "error", err)
		return shown(ctx, "INTERNAL", "Something went wrong on our side, and nothing was changed. If it stays so, tell us the request id "+requestID(ctx)+".")
	}
}

func shown(ctx context.Context, code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Path: graphql.GetPath(ctx), Extensions: map[string]any{"code": code}}
}

func requestID(ctx context.Context) string {
	v, _ := viewer.From(ctx)
	return v.RequestID
}
