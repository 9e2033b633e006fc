package house_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"roster/internal/document"
	"roster/internal/inbound"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestMailsAsProgramsWriteThem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		_, door := f.mailDoor(t, inbound.Config{})
		to, want, n := f.address(f.member), map[string]string{
			"apple-mail": "IMG_0412.jpeg image/jpeg", "outlook": "Rechnung März.pdf application/pdf", "gmail": "taxi.png image/png",
			"scanner": "doc00123420260105090000.pdf application/pdf", "forwarded": "Facture n° 77.pdf application/pdf",
			"receipt-in-the-text": "Your ride on 5-1 – £12.50.txt text/plain", "winmail": ""}, 0
		for name, what := range want {
			message, err := os.ReadFile(filepath.Join("..", "inbound", "testdata", name+".eml"))
			must(t, message, err)
			client, err := smtp.Dial(door)
			must(t, client, err)
			err = client.SendMail("shop@example.org", []string{to}, bytes.NewReader(message))
			if refused := (*smtp.SMTPError)(nil); what == "" {
				if !errors.As(err, &refused) || refused.Code != 554 || !strings.Contains(refused.Message, "winmail.dat") {
					t.Errorf("%s: got %v, want a sentence about winmail.dat", name, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			n++
			var got []string
			for _, d := range s.Read().Document.Query().AllX(store.Facts(f.Context())) {
				if d.OwnerID == nil || *d.OwnerID != f.member {
					t.Errorf("%s: %s is not its user's", name, d.FileName)
				}
				got = append(got, d.FileName+" "+d.ContentType)
			}
			if !strings.Contains(strings.Join(got, "\n"), what) {
				t.Errorf("%s: got %q, want %q among them", name, got, what)
			}
		}
		f.whole(t, n)
	})
}

// K4: the door names no one, and nobody finds out there who is who.
func TestTheDoorTellsNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		_, door := f.mailDoor(t, inbound.Config{})
		to := f.address(f.member)
		k := dial(t, door)
		k.wants("", "220 "+f.papers.MailDomain()+" ")
		if told := k.asks("EHLO mail.example.org", "250"); strings.Contains(told, "AUTH") || strings.Contains(told, "STARTTLS") || !strings.Contains(told, "SMTPUTF8") || !strings.Contains(told, "SIZE 37748736") {
			t.Errorf("it offers %q", told)
		}
		k.asks("VRFY "+to, "252 ")
		if a, b := k.asks("VRFY "+to, "252 "), k.asks("VRFY nobody", "252 "); a != b {
			t.Errorf("VRFY tells %q from %q", a, b)
		}
		k.asks("EXPN "+to, "502 ")
		k.asks("AUTH PLAIN AGFkYQBhZGE=", "5")
		k.asks("MAIL FROM:<>", "250 ")
		k.asks("RCPT TO:<"+strings.ToUpper(to)+"> ", "250 ")
		local, _, _ := strings.Cut(to, "@")
		want := ""
		for _, one := range []string{"nobody-here@" + f.papers.MailDomain(), local + "@example.org", "postmaster@" + f.papers.MailDomain(), "größe@" + f.papers.MailDomain(),
			"a%example.org@" + f.papers.MailDomain(), "@example.org:" + local + "@relay.example.org"} {
			got := k.asks("RCPT TO:<"+one+">", "550 5.1.1 This address takes no documents.")
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("%s: got %q, want %q", one, got, want)
			}
		}
		if err := f.people.Deactivate(f.as, f.member, ""); err != nil {
			t.Fatal(err)
		}
		if got := k.asks("RCPT TO:<"+to+">", "550 "); got != want {
			t.Errorf("of somebody who is deactivated: got %q, want %q", got, want)
		}
		// Who took mail a moment ago, and was deactivated since: the message is refused with the same words.
		k.asks("DATA", "354 ")
		k.says(letter("late@example.org", "late") + ".\r\n")
		if got := k.wants("the message", "550 "); got != want {
			t.Errorf("after the message: got %q, want %q", got, want)
		}
		k.asks("MAIL FROM:<shop@example.org>", "250 ")
		for range 3 {
			k.asks("RCPT TO:<nobody-here@"+f.papers.MailDomain()+">", "550 ")
		}
		k.asks("RCPT TO:<nobody-here@"+f.papers.MailDomain()+">", "421 ")
		if got := k.hears(); got != "EOF" {
			t.Errorf("whoever tries out addresses is listened to: %q", got)
		}
		f.whole(t, 0)
	})
}

