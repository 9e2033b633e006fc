package courier

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wneessen/go-mail"
)

// testMailbox is a mailbox whose clock moves on by a second with every mail.
func testMailbox(t *testing.T) (*Mailbox, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "mailbox")
	at := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	box, err := OpenMailbox(folder, func() time.Time { at = at.Add(time.Second); return at })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	return box, folder
}

func put(t *testing.T, box *Mailbox, to, subject, text string) {
	t.Helper()
	m := mail.NewMsg()
	if err := errors.Join(m.From("roster@example.com"), m.To(to)); err != nil {
		t.Fatal(err)
	}
	m.Subject(subject)
	m.SetBodyString(mail.TypeTextPlain, text)
	m.AddAlternativeString(mail.TypeTextHTML, "<p>"+text+"</p>")
	var out bytes.Buffer
	if _, err := m.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	if err := box.send(context.Background(), parcel{to: to, message: out.Bytes()}); err != nil {
		t.Fatal(err)
	}
}

func TestTheMailboxShowsMailsNewestFirstAndSearchesThem(t *testing.T) {
	t.Parallel()
	box, folder := testMailbox(t)
	put(t, box, "ann@example.com", "Première", "grün wie Gras")
	put(t, box, "bob@example.com", "Second", "blue as sky")
	if err := os.WriteFile(filepath.Join(folder, "notes.txt"), []byte("not a mail"), 0o600); err != nil {
		t.Fatal(err)
	}

	for search, want := range map[string]string{
		"": "Second, Première", "ANN@": "Première", "sky": "Second", "grün": "Première", " second ": "Second", "nothing": "",
	} {
		list, err := box.List(search)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, one := range list {
			got = append(got, one.Subject)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("search %q finds %q, want %q", search, got, want)
		}
	}

	list, err := box.List("grün")
	if err != nil {
		t.Fatal(err)
	}
	one, err := box.Open(list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if one.Text != "grün wie Gras" || one.HTML != "<p>grün wie Gras</p>" || one.To != "<ann@example.com>" {
		t.Errorf("opened %+v", one)
	}
	if len(one.Header) < 5 {
		t.Errorf("the mail shows %d header fields: %v", len(one.Header), one.Header)
	}
}

func TestTheMailboxIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	box, folder := testMailbox(t)
	put(t, box, "ann@example.com", "Secret", "link")

	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v %v, want 0700", info.Mode(), err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Fatalf("folder holds %v, want one mail (%v)", entries, err)
	}
	if info, _ := entries[0].Info(); info.Mode().Perm() != 0o600 {
		t.Errorf("file: %v, want 0600", info.Mode())
	}
}

func TestTheMailboxKeepsTheNewest500(t *testing.T) {
	t.Parallel()
	box, folder := testMailbox(t)
	stranger := filepath.Join(folder, "20200101T000000.eml")
	if err := os.WriteFile(stranger, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range mailboxKeeps + 3 {
		if err := box.send(context.Background(), parcel{message: []byte("Subject: x\r\n\r\nx")}); err != nil {
			t.Fatal(err)
		}
	}

	names, err := box.names()
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != mailboxKeeps || !strings.HasPrefix(names[0], "20260102T030409.") {
		t.Errorf("keeps %d from %s, want %d without the first three", len(names), names[0], mailboxKeeps)
	}
	if _, err := os.Stat(stranger); err != nil {
		t.Errorf("a file that is not the mailbox's was deleted: %v", err)
	}
}

func TestAnIDCannotLeadOutOfTheMailbox(t *testing.T) {
	t.Parallel()
	box, folder := testMailbox(t)
	put(t, box, "ann@example.com", "Inside", "inside")
	secret := filepath.Join(filepath.Dir(folder), "secret.eml")
	if err := os.WriteFile(secret, []byte("Subject: outside\r\n\r\noutside"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := "20300102T030405.000001Z-0123abcd"
	if err := os.Symlink(secret, filepath.Join(folder, link+mailExtension)); err != nil {
		t.Fatal(err)
	}

	for _, id := range []string{
		"", ".", "..", "../secret", "..\\secret", "/etc/passwd", "%2e%2e/secret", "secret\x00", link,
		"20260102T030406.678901Z-../../..", "20260102T030406.678901Z-0123ABCD", "x/20260102T030406.678901Z-0123abcd",
	} {
		if one, err := box.Open(id); err == nil {
			t.Errorf("Open(%q) = %+v", id, one)
		} else if id != link && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open(%q): %v, want not exist", id, err)
		}
	}
	if list, err := box.List(""); err != nil || len(list) != 1 {
		t.Errorf("the list has %v (%v), want the one mail inside", list, err)
	}
}
