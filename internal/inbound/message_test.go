package inbound

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roster/internal/document"
)

// apart is a message taken apart: its files as "name (size)" or, where they are short, "name: content".
func apart(t testing.TB, message string) (document.Mail, []string, error) {
	t.Helper()
	spool, err := newSpool()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(spool.close)
	mail, err := read(strings.NewReader(message), spool)
	var files []string
	for _, f := range mail.Files {
		if f.Content == nil {
			f.Content = strings.NewReader("")
		}
		content, err := io.ReadAll(io.NewSectionReader(f.Content, 0, f.Size))
		if err != nil {
			t.Fatal(err)
		}
		if len(content) > 300 {
			files = append(files, fmt.Sprintf("%s (%d)", f.Name, len(content)))
			continue
		}
		files = append(files, f.Name+": "+string(content))
	}
	return mail, files, err
}

// picture is a PNG of some size, in base64.
func picture(t testing.TB, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return lines(b.Bytes())
}

// lines is base64 as mails have it.
func lines(content []byte) string {
	text := base64.StdEncoding.EncodeToString(content)
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return b.String() + text + "\r\n"
}

// multi is a message of parts, each of which has its header and, after an empty line, its content.
func multi(kind string, parts ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Content-Type: %s; boundary=\"=_%d\"\r\n\r\n", kind, len(kind)+len(parts))
	for _, p := range parts {
		fmt.Fprintf(&b, "--=_%d\r\n%s\r\n", len(kind)+len(parts), p)
	}
	fmt.Fprintf(&b, "--=_%d--\r\n", len(kind)+len(parts))
	return b.String()
}

const (
	from = "From: Shop <shop@example.org>\r\nSubject: Your receipt\r\nMIME-Version: 1.0\r\n"
	pdf  = "Content-Type: application/pdf; name=\"a.pdf\"\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\n\r\n%PDF-1.4"
	note = "Content-Type: text/plain\r\n\r\nHere it is."
)

