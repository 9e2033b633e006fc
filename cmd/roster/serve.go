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
	"roster/internal/document"
	"roster/internal/login"
	"roster/internal/once"
	accounts "roster/internal/people"
	"roster/internal/store"
	"roster/internal/web"
	"roster/internal/web/view"
)

// stopTimeout is how long running requests and mails have when the server is told to stop.
const stopTimeout = 15 * time.Second

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
	files   *document.Files
	papers  *document.Documents

	watching watching
}

// build opens the database and makes the use cases. It migrates SQLite, and refuses a Postgres that is behind.
func build(ctx context.Context, c *config, log *slog.Logger) (*house, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	watching, err := c.watching(ctx, log)
	if err != nil {
		return nil, err
	}
	s, err := c.Database.open(ctx, store.Options{Replica: c.ReplicaURL, Log: log, Tracer: watching.tracer, Meter: watching.statements()})
	if err != nil {
		return nil, err
	}
	if err := s.Ready(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	h, err := wire(ctx, s, c, watching, log)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return h, nil
}

// wire makes the use cases on an open database.
func wire(ctx context.Context, s *store.Store, c *config, w watching, log *slog.Logger) (*house, error) {
	h := &house{config: c, store: s, watching: w}
	mails := c.courier()
	mails.Log, mails.Chores = log, []courier.Chore{{Name: "sweep", Every: sweepEvery, Do: h.sweep}}
	mails.Metrics, mails.Tracer = w.metrics, w.tracer
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
	if h.files, err = document.OpenFiles(ctx, c.DocumentsURL); err != nil {
		return nil, err
	}
	h.papers = document.New(s, h.files, document.Config{Base: c.BaseURL, Key: []byte(c.Secret), MailDomain: c.MailDomain, Log: log})
	return h, nil
}

// sweepEvery is how often what has ended is looked for.
const sweepEvery = time.Hour

// sweep forgets what has ended.
func (h *house) sweep(ctx context.Context) error {
	return errors.Join(h.logins.Sweep(ctx), once.Sweep(ctx, h.store), h.papers.Sweep(ctx))
}

// sweepAtStart takes away what a server that was killed had begun to keep.
func (h *house) sweepAtStart(ctx context.Context, log *slog.Logger) {
	if err := h.papers.Sweep(ctx); err != nil && ctx.Err() == nil {
		log.WarnContext(ctx, "files without documents are left to the next sweep", "error", err)
	}
}

// serve answers HTTP, takes mail in and sends mail until ctx ends; then it finishes what it began.
func (h *house) serve(ctx context.Context, out io.Writer, log *slog.Logger, signIns []view.DemoSignIn, tabs []web.Tab) error {
	health := web.NewHealth(log, web.Check{Name: "database", Do: h.store.Alive}, web.Check{Name: "migrations", Do: h.store.Behind}, web.Check{Name: "jobs", Do: h.courier.Alive})
	handler, err := h.door(log, health, signIns, tabs)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", h.config.Listen)
	if err != nil {
		return fmt.Errorf("LISTEN: %w", err)
	}
	closeMetrics, err := h.serveMetrics()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	mail, err := h.mailDoor(log)
	if err != nil {
		return errors.Join(err, listener.Close(), closeMetrics())
	}
	if err := h.courier.Start(ctx); err != nil {
		return errors.Join(err, listener.Close(), closeMetrics(), mail.close())
	}
	h.greet(out, signIns, mail.address()) // before the first request has a line
	mail.announce(h.config, log)
	server := web.Guarded(handler, log)
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(listener) }()
	go mail.serve(failed)
	sweeping, stopSweeping := context.WithCancel(ctx)
	swept := make(chan struct{})
	go func() {
		defer close(swept)
		h.sweepAtStart(sweeping, log)
	}()

	select {
	case err = <-failed:
	case <-ctx.Done():
		health.Stop()
		select { // whoever sends requests here asks /readyz meanwhile
		case err = <-failed:
		case <-time.After(time.Duration(h.config.DrainFor)):
		}
	}
	stopSweeping()
	<-swept
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if stopped := server.Shutdown(last); err == nil || errors.Is(err, http.ErrServerClosed) {
		err = stopped
	}
	return errors.Join(err, mail.stop(last, log), h.courier.Stop(last), closeMetrics(), h.stopWatching(last, log))
}

// door is the handler of everything.
func (h *house) door(log *slog.Logger, health *web.Health, signIns []view.DemoSignIn, tabs []web.Tab) (http.Handler, error) {
	trusted, err := h.config.trusted()
	if err != nil {
		return nil, err
	}
	return web.New(h.store, h.logins, h.people, h.papers, h.courier.Mailbox(), web.Config{
		BaseURL: h.config.BaseURL, Development: h.config.development(), Introspection: h.config.introspection(), Trusted: trusted,
		Origins: h.config.Origins, Proxies: web.Proxies(h.config.Proxies), Rates: h.config.rates(), SignIns: signIns, Tabs: tabs,
		Apps: view.Apps{AppStoreURL: h.config.AppStoreURL, PlayStoreURL: h.config.PlayStoreURL}, Reports: h.courier.Report, WhatsApp: []byte(h.config.WhatsAppSecret),
		Metrics: h.watching.metrics, Tracer: h.watching.tracer, Health: health, Log: log})
}

// stopWatching sends the traces that are left. Whoever collects them may be away; that is no failure of this server.
func (h *house) stopWatching(ctx context.Context, log *slog.Logger) error {
	if err := h.watching.stop(ctx); err != nil {
		log.Warn("traces not sent", "error", err)
	}
	return nil
}

func (h *house) close(log *slog.Logger) {
	if err := errors.Join(h.store.Close(), h.files.Close()); err != nil {
		log.Error("close database and files", "error", err)
	}
}

// greet says where everything is, for the person who just started it.
func (h *house) greet(out io.Writer, signIns []view.DemoSignIn, mail string) {
	base := h.config.BaseURL
	fmt.Fprintf(out, "Roster answers at %s (%s, %s)\n", base, h.config.Mode, h.store.Kind())
	if !h.config.development() {
		return
	}
	fmt.Fprintf(out, "\n  GraphiQL   %s/graphiql\n  Accounts   %s/accounts\n", base, base)
	if h.courier.Mailbox() != nil {
		fmt.Fprintf(out, "  Mailbox    %s/mailbox\n", base)
	}
	if mail != "" {
		fmt.Fprintf(out, "  Mail to    …@%s by smtp://%s becomes documents\n", h.config.MailDomain, mail)
	}
	if len(signIns) > 0 {
		fmt.Fprintln(out, "\nSign in as")
	}
	for _, s := range signIns {
		fmt.Fprintf(out, "  %-28s %-30s %s\n", s.Email, s.Password, s.Who)
	}
	fmt.Fprintln(out)
}
