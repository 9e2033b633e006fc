package house_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"

	"roster/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// soaking is whether the tests are to take their time.
func soaking() bool { return os.Getenv("SOAK") != "" }

// trials is how often a race is run: short, or a thousand times when soaking.
func trials(short int) int {
	if soaking() {
		return 1000
	}
	return short
}

// seeded is chance that can be had again: by SEED, which is what the test said when it ran.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if given := os.Getenv("SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// together runs n goroutines that wait for each other before they begin.
func together(n int, do func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			<-start
			do(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}
