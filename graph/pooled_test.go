package graph_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roster/internal/store/storetest"
)

// TestStoriesAreTheSameBehindPgBouncer plays every tenth story with PgBouncer in transaction mode before the database.
func TestStoriesAreTheSameBehindPgBouncer(t *testing.T) {
	t.Parallel()
	for i, file := range storyFiles(t) {
		if i%10 != 0 {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			told, err := parseStory(file, string(text))
			if err != nil {
				t.Fatal(err)
			}
			clock := new(storetest.Clock)
			s := storetest.Open(t, storetest.Postgres, storetest.WithClock(clock), storetest.WithPooler())
			if err := newWorld(t, s, clock).play(told); err != nil {
				t.Error(err)
			}
		})
	}
}
