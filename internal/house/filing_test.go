package house_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roster/ent"
	"roster/internal/document"
	"roster/internal/rule"
	"roster/internal/store"
)

// pdf is a file of a kind that is taken.
func pdf(text string) document.File {
	text = "%PDF-1.7 " + text
	return document.File{Name: "receipt.pdf", Content: strings.NewReader(text), Size: int64(len(text))}
}

// filing is a client with a user, and documents in a folder that can be looked into.
type filing struct {
	*home
	papers         *document.Documents
	folder, client string
	as             context.Context // an administrator through the practice
	user           *ent.User
	member         string
}

func newFiling(t testing.TB, s *store.Store) *filing {
	t.Helper()
	f := &filing{home: newHome(t, s), folder: t.TempDir()}
	f.as = f.home.as(f.somebody())
	practice, err := f.people.CreatePractice(f.as, "Practice", "GB")
	f.client = f.home.client(f.as, must(t, practice, err))
	f.user = f.somebody()
	_, _ = f.invite(f.as, f.client, rule.BusinessAdminRole, f.fresh("owner")+"@example.com")
	added, err := f.people.Add(f.as, person(f.client, rule.StandardRole, f.user.Email))
	f.member = must(t, added, err).Membership
	files, err := document.OpenFiles(t.Context(), f.folder)
	f.papers = document.New(s, must(t, files, err), document.Config{Base: base, Key: f.links.Key, MailDomain: "in.roster.example.com"})
	return f
}

// kept are the files in the folder.
func (f *filing) kept() (n int) {
	f.Helper()
	err := filepath.WalkDir(f.folder, func(_ string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			n++
		}
		return err
	})
	return must(f, n, err)
}

func (f *filing) count() (documents, uploads int) {
	f.Helper()
	all := store.Facts(f.Context())
	documents, err := f.store.Read().Document.Query().Count(all)
	must(f, documents, err)
	uploads, err = f.store.Read().Upload.Query().Count(all)
	return documents, must(f, uploads, err)
}

// whole holds that there are so many documents, each with its file, and nothing else.
func (f *filing) whole(t *testing.T, want int) {
	t.Helper()
	documents, uploads := f.count()
	if kept := f.kept(); documents != want || uploads != 0 || kept != want {
		t.Fatalf("there are %d documents, %d uploads and %d files, want %d, 0 and %d", documents, uploads, kept, want, want)
	}
}

// address is where costs of a member are mailed to.
func (f *filing) address(member string) string {
	f.Helper()
	for _, a := range f.store.Read().SubmissionAddress.Query().AllX(store.Facts(f.Context())) {
		if a.MembershipID != nil && *a.MembershipID == member && a.Kind == rule.Costs && a.RetiredAt == nil {
			return a.LocalPart + "@" + f.papers.MailDomain()
		}
	}
	f.Fatalf("%s has no address", member)
	return ""
}

// leave is a file whose transaction never was, with what a writing that was broken off leaves beside it.
func (f *filing) leave(t *testing.T, key string) {
	t.Helper()
	f.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.Upload.Create().SetID(key).SetCreatedAt(tx.Now).Exec(ctx)
	})
	if err := errors.Join(os.MkdirAll(filepath.Join(f.folder, "2099-01"), 0o700), os.WriteFile(filepath.Join(f.folder, key), []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
}
