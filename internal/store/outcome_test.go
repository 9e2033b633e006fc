package store_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestAConnectionCutAtCommitHasAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	address, cut := throughProxy(t, storetest.URL(t, storetest.Postgres))
	s, err := store.Open(t.Context(), store.Options{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()

	runs := 0
	err = s.Tx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		runs++
		_, err := practice(ctx, tx)
		cut() // what comes next is COMMIT
		return err
	})
	if !errors.Is(err, store.ErrOutcomeUnknown) || runs != 1 {
		t.Errorf("a connection cut at commit: got %v after %d runs, want an unknown outcome after one", err, runs)
	}

	// One that is cut before is known not to have happened, and runs again.
	runs = 0
	err = s.Tx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		runs++
		if runs == 1 {
			cut()
		}
		_, err := practice(ctx, tx)
		return err
	})
	if err != nil || runs != 2 {
		t.Errorf("a connection cut before commit: got %v after %d runs, want it to work at the second", err, runs)
	}
	if n := s.Read().Practice.Query().CountX(store.Facts(t.Context())); n != 1 {
		t.Errorf("there are %d practices, want the second's one", n)
	}
}

// throughProxy is the address of a proxy before a database, and what cuts all its connections.
func throughProxy(t *testing.T, address string) (through string, cut func()) {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	network, place := "tcp", target.Host
	if folder := target.Query().Get("host"); folder != "" {
		network, place = "unix", folder+"/.s.PGSQL.5432"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })

	var mu sync.Mutex
	var open []net.Conn
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, place)
			if err != nil {
				client.Close()
				continue
			}
			mu.Lock()
			open = append(open, client, server)
			mu.Unlock()
			go pipe(client, server)
			go pipe(server, client)
		}
	}()

	target.Host, target.RawQuery = listener.Addr().String(), "sslmode=disable"
	cut = func() {
		mu.Lock()
		defer mu.Unlock()
		for _, conn := range open {
			conn.Close()
		}
		open = nil
	}
	return target.String(), cut
}

func pipe(to, from net.Conn) {
	defer to.Close()
	_, _ = io.Copy(to, from) // ends when either side is closed
}
