package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/text/encoding/unicode"

	accounts "roster/internal/people"
	"roster/internal/rule"
	"roster/internal/sheet"
	"roster/internal/viewer"
)

type importCommand struct {
	config   `embed:""`
	As       string `required:"" help:"The address of the person who adds: what they may not do, this command may not."`
	Role     string `help:"The id of the role for rows that name none, such as rol_standard."`
	SkipRows bool   `help:"Add the good rows although others are refused. Without it, one refused row keeps everybody out."`
	Notify   bool   `help:"Have invitations and notices mailed, by the running server. Without it they are left to be sent later."`
	DryRun   bool   `help:"Only look: the same checks, nothing written."`
	Account  string `arg:"" help:"The id of the client account (cli_…)."`
	File     string `arg:"" help:"The CSV file, or - for the standard input."`
}

// Help is what the command's own --help says besides its flags.
func (importCommand) Help() string {
	return `The first line names the columns: ` + sheet.Template()[len("\ufeff"):] + `
First name, last name and email must be there; the order and letter case are free. Separated by comma, semicolon or tab,
in UTF-8 or in UTF-16, as spreadsheets save it; at most 5,000 rows.

It uses the same settings as roster serve: the database, and SECRET_KEY, by which links are made. The same file sent twice
within a day is done once.`
}

// largestFile is the longest file that is read, in bytes.
const largestFile = 16 << 20

// errRefused ends the command after everything was told.
var errRefused = errors.New("nobody was added")

// Run adds the people of a file, and tells of each row that cannot be added.
func (c importCommand) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	text, err := c.read()
	if err != nil {
		return err
	}
	h, err := build(ctx, &c.config, log)
	if err != nil {
		return err
	}
	defer h.close(log)
	v, err := h.logins.Acting(ctx, c.As)
	if err != nil {
		return fmt.Errorf("--as: %w", err)
	}

	bar := c.bar()
	list := accounts.AddMany{Account: c.Account, CSV: &text, DefaultRole: c.Role, Notify: c.Notify, DryRun: c.DryRun, SkipRows: c.SkipRows, IdempotencyKey: c.key(text),
		Progress: func(done, of int) { bar.ChangeMax(of); _ = bar.Set(done) }} // a terminal that cannot be drawn on is no reason to stop
	done, err := h.people.AddMany(viewer.With(ctx, v), list)
	_ = bar.Exit()
	if refused := (rule.Verdict{}); errors.As(err, &refused) {
		done.Problems, err = refused, nil
	}
	if errors.Is(err, rule.ErrNotFound) {
		return fmt.Errorf("%s does not see the account %s, or the role %q", c.As, c.Account, c.Role)
	}
	if err != nil {
		return err
	}
	return c.tell(out, done)
}

// bar is drawn where somebody looks: on a terminal, beside what the command says.
func (c importCommand) bar() *progressbar.ProgressBar {
	to := io.Discard
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 && !c.DryRun {
		to = os.Stderr
	}
	return progressbar.NewOptions(1, progressbar.OptionSetWriter(to), progressbar.OptionSetDescription("Adding people"),
		progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
}

// tell says how it went, each refused row with its line and reasons.
func (c importCommand) tell(out io.Writer, done accounts.ManyAdded) error {
	warnings := 0
	for _, r := range done.Rows {
		for _, p := range r.Problems {
			fmt.Fprintf(out, "line %d: %s %s\n", r.Line, p.Code, p.Message)
		}
		for _, w := range rule.EmailWarnings(r.Email) {
			warnings++
			fmt.Fprintf(out, "line %d: %s %s: %s\n", r.Line, w.Code, r.Email, w.Message)
		}
	}
	for _, p := range done.Problems {
		fmt.Fprintf(out, "%s %s\n", p.Code, p.Message)
	}
	if done.Problems.Refused() {
		return errRefused
	}
	count := map[rule.Outcome]int{}
	for _, r := range done.Rows {
		count[r.Outcome]++
	}
	what := "were added"
	if c.DryRun {
		what = "can be added; nothing was written"
	}
	fmt.Fprintf(out, "%d people %s: %d at once, %d by invitation, %d without login access. %d rows were refused, %d addresses are worth a look.\n",
		done.Added, what, count[rule.OutcomeActive], count[rule.OutcomePending], count[rule.OutcomeNoLogin], done.Refused, warnings)
	return nil
}

// read reads the file as UTF-8; spreadsheets also write UTF-16, which a byte order mark tells.
func (c importCommand) read() (string, error) {
	from := io.Reader(os.Stdin)
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return "", err
		}
		defer file.Close()
		from = file
	}
	raw, err := io.ReadAll(io.LimitReader(from, largestFile+1))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", c.File, err)
	}
	if len(raw) > largestFile {
		return "", fmt.Errorf("%s is over 16 MB: divide it", c.File)
	}
	return asUTF8(raw)
}

// asUTF8 converts UTF-16 that says so by its byte order mark, and leaves everything else alone.
func asUTF8(raw []byte) (string, error) {
	if !bytes.HasPrefix(raw, []byte{0xff, 0xfe}) && !bytes.HasPrefix(raw, []byte{0xfe, 0xff}) {
		return string(raw), nil
	}
	text, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(raw)
	if err != nil {
		return "", fmt.Errorf("read the file as UTF-16: %w", err)
	}
	return string(text), nil
}

// key makes the same file, added in the same way, one intention.
func (c importCommand) key(text string) string {
	sum := sha256.Sum256(fmt.Appendln(nil, c.Account, c.Role, c.SkipRows, c.Notify, text))
	return "import " + hex.EncodeToString(sum[:])
}
