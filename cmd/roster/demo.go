package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"roster/ent/user"
	"roster/internal/store"
	"roster/internal/web/view"
)

type demoCommand struct {
	config   `embed:""`
	FillOnly bool `help:"Fill the database and stop."`
}

// Run fills an empty database with demo data and serves it.
func (d demoCommand) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	if !d.development() {
		return errors.New("MODE: demo data has passwords that everybody knows; it is for development only")
	}
	if err := d.fill(ctx, log); err != nil {
		return err
	}
	if d.FillOnly {
		fmt.Fprintln(out, "The demo data is there.")
		return nil
	}
	h, err := build(ctx, &d.config, log)
	if err != nil {
		return err
	}
	defer h.close(log)
	tabs, err := demoTabs(ctx, h.store)
	if err != nil {
		return err
	}
	return h.serve(ctx, out, log, demoSignIns(), tabs)
}

// fill plays the demo's story on a clock of its own, which ends now, so that some of it lies weeks back.
func (d demoCommand) fill(ctx context.Context, log *slog.Logger) error {
	if err := d.check(); err != nil {
		return err
	}
	c := d.config
	clock := new(atomic.Int64)
	clock.Store(time.Now().Add(-storyBegan).UnixMicro())
	s, err := c.Database.open(ctx, store.Options{Log: log, Now: func() time.Time { return time.UnixMicro(clock.Load()) }})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	if there, err := filled(ctx, s); there || err != nil {
		return err
	}
	h, err := wire(ctx, s, &c, watching{}, log)
	if err != nil {
		return err
	}
	return (&story{house: h, clock: clock}).tell(ctx)
}

// filled reports whether the demo data is there already. A database with other people in it is refused.
func filled(ctx context.Context, s *store.Store) (bool, error) {
	all := store.Facts(ctx)
	anybody, err := s.Read().User.Query().Exist(all)
	if err != nil || !anybody {
		return false, err
	}
	demo, err := s.Read().User.Query().Where(user.Email(people[0].email)).Exist(all)
	if err == nil && !demo {
		err = errors.New("DATABASE_URL: this database has people in it; demo wants an empty one, or its own")
	}
	return demo, err
}

func demoSignIns() []view.DemoSignIn {
	var list []view.DemoSignIn
	for _, p := range people {
		list = append(list, view.DemoSignIn{Email: p.email, Password: demoPassword, Who: p.first + " " + p.last + ", " + p.who})
	}
	return list
}
