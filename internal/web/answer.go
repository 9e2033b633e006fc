package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

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
	switch {
	case slices.ContainsFunc(resp.Errors, func(e *gqlerror.Error) bool { return e.Extensions["code"] == codeTooMany }):
		status = http.StatusTooManyRequests // it has nothing to do with what was asked
	case a.kind == graphqlJSON:
		status = http.StatusBadRequest
	}
	a.write(status, notRun{resp.Errors[:min(len(resp.Errors), maxErrors)], resp.Extensions})
}

// small is below how many bytes an answer is copied, to go out in one piece: net/http sends what stands before and behind a long
// text by itself, and to send something costs more than to copy it.
const small = 32 << 10

// run answers with what an operation gave. JSON without errors is finished as it is: marshaling it once more would cost
// as much again as making it. It reports whether nobody reads the data any more: where the connection failed, HTTP/2 may still.
func (a answer) run(resp *graphql.Response) (read bool) {
	switch {
	case resp == nil:
		a.write(http.StatusServiceUnavailable, notRun{Errors: gqlerror.List{refusal(codeInternal, "there was no time left to begin; nothing was done")}})
	case len(resp.Data) == 0:
		a.notRun(resp)
	case len(resp.Errors) == 0 && len(resp.Extensions) == 0:
		a.w.Header().Set("Content-Length", strconv.Itoa(len(resp.Data)+len(`{"data":}`)))
		if len(resp.Data) < small {
			_, err := a.w.Write(slices.Concat([]byte(`{"data":`), resp.Data, []byte{'}'}))
			return err == nil
		}
		_, err1 := a.w.Write([]byte(`{"data":`)) // here and below: whoever cannot be written to cannot be told
		_, err2 := a.w.Write(resp.Data)
		_, err3 := a.w.Write([]byte{'}'})
		return err1 == nil && err2 == nil && err3 == nil
	default:
		resp.Errors = resp.Errors[:min(len(resp.Errors), maxErrors)]
		a.write(http.StatusOK, resp)
	}
	return false
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
