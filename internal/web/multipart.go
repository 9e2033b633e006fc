package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"roster/internal/viewer"
)

// preflight is the header, of any value, that a request of parts must have: without it a form on another site could send
// one, and with it a browser asks first whether it may (RULES.md, Settled readings).
const preflight = "GraphQL-Require-Preflight"

// Files bounds the files that come with a request. What is larger than inMemory waits on the disk, so that many at once
// do not fill the memory.
type Files struct {
	Most    int   // in one request; 10
	Largest int64 // of one file, in bytes; 10 MB
	All     int64 // of all files of one request; 20 MB
}

const (
	inMemory = 64 << 10
	maxMap   = 16 << 10 // of the part that says where each file belongs
	maxUses  = 20       // places that one request's files stand in
	maxName  = 255      // bytes of a file's name
)

func (f Files) orDefault() Files {
	return Files{cmp.Or(f.Most, 10), cmp.Or(f.Largest, 10<<20), cmp.Or(f.All, 20<<20)}
}

func badParts(format string, a ...any) error {
	return unread{http.StatusBadRequest, fmt.Sprintf(format, a...)}
}

// readParts reads a request by the GraphQL multipart request specification: the part "operations" is the usual JSON, the
// part "map" says which null in its variables each file stands for, and the files follow. Every place is looked at
// before a file is put there: gqlgen's own transport panics at four kinds of map.
func (t Transport) readParts(w http.ResponseWriter, r *http.Request, boundary string, q *question) error {
	if len(r.Header.Values(preflight)) == 0 {
		return badParts("a request in parts needs the header %s, with any value", preflight)
	}
	limits, most := t.Files.orDefault(), int64(maxBody)
	if v, _ := viewer.From(r.Context()); v.SignedIn() {
		most += limits.All
	}
	p := parts{reader: multipart.NewReader(http.MaxBytesReader(w, r.Body, most), boundary), limits: limits, asked: q}
	err := p.read()
	switch tooLarge := new(http.MaxBytesError); {
	case errors.As(err, &tooLarge):
		return unread{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is over %d KB", most>>10)}
	case err == nil || errors.As(err, new(unread)):
		return err
	case errors.As(err, new(*fs.PathError)):
		return err // the disk's fault, not theirs
	}
	return badParts("the body is not parts as multipart/form-data has them")
}

// parts is a request of parts while it is read.
type parts struct {
	reader *multipart.Reader
	limits Files
	asked  *question
	places map[string][]spot // by the name of the file's part; taken out when it has come
}

// spot is where a file stands in the variables.
type spot struct {
	object map[string]any // one of the two
	list   []any
	key    string
	index  int
}

func (p *parts) read() error {
	operations, err := p.text("operations", maxBody)
	if err != nil {
		return err
	}
	if decodeBody(operations, p.asked) != nil {
		return badParts("the part \"operations\" is not one JSON object in UTF-8 with a query, and objects for variables and extensions")
	}
	p.asked.size = len(operations)
	places, err := p.text("map", maxMap)
	if err != nil {
		return err
	}
	if err := p.readMap(places); err != nil {
		return err
	}
	var all int64
	for {
		part, err := p.reader.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		size, err := p.file(part, min(p.limits.Largest, p.limits.All-all))
		if err != nil {
			return err
		}
		all += size
	}
	if len(p.places) > 0 {
		return badParts("the part \"map\" names a file that did not come")
	}
	return nil
}

// text reads a part that must come now and be small.
func (p *parts) text(name string, most int64) ([]byte, error) {
	part, err := p.reader.NextPart()
	if err == io.EOF || err == nil && part.FormName() != name {
		return nil, badParts("the first part must be \"operations\" and the second \"map\", then the files")
	}
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(part, most+1))
	if err == nil && int64(len(text)) > most {
		err = unread{http.StatusRequestEntityTooLarge, fmt.Sprintf("the part %q is over %d KB", name, most>>10)}
	}
	return text, err
}

const notMap = "the part \"map\" is not one JSON object of lists of places, such as {\"0\":[\"variables.file\"]}"

