package courier

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"

	"roster/ent"
)

// Reminder asks for the mail that reminds of one sending of an invitation shortly before it expires. It does nothing for
// what Invitation would not be sent for either.
type Reminder struct {
	LinkID  string `json:"link_id"`
	Sending int    `json:"sending"`
}

// Kind names the job.
func (Reminder) Kind() string { return "reminder" }

// InsertOpts puts the job into the courier's queue.
func (Reminder) InsertOpts() river.InsertOpts { return options() }

// writeReminder writes the invitation once more, with the same link, unless the first mail never left: then that one is
// still tried.
func (c *Courier) writeReminder(ctx context.Context, job *river.Job[Reminder]) (*letter, error) {
	l, err := c.invitation(ctx, Invitation(job.Args), true)
	if l == nil || err != nil {
		return nil, err
	}
	l.id, l.template, l.record = c.messageID(fmt.Sprintf("%s.%d.reminder", job.Args.LinkID, job.Args.Sending)), reminderTemplate, unrecorded
	l.report = "" // what becomes of a reminder says nothing of the invitation
	return l, nil
}

// aboutInvited tells whoever invited that the person declined, or would like a new invitation.
func (c *Courier) aboutInvited(ctx context.Context, l *letter, login *ent.User, args Notice) (*letter, error) {
	list, err := c.told(ctx, args)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	m := list[0]
	l.template = declinedTemplate
	if args.Notice == NewInvitationWanted {
		l.template = wantedTemplate
	}
	l.content = content{Greeting: greeting(login.FirstName), Account: accountsOf(list), Person: plain(m.FirstName+" "+m.LastName, "Somebody you invited"),
		Button: "Open my accounts", Link: c.links.Base + "/accounts"}
	return l, nil
}
