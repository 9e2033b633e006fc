package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

// Two that name the same ids in either order come one after the other, and none of them is thrown out for a deadlock.
func TestThoseThatNameTheSameIdsComeInTurn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var group sync.WaitGroup
		var mu sync.Mutex
		inside, most, ran := 0, 0, 0
		for i := range 8 {
			group.Go(func() {
				ids := []string{"usr_a", "usr_b"}
				if i%2 == 1 {
					ids[0], ids[1] = ids[1], ids[0]
				}
				err := s.Tx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
					if err := tx.InTurn(ctx, ids...); err != nil {
						return err
					}
					mu.Lock()
					inside++
					most, ran = max(most, inside), ran+1
					mu.Unlock()
					time.Sleep(2 * time.Millisecond) // so that others would come in meanwhile
					mu.Lock()
					inside--
					mu.Unlock()
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if most != 1 || ran != 8 {
			t.Errorf("%d were inside at once, and %d ran in all", most, ran)
		}
	})
}