func TestWhatMailsHold(t *testing.T) {
	t.Parallel()
	logo, photo := picture(t, 120, 40), picture(t, 800, 1100)
	within := func(id, name, content string) string {
		return "Content-Type: image/png; name=" + name + "\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <" + id + ">\r\nContent-Disposition: inline; filename=" + name + "\r\n\r\n" + content
	}
	html := "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Here it <b>is</b>.<img src=cid:logo>"
	photoSize := fmt.Sprintf("photo.png (%d)", base64.StdEncoding.DecodedLen(len(strings.ReplaceAll(photo, "\r\n", "")))-strings.Count(photo, "="))
	body := "Your receipt.txt: From: Shop <shop@example.org>\nSubject: Your receipt\n\nHere it is.\n"
	for _, c := range []struct {
		what, message string
		want          []string
	}{
		{"an attachment", from + multi("multipart/mixed", note, pdf), []string{"a.pdf: %PDF-1.4"}},
		{"a text alone", from + "\r\nHere it is.", []string{body}},
		{"lines that end as on Unix", strings.ReplaceAll(from+multi("multipart/mixed", note, pdf), "\r\n", "\n"), []string{"a.pdf: %PDF-1.4"}},
		{"a page alone", from + html, []string{body}},
		{"plain text rather than a page", from + multi("multipart/alternative", note, strings.ReplaceAll(html, "Here", "There")), []string{body}},
		{"a page where the plain text is empty", from + multi("multipart/alternative", "Content-Type: text/plain\r\n\r\n \r\n\u00a0", html), []string{body}},
		{"a logo in the signature", from + multi("multipart/related", html, within("logo", "logo.png", logo)), []string{body}},
		{"a logo beside an attachment", from + multi("multipart/mixed", multi("multipart/related", html, within("logo", "logo.png", logo)), pdf), []string{"a.pdf: %PDF-1.4"}},
		{"a photo in the text", from + multi("multipart/related", html, within("photo", "photo.png", photo), within("logo", "logo.png", logo)), []string{photoSize}},
		{"nothing but a small picture", from + multi("multipart/mixed", within("x", "x.gif", lines([]byte("GIF89a;")))), []string{"x.gif: GIF89a;"}},
		{"a small picture that was attached", from + multi("multipart/mixed", note, strings.Replace(within("x", "x.png", lines([]byte("\x89PNG"))), "inline", "attachment", 1)), []string{"x.png: \x89PNG"}},
		{"a forwarded message with an attachment", from + multi("multipart/mixed", note, "Content-Type: message/rfc822\r\n\r\n"+from+multi("multipart/mixed", note, pdf)), []string{"a.pdf: %PDF-1.4"}},
		{"a forwarded message that is the receipt", from + multi("multipart/mixed", "\r\nSee below.", "Content-Type: message/rfc822\r\n\r\n"+from+"\r\nHere it is."), []string{body}},
		{"a forwarded message in base64", from + multi("multipart/mixed", "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"+lines([]byte(from+multi("multipart/mixed", pdf)))), []string{"a.pdf: %PDF-1.4"}},
		{"a digest", from + multi("multipart/digest", "\r\n"+from+"\r\nHere it is."), []string{body}},
		{"a forwarded message that is broken", from + multi("multipart/mixed", pdf, "Content-Type: message/rfc822; name=old.eml\r\n\r\nno header\r\n"), []string{"a.pdf: %PDF-1.4", "old.eml: "}},
		{"parts in parts", from + multi("multipart/mixed", multi("multipart/mixed1", multi("multipart/mixed22", note, pdf)), note), []string{"a.pdf: %PDF-1.4"}},
		{"a signed message", from + multi("multipart/signed", multi("multipart/mixed", note, pdf), "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nMII"), []string{"a.pdf: %PDF-1.4"}},
		{"an appointment", from + multi("multipart/mixed", note, "Content-Type: text/calendar; name=x.ics\r\n\r\nBEGIN:VCALENDAR"), []string{body}},
		{"what Exchange makes of the text below", from + multi("multipart/mixed", pdf, "Content-Type: text/plain; name=ATT00001.txt\r\nContent-Disposition: attachment\r\n\r\nSent from my phone"), []string{"a.pdf: %PDF-1.4"}},
		{"winmail.dat", from + multi("multipart/mixed", note, "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n\x78\x9f\x3e\x22"), []string{"winmail.dat: \x78\x9f\x3e\x22"}},
		{"no end", from + strings.TrimSuffix(multi("multipart/mixed", note, pdf), "--=_17--\r\n"), []string{"a.pdf: %PDF-1.4\r\n"}},
		{"an encoding that is not known", from + multi("multipart/mixed", note, "Content-Disposition: attachment; filename=x.pdf\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x"), []string{"x.pdf: "}},
		{"base64 with what does not belong there", from + multi("multipart/mixed", "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: BASE64\r\n\r\n JVB\tERi0x!LjQ=\r\n--\r\nA footer"), []string{"a.pdf: %PDF-1.4"}},
		{"base64 without its end", from + multi("multipart/mixed", "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ"), []string{"a.pdf: %PDF-1.4"}},
		{"quoted-printable", from + "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nCaf=E9 =\r\n5=3=80, =zz=", []string{strings.Replace(body, "Here it is.", "Café 5=3\u0080, =zz", 1)}},
		{"Windows' letters unsaid", from + "\r\nCaf\xe9 \x80 5", []string{strings.Replace(body, "Here it is.", "Café € 5", 1)}},
		{"UTF-8 called ASCII", from + "Content-Type: text/plain; charset=us-ascii\r\n\r\nCafé", []string{strings.Replace(body, "Here it is.", "Café", 1)}},
		{"Japanese", from + "Content-Type: text/plain; charset=ISO-2022-JP\r\n\r\n\x1b$B=i2s\x1b(B", []string{strings.Replace(body, "Here it is.", "初回", 1)}},
		{"a charset that nobody knows", from + "Content-Type: text/plain; charset=klingon\r\n\r\nHere it is.", []string{body}},
		{"a text that looks like a page", from + "\r\n<html>", []string{strings.Replace(body, "Here it is.", "<html>", 1)}},
		{"a table keeps its bytes", from + multi("multipart/mixed", "Content-Type: text/csv; charset=iso-8859-1; name=a.csv\r\n\r\nCaf\xe9;5"), []string{"a.csv: Caf\xe9;5"}},
		{"a subject with slashes", strings.Replace(from, "Your receipt", "Bill 3/2026", 1) + "\r\nx", []string{"Bill 3-2026.txt: From: Shop <shop@example.org>\nSubject: Bill 3/2026\n\nx\n"}},
		{"nothing", from + "\r\n \r\n", nil},
		{"not even a header", "", nil},
	} {
		_, got, err := apart(t, c.message)
		if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
			t.Errorf("%s: got %q, %v, want %q", c.what, got, err, c.want)
		}
	}
}

func TestMailsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	deep := note
	for i := range maxDepth + 1 {
		deep = multi("multipart/x"+strings.Repeat("x", i), deep)
	}
	for _, c := range []struct {
		what, message string
		want          error
	}{
		{"a line in the header that is none", "From: x\r\nno header\r\n\r\n", errBroken},
		{"a header without end", "Subject: " + strings.Repeat("x", maxHeader), errBroken},
		{"a header of a part without end", from + multi("multipart/mixed", "X: "+strings.Repeat("x", maxHeader)+"\r\n\r\nx"), errBroken},
		{"a part whose header is broken", from + multi("multipart/mixed", "x\r\n\r\nx"), errBroken},
		{"no boundary", "Content-Type: multipart/mixed\r\n\r\nx", errBroken},
		{"too many parts", from + multi("multipart/mixed", make([]string, maxParts)...), errParts},
		{"too many files", from + multi("multipart/mixed", strings.Split(strings.Repeat(pdf+"|", maxAttached)+pdf, "|")...), errParts},
		{"parts in parts in parts", from + deep, errDeep},
		{"a report that a mail was not delivered", from + multi("multipart/report", note), errReport},
	} {
		if _, files, err := apart(t, c.message); err != c.want {
			t.Errorf("%s: got %.100q, %v, want %v", c.what, files, err, c.want)
		}
	}
}

