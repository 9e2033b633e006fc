package web

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"roster/internal/document"
	"roster/internal/rule"
	"roster/internal/viewer"
	"roster/internal/web/view"
)

// papersOf are the doors that files go through without a form: each says by a signature of its own who asks.
func (w *Server) papersOf(r chi.Router) {
	r.Get("/documents/{id}", w.download)
	if len(w.config.WhatsApp) > 0 {
		r.Post("/whatsapp/documents", w.fromWhatsApp)
	}
}

// files is what one request may bring. A file may be somewhat larger than a document is: the rule then says so, and what to
// do about it.
var files = Files{Most: 5, Largest: rule.MaxFile + rule.MaxFile/4, All: rule.MaxFile + rule.MaxFile/4}

// fileTime is how long a file may take on its way, in or out: 20 MB by a phone in the countryside.
const fileTime = 3 * time.Minute

// roomForFiles gives people who are signed in the time that a file takes, instead of a request's.
func roomForFiles(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if v, _ := viewer.From(r.Context()); kind == manyParts && v.SignedIn() {
			var end func()
			r, end = withFileTime(rw, r)
			defer end()
		}
		next.ServeHTTP(rw, r)
	})
}

// withFileTime is a request with the time of a file.
func withFileTime(rw http.ResponseWriter, r *http.Request) (*http.Request, func()) {
	until, connection := time.Now().Add(fileTime), http.NewResponseController(rw)
	_, _ = connection.SetReadDeadline(until), connection.SetWriteDeadline(until) // where there is no connection, there is no deadline
	ctx, end := context.WithDeadline(context.WithoutCancel(r.Context()), until)
	return r.WithContext(ctx), end
}

// download gives out a document's file, never as something that a browser would run or show inside the site.
func (w *Server) download(rw http.ResponseWriter, r *http.Request) {
	r, end := withFileTime(rw, r)
	defer end()
	file, err := w.papers.Download(r.Context(), chi.URLParam(r, "id"), r.URL.Query())
	switch {
	case errors.Is(err, document.ErrTooOld):
		view.Problem(rw, http.StatusGone, "This link is too old", "It works for five minutes. Open the document in its list again.", requestID(r))
		return
	case errors.Is(err, rule.ErrNotFound):
		view.Problem(rw, http.StatusNotFound, "There is no such document", "The link may be incomplete, or you do not see the document any more. Open it in its list again.", requestID(r))
		return
	case err != nil:
		w.fail(rw, r, err)
		return
	}
	defer file.Content.Close()
	h := rw.Header()
	h.Set("Content-Type", harmless(file.Type))
	h.Set("Content-Disposition", attachment(file.Name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-store")
	h.Set("ETag", `"`+file.SHA256+`"`)
	http.ServeContent(rw, r, "", file.At, file.Content)
}

// harmless is a type that no browser reads as a page.
func harmless(kind string) string {
	if kind == "application/xml" {
		return "application/octet-stream"
	}
	if strings.HasPrefix(kind, "text/") {
		return kind + "; charset=utf-8"
	}
	return kind
}

// attachment names a file for saving (RFC 6266): plainly for old browsers, and as it is.
func attachment(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
}
