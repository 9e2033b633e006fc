package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/store"
)

type supportCommand struct {
	Grant  supportGrant  `cmd:"" help:"Make the login with this address support."`
	Revoke supportRevoke `cmd:"" help:"End that, in running sessions too."`
}

type supportGrant struct{ appointment }

// Run appoints.
func (g supportGrant) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return g.appoint(ctx, out, log, true, "%s is Roster's support from now on.\n")
}

type supportRevoke struct{ appointment }

// Run ends an appointment.
func (r supportRevoke) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return r.appoint(ctx, out, log, false, "%s is not Roster's support.\n")
}

type appointment struct {
	Database databaseConfig `embed:""`
	Email    string         `arg:"" help:"The login's address, which must be confirmed."`
}

func (a appointment) appoint(ctx context.Context, out io.Writer, log *slog.Logger, support bool, done string) error {
	s, err := a.Database.open(ctx, store.Options{Log: log})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Ready(ctx); err != nil {
		return err
	}
	if err := login.New(s, courier.Links{}, login.Config{}).Appoint(ctx, a.Email, support); err != nil {
		return err
	}
	fmt.Fprintf(out, done, a.Email)
	return nil
}
