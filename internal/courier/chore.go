package courier

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// Chore is what has to be done by the clock and by one of the servers on a database, whichever: the courier works all
// jobs of this house, and only one who works jobs can be told by the queue that it is its turn.
type Chore struct {
	Name  string
	Every time.Duration
	Do    func(context.Context) error
}

// choreQueue is apart from the mails, so that neither waits for the other.
const choreQueue = "chores"

// choreArgs asks for one run of a chore.
type choreArgs struct {
	Name string `json:"name"`
}

// Kind names the job.
func (choreArgs) Kind() string { return "chore" }

// choreWorker does the chores.
type choreWorker struct {
	river.WorkerDefaults[choreArgs]
	courier *Courier
}

// Work does one. A server of another version may have asked for one that this one does not know.
func (w *choreWorker) Work(ctx context.Context, job *river.Job[choreArgs]) error {
	for _, chore := range w.courier.chores {
		if chore.Name == job.Args.Name {
			if err := chore.Do(ctx); err != nil {
				return fmt.Errorf("%s: %w", chore.Name, err)
			}
			return nil
		}
	}
	return river.JobCancel(fmt.Errorf("there is no chore %q here", job.Args.Name))
}

// schedule is when each chore is asked for: at the start, unless it was done within its time, and then over and over.
func (c *Courier) schedule() (jobs []*river.PeriodicJob) {
	for _, chore := range c.chores {
		once := river.UniqueOpts{ByArgs: true, ByPeriod: chore.Every}
		ask := func() (river.JobArgs, *river.InsertOpts) {
			return choreArgs{chore.Name}, &river.InsertOpts{Queue: choreQueue, MaxAttempts: 3, UniqueOpts: once}
		}
		jobs = append(jobs, river.NewPeriodicJob(river.PeriodicInterval(chore.Every), ask, &river.PeriodicJobOpts{ID: chore.Name, RunOnStart: true}))
	}
	return jobs
}
