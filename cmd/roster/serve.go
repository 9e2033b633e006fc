package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/once"
	accounts "roster/internal/people"
	"roster/internal/store"
	"roster/internal/web"
	"roster/internal/web/view"
)

// How long a connection may take for each part (SECURITY.md, The HTTP door), and how long running requests and mails
// have when the server is told to stop.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 60 * time.Second
	stopTimeout       = 15 * time.Second
	maxHeader         = 32 << 10
)

type serveCommand struct {
	config `embed:""`
}

// Run serves until it is told to stop.
func (c serveCommand) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	h, err := build(ctx, &c.config, log)
	if err != nil {
		return err
	}
	defer h.close(log)
	return h.serve(ctx, out, log, nil, nil)
}

// house is everything wired together.
type house struct {
	config  *config
	store   *store.Store
	courier *courier.Courier
	logins  *login.Logins
	people  *accounts.People
}

// build opens the database and makes the use cases. It migrates SQLite, and refuses a Postgres that is behind.
func build(ctx context.Context, c *config, log *slog.Logger) (*house, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, store.Options{URL: c.Database.DatabaseURL, Log: log})
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if err := s.Ready(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	h, err := wire(s, c, log)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return h, nil
}

// wire makes the use cases on an open database.
func wire(s *store.Store, c *config, log *slog.Logger) (*house, error) {
	h := &house{config: c, store: s}
	mails := c.courier()
	mails.Log, mails.Chores = log, []courier.Chore{{Name: "sweep", Every: sweepEvery, Do: h.sweep}}
	var err error
	if h.courier, err = courier.New(s, mails); err != nil {
		return nil, err
	}
	signOn, err := c.signOn(s)
	if err != nil {
		return nil, err
	}
	h.logins = login.New(s, h.courier.Links(), login.Config{FreshFor: time.Duration(c.FreshFor), SignOn: signOn, Even: login.Even})
	h.people = accounts.New(s, h.logins, h.courier.Links(), accounts.Config{
		Texts:      accounts.Texts{On: h.courier.Texts(), Countries: c.SMSCountries},
		ClientDays: time.Duration(c.ClientDays), PracticeDays: time.Duration(c.PracticeDays), ResendAfter: time.Duration(c.ResendAfter)})
	return h, nil
}

// sweepEvery is how often what has ended is looked for.
const sweepEvery = time.Hour

// sweep forgets what has ended.
func (h *house) sweep(ctx context.Context) error {
	return errors.Join(h.logins.Sweep(ctx), once.Sweep(ctx, h.store))
}

// serve answers HTTP and sends mail until ctx ends; then it finishes what it began.
func (h *house) serve(ctx context.Context, out io.Writer, log *slog.Logger, signIns []view.DemoSignIn, tabs []web.Tab) error {
	trusted, err := h.config.trusted()
	if err != nil {
		return err
	}
	handler, err := web.New(h.store, h.logins, h.people, h.courier.Mailbox(), web.Config{
		BaseURL: h.config.BaseURL, Development: h.config.development(), Introspection: h.config.introspection(), Trusted: trusted,
		Origins: h.config.Origins, Proxies: web.Proxies(h.config.Proxies), Rates: h.config.rates(), SignIns: signIns, Tabs: tabs, Log: log,
		Apps: view.Apps{AppStoreURL: h.config.AppStoreURL, PlayStoreURL: h.config.PlayStoreURL}, Reports: h.courier.Report})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", h.config.Listen)
	if err != nil {
		return fmt.Errorf("LISTEN: %w", err)
	}
	if err := h.courier.Start(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	h.greet(out, signIns)

	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if stopped := server.Shutdown(last); err == nil || errors.Is(err, http.ErrServerClosed) {
		err = stopped
	}
	return errors.Join(err, h.courier.Stop(last))
}

func (h *house) close(log *slog.Logger) {
	if err := h.store.Close(); err != nil {
		log.Error("close database", "error", err)
	}
}

// greet says where everything is, for the person who just started it.
func (h *house) greet(out io.Writer, signIns []view.DemoSignIn) {
	base := h.config.BaseURL
	fmt.Fprintf(out, "Roster answers at %s (%s, %s)\n", base, h.config.Mode, h.store.Kind())
	if !h.config.development() {
		return
	}
	fmt.Fprintf(out, "\n  GraphiQL   %s/graphiql\n  Accounts   %s/accounts\n", base, base)
	if h.courier.Mailbox() != nil {
		fmt.Fprintf(out, "  Mailbox    %s/mailbox\n", base)
	}
	if len(signIns) > 0 {
		fmt.Fprintln(out, "\nSign in as")
	}
	for _, s := range signIns {
		fmt.Fprintf(out, "  %-28s %-30s %s\n", s.Email, s.Password, s.Who)
	}
	fmt.Fprintln(out)
}
