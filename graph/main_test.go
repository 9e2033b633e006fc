package graph_test

import (
	"flag"
	"testing"

	"roster/internal/store/storetest"
)

// TestMain runs more tests side by side than there are processors: a story mostly waits for its mail, which the job
// queue looks for five times a second. -parallel on the command line still wins.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	storetest.Main(m)
}
