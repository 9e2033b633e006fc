package graph_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

// promises are those of RULES.md that the operations so far touch; each has a story.
var promises = strings.Fields("A1 A2 A3 A4 A5 B1 B3 B4 B5 B6 B7 C1 C2 C3 C4 C5 C6 C7 C8 C9 E1 E2 E3 E4 E5 E6 E7 E9 F1 F2 F3 F4 F5 F6 F7 F8 F9 G1 G2 G3 G4 G5 H1 I1 I2 I3 J1 J2 J3 J4 J5 J6 J7 J8 L1 L2 L3")

// TestStories plays every story of testdata/story on both databases. How they are written is in its README.md.
func TestStories(t *testing.T) {
	t.Parallel()
	for _, file := range storyFiles(t) {
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
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				if err := newWorld(t, s, clock).play(told); err != nil {
					t.Error(err)
				}
			}, storetest.WithClock(clock))
		})
	}
}

func TestEveryPromiseHasAStoryAndEveryStoryAPromise(t *testing.T) {
	t.Parallel()
	var cited []string
	for _, file := range storyFiles(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(text), "\n")
		numbers := regexp.MustCompile(`\b[A-L]\d\b`).FindAllString(first, -1)
		if !strings.HasPrefix(first, "# ") || len(numbers) == 0 && !strings.Contains(first, "SECURITY.md") && !strings.Contains(first, "Settled readings") {
			t.Errorf("%s begins %q, want its promise: # C3 ...", file, first)
		}
		cited = append(cited, numbers...)
	}
	for _, promise := range promises {
		if !slices.Contains(cited, promise) {
			t.Errorf("no story tells of %s", promise)
		}
	}
}

func storyFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/story/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("found no stories: %v", err)
	}
	return files
}
