package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"roster/internal/store/throwaway"
)

// shared is the Postgres of all tests of the process: starting one for each would take most of their time.
var shared server

type server struct {
	once     sync.Once
	err      error
	cluster  *throwaway.Cluster
	template string // a migrated database; its name also begins the names of the others
	count    atomic.Int64
}

// find is the shared server; where there is none the test ends here.
func find(t testing.TB) *server {
	t.Helper()
	shared.once.Do(func() { shared.err = shared.start(context.Background()) })
	switch {
	case errors.Is(shared.err, throwaway.ErrNotFound) && os.Getenv("REQUIRE_POSTGRES") == "":
		t.Skip(shared.err)
	case shared.err != nil:
		t.Fatal(shared.err)
	}
	return &shared
}

// create makes a database, empty or as a copy. Names differ between processes, so that several packages can use one
// server at a time.
func (s *server) create(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("%s_%d", s.template, s.count.Add(1))
	address, err := s.cluster.Create(context.Background(), name, template)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.cluster.Drop(context.Background(), name); err != nil {
			t.Error(err)
		}
	})
	return address
}

func (s *server) start(ctx context.Context) error {
	cluster, err := throwaway.Find(ctx)
	if err != nil {
		return err
	}
	s.cluster = cluster
	s.template = fmt.Sprintf("roster_test_%d_%x", os.Getpid(), randomBytes())
	address, err := cluster.Create(ctx, s.template, "")
	if err != nil {
		return err
	}
	return migrated(address)
}

func (s *server) stop() error {
	if s.cluster == nil {
		return nil
	}
	return errors.Join(s.cluster.Drop(context.Background(), s.template), s.cluster.Stop())
}

func randomBytes() []byte {
	b := make([]byte, 4)
	rand.Read(b) // never fails
	return b
}
