package rule

import (
	"testing"
	"time"
)

func TestFresh(t *testing.T) {
	for _, row := range []struct {
		sentence string
		since    time.Duration
		want     string
	}{
		{"J8: just signed in", 0, ""},
		{"J8: to the last second", 10 * time.Minute, ""},
		{"J8: and not after", 10*time.Minute + time.Microsecond, "FRESH_SIGN_IN_REQUIRED"},
	} {
		if got := codesText(Fresh(row.since, 10*time.Minute)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}
