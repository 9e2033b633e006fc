// Package document takes documents in and keeps them: submitted by people who are signed in, mailed to a submission
// address, sent by WhatsApp; assigned, archived, downloaded by links that soon end. A file is written before its row is, and
// taken away again when the row never came. What may be done is decided by roster/internal/rule; which documents somebody
// sees, by the policies of the entities. It deletes no document.
package document

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"roster/ent"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
)

// Config is how documents are reached.
type Config struct {
	Base       string // BASE_URL without a slash at the end
	Key        []byte // SECRET_KEY: download links are signed with a key made of it
	MailDomain string // MAIL_DOMAIN: what stands behind the @ of submission addresses
	ADay       int    // how many documents come into one account in a day; 10,000 when zero
	Log        *slog.Logger
}

// Documents are the use cases. Make them with New.
type Documents struct {
	store  *store.Store
	files  *Files
	config Config
	log    *slog.Logger
}

// New makes the use cases.
func New(s *store.Store, files *Files, c Config) *Documents {
	c.ADay = cmp.Or(c.ADay, rule.MaxDocumentsADay)
	return &Documents{store: s, files: files, config: c, log: cmp.Or(c.Log, slog.New(slog.DiscardHandler))}
}

// File is a file on its way in, as its sender calls it.
type File struct {
	Name    string
	Content io.ReaderAt
	Size    int64
}

func (f File) reader() *io.SectionReader { return io.NewSectionReader(f.Content, 0, f.Size) }

// incoming is a file whose content was looked at.
type incoming struct {
	File
	sha256 string
	fact   rule.File
}

// look reads what a file holds, once. One that is too large is not read.
func look(f File) (incoming, error) {
	in := incoming{File: f, fact: rule.File{Size: f.Size}}
	if f.Size == 0 || f.Size > rule.MaxFile {
		return in, nil
	}
	var err error
	if in.sha256, err = sum(f.reader()); err != nil {
		return in, fmt.Errorf("read a file: %w", err)
	}
	if in.fact.Type, err = typeOf(f); err != nil {
		return in, fmt.Errorf("read a file: %w", err)
	}
	if in.fact.Type != "" {
		in.Name = cleaned(f.Name, in.fact.Type)
	}
	return in, nil
}

// target is the client account that a document goes to, and what its submitter may do there.
type target struct {
	people.Place
	actor rule.Access
}

// into finds a client account that the viewer can open.
func into(ctx context.Context, tx *store.Tx, account string) (target, error) {
	if !strings.HasPrefix(account, "cli_") {
		return target{}, rule.ErrNotFound
	}
	place, actor, err := people.Enter(ctx, tx, account)
	return target{place, actor}, err
}

// through is the practice that somebody acts through; nil for a member of the account itself.
func (t target) through() string {
	if t.actor.Via == rule.ViaPractice {
		return t.Practice
	}
	return ""
}

func notFound(what string, err error) error {
	if ent.IsNotFound(err) {
		return rule.ErrNotFound
	}
	return fmt.Errorf("find %s: %w", what, err)
}

func member(m *ent.Membership) *rule.Member {
	return &rule.Member{ID: m.ID, Status: m.Status, LoginAccess: m.LoginAccess, Permissions: m.Permissions}
}

func some(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func maybe(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
