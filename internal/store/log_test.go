package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestStoppingIsNoTrouble(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := troubles(slog.New(slog.NewTextHandler(&out, nil)))
	log.Info("so many jobs were done")
	log.Error("a transaction was not begun", "error", context.Canceled.Error())
	log.Error("a job was not fetched", "queue", "default", "err", fmt.Errorf("fetch: %w", context.Canceled))
	log.Error("the database is gone", "error", errors.New("connection refused"))
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "connection refused") {
		t.Errorf("got %s", got)
	}
}
