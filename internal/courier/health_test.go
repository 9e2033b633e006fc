package courier

import (
	"context"
	"errors"
	"testing"
	"time"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestWhoeverWorksNoJobsIsNotAlive(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, nil)
		if err := w.courier.Alive(t.Context()); !errors.Is(err, errStopped) {
			t.Errorf("before it started: got %v", err)
		}
		w.start()
		if err := w.courier.Alive(t.Context()); err != nil {
			t.Errorf("while it works: got %v", err)
		}
		if err := w.courier.jobs.QueuePause(t.Context(), queue, nil); err != nil {
			t.Fatal(err)
		}
		w.wait("that it is idle although there is work", func() bool { // until the pause is noticed, the jobs are worked
			w.tx(func(ctx context.Context, tx *store.Tx) error {
				return tx.Enqueue(ctx, Verification{TokenID: "none"}, tx.Now.Add(-time.Minute))
			})
			return errors.Is(w.courier.Alive(t.Context()), errIdle)
		})
		w.courier.busy.Add(1)
		if err := w.courier.Alive(t.Context()); err != nil {
			t.Errorf("while a job takes long: got %v", err)
		}
		w.courier.busy.Add(-1)
		if err := w.courier.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.courier.Alive(t.Context()); !errors.Is(err, errStopped) {
			t.Errorf("after it stopped: got %v", err)
		}
	})
}
