package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

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
var errUnclear = errors.New("a parameter is given twice, is not UTF-8 or has something behind it")

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
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return unread{http.StatusRequestEntityTooLarge, long}
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte{'['}) {
		return unread{http.StatusBadRequest, "send one operation in each request: a list of them is not taken"}
	}
	if err != nil || decodeBody(body, q) != nil {
		return unread{http.StatusBadRequest, "the body is not one JSON object in UTF-8 with a query, and objects for variables and extensions"}
	}
	q.size = len(body)
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
		raw := []byte(given[0])
		if name == "query" || name == "operationName" || name == "documentId" {
			raw, _ = json.Marshal(given[0]) // a string: cannot fail
		}
		if err := setParameter(q, name, raw); err != nil {
			return err
		}
	}
	return nil
}

// decodeBody reads the one JSON object of a request.
func decodeBody(body []byte, q *question) error {
	return eachKey(body, func(name string, value []byte) error { return setParameter(q, name, value) })
}

// eachKey reads one JSON object, key by key: encoding/json alone would take "QUERY" for "query", the last of two values
// and whatever follows.
func eachKey(body []byte, take func(name string, value []byte) error) error {
	d := json.NewDecoder(bytes.NewReader(body))
	if open, err := d.Token(); err != nil || open != json.Delim('{') || !utf8.Valid(body) {
		return errUnclear
	}
	seen := map[any]bool{}
	for d.More() {
		name, err := d.Token()
		if err != nil || seen[name] {
			return errUnclear
		}
		seen[name] = true
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if err := take(name.(string), value); err != nil { // a key is nothing but a string
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errUnclear
	}
	return nil
}

// setParameter reads one parameter. Others are ignored, as the specification asks.
func setParameter(q *question, name string, value []byte) error {
	to, ok := map[string]any{"query": &q.Query, "operationName": &q.OperationName, "variables": &q.Variables, "extensions": &q.Extensions, "documentId": &q.document}[name]
	if !ok {
		return nil
	}
	return decodeOne(value, to)
}

// decodeOne reads one JSON value and nothing behind it, and keeps numbers as they are written. Keys that are given twice
// inside are refused: whoever checks a request on its way may read the other one.
func decodeOne(value []byte, to any) error {
	if err := once(value); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	if err := d.Decode(to); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errUnclear
	}
	return nil
}

// once refuses JSON in which a key stands twice in one object, at any depth.
func once(value []byte) error {
	if !bytes.ContainsAny(value, "{") {
		return nil
	}
	type level struct {
		keys map[string]bool // nil in a list
		key  bool            // a key comes next
	}
	var open []level
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if key, ok := token.(string); ok && len(open) > 0 && open[len(open)-1].key {
			at := &open[len(open)-1]
			if at.keys[key] {
				return errUnclear
			}
			at.keys[key], at.key = true, false
			continue
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{map[string]bool{}, true})
			continue
		case json.Delim('['):
			open = append(open, level{})
			continue
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		if n := len(open) - 1; n >= 0 {
			open[n].key = open[n].keys != nil
		}
	}
}
