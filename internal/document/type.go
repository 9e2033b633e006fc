package document

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"roster/internal/address"
	"roster/internal/rule"
)

// The kinds of file that are taken. A browser runs none of them, and none can hold macros.
const (
	typePDF  = "application/pdf"
	typeXML  = "application/xml"
	typeCSV  = "text/csv"
	typeText = "text/plain"

	office       = "application/vnd.openxmlformats-officedocument."
	openDocument = "application/vnd.oasis.opendocument."
)

// endings are how files of a kind are called; the first is the usual one.
var endings = map[string][]string{
	typePDF: {".pdf"}, "image/png": {".png"}, "image/jpeg": {".jpg", ".jpeg"}, "image/gif": {".gif"}, "image/webp": {".webp"},
	"image/tiff": {".tif", ".tiff"}, "image/heic": {".heic", ".heif"}, typeXML: {".xml"}, typeCSV: {".csv"}, typeText: {".txt", ".text", ".log", ".md", ".eml"},
	office + "wordprocessingml.document": {".docx"}, office + "spreadsheetml.sheet": {".xlsx"}, office + "presentationml.presentation": {".pptx"},
	openDocument + "text": {".odt"}, openDocument + "spreadsheet": {".ods"}, openDocument + "presentation": {".odp"},
}

// beginnings are the first bytes of files of a kind, at an offset.
var beginnings = []struct {
	at          int
	bytes, kind string
}{
	{0, "%PDF-", typePDF}, {0, "\x89PNG\r\n\x1a\n", "image/png"}, {0, "\xff\xd8\xff", "image/jpeg"}, {0, "GIF87a", "image/gif"}, {0, "GIF89a", "image/gif"},
	{0, "II*\x00", "image/tiff"}, {0, "MM\x00*", "image/tiff"}, {8, "WEBPVP8", "image/webp"},
	{4, "ftypheic", "image/heic"}, {4, "ftypheix", "image/heic"}, {4, "ftyphevc", "image/heic"}, {4, "ftypmif1", "image/heic"}, {4, "ftypmsf1", "image/heic"}, {4, "ftypheim", "image/heic"},
}

// typeOf finds out by its content what a file is; empty where it is nothing that is taken. Its name says only whether text is
// a table.
func typeOf(f File) (string, error) {
	head := make([]byte, min(f.Size, 4096))
	if _, err := io.ReadFull(f.reader(), head); err != nil {
		return "", err
	}
	for _, b := range beginnings {
		if len(head) > b.at && bytes.HasPrefix(head[b.at:], []byte(b.bytes)) && (b.kind != "image/webp" || bytes.HasPrefix(head, []byte("RIFF"))) {
			return b.kind, nil
		}
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return packed(f), nil
	}
	return written(f, head)
}

// packed tells the office documents among the archives: without macros, and with a list of contents that is read, never
// unpacked beyond its first bytes.
func packed(f File) string {
	archive, err := zip.NewReader(f.Content, f.Size)
	if err != nil || len(archive.File) > 10_000 {
		return ""
	}
	found := ""
	for _, entry := range archive.File {
		name := strings.ToLower(entry.Name)
		switch {
		case strings.Contains(name, "vbaproject") || strings.HasPrefix(name, "basic/") || strings.HasPrefix(name, "scripts/"):
			return ""
		case name == "word/document.xml":
			found = office + "wordprocessingml.document"
		case name == "xl/workbook.xml":
			found = office + "spreadsheetml.sheet"
		case name == "ppt/presentation.xml":
			found = office + "presentationml.presentation"
		case name == "mimetype":
			found = declared(entry)
		}
	}
	return found
}

// declared is what an OpenDocument says it is.
func declared(entry *zip.File) string {
	r, err := entry.Open()
	if err != nil {
		return ""
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, 100))
	if _, known := endings[string(text)]; err != nil || !known || !strings.HasPrefix(string(text), openDocument) {
		return ""
	}
	return string(text)
}

var (
	errNotUTF8 = errors.New("document: not UTF-8")
	errNoText  = errors.New("document: no text")
	errLongTag = errors.New("document: a tag too long")
)

// written tells text from what is none, and the XML of invoices from pages that a browser would run. Text is UTF-8, UTF-16 with
// its mark, or one byte a letter, as old programs of accountants write it. It is read piece by piece, however long it is.
func written(f File, head []byte) (string, error) {
	text := func() io.Reader { return f.reader() }
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		if f.Size%2 != 0 {
			return "", nil
		}
		text = func() io.Reader {
			return unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Reader(f.reader())
		}
	}
	begin, err := beginning(text())
	if errors.Is(err, errNotUTF8) {
		text = func() io.Reader { return charmap.ISO8859_1.NewDecoder().Reader(f.reader()) }
		begin, err = beginning(text())
	}
	switch {
	case errors.Is(err, errNoText):
		return "", nil
	case err != nil:
		return "", err
	case strings.HasPrefix(begin, "<"):
		return markup(text()), nil
	case strings.HasSuffix(strings.ToLower(f.Name), ".csv"):
		return typeCSV, nil
	}
	return typeText, nil
}

