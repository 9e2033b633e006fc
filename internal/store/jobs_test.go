package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

// greet is a job.
type greet struct {
	Name string `json:"name"`
}

// Kind is the job's name in the queue.
func (greet) Kind() string { return "greet" }

func TestAJobRunsIfAndOnlyIfItsTransactionCommits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ran := make(chan string, 10)
		work(t, s, ran)

		errOurs := errors.New("ours")
		err := s.Tx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.Enqueue(ctx, greet{"nobody"}), errOurs)
		})
		if !errors.Is(err, errOurs) {
			t.Fatal(err)
		}
		for _, name := range []string{"Ann", "Bob"} {
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, greet{name}) })
			if got := <-ran; got != name {
				t.Errorf("the job of %s ran, want that of %s", got, name)
			}
		}
		if len(ran) > 0 {
			t.Errorf("the job of %s ran once more", <-ran)
		}
	})
}

func TestAJobForLaterWaitsForTheClock(t *testing.T) {
	t.Parallel()
	clock := &storetest.Clock{}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ran := make(chan string, 10)
		work(t, s, ran)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.Enqueue(ctx, greet{"later"}, tx.Now.Add(time.Hour)), tx.Enqueue(ctx, greet{"now"}))
		})
		if got := <-ran; got != "now" {
			t.Fatalf("the job for %s ran first, want that for now", got)
		}
		clock.Advance(2 * time.Hour)
		if got := <-ran; got != "later" {
			t.Errorf("the job for %s ran, want that for later", got)
		}
	}, storetest.WithClock(clock))
}

// work starts a client that tells the names of the jobs it works.
func work(t *testing.T, s *store.Store, ran chan<- string) {
	t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(_ context.Context, job *river.Job[greet]) error {
		ran <- job.Args.Name
		return nil
	}))
	client, err := s.Jobs(&river.Config{Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}}, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
}
