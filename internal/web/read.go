package web

import (
	"bytes"
	jsonv1 "encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"roster/internal/viewer"
)

// question is a request as it was read.
type question struct {
	graphql.RawParams
	document string // the id of a text that the server has already, in place of a query
	size     int    // of the body, in bytes
	files    []io.Closer
}

// close forgets the files that came with the request.
func (q *question) close() {
	for _, f := range q.files {
		_ = f.Close() // it has no name any more, so that it is gone either way
	}
}

// unread is why a request could not be read, for whoever sent it.
type unread struct {
	status  int
	message string
}

// Error makes it an error.
func (u unread) Error() string { return u.message }

// errUnclear is a request that two readers could take for two different ones.
var errUnclear = errors.New("a parameter is given twice, or is not UTF-8")

// read takes the parameters from a request, or says why not: then the error is an unread.
func (t Transport) read(w http.ResponseWriter, r *http.Request, q *question) error {
	switch r.Method {
	case http.MethodGet:
		if readURL(r.URL.RawQuery, q) != nil {
			return unread{http.StatusBadRequest, "the address is not one query in UTF-8, with JSON objects for variables and extensions"}
		}
	case http.MethodPost:
		if err := t.readBody(w, r, q); err != nil {
			return err
		}
	default:
		w.Header().Set("Allow", "GET, POST")
		return unread{http.StatusMethodNotAllowed, "only GET and POST are answered here"}
	}
	switch {
	case q.Query != "" && q.document != "":
		return unread{http.StatusBadRequest, "send either a query or the documentId of one, not both"}
	case q.Query == "" && q.document == "" && q.Extensions["persistedQuery"] == nil:
		return unread{http.StatusBadRequest, "the query is missing"}
	}
	return nil
}

// usualBody is what most bodies have less than, in bytes: for so much there is room at once, for more as it comes.
const usualBody = 8 << 10

func (t Transport) readBody(w http.ResponseWriter, r *http.Request, q *question) error {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != plainJSON && kind != manyParts || !isUTF8(params) || r.Header.Get("Content-Encoding") != "" || len(r.Header.Values("Content-Type")) > 1 {
		return unread{http.StatusUnsupportedMediaType, "the content type must be application/json in utf-8, or multipart/form-data with files, and the body not compressed"}
	}
	if kind == manyParts {
		return t.readParts(w, r, params["boundary"], q)
	}
	most, long := int64(maxBody), tooLong
	if v, _ := viewer.From(r.Context()); v.SignedIn() {
		most, long = maxList, "the body is over 4 MB"
	}
	var body bytes.Buffer
	body.Grow(int(min(max(r.ContentLength, 0), usualBody)) + bytes.MinRead)
	_, err = body.ReadFrom(http.MaxBytesReader(w, r.Body, most))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return unread{http.StatusRequestEntityTooLarge, long}
	}
	if bytes.HasPrefix(bytes.TrimSpace(body.Bytes()), []byte{'['}) {
		return unread{http.StatusBadRequest, "send one operation in each request: a list of them is not taken"}
	}
	if err != nil || decodeBody(body.Bytes(), q) != nil {
		return unread{http.StatusBadRequest, "the body is not one JSON object in UTF-8 with a query, and objects for variables and extensions"}
	}
	q.size = body.Len()
	return nil
}

func isUTF8(params map[string]string) bool {
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8")
}

func readURL(text string, q *question) error {
	values, err := url.ParseQuery(text)
	if err != nil {
		return err
	}
	for name, given := range values {
		if len(given) > 1 || !utf8.ValidString(given[0]) {
			return errUnclear
		}
		if given[0] == "" {
			continue
		}
		switch text := given[0]; name {
		case "query":
			q.Query = text
		case "operationName":
			q.OperationName = text
		case "documentId":
			q.document = text
		case "variables":
			err = decode([]byte(text), &q.Variables)
		case "extensions":
			err = decode([]byte(text), &q.Extensions)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parameters are what a request asks; other keys are ignored, as the specification wants it.
type parameters struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
	Extensions    map[string]any `json:"extensions"`
	Document      string         `json:"documentId"`
}

// decodeBody reads the one JSON object of a request.
func decodeBody(body []byte, q *question) error {
	var p parameters
	if err := decode(body, &p); err != nil {
		return err
	}
	q.Query, q.OperationName, q.Variables, q.Extensions, q.document = p.Query, p.OperationName, p.Variables, p.Extensions, p.Document
	return nil
}

// decode reads one JSON value in which no key is given twice, at any depth, with nothing behind it: encoding/json would take the
// last of two values, "QUERY" for "query" and text that is not UTF-8, so that whoever checks a request on its way may read
// another one. Numbers stay as they are written.
func decode(value []byte, to any) error { return json.Unmarshal(value, to, asWritten) }

var asWritten = json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, to *any) error {
	if d.PeekKind() != jsontext.KindNumber {
		return errors.ErrUnsupported // here: as it would be read otherwise
	}
	number, err := d.ReadValue()
	*to = jsonv1.Number(number)
	return err
}))
