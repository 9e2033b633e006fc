package store

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"roster/internal/store/throwaway"
)

// A replica that crashed may start again with less than it had shown before; its new connections are refused until it has
// come as far again.
func TestAReplicaThatCameBackWithLessIsRefused(t *testing.T) {
	t.Parallel()
	primary, err := throwaway.Start(context.Background())
	if errors.Is(err, throwaway.ErrNotFound) && os.Getenv("REQUIRE_POSTGRES") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = primary.Stop() })
	copied, err := primary.Replica(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = copied.Stop() })
	s, err := Open(t.Context(), Options{URL: primary.URL, Replica: copied.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })

	s.replica.db.SetMaxIdleConns(-1) // each read gets a new connection
	var at int64
	if err := s.replica.db.QueryRow(replicaAt).Scan(&at); err != nil || at <= 0 {
		t.Fatalf("the replica answers %d, %v", at, err)
	}
	s.replica.has.Store(at + 1<<40)
	if err := s.replica.db.QueryRow(replicaAt).Scan(&at); !errors.Is(err, errWentBack) {
		t.Errorf("with less than it had: got %v", err)
	}

	for address, want := range map[string]string{
		primary.URL: "no replica",
		strings.Replace(copied.URL, "/postgres?", "/template1?", 1): "another database",
		"replica.db": "must be postgres://",
	} {
		other, err := Open(t.Context(), Options{URL: primary.URL, Replica: address})
		if err == nil {
			_ = other.Close()
		}
		if _, ok := errors.AsType[ReplicaError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", want, err, want)
		}
	}
}
