package courier

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
)

// queue is the courier's own, so that it never picks up another room's jobs.
const queue = "mail"

// mostAttempts is the job queue's own limit, written into each job; Retry.Attempts is the one that counts.
const mostAttempts = 100

// Invitation asks for one sending of a link, for the invitation or the several that have it. It leaves out those that are no
// longer pending, have expired, or were sent anew: then they have another link, or Sending is not their count of sendings.
type Invitation struct {
	LinkID  string `json:"link_id"`
	Sending int    `json:"sending"`
}

// Kind names the job.
func (Invitation) Kind() string { return "invitation" }

// InsertOpts puts the job into the courier's queue.
func (Invitation) InsertOpts() river.InsertOpts { return options() }

// Verification asks for the mail with which an address is confirmed. It does nothing once the token was used or
// voided, or has expired.
type Verification struct {
	TokenID string `json:"token_id"`
}

// Kind names the job.
func (Verification) Kind() string { return "verification" }

// InsertOpts puts the job into the courier's queue.
func (Verification) InsertOpts() river.InsertOpts { return options() }

// Reset asks for the mail with which a new password is set. It does nothing once the token was used or voided, or has
// expired.
type Reset struct {
	TokenID string `json:"token_id"`
}

// Kind names the job.
func (Reset) Kind() string { return "reset" }

// InsertOpts puts the job into the courier's queue.
func (Reset) InsertOpts() river.InsertOpts { return options() }

// NewEmail asks for the mail with which the address is confirmed that is to take the place of a login's own. It does
// nothing once the token was used or voided, or has expired.
type NewEmail struct {
	TokenID string `json:"token_id"`
}

// Kind names the job.
func (NewEmail) Kind() string { return "new_email" }

// InsertOpts puts the job into the courier's queue.
func (NewEmail) InsertOpts() river.InsertOpts { return options() }

// EmailChanged asks for the mail that tells a login's former address that another took its place (RULES.md J3). The token
// with which that was confirmed holds both.
type EmailChanged struct {
	TokenID string `json:"token_id"`
}

// Kind names the job.
func (EmailChanged) Kind() string { return "email_changed" }

// InsertOpts puts the job into the courier's queue.
func (EmailChanged) InsertOpts() river.InsertOpts { return options() }

// NoticeKind says what a notice tells.
type NoticeKind string

// The notices there are.
const (
	AddedDirectly       NoticeKind = "ADDED_DIRECTLY"        // an existing login was added to an account (RULES.md C2); wants MembershipID
	LoginExists         NoticeKind = "LOGIN_EXISTS"          // somebody signed up with the address of this login
	PasswordSet         NoticeKind = "PASSWORD_SET"          // a new password was set by a link
	PasswordChanged     NoticeKind = "PASSWORD_CHANGED"      // a new password was set by whoever was signed in
	IdentityLinked      NoticeKind = "IDENTITY_LINKED"       // a provider of single sign-on opens the login from now on (J7); wants Provider
	IdentityUnlinked    NoticeKind = "IDENTITY_UNLINKED"     // and one does no longer; wants Provider
	OwnerChanged        NoticeKind = "OWNER_CHANGED"         // an account has another owner (G4, G5); wants the new owner's MembershipID
	InvitationDeclined  NoticeKind = "INVITATION_DECLINED"   // somebody said no (E4); wants MembershipID
	NewInvitationWanted NoticeKind = "NEW_INVITATION_WANTED" // somebody's invitation expired and they ask for a new one (E6); wants MembershipID

	LoginsMerged NoticeKind = "LOGINS_MERGED" // another login was merged into this one (J4); wants OtherID
	LoginEnded   NoticeKind = "LOGIN_ENDED"   // this login was merged into another one (J4); wants OtherID

	PracticeGone NoticeKind = "PRACTICE_GONE" // a practice no longer opens an account (G5); wants the owner's MembershipID and PracticeID
)

// Notice asks for a mail that tells a login something and wants nothing back. It goes to the login's stored address.
type Notice struct {
	Notice       NoticeKind `json:"notice"`
	UserID       string     `json:"user_id"`
	MembershipID string     `json:"membership_id,omitempty"`
	Others       []string   `json:"others,omitempty"` // more memberships that the same mail tells of
	PracticeID   string     `json:"practice_id,omitempty"`
	OtherID      string     `json:"other_id,omitempty"` // another login
	Provider     string     `json:"provider,omitempty"` // as people know it
}

// Kind names the job.
func (Notice) Kind() string { return "notice" }

// InsertOpts puts the job into the courier's queue.
func (Notice) InsertOpts() river.InsertOpts { return options() }

func options() river.InsertOpts { return river.InsertOpts{Queue: queue, MaxAttempts: mostAttempts} }