// beginning reads a text to its end, refuses one with controls that no text has, and answers how it begins.
func beginning(text io.Reader) (string, error) {
	const enough = 4096
	r := bufio.NewReader(text)
	var begin strings.Builder
	for {
		letter, size, err := r.ReadRune()
		switch {
		case errors.Is(err, io.EOF):
			return strings.TrimSpace(strings.TrimPrefix(begin.String(), "\ufeff")), nil
		case err != nil:
			return "", err
		case letter == utf8.RuneError && size == 1:
			return "", errNotUTF8
		case letter < ' ' && !strings.ContainsRune("\t\n\r\f\x1a", letter) || letter == 0x7f:
			return "", errNoText
		case begin.Len() < enough:
			begin.WriteRune(letter)
		}
	}
}

// browsers is what a browser would run of XML.
var browsers = []string{"html", "svg", "script", "stylesheet", "transform", "xsl"}

// markup takes XML that is well-formed and of which a browser runs nothing: no page, no picture with scripts, no style sheet
// that makes one of it.
func markup(text io.Reader) string {
	signs := &tags{Reader: bufio.NewReader(text)}
	d := xml.NewDecoder(signs)
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it was decoded
	root, depth := false, 0
	for {
		token, err := d.Token()
		signs.next()
		if errors.Is(err, io.EOF) && root {
			return typeXML
		}
		if err != nil {
			return ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			root = true
			if depth++; depth > maxNested {
				return ""
			}
			if slices.Contains(browsers, strings.ToLower(t.Name.Local)) || runs(t.Name.Space) {
				return ""
			}
		case xml.EndElement:
			depth--
		case xml.ProcInst:
			if strings.EqualFold(t.Target, "xml-stylesheet") {
				return ""
			}
		case xml.Directive:
			return "" // a document type, with entities of its own
		}
	}
}

// What XML may be made of. The decoder keeps every element that is open, and all attributes of one: a file of 20 MB that is
// nothing else takes 800 MB of memory. Invoices are some ten elements deep, with files in the text of some.
const (
	maxNested = 200
	maxTag    = 64 << 10 // bytes
)

// tags is XML in which no tag is longer than one may be; text, comments and CDATA are. The decoder reads it byte by byte.
type tags struct {
	*bufio.Reader
	last byte
	size int // of the tag so far; zero in a text, below in what begins with <!
}

// next says that a token was read. Of what follows a text, its first sign was read with it.
func (t *tags) next() {
	t.size = 0
	if t.last == '<' {
		t.size = 1
	}
}

// ReadByte reads on.
func (t *tags) ReadByte() (byte, error) {
	b, err := t.Reader.ReadByte()
	switch {
	case t.size == 0 && b == '<':
		t.size = 1
	case t.size == 1 && b == '!':
		t.size = -1
	case t.size > maxTag:
		return 0, errLongTag
	case t.size > 0:
		t.size++
	}
	t.last = b
	return b, err
}

func runs(space string) bool {
	space = strings.ToLower(space)
	return strings.Contains(space, "w3.org/1999/xhtml") || strings.Contains(space, "w3.org/2000/svg") || strings.Contains(space, "w3.org/1999/xsl")
}

// sum is the SHA-256 of a file, in hex.
func sum(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// cleaned is a file's name as it is kept: without folders and what a reader cannot see, and with an ending that says what it
// is. Windows takes no other for such a file, and would run some that the sender's name could have.
func cleaned(name, kind string) string {
	name = address.Name(path.Base(strings.ReplaceAll(name, `\`, "/")))
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/\|?*`, r) {
			return '-'
		}
		return r
	}, name)
	known := endings[kind]
	ending := path.Ext(name)
	if !slices.Contains(known, strings.ToLower(ending)) {
		name = strings.TrimRight(name, ". ") + known[0]
		ending = known[0]
	}
	if strings.Trim(name[:len(name)-len(ending)], ". -") == "" {
		name = "document" + ending
	}
	if letters := []rune(name); len(letters) > rule.MaxFileName {
		name = strings.TrimRight(string(letters[:rule.MaxFileName-len([]rune(ending))]), ". ") + ending
	}
	return name
}
