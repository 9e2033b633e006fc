package storetest

import (
	"sync"
	"time"
)

// Clock is a clock that stands still until it is moved. The zero Clock stands at nine o'clock of 5 January 2026, UTC.
// It is safe for use by many goroutines.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at()
}

// Set moves the clock to a moment.
func (c *Clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// Advance moves the clock forward.
func (c *Clock) Advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.at().Add(by)
}

func (c *Clock) at() time.Time {
	if c.now.IsZero() {
		c.now = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)
	}
	return c.now
}

// start and back are Now and Set of a clock that may not be there.
func (c *Clock) start() time.Time {
	if c == nil {
		return time.Time{}
	}
	return c.Now()
}

func (c *Clock) back(to time.Time) {
	if c != nil {
		c.Set(to)
	}
}
