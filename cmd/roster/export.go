package main

import (
	"context"
	"encoding"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"time"

	"roster/ent"
	"roster/ent/event"
	"roster/internal/journal"
	"roster/internal/store"
)

type exportCommand struct {
	Database databaseConfig `embed:""`
	Account  string         `arg:"" help:"The id of the practice (prc_…) or client account (cli_…)."`
	Since    instant        `help:"From this day or moment on: 2026-12-06, or 2026-12-06T14:05:00Z. Days begin at midnight UTC."`
	Until    instant        `help:"Before this day or moment."`
	Verb     []string       `help:"These only, such as membershipRemove,membershipLeave."`
	Output   string         `short:"o" default:"-" help:"A new file, readable to you alone; - is the standard output."`
	BOM      bool           `name:"bom" help:"Begin with a byte order mark, by which Excel knows that it is UTF-8."`
}

// Help is what the command's own --help says besides its flags.
func (exportCommand) Help() string {
	return `One line for each changed field, the oldest first; what changed no field has one line. UTF-8, commas, CRLF (RFC 4180).

Names and reasons were typed by people, so a cell is made harmless for spreadsheets: where one begins with = + - or @,
with a tab or a line break, or with a wide form of these signs, an apostrophe is put before it, and inside a cell where
that follows a semicolon, a tab or a line break. Mobile numbers begin with + and have one, too.

The practice's person stands in the file also where the client's users are shown the practice only.`
}

// instant is a day or a moment; zero when none was given.
type instant struct{ time.Time }

var _ encoding.TextUnmarshaler = (*instant)(nil)

// UnmarshalText reads "2026-12-06" and "2026-12-06T14:05:00Z".
func (i *instant) UnmarshalText(text []byte) error {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, string(text)); err == nil {
			i.Time = at.UTC()
			return nil
		}
	}
	return errors.New("must be a day such as 2026-12-06, or a moment such as 2026-12-06T14:05:00Z")
}

// Run writes the journal of one account.
func (e exportCommand) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	s, err := e.Database.open(ctx, store.Options{Log: log})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Behind(ctx); err != nil { // reading an account is no occasion to migrate
		return err
	}
	name, err := accountName(ctx, s, e.Account)
	if err != nil {
		return err
	}

	if e.Output != "-" {
		file, err := os.OpenFile(e.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("--output: %s is there already; name another file", e.Output)
		}
		if err != nil {
			return fmt.Errorf("--output: %w", err)
		}
		if err := errors.Join(e.write(ctx, s, name, file), file.Close()); err != nil { // half a journal looks like a whole one
			return errors.Join(err, os.Remove(e.Output))
		}
		return nil
	}
	return e.write(ctx, s, name, out)
}

// accountName finds the account, since a mistyped id would otherwise look like one where nothing ever happened.
func accountName(ctx context.Context, s *store.Store, id string) (string, error) {
	all, r := store.Facts(ctx), s.Read()
	client, err := r.ClientAccount.Get(all, id)
	if err == nil {
		return client.Name, nil
	}
	if !ent.IsNotFound(err) {
		return "", fmt.Errorf("find account: %w", err)
	}
	practice, err := r.Practice.Get(all, id)
	if ent.IsNotFound(err) {
		return "", fmt.Errorf("there is no account %q; ids begin with prc_ or cli_", id)
	}
	if err != nil {
		return "", fmt.Errorf("find account: %w", err)
	}
	return practice.Name, nil
}

// exported are the columns.
var exported = []string{"at", "verb", "account_id", "account", "member_id", "member", "actor_id", "actor", "via_practice", "reason", "field", "before", "after", "request_id"}

// exportPage is how many lines of the journal are in memory at a time.
const exportPage = 200

func (e exportCommand) write(ctx context.Context, s *store.Store, name string, out io.Writer) error {
	if e.BOM {
		if _, err := io.WriteString(out, "\ufeff"); err != nil {
			return err
		}
	}
	w := csv.NewWriter(out)
	w.UseCRLF = true
	err := w.Write(exported)
	var last *ent.Event
	for err == nil {
		var list []*ent.Event
		if list, err = e.page(ctx, s, last); err != nil {
			return err
		}
		for _, line := range list {
			err = errors.Join(err, e.writeLine(w, name, line))
		}
		w.Flush()
		if err = errors.Join(err, w.Error()); len(list) < exportPage {
			return err
		}
		last = list[len(list)-1]
	}
	return err
}

// page reads the lines that come next.
func (e exportCommand) page(ctx context.Context, s *store.Store, last *ent.Event) ([]*ent.Event, error) {
	q := s.Read().Event.Query().Where(event.AccountID(e.Account)).WithMembership().WithViaPractice().Order(event.ByAt(), event.ByID()).Limit(exportPage)
	if !e.Since.IsZero() {
		q.Where(event.AtGTE(e.Since.Time))
	}
	if !e.Until.IsZero() {
		q.Where(event.AtLT(e.Until.Time))
	}
	if len(e.Verb) > 0 {
		q.Where(event.VerbIn(e.Verb...))
	}
	if last != nil {
		q.Where(event.AtGTE(last.At), event.Or(event.AtGT(last.At), event.IDGT(last.ID)))
	}
	list, err := q.All(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return list, nil
}

func (e exportCommand) writeLine(w *csv.Writer, name string, line *ent.Event) error {
	changes, err := journal.Read(line.Changes)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		changes = []journal.Change{{}}
	}
	var member, via string
	if m := line.Edges.Membership; m != nil {
		member = strings.TrimSpace(m.FirstName + " " + m.LastName)
	}
	if p := line.Edges.ViaPractice; p != nil {
		via = p.Name
	}
	for _, c := range changes {
		cells := []string{line.At.UTC().Format(time.RFC3339Nano), line.Verb, e.Account, name, orEmpty(line.MembershipID), member, orEmpty(line.ActorID), line.ActorName, via,
			orEmpty(line.Reason), c.Field, orEmpty(c.Before), orEmpty(c.After), orEmpty(line.RequestID)}
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	return nil
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// What a spreadsheet takes for the beginning of a formula, in wide and small forms as well, whatever invisible stands
// before it: at the beginning of a cell (https://owasp.org/www-community/attacks/CSV_Injection), and behind what begins
// a new cell in a program that does not cut at commas.
var (
	formula     = regexp.MustCompile(`^(?:[\t\r\n]|[\p{Z}\p{C}]*[=+\-@＝＋－＠﹦﹢﹣﹫−])`)
	nextFormula = regexp.MustCompile(`([;\t\r\n][\p{Z}\p{C}]*)([=+\-@＝＋－＠﹦﹢﹣﹫−])`)
)

// harmless keeps a cell from being computed.
func harmless(cell string) string {
	cell = nextFormula.ReplaceAllString(cell, "$1'$2")
	if formula.MatchString(cell) {
		return "'" + cell
	}
	return cell
}
