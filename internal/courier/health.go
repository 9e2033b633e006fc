package courier

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
)

// dueFor is how long a job may wait while nobody here does anything: the queue is looked into five times a second.
const dueFor = 30 * time.Second

var (
	errStopped = errors.New("the jobs are not being worked")
	errIdle    = errors.New("jobs are due, and nobody takes them")
)

// Alive is an error when no jobs are worked here: not started, stopped, or idle although there is work.
func (c *Courier) Alive(ctx context.Context) error {
	if c.jobs == nil {
		return errStopped
	}
	select {
	case <-c.jobs.Stopped():
		return errStopped
	default:
	}
	if c.busy.Load() > 0 {
		return nil
	}
	due, err := c.store.Due(ctx, c.store.Now().Add(-dueFor), queue, choreQueue)
	if err == nil && due && c.busy.Load() == 0 {
		err = errIdle
	}
	return err
}

// watched measures each job, and gives it a span, by its kind.
func (c *Courier) watched(ctx context.Context, job *rivertype.JobRow, do func(context.Context) error) error {
	c.busy.Add(1)
	defer c.busy.Add(-1)
	ctx, span := c.tracer.Start(ctx, "job "+job.Kind)
	defer span.End()
	began := time.Now()
	err := do(ctx)
	how := outcomeOf(err)
	c.metrics.Job(job.Kind, how, time.Since(began))
	span.SetAttributes(attribute.Int64("job.id", job.ID), attribute.Int("job.attempt", job.Attempt), attribute.String("job.outcome", how))
	if how == "failed" {
		span.SetStatus(codes.Error, "") // the error's text may hold an address
	}
	return err
}

func outcomeOf(err error) string {
	switch {
	case err == nil:
		return "done"
	case errors.As(err, new(*river.JobSnoozeError)):
		return "put off"
	case errors.As(err, new(*river.JobCancelError)):
		return "given up"
	}
	return "failed"
}

// channel is how a letter goes, for figures.
func (l *letter) channel() string {
	if l.text != "" {
		return "text"
	}
	return "mail"
}