// Retry says how long to wait after a failed attempt: First, then twice as long each time, at most Most; and after
// how many Attempts to give up. Zero values take the defaults: 10 seconds, 1 hour and 30, which is most of a day.
type Retry struct {
	First, Most time.Duration
	Attempts    int
}

func (r Retry) orDefault() Retry {
	return Retry{
		First:    cmp.Or(r.First, 10*time.Second),
		Most:     cmp.Or(r.Most, time.Hour),
		Attempts: min(cmp.Or(r.Attempts, 30), mostAttempts),
	}
}

func (r Retry) after(attempt int) time.Duration {
	wait := r.First
	for ; attempt > 1 && wait < r.Most; attempt-- {
		wait *= 2
	}
	return min(wait, r.Most)
}

// worker sends the mail that one kind of job asks for.
type worker[A river.JobArgs] struct {
	river.WorkerDefaults[A]
	courier *Courier
	write   func(ctx context.Context, job *river.Job[A]) (*letter, error) // nil: nothing to send any more
}

// NextRetry is when a failed job is tried again.
func (w *worker[A]) NextRetry(job *river.Job[A]) time.Time {
	return w.courier.store.Now().Add(w.courier.retry.after(job.Attempt))
}

// Work writes the letter from the facts of this moment, and sends it.
func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) error {
	log := w.courier.log.With("job", job.Kind, "job_id", job.ID, "attempt", job.Attempt)
	l, err := w.write(ctx, job)
	if err != nil {
		return err
	}
	if l == nil {
		log.DebugContext(ctx, "mail not sent: no longer wanted") // used, cancelled or replaced meanwhile: nothing for anybody to do
		return nil
	}
	return w.courier.deliver(ctx, l, job.Attempt, log.With("subject", l.about, "to", l.masked()))
}

// deliver sends a letter and records how it went. A mail that was handed over is never sent again because writing
// that down failed: the next attempt only writes it down.
func (c *Courier) deliver(ctx context.Context, l *letter, attempt int, log *slog.Logger) error {
	if _, sent := c.sent.Load(l.id); !sent {
		err := c.mayTell(ctx, l, attempt)
		if err == nil {
			err = c.send(ctx, l)
		}
		if errors.Is(ctx.Err(), context.Canceled) && err != nil {
			return river.JobSnooze(0) // the server is being stopped: it is nobody's failure
		}
		if err != nil {
			return c.failed(ctx, l, attempt, err, log)
		}
		c.sent.Store(l.id, true)
		c.metrics.Mail(l.channel(), "sent")
		log.InfoContext(ctx, "mail sent")
	}

	if err := c.record(ctx, l, outcome{from: c.sentFrom(l), sent: true}); err != nil {
		return err
	}
	c.sent.Delete(l.id)
	return nil
}

// sentFrom is whom a letter came from, as its reader sees it.
func (c *Courier) sentFrom(l *letter) string {
	if g, ok := c.texter.(*gateway); ok && l.text != "" {
		return g.from
	}
	return c.from.Address
}

func (l *letter) masked() string {
	if l.text != "" {
		return MaskMobile(l.to)
	}
	return Mask(l.to)
}

func (c *Courier) send(ctx context.Context, l *letter) error {
	if l.text != "" {
		if c.texter == nil { // SMS_URL was taken away since
			return &refusal{sentence: "This server sends no text messages any more. Send the invitation by email.", cause: "SMS_URL is not set", permanent: true}
		}
		return c.texter.text(ctx, textMessage{to: l.to, body: l.text, report: l.report})
	}
	message, err := c.compose(l)
	if err != nil {
		return err
	}
	return c.sender.send(ctx, parcel{from: c.from.Address, to: l.to, message: message})
}

// failed records why an attempt failed, and decides whether there will be another: not after an answer that will
// stay the same, nor when the link would be dead by then.
func (c *Courier) failed(ctx context.Context, l *letter, attempt int, err error, log *slog.Logger) error {
	why := &refusal{sentence: "The mail could not be written."}
	errors.As(err, &why)
	again := c.store.Now().Add(c.retry.after(attempt))
	giveUp := why.permanent || attempt >= c.retry.Attempts || !l.until.IsZero() && !again.Before(l.until)

	how := "failed"
	if giveUp {
		how = "gave up"
	}
	c.metrics.Mail(l.channel(), how)
	log.WarnContext(ctx, "mail not sent", "error", err.Error(), "gave_up", giveUp)
	if recordErr := c.record(ctx, l, outcome{problem: why.sentence, gaveUp: giveUp}); recordErr != nil {
		return errors.Join(err, recordErr)
	}
	if giveUp {
		return river.JobCancel(err)
	}
	return err
}

// record writes an outcome down although the time for the job may be over.
func (c *Courier) record(ctx context.Context, l *letter, o outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	return l.record(ctx, o)
}
