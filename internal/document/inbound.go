package document

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"roster/ent"
	"roster/ent/received"
	"roster/ent/submissionaddress"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Recipient is a submission address that takes mail.
type Recipient struct {
	ID, Account string
	Owner       string // the user whose documents come of it; empty for the account's own address
	Kind        rule.SubmissionKind
}

// MailDomain is what stands behind the @ of submission addresses.
func (d *Documents) MailDomain() string { return d.config.MailDomain }

// Recipient judges, when a mail comes to the door, whether an address takes it now (RULES.md K3, K4). A refusal is a
// rule.Verdict, the same for an address that nobody has and for one whose user takes nothing; any other error means that it
// cannot be told at the moment.
func (d *Documents) Recipient(ctx context.Context, to string) (Recipient, error) {
	row, err := d.addressed(ctx, d.store.Read(), to)
	if err != nil {
		return Recipient{}, err
	}
	return recipient(row)
}

// addressed finds the row of an address; nil where nobody has it now.
func (d *Documents) addressed(ctx context.Context, c *ent.Client, to string) (*ent.SubmissionAddress, error) {
	at := strings.LastIndexByte(to, '@')
	if at < 0 {
		return nil, nil
	}
	if host, err := address.Domain(to[at+1:]); err != nil || host != d.config.MailDomain {
		return nil, nil
	}
	local, err := address.LocalPart(to[:at])
	if err != nil {
		return nil, nil
	}
	row, err := c.SubmissionAddress.Query().Where(submissionaddress.LocalPart(local), submissionaddress.RetiredAtIsNil()).WithMembership().
		Only(store.Facts(viewer.With(ctx, viewer.Viewer{})))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up a submission address: %w", err)
	}
	return row, nil
}

func recipient(row *ent.SubmissionAddress) (Recipient, error) {
	var owner *rule.Member
	if row != nil && row.Edges.Membership != nil {
		owner = member(row.Edges.Membership)
	}
	if verdict := rule.Deliver(row != nil, owner); verdict.Refused() {
		return Recipient{}, verdict
	}
	return Recipient{row.ID, row.ClientAccountID, some(row.MembershipID), row.Kind}, nil
}

// Mail is a message, taken apart: its attachments, or its body where it has none.
type Mail struct {
	MessageID  string // as the sender wrote it; empty where there is none
	From       string // the sender's address, which anybody can write
	Recipients []string
	Files      []File
}

// Received is what became of a message.
type Received struct {
	Documents []Submitted
	Left      []Left // files that are no documents, where others were
}

// Left is a file of a message of which no document was made, and why.
type Left struct {
	Name string
	Why  rule.Verdict
}

// Receive makes documents of a mail, for each of its recipients, all in one transaction (K3). The same message again, by its
// sender and Message-ID, adds nothing for a recipient who had it. It is refused, by a rule.Verdict, when none of its recipients takes mail
// any more, and when nothing in it is a document.
func (d *Documents) Receive(ctx context.Context, m Mail) (got Received, err error) {
	ctx = d.byNobody(ctx)
	files, left, err := lookAll(m.Files)
	if err != nil {
		return Received{}, err
	}
	if len(files) == 0 {
		return Received{Left: left}, nothing(left)
	}
	from, message := sender(m.From), messageKey(m.From, m.MessageID, files)
	var whom []Recipient // who had not had it
	err = d.take(ctx, func(ctx context.Context, tx *store.Tx) (list []arrival, err error) {
		got = Received{Left: left}
		if whom, err = d.recipients(ctx, tx, m.Recipients, message); err != nil {
			return nil, err
		}
		for _, to := range whom {
			for _, file := range files {
				list = append(list, arrival{file: file, account: to.Account, owner: to.Owner, on: to.Owner, byName: from, channel: rule.FromMail, kind: to.Kind,
					actor: journal.Actor{Name: from}, leftOut: names(left)})
			}
		}
		return list, nil
	}, func(ctx context.Context, tx *store.Tx, made []Submitted) error {
		got.Documents = made
		for _, to := range whom {
			if err := remember(ctx, tx, to.ID, message); err != nil {
				return err
			}
		}
		return nil
	})
	return got, err
}