// A domain is the same as people write it and as DNS knows it; what stands before the @ is one address and no other.
func TestAnAddressIsKnownHoweverItsDomainIsWritten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		files, err := document.OpenFiles(t.Context(), f.folder)
		f.papers = document.New(s, must(t, files, err), document.Config{Base: base, Key: f.links.Key, MailDomain: "xn--bcher-kva.example"})
		_, door := f.mailDoor(t, inbound.Config{})
		local, _, _ := strings.Cut(f.address(f.member), "@")
		k := dial(t, door)
		k.wants("", "220 ")
		k.asks("EHLO mail.example.org", "250")
		k.asks("MAIL FROM:<shop@example.org> SMTPUTF8", "250 ")
		for to, want := range map[string]string{local + "@bücher.example": "250 ", local + "@XN--Bcher-kva.example": "250 ", `"` + local + `"@BÜCHER.example`: "250 ",
			local + "@bucher.example": "550 ", local + "@example": "550 ", local + "+x@bücher.example": "550 ", "ａ" + local + "@bücher.example": "550 "} {
			k.asks("RCPT TO:<"+to+">", want)
		}
	})
}

func TestMailWaitsWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		_, door := f.mailDoor(t, inbound.Config{})
		to := f.address(f.member)
		k := dial(t, door)
		k.begins(to)
		f.discreet()
		f.gone = true
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		k.says(letter("1@example.org", "x") + ".\r\n")
		k.wants("the message", "451 4.3.0 ")
		k.asks("MAIL FROM:<shop@example.org>", "250 ")
		k.asks("RCPT TO:<"+to+">", "450 4.3.0 ")
		if n := f.kept(); n != 0 {
			t.Errorf("%d files are kept of a message that was not taken", n)
		}
	})
}

func TestAMessageIsTakenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		_, door := f.mailDoor(t, inbound.Config{})
		to := f.address(f.member)

		broken := dial(t, door)
		broken.begins(to)
		broken.says(letter("1@example.org", "half"))
		_ = broken.Close()

		chunks := dial(t, door)
		chunks.wants("", "220 ")
		chunks.asks("EHLO x", "250")
		chunks.asks("MAIL FROM:<>", "250 ")
		chunks.asks("RCPT TO:<"+to+">", "250 ")
		half := letter("2@example.org", "half")
		chunks.says(fmt.Sprintf("BDAT %d\r\n%s", len(half), half))
		chunks.wants("BDAT", "250 ")
		chunks.asks("RSET", "250 ")
		if got := chunks.hears(); got != "EOF" {
			t.Errorf("after a message in chunks was broken off the line says %q, want its end", got)
		}
		chunks = dial(t, door)
		chunks.wants("", "220 ")
		chunks.asks("EHLO x", "250")
		chunks.asks("MAIL FROM:<> SIZE=40000000", "552 ")
		chunks.asks("MAIL FROM:<> BODY=8BITMIME SMTPUTF8 SIZE=1000", "250 ")
		chunks.asks("RCPT TO:<"+to+">", "250 ")
		whole := letter("2@example.org", "whole")
		chunks.says(fmt.Sprintf("BDAT %d\r\n%sBDAT %d LAST\r\n%s", 20, whole[:20], len(whole)-20, whole[20:]))
		chunks.wants("BDAT", "250 ")
		chunks.wants("BDAT LAST", "250 2.0.0 Taken as eml_")
		f.whole(t, 1)

		large := dial(t, door)
		large.begins(to)
		large.says(letter("3@example.org", ""))
		page := strings.Repeat(strings.Repeat("x", 998)+"\r\n", 1024)
		for range 38 {
			large.says(page)
		}
		large.says(".\r\n")
		large.wants("a message of 38 MB", "552 5.3.4 ")
		large.envelope(to)
		large.says(letter("4@example.org", ""))
		for range 21 {
			large.says(page)
		}
		large.says(".\r\n")
		large.wants("a file of 21 MB", "552 5.3.4 This file is too large")
		large.envelope(to)
		large.says("Subject: x\r\n\r\n \r\n.\r\n")
		large.wants("nothing", "554 5.6.1 ")
		large.envelope(to)
		large.says(strings.Repeat("x", 70_000) + "\r\n.\r\n")
		large.wants("a line without end", "554 5.6.0 A line")
		f.whole(t, 1)
	})
}

// A message ends with a dot between two whole line ends and nothing else, or what one server takes for text another would take
// for the next message.
func TestNoMessageIsSmuggledInAnother(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		_, door := f.mailDoor(t, inbound.Config{})
		to := f.address(f.member)
		for i, end := range []string{"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r\n\x00.\r\n", "\r.\r\n", "\r\n.\r\r\n"} {
			k := dial(t, door)
			k.begins(to)
			hidden := "MAIL FROM:<boss@example.org>\r\nRCPT TO:<" + to + ">\r\nDATA\r\n" + letter("hidden@example.org", "hidden")
			k.says(strings.TrimSuffix(letter(fmt.Sprintf("%d@example.org", i), fmt.Sprint("text ", i)), "\r\n") + end + hidden + "\r\n.\r\nNOOP\r\n")
			k.wants(fmt.Sprintf("%q", end), "250 2.0.0 Taken")
			k.wants("NOOP", "250 2.0.0 I have")
			f.whole(t, i+1)
		}
		k := dial(t, door)
		k.begins(to)
		k.says(letter("dots@example.org", "\r\n..dot\r\n...\r\n..") + ".\r\n")
		k.wants("dots", "250 ")
		text := "%PDF-1.4 \r\n.dot\r\n..\r\n.\r\n"
		found := false
		for _, d := range s.Read().Document.Query().AllX(store.Facts(f.Context())) {
			found = found || d.Size == len(text)
		}
		if !found {
			t.Error("dots that were doubled for the way were kept double")
		}
	})
}

