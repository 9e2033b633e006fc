// Package watch shows whoever runs a server how it is doing: which request a line of the log belongs to, figures for
// Prometheus, traces for OpenTelemetry. It holds names and durations, never what somebody sent: no arguments, no
// variables, no addresses of mails, no links.
package watch

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"

	"roster/internal/viewer"
)

// Logs makes each line of a log say which request it belongs to, and which trace.
func Logs(h slog.Handler) slog.Handler { return lines{h} }

type lines struct{ slog.Handler }

// Handle adds to one line.
func (h lines) Handle(ctx context.Context, line slog.Record) error {
	if v, ok := viewer.From(ctx); ok && v.RequestID != "" {
		line.AddAttrs(slog.String("request", v.RequestID))
	}
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		line.AddAttrs(slog.String("trace", span.TraceID().String()))
	}
	return h.Handler.Handle(ctx, line)
}

// WithAttrs is the same with more attributes.
func (h lines) WithAttrs(attrs []slog.Attr) slog.Handler { return lines{h.Handler.WithAttrs(attrs)} }

// WithGroup is the same for a group.
func (h lines) WithGroup(name string) slog.Handler { return lines{h.Handler.WithGroup(name)} }