// byNobody is the context of what comes without somebody signed in; its request keeps the id that the log knows it by.
func (d *Documents) byNobody(ctx context.Context) context.Context {
	v, _ := viewer.From(ctx)
	v = v.Nobody()
	v.At = d.store.Now()
	return viewer.With(ctx, v)
}

// recipients are those who take the message and have not had it. It is refused when nobody takes it.
func (d *Documents) recipients(ctx context.Context, tx *store.Tx, all []string, message string) (list []Recipient, err error) {
	var refusal error = rule.Deliver(false, nil)
	seen := map[string]bool{}
	for _, to := range all {
		row, err := d.addressed(ctx, tx.Client, to)
		if err != nil {
			return nil, err
		}
		one, err := recipient(row)
		if err != nil || seen[one.ID] { // who took it at the door may have been deactivated since
			continue
		}
		seen[one.ID], refusal = true, nil
		had, err := hadBefore(ctx, tx, one.ID, message)
		if err != nil {
			return nil, err
		}
		if !had {
			list = append(list, one)
		}
	}
	return list, refusal
}

func hadBefore(ctx context.Context, tx *store.Tx, recipient, message string) (bool, error) {
	had, err := tx.Received.Query().Where(received.Recipient(recipient), received.Message(message)).Exist(store.Facts(ctx))
	if err != nil {
		return false, fmt.Errorf("look for the message: %w", err)
	}
	return had, nil
}

func remember(ctx context.Context, tx *store.Tx, recipient, message string) error {
	err := tx.Received.Create().SetID(store.NewID("rcv")).SetRecipient(recipient).SetMessage(message).SetCreatedAt(tx.Now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("remember the message: %w", err)
	}
	return nil
}

// lookAll tells the documents among files from the rest.
func lookAll(all []File) (files []incoming, left []Left, err error) {
	for _, f := range all {
		one, err := look(f)
		if err != nil {
			return nil, nil, err
		}
		if why := rule.Takes(one.fact); why.Refused() {
			left = append(left, Left{shortened(address.Name(f.Name), rule.MaxFileName), why})
			continue
		}
		files = append(files, one)
	}
	return files, left, nil
}

// nothing refuses a message without documents.
func nothing(left []Left) rule.Verdict {
	if len(left) == 1 {
		return left[0].Why
	}
	return rule.Verdict{{Code: rule.FileTypeNotAccepted, Message: "Nothing in this message is a document that is taken. Attach a PDF or a photo."}}
}

func names(left []Left) string {
	var list []string
	for _, one := range left {
		list = append(list, one.Name)
	}
	return strings.Join(list, ", ")
}

// sender is how a message's sender is called: as it says itself.
func sender(from string) string {
	const longest = 320
	from = address.Name(from)
	if from == "" {
		return "Unknown sender"
	}
	return shortened(from, longest)
}

// shortened is the beginning of a text, of so many characters.
func shortened(text string, most int) string {
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most])
	}
	return text
}

// messageKey is what a message is known by: what its sender calls it, else what it holds. Another sender may call one the
// same, so as to have it passed over.
func messageKey(from, id string, files []incoming) string {
	h := sha256.New()
	if id = strings.Trim(strings.TrimSpace(id), "<>"); id != "" {
		fmt.Fprintf(h, "from %q id %s", address.Key(from), id)
		return hex.EncodeToString(h.Sum(nil))
	}
	var sums []string
	for _, f := range files {
		sums = append(sums, f.sha256)
	}
	slices.Sort(sums)
	fmt.Fprintf(h, "files %q", sums)
	return hex.EncodeToString(h.Sum(nil))
}