func (p *parts) readMap(text []byte) error {
	var files map[string][]string
	if err := decode(text, &files); err != nil || files == nil {
		return badParts(notMap)
	}
	p.places = map[string][]spot{}
	uses, taken := 0, map[string]bool{}
	for name, paths := range files {
		if len(paths) == 0 {
			return badParts(notMap)
		}
		for _, path := range paths {
			at, ok := find(p.asked.Variables, path)
			if uses++; !ok || taken[path] || uses > maxUses {
				return badParts("the part \"map\" must name places in the variables, such as \"variables.file\", which are null and each named once, %d at most", maxUses)
			}
			taken[path] = true
			p.places[name] = append(p.places[name], at)
		}
	}
	if len(p.places) > p.limits.Most {
		return badParts("a request may bring %d files at most", p.limits.Most)
	}
	return nil
}

// find looks for a null in the variables: "variables.input.files.0".
func find(variables map[string]any, path string) (at spot, ok bool) {
	steps := strings.Split(path, ".")
	if len(steps) < 2 || len(steps) > 10 || steps[0] != "variables" || variables == nil {
		return spot{}, false
	}
	var here any = variables
	for _, step := range steps[1:] {
		switch inside := here.(type) {
		case map[string]any:
			here, ok = inside[step]
			at = spot{object: inside, key: step}
		case []any:
			i, err := strconv.Atoi(step)
			if ok = err == nil && i >= 0 && i < len(inside) && step == strconv.Itoa(i); ok {
				here, at = inside[i], spot{list: inside, index: i}
			}
		default:
			ok = false
		}
		if !ok {
			return spot{}, false
		}
	}
	return at, here == nil
}

// file takes one file to its places. Each of them reads it from its beginning.
func (p *parts) file(part *multipart.Part, most int64) (size int64, err error) {
	name, places := part.FileName(), p.places[part.FormName()]
	if places == nil {
		return 0, badParts("a file came that the part \"map\" does not name, or came twice")
	}
	delete(p.places, part.FormName())
	if !utf8.ValidString(name) || !storable(name) || len(name) > maxName {
		return 0, badParts("a file's name is too long or not valid Unicode")
	}
	kept, err := keep(part, most)
	if kept.file != nil {
		p.asked.files = append(p.asked.files, kept.file)
	}
	if err != nil {
		return 0, err
	}
	for _, at := range places {
		upload := graphql.Upload{File: io.NewSectionReader(kept, 0, kept.size), Filename: name, Size: kept.size, ContentType: part.Header.Get("Content-Type")}
		if at.object != nil {
			at.object[at.key] = upload
		} else {
			at.list[at.index] = upload
		}
	}
	return kept.size, nil
}

// content is that of a file: in memory, or in a file on the disk that has no name any more.
type content struct {
	text []byte
	file *os.File
	size int64
}

// ReadAt reads from either.
func (k content) ReadAt(b []byte, from int64) (int, error) {
	if k.file != nil {
		return k.file.ReadAt(b, from)
	}
	return bytes.NewReader(k.text).ReadAt(b, from)
}

// keep reads a file to its end, if it is not larger than most.
func keep(from io.Reader, most int64) (k content, err error) {
	from = io.LimitReader(from, most+1)
	if k.text, err = io.ReadAll(io.LimitReader(from, inMemory)); err != nil {
		return k, err
	}
	if k.size = int64(len(k.text)); k.size == inMemory {
		if k, err = onDisk(k.text, from); err != nil {
			return k, err
		}
	}
	if k.size > most {
		return k, unread{http.StatusRequestEntityTooLarge, "a file is too large, or all files together are"}
	}
	return k, nil
}

func onDisk(beginning []byte, rest io.Reader) (k content, err error) {
	if k.file, err = os.CreateTemp("", "roster-upload-"); err != nil {
		return k, fmt.Errorf("keep a file: %w", err)
	}
	if err := os.Remove(k.file.Name()); err != nil { // it stays until it is closed, and no longer
		return k, fmt.Errorf("keep a file: %w", err)
	}
	k.size, err = io.Copy(k.file, io.MultiReader(bytes.NewReader(beginning), rest))
	return k, err
}