func TestNamesOfAttachments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ disposition, want string }{
		{`attachment; filename="receipt.pdf"`, "receipt.pdf"},
		{`attachment; filename=receipt 12.pdf`, "receipt 12.pdf"},
		{`ATTACHMENT; size=5; FileName = "a;b \"c\".pdf";`, `a;b "c".pdf`},
		{`attachment; filename="C:\Temp\a.pdf"`, `C:\Temp\a.pdf`},
		{`attachment; filename="=?UTF-8?B?w5xiZXJzaWNodC5wZGY=?="`, "Übersicht.pdf"},
		{`attachment; filename="=?iso-8859-1?Q?Rechnung_M=E4rz?= =?iso-8859-1?Q?.pdf?="`, "Rechnung März.pdf"},
		{`attachment; filename==?windows-1251?B?8ffl8i5wZGY=?=`, "счет.pdf"},
		{`attachment; filename*=UTF-8''%E9%A0%98%E5%8F%8E%E6%9B%B8.pdf; filename="x.pdf"`, "領収書.pdf"},
		{`attachment; filename*=iso-8859-1'de'M%E4rz.pdf`, "März.pdf"},
		{`attachment; filename*0*=UTF-8''a%C3; filename*1*=%A9%20; filename*2="100%.pdf"`, "aé 100%.pdf"},
		{`attachment; filename*0="long "; filename*1="name.pdf"`, "long name.pdf"},
		{`attachment; filename*=nonsense`, "nonsense"},
		{`attachment; filename*=klingon''%41%zz.pdf`, "A%zz.pdf"},
		{"attachment; filename=\"M\xe4rz.pdf\"", "März.pdf"},
		{`attachment; filename="März.pdf"`, "März.pdf"},
		{`attachment; filename="unended`, "unended"},
		{`attachment; filename="a.pdf"; filename="b.exe"`, "a.pdf"},
		{`attachment; =x; nothing; filename=a.pdf`, "a.pdf"},
		{`attachment`, ""},
	} {
		_, params := field(c.disposition)
		if got := parameter(params, "filename"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.disposition, got, c.want)
		}
	}
}

func TestWhoWroteAMail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ header, want string }{
		{"From: Shop <shop@example.org>\r\n", "shop@example.org"},
		{"From: =?utf-8?Q?Caf=C3=A9?= <cafe@example.org>, b@example.org\r\n", "cafe@example.org"},
		{"From: whoever =?utf-8?Q?Caf=C3=A9?=\r\n", "whoever Café"},
		{"From: \"a\" <a@b\r\n", "\"a\" <a@b"},
		{"", ""},
	} {
		mail, _, err := apart(t, c.header+"Message-ID:  <1@example.org>\r\n\r\nx")
		if err != nil || mail.From != c.want || mail.MessageID != "<1@example.org>" {
			t.Errorf("%q: got %+v, %v, want %q", c.header, mail, err, c.want)
		}
	}
}

func TestPagesBecomeWhatIsReadOnThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ page, want string }{
		{"<html><head><title>x</title><style>p{}</style></head><body><p>Dear  Sir</p><p>Total&nbsp;5&nbsp;&lt; 6</p>", "Dear Sir\nTotal 5 < 6\n"},
		{"<table><tr><td>Lunch</td><td>12.50</td></tr><tr><td>Tax</td><td>2</td></tr></table>", "Lunch 12.50\nTax 2\n"},
		{"Your <a href=\"https://example.org/i?a=1&amp;b=2\">invoice</a>.", "Your invoice <https://example.org/i?a=1&b=2> ."},
		{"<a href=\"javascript:alert(1)\">x</a><script>alert(1)</script>y<br>z<!-- no -->", "xy\nz"},
		{"one <b>t</b>wo<i> three</i>", "one two three"},
		{"&amp;lt;script>", "&lt;script>"},
		{"", ""},
	} {
		got, err := io.ReadAll(page(strings.NewReader(c.page)))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.page, got, err, c.want)
		}
	}
}

// Whatever comes as a message is taken apart without a panic, and of a message that breaks off nothing is believed.
func FuzzRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(names) == 0 {
		f.Fatal("no messages to begin with", err)
	}
	for _, name := range names {
		message, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, message []byte) { holds(t, message) })
}

// holds holds what is true of every message.
func holds(t testing.TB, message []byte) {
	t.Helper()
	spool, err := newSpool()
	if err != nil {
		t.Fatal(err)
	}
	defer spool.close()
	mail, err := read(bytes.NewReader(message), spool)
	if err != nil {
		if _, told := err.(unreadable); !told {
			t.Fatalf("%v: a fault of ours", err)
		}
		return
	}
	if len(mail.Files) > maxAttached {
		t.Errorf("%d files", len(mail.Files))
	}
	for _, f := range mail.Files {
		if f.Size > 0 {
			if _, err := f.Content.ReadAt(make([]byte, 1), f.Size-1); err != nil {
				t.Errorf("%q is not as long as it says: %v", f.Name, err)
			}
		}
	}
}
