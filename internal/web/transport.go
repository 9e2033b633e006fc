package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/internal/viewer"
)

const (
	plainJSON   = "application/json"
	graphqlJSON = "application/graphql-response+json"

	maxBody    = 128 << 10
	maxList    = 4 << 20 // of a list of people, from somebody who is signed in: 5,000 rows are some 800 KB
	maxErrors  = 5       // in one answer: a list of a hundred rows can fail a hundred times
	maxMessage = 300     // bytes: a name that a client made up can be as long as its request

	codeBadRequest = "BAD_REQUEST" // the extensions.code; all of them are in DESIGN.md, "Errors"
	codeTooComplex = "TOO_COMPLEX"
	codeInternal   = "INTERNAL"
)

// Transport answers GraphQL over HTTP: POST of application/json, and GET for queries. It follows the GraphQL over HTTP
// specification and passes its public audits, where gqlgen's own transports do not. It refuses mutations by GET,
// bodies over 128 KB (4 MB where somebody who is signed in adds a list of people), keys given twice and what is not UTF-8, and never repeats the body of a request in an answer. It
// takes neither multipart, so no form on another site can reach it, nor a websocket.
type Transport struct{}

var _ graphql.Transport = Transport{}

// Supports takes every request, so that each refusal has this transport's form. Add others before it.
func (Transport) Supports(*http.Request) bool { return true }

// Do reads a request, runs it and answers.
func (Transport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	kind, ok := negotiate(strings.Join(r.Header.Values("Accept"), ","))
	a := answer{w, kind}
	a.headers() // first, so that what gqlgen answers after a panic has them too
	if !ok {
		a.refuse(http.StatusNotAcceptable, "this address answers with "+graphqlJSON+" or "+plainJSON)
		return
	}
	p := &graphql.RawParams{Headers: r.Header, ReadTime: graphql.TraceTiming{Start: graphql.Now()}}
	size, status, problem := read(w, r, p)
	if status != 0 {
		a.refuse(status, problem)
		return
	}
	p.ReadTime.End = graphql.Now()

	ctx := r.Context()
	op, errs := exec.CreateOperationContext(ctx, p)
	if errs != nil {
		resp := exec.DispatchError(graphql.WithOperationContext(ctx, op), refusals(errs))
		a.notRun(resp)
		return
	}
	switch {
	case op.Operation.Operation == ast.Subscription:
		a.refuse(http.StatusBadRequest, "subscriptions are not offered here")
		return
	case op.Operation.Operation == ast.Mutation && r.Method == http.MethodGet:
		w.Header().Set("Allow", http.MethodPost)
		a.refuse(http.StatusMethodNotAllowed, "GET is for queries only: send a mutation by POST")
		return
	case size > maxBody && !addsList(op.Operation):
		a.refuse(http.StatusRequestEntityTooLarge, tooLong)
		return
	}
	run, ctx := exec.DispatchOperation(ctx, op)
	a.run(run(ctx))
}

const tooLong = "the body is over 128 KB"

// addsList reports whether an operation does nothing but add a list of people, whose body may be longer than others.
func addsList(op *ast.OperationDefinition) bool {
	return op.Operation == ast.Mutation && !slices.ContainsFunc(op.SelectionSet, func(s ast.Selection) bool {
		f, ok := s.(*ast.Field)
		return !ok || f.Name != "membershipAddMany"
	})
}

// read takes the parameters from a request and says how long its body was, or with which status and words it is refused.
func read(w http.ResponseWriter, r *http.Request, p *graphql.RawParams) (size, status int, problem string) {
	switch r.Method {
	case http.MethodGet:
		if readURL(r.URL.RawQuery, p) != nil {
			return 0, http.StatusBadRequest, "the address is not one query in UTF-8, with JSON objects for variables and extensions"
		}
	case http.MethodPost:
		if size, status, problem = readBody(w, r, p); status != 0 {
			return size, status, problem
		}
	default:
		w.Header().Set("Allow", "GET, POST")
		return 0, http.StatusMethodNotAllowed, "only GET and POST are answered here"
	}
	if p.Query == "" {
		return size, http.StatusBadRequest, "the query is missing"
	}
	return size, 0, ""
}

func readBody(w http.ResponseWriter, r *http.Request, p *graphql.RawParams) (size, status int, problem string) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != plainJSON || !isUTF8(params) || r.Header.Get("Content-Encoding") != "" {
		return 0, http.StatusUnsupportedMediaType, "the content type must be application/json in utf-8, and the body not compressed"
	}
	most, long := int64(maxBody), tooLong
	if v, _ := viewer.From(r.Context()); v.SignedIn() {
		most, long = maxList, "the body is over 4 MB"
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return 0, http.StatusRequestEntityTooLarge, long
	}
	if err != nil || decodeBody(body, p) != nil {
		return 0, http.StatusBadRequest, "the body is not one JSON object in UTF-8 with a query, and objects for variables and extensions"
	}
	return len(body), 0, ""
}

