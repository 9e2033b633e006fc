package store

import (
	"context"
	"log/slog"
	"strings"
)

// troubles passes on what goes wrong. The job queue and the migrations also tell of every start and, every few
// seconds, of how much they did, which would hide what the log is read for.
func troubles(log *slog.Logger) *slog.Logger {
	return slog.New(onlyTroubles{log.Handler()})
}

type onlyTroubles struct{ slog.Handler }

// Enabled reports whether a level is trouble, and wanted.
func (h onlyTroubles) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// Handle passes on what is trouble. What was broken off is none: when the server stops, that is how everything fails which
// the queue was just about to do.
func (h onlyTroubles) Handle(ctx context.Context, r slog.Record) error {
	brokenOff := false
	r.Attrs(func(a slog.Attr) bool {
		brokenOff = strings.HasSuffix(a.Value.String(), context.Canceled.Error())
		return !brokenOff
	})
	if brokenOff {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs is the same with more attributes.
func (h onlyTroubles) WithAttrs(attrs []slog.Attr) slog.Handler {
	return onlyTroubles{h.Handler.WithAttrs(attrs)}
}

// WithGroup is the same for a group.
func (h onlyTroubles) WithGroup(name string) slog.Handler {
	return onlyTroubles{h.Handler.WithGroup(name)}
}
