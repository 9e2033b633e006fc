package document

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"roster/internal/rule"
)

// of is a file of some bytes.
func of(name, content string) File {
	return File{name, strings.NewReader(content), int64(len(content))}
}

// zipped is an archive with some files in it.
func zipped(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		name, text, _ := strings.Cut(name, "=")
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAFileIsWhatItHolds(t *testing.T) {
	t.Parallel()
	const odt = "mimetype=application/vnd.oasis.opendocument.text"
	for _, c := range []struct{ what, content, want string }{
		{"x.pdf", "%PDF-1.4\n", "application/pdf"},
		{"x.png", "\x89PNG\r\n\x1a\n\x00", "image/png"},
		{"x.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"},
		{"x.gif", "GIF89a;", "image/gif"},
		{"x.webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"},
		{"a wave called webp", "RIFX\x00\x00\x00\x00WEBPVP8 \x00", ""},
		{"x.heic", "\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"},
		{"a film", "\x00\x00\x00\x18ftypisom\x00\x00", ""},
		{"x.tif", "II*\x00\x08\x00", "image/tiff"},
		{"x.docx", zipped(t, "[Content_Types].xml", "word/document.xml"), office + "wordprocessingml.document"},
		{"x.xlsx", zipped(t, "xl/workbook.xml"), office + "spreadsheetml.sheet"},
		{"x.pptx", zipped(t, "ppt/presentation.xml"), office + "presentationml.presentation"},
		{"with macros", zipped(t, "xl/workbook.xml", "xl/vbaProject.bin"), ""},
		{"x.odt", zipped(t, odt, "content.xml"), openDocument + "text"},
		{"x.odt with macros", zipped(t, odt, "Basic/Standard/Module1.xml"), ""},
		{"any archive", zipped(t, "setup.exe"), ""},
		{"an archive that lies", zipped(t, "mimetype=text/html"), ""},
		{"the beginning of an archive", "PK\x03\x04 and nothing more", ""},
		{"x.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""},
		{"x.exe", "MZ\x90\x00", ""},
		{"x.txt", "Dear Sir or Madam", "text/plain"},
		{"x.csv", "a;b\n1;2\n", "text/csv"},
		{"latin.txt", "Caf\xe9", "text/plain"},
		{"utf16.csv", "\xff\xfea\x00;\x00", "text/csv"},
		{"half a letter", "\xff\xfea\x00;", ""},
		{"bytes", "a\x00b", ""},
		{"an escape", "a\x1b[31m", ""},
		{"invoice.xml", `<?xml version="1.0" encoding="ISO-8859-1"?><Invoice xmlns="urn:x"><Name>Café</Name></Invoice>`, "application/xml"},
		{"page", "<!doctype html><p>x", ""},
		{"page", "<html><body/></html>", ""},
		{"page in disguise", `<?xml version="1.0"?><x:y xmlns:x="http://www.w3.org/1999/xhtml"/>`, ""},
		{"page inside", `<a><script>alert(1)</script></a>`, ""},
		{"picture", `<svg xmlns="http://www.w3.org/2000/svg"/>`, ""},
		{"style", `<?xml-stylesheet href="x.xsl" type="text/xsl"?><a/>`, ""},
		{"entities", `<!DOCTYPE a [<!ENTITY x "xxxx">]><a>&x;</a>`, ""},
		{"broken XML", `<a><b></a>`, ""},
		{"no XML", `<a`, ""},
		{"a page behind a mark and spaces", "\ufeff \n <html/>", ""},
	} {
		in, err := look(of(c.what, c.content))
		if err != nil || in.fact.Type != c.want {
			t.Errorf("%s is %q, %v, want %q", c.what, in.fact.Type, err, c.want)
		}
	}
}

// XML that would fill the memory is none; an invoice is, whatever lies in its text.
func TestXMLIsNotDeepAndItsTagsAreNotLong(t *testing.T) {
	t.Parallel()
	within := strings.Repeat("QUJD ", 40_000)
	for _, c := range []struct{ what, content, want string }{
		{"elements in elements", strings.Repeat("<a>", 201) + strings.Repeat("</a>", 201), ""},
		{"an invoice's", strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200), typeXML},
		{"elements side by side", "<a>" + strings.Repeat("<b/><c> </c>", 10_000) + "</a>", typeXML},
		{"attributes", "<a " + strings.Repeat(`b="" `, 14_000) + "/>", ""},
		{"attributes with what ends tags", "<a " + strings.Repeat(`b=">" `, 14_000) + "/>", ""},
		{"attributes after a text", "<a>text<b " + strings.Repeat(`b="" `, 14_000) + "/></a>", ""},
		{"attributes after a comment", `<a><!-- <b " --><b ` + strings.Repeat(`b=">" `, 14_000) + "/></a>", ""},
		{"attributes in another charset", `<?xml version="1.0" encoding="ISO-8859-1"?><a ` + strings.Repeat(`b="" `, 14_000) + "/>", ""},
		{"a name", "<" + strings.Repeat("b", 70_000) + "/>", ""},
		{"a name that ends", "<a></" + strings.Repeat("b", 70_000) + ">", ""},
		{"some attributes", "<a " + strings.Repeat(`b="" `, 12_000) + "/>", typeXML},
		{"a file in a text", "<a>" + within + "</a>", typeXML},
		{"a file in CDATA", "<a><![CDATA[" + within + "<b]]></a>", typeXML},
		{"a long comment", "<a/><!-- " + within + "<b -->", typeXML},
	} {
		in, err := look(of("x.xml", c.content))
		if err != nil || in.fact.Type != c.want {
			t.Errorf("%s: is %q, %v, want %q", c.what, in.fact.Type, err, c.want)
		}
	}
}

func TestAFileThatCannotBeReadIsNoneOfAnyKind(t *testing.T) {
	t.Parallel()
	broken := File{"x.pdf", brokenAt{}, 100}
	if _, err := look(broken); err == nil {
		t.Error("a file that cannot be read was taken for one that can")
	}
	if in, err := look(File{"x.pdf", brokenAt{}, rule.MaxFile + 1}); err != nil || !rule.Takes(in.fact).Refused() {
		t.Errorf("a file that is too large: %v, %v; it need not be read", in.fact, err)
	}
}

type brokenAt struct{}

func (brokenAt) ReadAt([]byte, int64) (int, error) { return 0, iotest.ErrTimeout }

// A letter may grow when it becomes a small one, and an ending may be longer than a name may be.
func TestAFileOfNoKindMayBeCalledAnything(t *testing.T) {
	t.Parallel()
	for _, name := range []string{".Ⱥ", "." + strings.Repeat("x", 300), "x." + strings.Repeat("Ⱥ", 300), ".", "", "\xff"} {
		for content, kind := range map[string]string{"MZ\x00": "", "%PDF-1.4": typePDF} {
			in, err := look(of(name, content))
			if err != nil || in.fact.Type != kind {
				t.Errorf("%q of kind %q is %q, %v", name, kind, in.fact.Type, err)
			}
			if kind != "" && !strings.HasSuffix(in.Name, ".pdf") {
				t.Errorf("%q is kept as %q", name, in.Name)
			}
		}
	}
}

func TestNamesOfFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, kind, want string }{
		{"receipt.pdf", typePDF, "receipt.pdf"},
		{"RECEIPT.PDF", typePDF, "RECEIPT.PDF"},
		{"photo.jpeg", "image/jpeg", "photo.jpeg"},
		{"photo.jpg", typePDF, "photo.jpg.pdf"},
		{`C:\Temp\receipt.pdf`, typePDF, "receipt.pdf"},
		{"../../etc/passwd", typeText, "passwd.txt"},
		{"", typePDF, "document.pdf"},
		{".pdf", typePDF, "document.pdf"},
		{"..", typePDF, "document.pdf"},
		{"  a\u202efdp.exe ", typePDF, "afdp.exe.pdf"},
		{"a\r\nb: c\".pdf", typePDF, "a b- c-.pdf"},
		{"évidence n° 1.pdf", typePDF, "évidence n° 1.pdf"},
		{strings.Repeat("é", 300) + ".pdf", typePDF, strings.Repeat("é", rule.MaxFileName-4) + ".pdf"},
		{strings.Repeat("x", 300), typePDF, strings.Repeat("x", rule.MaxFileName-4) + ".pdf"},
	} {
		if got := cleaned(c.name, c.kind); got != c.want {
			t.Errorf("%q is kept as %q, want %q", c.name, got, c.want)
		}
	}
}

