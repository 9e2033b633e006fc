package storetest

import (
	"context"
	"slices"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Counter collects the statements that a store runs, but BEGIN, COMMIT, ROLLBACK and the lock by which a transaction queues up
// on Postgres. A working job client polls and
// is collected too. It is safe for use by many goroutines.
type Counter struct {
	noop.TracerProvider

	mu    sync.Mutex
	texts []string
}

// Reset forgets what was collected.
func (c *Counter) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.texts = nil
}

// Texts are the statements since the last Reset, in their order.
func (c *Counter) Texts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.texts)
}

// Tracer gives the store a tracer that collects.
func (c *Counter) Tracer(string, ...trace.TracerOption) trace.Tracer { return tracer{counter: c} }

type tracer struct {
	noop.Tracer
	counter *Counter
}

// Start begins the span of one statement, or of something else that is not counted.
func (t tracer) Start(ctx context.Context, _ string, _ ...trace.SpanStartOption) (context.Context, trace.Span) {
	return ctx, span{counter: t.counter}
}

type span struct {
	noop.Span
	counter *Counter
}

// IsRecording is true, else no text would be given.
func (span) IsRecording() bool { return true }

// SetAttributes is given the text of the statement.
func (s span) SetAttributes(attributes ...attribute.KeyValue) {
	for _, a := range attributes {
		if a.Key == "db.query.text" && !strings.HasPrefix(a.Value.AsString(), "LOCK TABLE ") {
			s.counter.mu.Lock()
			s.counter.texts = append(s.counter.texts, a.Value.AsString())
			s.counter.mu.Unlock()
		}
	}
}