func isUTF8(params map[string]string) bool {
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8")
}

// errUnclear is a request that two readers could take for two different ones.
var errUnclear = errors.New("a parameter is given twice, is not UTF-8 or has something behind it")

func readURL(text string, p *graphql.RawParams) error {
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
		if name == "query" || name == "operationName" {
			raw, _ = json.Marshal(given[0]) // a string: cannot fail
		}
		if err := setParameter(p, name, raw); err != nil {
			return err
		}
	}
	return nil
}

// decodeBody reads one JSON object, key by key: encoding/json alone would take "QUERY" for "query", the last of two
// values and whatever follows. Other keys are ignored, as the specification asks.
func decodeBody(body []byte, p *graphql.RawParams) error {
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
		if err := setParameter(p, name.(string), value); err != nil { // a key is nothing but a string
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

// setParameter reads one JSON value and nothing behind it, and keeps numbers as they are written.
func setParameter(p *graphql.RawParams, name string, value []byte) error {
	to, ok := map[string]any{"query": &p.Query, "operationName": &p.OperationName, "variables": &p.Variables, "extensions": &p.Extensions}[name]
	if !ok {
		return nil
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

// negotiate picks the type of the answer: of what a client accepts the one with the higher quality, then the one named
// more exactly, then the one named first. Who says nothing, and who accepts neither, is answered in plain JSON.
func negotiate(accept string) (kind string, ok bool) {
	if strings.TrimSpace(accept) == "" {
		return plainJSON, true
	}
	kind, best := plainJSON, wished(accept, plainJSON)
	if w := wished(accept, graphqlJSON); w.quality > best.quality || w.quality == best.quality &&
		(w.exact > best.exact || w.exact == best.exact && w.position < best.position) {
		kind, best = graphqlJSON, w
	}
	if best.quality == 0 {
		return plainJSON, false
	}
	return kind, true
}

// wish is how much a client wants one type: by its name (3), as one of application/* (2) or of */* (1).
type wish struct {
	quality         float64
	exact, position int
}

func wished(accept, offer string) (w wish) {
	exactness := map[string]int{offer: 3, "application/*": 2, "*/*": 1}
	for i, part := range strings.Split(accept, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil || exactness[kind] <= w.exact || !isUTF8(params) {
			continue
		}
		quality := 1.0
		if q, given := params["q"]; given {
			quality, err = strconv.ParseFloat(q, 64)
		}
		if err == nil && quality >= 0 && quality <= 1 {
			w = wish{quality, exactness[kind], i}
		}
	}
	return w
}

// answer writes what a client gets, in the type it accepts.
type answer struct {
	w    http.ResponseWriter
	kind string
}

func (a answer) headers() {
	h := a.w.Header()
	h.Set("Content-Type", a.kind+"; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
}

// refuse answers a request that never became an operation.
func (a answer) refuse(status int, message string) {
	a.write(status, notRun{Errors: gqlerror.List{refusal(codeBadRequest, message)}})
}

// notRun is the answer to a request of which nothing ran. It has no data, not even null.
type notRun struct {
	Errors     gqlerror.List  `json:"errors"`
	Extensions map[string]any `json:"extensions,omitempty"`
}

// notRun answers an operation that was refused before it ran. Plain JSON has one status for everything that was
// understood as GraphQL.
func (a answer) notRun(resp *graphql.Response) {
	status := http.StatusOK
	if a.kind == graphqlJSON {
		status = http.StatusBadRequest
	}
	a.write(status, notRun{resp.Errors[:min(len(resp.Errors), maxErrors)], resp.Extensions})
}

// run answers with what an operation gave. JSON without errors is finished as it is: marshaling it once more would cost
// as much again as making it.
func (a answer) run(resp *graphql.Response) {
	switch {
	case resp == nil:
		a.write(http.StatusServiceUnavailable, notRun{Errors: gqlerror.List{refusal(codeInternal, "there was no time left to begin; nothing was done")}})
	case len(resp.Data) == 0:
		a.notRun(resp)
	case len(resp.Errors) == 0 && len(resp.Extensions) == 0:
		a.w.Header().Set("Content-Length", strconv.Itoa(len(resp.Data)+len(`{"data":}`)))
		_, _ = a.w.Write([]byte(`{"data":`)) // here and below: whoever cannot be written to cannot be told
		_, _ = a.w.Write(resp.Data)
		_, _ = a.w.Write([]byte{'}'})
	default:
		resp.Errors = resp.Errors[:min(len(resp.Errors), maxErrors)]
		a.write(http.StatusOK, resp)
	}
}

func (a answer) write(status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"errors":[{"message":"internal error","extensions":{"code":"INTERNAL"}}]}`)
	}
	a.w.WriteHeader(status)
	_, _ = a.w.Write(text)
}

func refusal(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}
