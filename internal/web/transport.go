package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/graph"
)

const (
	plainJSON   = "application/json"
	graphqlJSON = "application/graphql-response+json"
	manyParts   = "multipart/form-data"

	maxBody    = 128 << 10
	maxList    = 4 << 20 // of a list of people, from somebody who is signed in: 5,000 rows are some 800 KB
	maxErrors  = 5       // in one answer: a list of a hundred rows can fail a hundred times
	maxMessage = 300     // bytes: a name that a client made up can be as long as its request

	codeBadRequest = "BAD_REQUEST" // the extensions.code; all of them are in DESIGN.md, "Errors"
	codeTooComplex = "TOO_COMPLEX"
	codeNotFound   = "NOT_FOUND"
	codeTooMany    = "TOO_MANY_REQUESTS"
	codeInternal   = "INTERNAL"
)

// Transport answers GraphQL over HTTP: POST of application/json, GET for queries, and POST of multipart/form-data with
// files. It follows the GraphQL over HTTP specification and passes its public audits, where gqlgen's own transports do
// not, and the GraphQL multipart request specification. It refuses mutations by GET, bodies over 128 KB (more only from
// somebody who is signed in: 4 MB for a list of people, and Files for files), keys given twice and what is not UTF-8,
// and never repeats the body of a request in an answer. No form on another site can reach it: parts are taken only with
// a header that browsers ask for permission to send. There is no websocket.
type Transport struct {
	Files Files                      // how many files one request may bring, and how large; zero values take the defaults
	Fault func(*http.Request, error) // is told why a request could not be read when that is our fault; may be nil

	// Known finds out who is asking, once it is known what they ask, and gives the context in which that is answered; where it
	// cannot, it answers itself, and ok is false. Nil where that was found out before.
	Known func(ctx context.Context, w http.ResponseWriter, r *http.Request, op *graphql.OperationContext) (known context.Context, ok bool)
}

var _ graphql.Transport = Transport{}

// Supports takes every request, so that each refusal has this transport's form. Add others before it.
func (Transport) Supports(*http.Request) bool { return true }

// Do reads a request, runs it and answers.
func (t Transport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	kind, ok := negotiate(strings.Join(r.Header.Values("Accept"), ","))
	a := answer{w, kind}
	a.headers() // first, so that what gqlgen answers after a panic has them too
	if !ok {
		a.refuse(http.StatusNotAcceptable, "this address answers with "+graphqlJSON+" or "+plainJSON)
		return
	}
	q := &question{RawParams: graphql.RawParams{Headers: r.Header, ReadTime: graphql.TraceTiming{Start: graphql.Now()}}}
	defer q.close()
	if err := t.read(w, r, q); err != nil {
		var why unread
		if errors.As(err, &why) {
			a.refuse(why.status, why.message)
			return
		}
		t.fault(r, err)
		a.write(http.StatusServiceUnavailable, notRun{Errors: gqlerror.List{refusal(codeInternal, "the request could not be kept here; nothing was done")}})
		return
	}
	q.ReadTime.End = graphql.Now()

	ctx := r.Context()
	if q.document != "" {
		ctx = context.WithValue(ctx, documentKey{}, q.document)
	}
	op, errs := exec.CreateOperationContext(ctx, &q.RawParams)
	if t.Known != nil {
		if ctx, ok = t.Known(ctx, w, r, op); !ok {
			return
		}
	}
	if errs != nil {
		resp := exec.DispatchError(graphql.WithOperationContext(ctx, op), refusals(errs, op))
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
	case q.size > maxBody && !addsList(op.Operation):
		a.refuse(http.StatusRequestEntityTooLarge, tooLong)
		return
	}
	ctx, back := graph.Lend(ctx)
	run, ctx := exec.DispatchOperation(ctx, op)
	if a.run(run(ctx)) {
		back()
	}
}

func (t Transport) fault(r *http.Request, err error) {
	if t.Fault != nil {
		t.Fault(r, err)
	}
}

const tooLong = "the body is over 128 KB"

// addsList reports whether an operation does nothing but add a list of people, whose body may be longer than others.
func addsList(op *ast.OperationDefinition) bool {
	return op.Operation == ast.Mutation && !slices.ContainsFunc(op.SelectionSet, func(s ast.Selection) bool {
		f, ok := s.(*ast.Field)
		return !ok || f.Name != "membershipAddMany"
	})
}
