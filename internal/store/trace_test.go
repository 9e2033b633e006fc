package store_test

import (
	"fmt"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

// TestASpanTellsOfAStatementAndNotOfItsArguments guards against secrets in traces: Postgres repeats an argument that it
// cannot read in the words of its error.
func TestASpanTellsOfAStatementAndNotOfItsArguments(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			spans := tracetest.NewSpanRecorder()
			s, err := store.Open(t.Context(), store.Options{URL: storetest.URL(t, kind), Tracer: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			rows, err := s.Query(t.Context(), "SELECT CAST(? AS integer)", "hunter2")
			if err == nil {
				for rows.Next() {
				}
				err = rows.Err()
				_ = rows.Close()
			}
			if kind == storetest.Postgres && (err == nil || !strings.Contains(err.Error(), "hunter2")) {
				t.Errorf("the database said %v, so this test sees nothing", err)
			}
			told := ""
			for _, span := range spans.Ended() {
				told += fmt.Sprintln(span.Name(), span.Attributes(), span.Events(), span.Status())
			}
			if !strings.Contains(told, "AS integer)") || strings.Contains(told, "hunter2") {
				t.Errorf("the spans tell:\n%s", told)
			}
			if kind == storetest.Postgres && !strings.Contains(told, "SQLSTATE 22P02") {
				t.Errorf("no span tells that it failed:\n%s", told)
			}
		})
	}
}
