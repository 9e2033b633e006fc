package web

import (
	"errors"
	"io/fs"
	"net/http"
	"net/mail"

	"github.com/go-chi/chi/v5"

	"roster/internal/courier"
	"roster/internal/web/view"
)

// development adds what is of use while building against Roster and nowhere else: GraphiQL and the mailbox.
func (w *Server) development(r chi.Router) {
	explorer := GraphiQL("/graphql", w.config.Tabs, w.config.SignIns)
	r.Handle("/graphiql", explorer)
	r.Handle("/graphiql/*", explorer)
	if w.mailbox == nil {
		return
	}
	r.Get("/mailbox", w.showMailbox)
	r.Get("/mailbox/{id}", w.showMail)
	r.Get("/mailbox/{id}/html", w.showMailHTML)
}

func (w *Server) showMailbox(rw http.ResponseWriter, r *http.Request) {
	search := r.URL.Query().Get("search")
	list, err := w.mailbox.List(search)
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	page := view.MailboxPage{Search: search}
	for _, m := range list {
		page.Messages = append(page.Messages, summary(m))
	}
	view.Mailbox(rw, page)
}

func (w *Server) showMail(rw http.ResponseWriter, r *http.Request) {
	m, err := w.mailbox.Open(chi.URLParam(r, "id"))
	if err != nil {
		w.noMail(rw, r, err)
		return
	}
	page := view.MailPage{MailSummary: summary(m.Summary), Text: m.Text}
	if m.HTML != "" {
		page.HTMLURL = "/mailbox/" + m.ID + "/html"
	}
	view.Mail(rw, page)
}

func summary(m courier.Summary) view.MailSummary {
	one := view.MailSummary{ID: m.ID, To: plain(m.To), From: plain(m.From), Subject: m.Subject, At: m.At, Channel: m.Channel}
	if one.TextMessage() { // it comes from nobody while there is no gateway
		one.From = ""
	}
	return one
}

// plain is an address as people write it, without the quotes and brackets of mail.
func plain(header string) string {
	a, err := mail.ParseAddress(header)
	switch {
	case err != nil:
		return header
	case a.Name == "":
		return a.Address
	}
	return a.Name + " <" + a.Address + ">"
}

func (w *Server) showMailHTML(rw http.ResponseWriter, r *http.Request) {
	m, err := w.mailbox.Open(chi.URLParam(r, "id"))
	if err != nil {
		w.noMail(rw, r, err)
		return
	}
	view.MailHTML(rw, m.Subject, m.HTML)
}

func (w *Server) noMail(rw http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		view.Problem(rw, http.StatusNotFound, "There is no such mail", "The mailbox keeps the newest 500. Go back to the list.", requestID(r))
		return
	}
	w.fail(rw, r, err)
}