// Whatever comes as a file is looked at without a panic, and a page is never taken.
func FuzzLook(f *testing.F) {
	for _, seed := range []string{"%PDF-1.7", "PK\x03\x04", "<a/>", "<!doctype html>", "\xff\xfe<\x00", "GIF89a", "RIFF....WEBPVP8 "} {
		f.Add("x.pdf", seed)
	}
	f.Fuzz(func(t *testing.T, name, content string) {
		in, err := look(of(name, content))
		if err != nil {
			t.Fatal(err)
		}
		if in.fact.Type == "" {
			return
		}
		if endings[in.fact.Type] == nil || in.Name == "" || len([]rune(in.Name)) > rule.MaxFileName || strings.ContainsAny(in.Name, "/\\\x00\r\n\"") {
			t.Errorf("%q holding %q is taken as %q, %s", name, content, in.Name, in.fact.Type)
		}
		if again := cleaned(in.Name, in.fact.Type); again != in.Name {
			t.Errorf("the name %q becomes %q", in.Name, again)
		}
		if begin := strings.ToLower(strings.TrimSpace(content)); strings.HasPrefix(begin, "<html") || strings.HasPrefix(begin, "<!doctype") || strings.HasPrefix(begin, "<svg") {
			t.Errorf("a page is taken as %s: %q", in.fact.Type, content)
		}
	})
}

func TestAMessageIsKnownByItsIDOrByWhatItHolds(t *testing.T) {
	t.Parallel()
	a, b := []incoming{{sha256: "1"}, {sha256: "2"}}, []incoming{{sha256: "2"}, {sha256: "1"}}
	const shop = "shop@example.org"
	if messageKey(shop, "<x@y>", a) != messageKey("Shop@Example.org", " x@y ", nil) || messageKey(shop, "<x@y>", a) == messageKey(shop, "<z@y>", a) {
		t.Error("a message is known by its id")
	}
	if messageKey(shop, "<x@y>", a) == messageKey("mallory@example.net", "<x@y>", a) || messageKey("a", "b", a) == messageKey("a b", "", a) {
		t.Error("a message is known by what its own sender calls it")
	}
	if messageKey("", "", a) != messageKey(shop, "<>", b) || messageKey("", "", a) == messageKey("", "", a[:1]) {
		t.Error("a message without an id is known by what it holds")
	}
	if got := fmt.Sprint(sender(""), sender(" a\u202eb@c.org\r\n"), len(sender(strings.Repeat("x", 1000)))); got != "Unknown senderab@c.org320" && got != "Unknown sender ab@c.org 320" {
		t.Error(got)
	}
}
