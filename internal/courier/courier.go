// Package courier sends every mail and every text message of Roster. Others ask for one by putting a job into the transaction of the change
// it tells of; the courier writes it from the facts at the moment of sending, so that what was cancelled, changed or
// sent anew meanwhile is not sent. It holds no mail and no link: both are made when they are needed, and the same
// again at a retry. It decides nothing about who is told what; that is for the use cases. A mail server may be told
// the same mail twice, after a crash or an answer that was lost, always with the same Message-ID.
package courier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"roster/internal/store"
	"roster/internal/watch"
)

const (
	jobTimeout    = 25 * time.Second // for one mail, all steps together
	recordTimeout = 4 * time.Second  // for writing down afterwards how it went
	rescueAfter   = 30 * time.Second // when a job whose process died is given to another; later than both together
	atOnce        = 8                // mails that are sent side by side
)

// Config says how mail leaves, and as whose.
type Config struct {
	SMSURL  string // https://user:password@host/path?from=number; empty: texts go to the mailbox, or nowhere
	SMTPURL string // smtp://[user:password@]host:port[?tls=required|none] or smtps://…
	From    string // the sender's address, with or without a name; empty: Roster <roster@host of Links.Base>
	Links   Links
	Mailbox string // the folder of the development mailbox, used when SMTPURL is empty
	Retry   Retry
	Chores  []Chore              // what else is done by the clock
	Metrics *watch.Metrics       // nil for none
	Tracer  trace.TracerProvider // gets a span for each job; nil for none
	Log     *slog.Logger
}

// sender is a way for mail to leave: a mail server, or the mailbox in development.
type sender interface {
	// send returns nil once the mail is in the other's hands, else a *refusal.
	send(context.Context, parcel) error
}

// parcel is a mail ready to leave.
type parcel struct {
	from, to string
	message  []byte
}

// Courier sends mail.
type Courier struct {
	store   *store.Store
	links   Links
	host    string
	from    *mail.Address
	sender  sender
	texter  texter // nil where no text messages are sent
	mailbox *Mailbox
	retry   Retry
	chores  []Chore
	metrics *watch.Metrics
	tracer  trace.Tracer
	busy    atomic.Int64 // jobs that are being worked
	log     *slog.Logger
	jobs    *river.Client[*sql.Tx]
	sent    sync.Map // Message-IDs that were handed over and not yet written down
}

// New makes a courier that rests until Start. A wrong setting is an error that names it and never repeats a secret.
func New(s *store.Store, c Config) (*Courier, error) {
	base, err := url.Parse(c.Links.Base)
	if err != nil || base.Hostname() == "" || strings.HasSuffix(c.Links.Base, "/") {
		return nil, errors.New("BASE_URL: must be an address such as https://roster.example.com, without a slash at its end")
	}
	if len(c.Links.Key) < 32 {
		return nil, errors.New("make courier: the key for links must have at least 32 bytes")
	}
	courier := &Courier{store: s, links: c.Links, host: mailHost(base), retry: c.Retry.orDefault(), chores: c.Chores, metrics: c.Metrics, log: c.Log}
	if c.Tracer == nil {
		c.Tracer = noop.NewTracerProvider()
	}
	courier.tracer = c.Tracer.Tracer("roster/internal/courier")
	if courier.log == nil {
		courier.log = slog.New(slog.DiscardHandler)
	}
	if courier.from, err = senderAddress(c.From, courier.host); err != nil {
		return nil, err
	}
	if err := courier.chooseSender(c); err != nil {
		return nil, err
	}
	if c.SMSURL != "" {
		g, err := newGateway(c.SMSURL)
		if err != nil {
			return nil, err
		}
		courier.texter = g
	}
	return courier, nil
}

func (c *Courier) chooseSender(config Config) error {
	if config.SMTPURL != "" {
		s, err := newSMTPSender(config.SMTPURL, c.host)
		c.sender = s
		return err
	}
	if config.Mailbox == "" {
		return errors.New("SMTP_URL: missing, and there is no development mailbox")
	}
	box, err := OpenMailbox(config.Mailbox, c.store.Now)
	c.sender, c.texter, c.mailbox = box, box, box
	return err
}

// Links makes the links that mails carry.
func (c *Courier) Links() Links { return c.links }

// Mailbox is the development mailbox, nil when mail goes to a server.
func (c *Courier) Mailbox() *Mailbox { return c.mailbox }

// Start begins to send, also what waited while nobody did. It returns at once; cancelling ctx later does not stop
// it, Stop does.
func (c *Courier) Start(ctx context.Context) error {
	workers := river.NewWorkers()
	err := errors.Join(
		river.AddWorkerSafely(workers, &worker[Invitation]{courier: c, write: c.writeInvitation}),
		river.AddWorkerSafely(workers, &worker[Reminder]{courier: c, write: c.writeReminder}),
		river.AddWorkerSafely(workers, &worker[Verification]{courier: c, write: c.writeVerification}),
		river.AddWorkerSafely(workers, &worker[Reset]{courier: c, write: c.writeReset}),
		river.AddWorkerSafely(workers, &worker[NewEmail]{courier: c, write: c.writeNewEmail}),
		river.AddWorkerSafely(workers, &worker[EmailChanged]{courier: c, write: c.writeEmailChanged}),
		river.AddWorkerSafely(workers, &worker[Notice]{courier: c, write: c.writeNotice}),
		river.AddWorkerSafely(workers, &choreWorker{courier: c}))
	if err != nil {
		return fmt.Errorf("start courier: %w", err)
	}

	c.jobs, err = c.store.Jobs(&river.Config{
		Workers:              workers,
		Queues:               map[string]river.QueueConfig{queue: {MaxWorkers: atOnce}, choreQueue: {MaxWorkers: 1}},
		PeriodicJobs:         c.schedule(),
		Middleware:           []rivertype.Middleware{river.WorkerMiddlewareFunc(c.watched)},
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
	})
	if err != nil {
		return fmt.Errorf("start courier: %w", err)
	}
	if err := c.jobs.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start courier: %w", err)
	}
	return nil
}

// Stop takes no more jobs and lets the mails that are under way finish. When ctx ends first they are broken off, to
// be sent at the next start.
func (c *Courier) Stop(ctx context.Context) error {
	if c.jobs == nil {
		return nil
	}
	err := c.jobs.Stop(ctx)
	if ctx.Err() != nil {
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		err = c.jobs.StopAndCancel(hard)
	}
	if err != nil {
		return fmt.Errorf("stop courier: %w", err)
	}
	return nil
}

// messageID makes a Message-ID of what is unique about a letter.
func (c *Courier) messageID(subject string) string { return subject + "@" + c.host }

// mailHost is the name behind the @ of what we write. An IPv6 address cannot stand there.
func mailHost(base *url.URL) string {
	host, _ := ascii(base.Hostname())
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		return "localhost"
	}
	return host
}

func senderAddress(text, host string) (*mail.Address, error) {
	if text == "" {
		text = "roster@" + host
	}
	from, err := mail.ParseAddress(text)
	if err != nil {
		return nil, fmt.Errorf("MAIL_FROM: %q is not an email address", text)
	}
	if from.Name == "" {
		from.Name = "Roster"
	}
	from.Address, _ = ascii(from.Address)
	return from, nil
}
