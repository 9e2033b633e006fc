package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// pollInterval is how often the queue is looked into: it only polls, on both databases.
const pollInterval = 200 * time.Millisecond

// Jobs makes a client that works the jobs of this database; the caller starts and stops it. Unless cfg says
// otherwise it polls every 200 ms. Where the store was opened with a clock, the queue follows it too.
func (s *Store) Jobs(cfg *river.Config) (*river.Client[*sql.Tx], error) {
	client, err := river.NewClient(s.queue, s.jobs(cfg))
	if err != nil {
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	return client, nil
}

// jobs is a copy of cfg with what is the same for all clients.
func (s *Store) jobs(cfg *river.Config) *river.Config {
	c := *cfg
	c.FetchPollInterval = cmp.Or(c.FetchPollInterval, pollInterval)
	if c.Logger == nil {
		c.Logger = troubles(s.log)
	}
	if s.stubbed {
		c.Test.Time = queueClock{s.Now}
		if c.RetryPolicy == nil {
			c.RetryPolicy = queueClock{s.Now}
		}
	}
	return &c
}

// queueClock makes the job queue follow the store's clock.
type queueClock struct{ now func() time.Time }

// NowUTC is the moment it is.
func (c queueClock) NowUTC() time.Time { return c.now() }

// NowUTCOrNil is the moment it is, said so that the queue does not ask the database for it.
func (c queueClock) NowUTCOrNil() *time.Time {
	now := c.now()
	return &now
}

// NextRetry waits as long as River's own policy, which knows only the real clock.
func (c queueClock) NextRetry(job *rivertype.JobRow) time.Time {
	wait := time.Until((&river.DefaultClientRetryPolicy{}).NextRetry(job))
	return c.now().Add(wait)
}
