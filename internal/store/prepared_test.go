package store

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
)

// Many texts that many ask at once are all answered, only so many stay prepared, and those that were used last do.
func TestStatementsAreKeptWhileTheyAreUsed(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Options{URL: filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(n int) error {
		rows, err := s.Query(t.Context(), fmt.Sprintf("SELECT %d + ?", n), 1)
		if err != nil {
			return err
		}
		defer rows.Close()
		got := 0
		for rows.Next() {
			err = rows.Scan(&got)
		}
		if err == nil && got != n+1 {
			err = fmt.Errorf("%d + 1 is %d", n, got)
		}
		return err
	}
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 3 * keptTexts {
				if err := ask((i*7 + worker) % (2 * keptTexts)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if err := ask(1); err != nil {
		t.Error(err)
	}
	kept := s.statements
	if n, m := kept.recent.Len(), len(kept.byText); n != keptTexts || m != n {
		t.Errorf("%d and %d are kept, want %d", n, m, keptTexts)
	}
	if kept.recent.Front().Value.(*statement).text != "SELECT 1 + ?" {
		t.Error("the last one is not the first")
	}
	for at := kept.recent.Front(); at != nil; at = at.Next() {
		if one := at.Value.(*statement); one.users != 0 || !one.kept {
			t.Errorf("%s has %d users at the end", one.text, one.users)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
