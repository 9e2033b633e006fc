package graph_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/lib/pq"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/ent"
	"roster/graph"
	"roster/graph/page"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Only faults made to be shown pass the presenter. Everything else is INTERNAL, with nothing of what it said, and is in
// the log with the request's id.
func TestOnlyFaultsMadeToBeShownAreShown(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	wrapped := func(err error) error { return fmt.Errorf("add member %s: %w", secret, err) }
	withCode := func(code any) error {
		return &gqlerror.Error{Message: "said " + fmt.Sprint(code), Extensions: map[string]any{"code": code}}
	}
	for name, c := range map[string]struct {
		err     error
		code    string
		message string // begins so
		logged  bool
	}{
		"nobody signed in":              {rule.ErrUnauthenticated, "UNAUTHENTICATED", rule.ErrUnauthenticated.Message, false},
		"nobody signed in, wrapped":     {wrapped(rule.ErrUnauthenticated), "UNAUTHENTICATED", rule.ErrUnauthenticated.Message, false},
		"invisible":                     {wrapped(rule.ErrNotFound), "NOT_FOUND", rule.ErrNotFound.Message, false},
		"too much at once":              {wrapped(rule.ErrBusy), "TOO_MANY_REQUESTS", rule.ErrBusy.Message, false},
		"too many in a day":             {rule.ErrEnough, "TOO_MANY_REQUESTS", rule.ErrEnough.Message, false},
		"a request without sense":       {rule.BadRequest("say how"), "BAD_REQUEST", "say how", false},
		"a page of a wrong size":        {wrapped(page.Error{Message: "first must be from 1 to 100"}), "BAD_REQUEST", "first must be", false},
		"what the library refuses":      {&gqlerror.Error{Message: "unknown field"}, "BAD_REQUEST", "unknown field", false},
		"what the guard refuses":        {withCode("TOO_COMPLEX"), "TOO_COMPLEX", "said TOO_COMPLEX", false},
		"an unknown outcome":            {wrapped(store.ErrOutcomeUnknown), "OUTCOME_UNKNOWN", "The database did not say whether", true},
		"a code that is not ours":       {withCode("GRAPHQL_" + secret), "INTERNAL", "Something went wrong on our side.", true},
		"a code that is no text":        {withCode(7), "INTERNAL", "Something went wrong on our side.", true},
		"an error of the database":      {wrapped(&pq.Error{Message: secret}), "INTERNAL", "Something went wrong on our side.", true},
		"a constraint that fired":       {wrapped(&ent.ConstraintError{}), "INTERNAL", "Something went wrong on our side.", true},
		"a row that is not there":       {wrapped(&ent.NotFoundError{}), "INTERNAL", "Something went wrong on our side.", true},
		"an error of the disk":          {&fs.PathError{Op: "open", Path: secret, Err: errors.New(secret)}, "INTERNAL", "Something went wrong on our side.", true},
		"an error inside the library's": {gqlerror.Wrap(errors.New(secret)), "INTERNAL", "Something went wrong on our side.", true},
		"a refusal that nobody took":    {rule.Verdict{{Code: rule.NotPermitted, Message: secret}}, "INTERNAL", "Something went wrong on our side.", true},
		"a panic":                       {fmt.Errorf("panic: %v", secret), "INTERNAL", "Something went wrong on our side.", true},
	} {
		log := new(bytes.Buffer)
		ctx := viewer.With(t.Context(), viewer.Viewer{RequestID: "req_7"})
		ctx = graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, nil)
		got := graph.Present(slog.New(slog.NewTextHandler(log, nil)))(ctx, c.err)
		if got.Extensions["code"] != c.code || !strings.HasPrefix(got.Message, c.message) || len(got.Extensions) != 1 {
			t.Errorf("%s: got %q %v, want %q %s", name, got.Message, got.Extensions, c.message, c.code)
		}
		if strings.Contains(fmt.Sprint(got.Message, got.Extensions), secret) {
			t.Errorf("%s: it is shown: %s", name, got.Message)
		}
		if (log.Len() > 0) != c.logged {
			t.Errorf("%s: the log holds %q", name, log)
		}
		if c.code == "INTERNAL" && !strings.Contains(got.Message, "req_7") {
			t.Errorf("%s: nobody can be told which request it was: %s", name, got.Message)
		}
		if !slices.Contains(rule.FaultCodes(), c.code) {
			t.Errorf("%s is no code of ours", c.code)
		}
	}
}

func TestWhatRanOutOfTimeIsNoFaultOfOurs(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(viewer.With(t.Context(), viewer.Viewer{}))
	ctx = graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, nil)
	cancel()
	log := new(bytes.Buffer)
	got := graph.Present(slog.New(slog.NewTextHandler(log, nil)))(ctx, errors.New("canceling statement due to user request"))
	if got.Extensions["code"] != "INTERNAL" || !strings.Contains(got.Message, "took too long") || strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("got %q %v and logged %s", got.Message, got.Extensions, log)
	}
}