// Commands sent together are answered in order, also where some are refused.
func TestCommandsThatComeTogether(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		_, door := f.mailDoor(t, inbound.Config{})
		k := dial(t, door)
		k.says("EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<nobody-here@" + f.papers.MailDomain() + ">\r\nRCPT TO:<" + f.address(f.member) + ">\r\nRCPT TO:<" + f.address(f.member) + ">\r\nDATA\r\n")
		for _, want := range []string{"220 ", "250", "250 ", "550 ", "250 ", "250 ", "354 "} {
			k.wants("pipelining", want)
		}
		k.says(letter("1@example.org", "x") + ".\r\n" + "QUIT\r\n")
		k.wants("the message", "250 ")
		k.wants("QUIT", "221 ")
		f.whole(t, 1)

		k = dial(t, door)
		k.wants("", "220 ")
		k.asks("EHLO x", "250")
		k.asks("MAIL FROM:<a@example.org>", "250 ")
		for range 20 {
			k.asks("RCPT TO:<"+f.address(f.member)+">", "250 ")
		}
		k.asks("RCPT TO:<"+f.address(f.member)+">", "452 4.5.3 ")
		k.asks("DATA", "354 ")
		k.says(letter("2@example.org", "y") + ".\r\n")
		k.wants("to one address twenty times", "250 ")
		f.whole(t, 2)
	})
}

// What is under way when the server stops is finished; the others come again.
func TestStoppingFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		server, door := f.mailDoor(t, inbound.Config{})
		to := f.address(f.member)
		under, idle := dial(t, door), dial(t, door)
		idle.wants("", "220 ")
		idle.asks("EHLO x", "250")
		under.begins(to)
		message := letter("1@example.org", "x")
		under.says(message[:40])
		stopped := make(chan error, 1)
		time.Sleep(50 * time.Millisecond) // for the message to have begun
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			stopped <- server.Stop(ctx)
		}()
		idle.wants("while it stops", "421 ")
		under.says(message[40:] + ".\r\n")
		under.wants("the message", "250 ")
		under.wants("the next", "421 ")
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		if line, err := net.Dial("tcp", door); err == nil {
			_ = line.Close()
			t.Error("it takes calls still")
		}
		f.whole(t, 1)
	})
}

// Whatever is thrown at the door, it goes on, keeps no half message, and logs nobody's address.
func TestTheDoorStandsWhateverComes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		var log logbook
		_, door := f.mailDoor(t, inbound.Config{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
		to, random := f.address(f.member), seeded(t)
		names, err := filepath.Glob("../inbound/testdata/*.eml")
		must(t, names, err)
		var seeds [][]byte
		for _, name := range names {
			seed, err := os.ReadFile(name)
			seeds = append(seeds, must(t, seed, err))
		}
		answers := map[byte]int{}
		var client *talk
		for trial := range trials(15) * 10 {
			if client == nil {
				client = dial(t, door)
				client.wants("", "220 ")
				client.asks("EHLO x", "250")
			}
			_ = client.line.SetDeadline(time.Now().Add(time.Minute))
			client.envelope(to)
			message := bytes.Clone(seeds[trial%len(seeds)])
			for range 1 + random.IntN(8) {
				at := random.IntN(len(message))
				switch other := seeds[random.IntN(len(seeds))]; random.IntN(5) {
				case 0:
					message[at] = byte(random.IntN(256))
				case 1:
					message = append(message[:at:at], message[min(len(message)-1, at+random.IntN(80)):]...)
				case 2:
					message = append(append(message[:at:at], other[random.IntN(len(other)):]...), message[at:]...)
				case 3:
					message = append(append(message[:at:at], "\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n"...), message[at:]...)
				case 4:
					message = message[:max(at, 1)]
				}
			}
			w := client.DotWriter()
			if _, err := w.Write(message[:min(len(message), 1<<20)]); err != nil {
				t.Fatal(err)
			}
			_ = w.Close()
			got := client.hears()
			if got == "" || got[0] != '2' && got[0] != '5' {
				t.Fatalf("trial %d: got %q for\n%s", trial, got, message)
			}
			answers[got[0]]++
			if trial%50 == 49 {
				_ = client.Close()
				client = nil
			}
		}
		t.Logf("of %d messages %d were taken and %d refused", trials(15)*10, answers['2'], answers['5'])
		if answers['2'] == 0 || answers['5'] == 0 {
			t.Error("they were all the same, so this test sees little")
		}
		documents, _ := f.count()
		f.whole(t, documents)
		for _, unwanted := range []string{"panic", "level=ERROR", to, "shop@example.org", "bea@example.org"} {
			if strings.Contains(log.String(), unwanted) {
				t.Errorf("the log has %q:\n%.2000s", unwanted, log.String())
			}
		}
	})
}
