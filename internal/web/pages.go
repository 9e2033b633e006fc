package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/sheet"
	"roster/internal/viewer"
	"roster/internal/web/view"
)

// maxForm is the largest form a page posts.
const maxForm = 16 << 10

// pages are those that a person opens from a mail, and where they go next. They work without script. GET and HEAD
// change nothing: mail scanners open every link.
func (w *Server) pages(r chi.Router) {
	r = r.With(w.limit(w.forms, isPost), w.session, smallForms)
	mailing := r.With(w.limit(w.mails, isPost))
	r.Get("/", w.home)
	r.Get("/accept/{token}", w.showInvitation)
	r.Post("/accept/{token}", w.acceptInvitation)
	r.Post("/accept/{token}/decline", w.declineInvitation)
	mailing.Post("/accept/{token}/new", w.requestInvitation)
	r.Get("/verify/{token}", w.showVerification)
	r.Post("/verify/{token}", w.verifyEmail)
	r.Post("/verify/resend", w.resendVerification)
	r.Get("/forgot", w.showForgot)
	mailing.Post("/forgot", w.forgot)
	r.Get("/reset/{token}", w.showReset)
	r.Post("/reset/{token}", w.resetPassword)
	r.Get("/sign-in", w.showSignIn)
	r.With(w.limit(w.signIns, isPost)).Post("/sign-in", w.signIn)
	r.Post("/sign-out", w.signOut)
	r.Post("/sign-on/{provider}", w.depart)
	r.Get("/sign-on/{provider}/callback", w.arrive)
	r.Get(ways, w.showWays)
	r.Post(ways+"/unlink", w.unlink)
	r.Get("/accounts", w.showAccounts)
	r.Post("/accounts/switch", w.switchAccount)
	r.Get("/merge", w.showMerge)
	r.With(w.limit(w.signIns, isPost)).Post("/merge", w.startMerge)
	r.Post("/merge/confirm", w.confirmMerge)
	r.Get("/merge/{proof}", w.showProof)
	r.Post("/merge/{proof}", w.startMerge)
	r.Get("/account", w.showPersonal)
	r.Post("/account/profile", w.changeProfile)
	r.Post("/account/email", w.requestNewEmail)
	r.Post("/account/password", w.changePassword)
	r.Post("/account/sessions/revoke", w.revokeSession)
	r.Post("/account/sessions/revoke-others", w.revokeOthers)
	r.Get("/people.csv", showTemplate)
	r.Post("/texts/{link}/{sending}", w.reportText)
}

// showTemplate gives the empty file in which many people are listed.
func showTemplate(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Type", "text/csv; charset=utf-8")
	rw.Header().Set("Content-Disposition", `attachment; filename="people.csv"`)
	_, _ = io.WriteString(rw, sheet.Template()) // whoever cannot be written to cannot be told
}

// reportText takes what became of a text message from the gateway that was given it. Whoever else posts there learns nothing.
func (w *Server) reportText(rw http.ResponseWriter, r *http.Request) {
	known := false
	if w.config.Reports != nil {
		var err error
		known, err = w.config.Reports(r.Context(), chi.URLParam(r, "link"), chi.URLParam(r, "sending"), r.PostForm, r.Header.Get("X-Twilio-Signature"))
		if err != nil {
			w.fail(rw, r, err)
			return
		}
	}
	if !known {
		view.Problem(rw, http.StatusForbidden, "There is nothing here", "Only the text gateway reports here, with its signature.", requestID(r))
		return
	}
	rw.WriteHeader(http.StatusNoContent)
}

func smallForms(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(rw, r.Body, maxForm)
		if r.Method == http.MethodPost {
			if err := r.ParseForm(); err != nil {
				view.Problem(rw, http.StatusBadRequest, "That form could not be read", "It was too long or did not arrive whole. Go back and try again.", requestID(r))
				return
			}
		}
		if !isText(r.PostForm) || !isText(r.URL.Query()) {
			view.Problem(rw, http.StatusBadRequest, "That form could not be read", "It holds characters that are no text. Go back and type it again.", requestID(r))
			return
		}
		next.ServeHTTP(rw, r)
	})
}

// isText reports whether a database can keep what was typed: no NUL, and nothing that is no Unicode.
func isText(values url.Values) bool {
	for name, list := range values {
		for _, value := range append(list, name) {
			if !utf8.ValidString(value) || !storable(value) {
				return false
			}
		}
	}
	return true
}

func (w *Server) showInvitation(rw http.ResponseWriter, r *http.Request) {
	w.invitation(rw, r, nil)
}

// invitation shows a link as it stands now, with what was wrong with the form, if it was sent.
func (w *Server) invitation(rw http.ResponseWriter, r *http.Request, wrong rule.Verdict) {
	p, err := w.people.Preview(r.Context(), chi.URLParam(r, "token"))
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	v, _ := viewer.From(r.Context())
	page := view.Invitation{State: view.Invalid, Action: "/accept/" + chi.URLParam(r, "token"), SignInURL: "/sign-in", NextURL: "/accounts"}
	if p != nil {
		page.State = stateOf(p)
	}
	status := map[view.State]int{view.Open: http.StatusOK, view.SignInFirst: http.StatusOK, view.WrongPerson: http.StatusForbidden, view.Invalid: http.StatusNotFound}[page.State]
	switch page.State {
	case view.AlreadyAccepted:
		page.SignedInAs = v.Email
	case view.WrongPerson:
		page.SentToMasked, page.SignedInAs, page.NextURL = p.For, v.Email, page.Action
	case view.SignInFirst:
		page.SentToMasked, page.AccountNames, page.InvitedBy = p.For, p.AccountNames, *p.InvitedBy
	case view.Open:
		page.AccountNames, page.InvitedBy, page.SentToMasked, page.SignedInAs = p.AccountNames, *p.InvitedBy, *p.SentToMasked, v.Email
		page.NeedsPassword, page.Problems = *p.NeedsPassword, problemsOf(wrong)
		if p.ExpiresAt != nil {
			page.ExpiresAt = *p.ExpiresAt
		}
		if wrong.Refused() {
			status = http.StatusUnprocessableEntity
		}
	}
	if status == 0 {
		status = http.StatusGone
	}
	view.Accept(rw, status, page)
}

func stateOf(p *people.Preview) view.State {
	switch p.Status {
	case rule.InvitationIsExpired:
		return view.Expired
	case rule.InvitationIsCancelled:
		return view.Cancelled
	case rule.InvitationIsAccepted:
		return view.AlreadyAccepted
	case rule.InvitationIsDeclined:
		return view.Declined
	}
	switch {
	case p.WrongPerson:
		return view.WrongPerson
	case p.SignInFirst:
		return view.SignInFirst
	}
	return view.Open
}

func (w *Server) acceptInvitation(rw http.ResponseWriter, r *http.Request) {
	accepted, err := w.people.Accept(r.Context(), chi.URLParam(r, "token"), r.PostForm.Get("password"), rule.Web)
	if wrong, refused := verdict(err); refused {
		w.invitation(rw, r, wrong)
		return
	}
	if err != nil {
		w.fault(rw, r, err)
		return
	}
	page := view.Invitation{State: view.AcceptedSignIn, AccountNames: accepted.AccountNames, SignInURL: "/sign-in?next=/accounts", NextURL: "/accounts"}
	if accepted.Session != nil || accepted.SignedIn {
		page.State = view.Accepted
	}
	if accepted.ByText {
		page.Apps, page.SignInAs = w.config.Apps, accepted.Email
	}
	for _, p := range accepted.Left {
		page.Left = append(page.Left, p.Message)
	}
	if accepted.Session != nil {
		w.setCookie(rw, accepted.Session.Cookie, accepted.Session.Until)
	}
	view.Accept(rw, http.StatusOK, page)
}

func (w *Server) declineInvitation(rw http.ResponseWriter, r *http.Request) {
	err := w.people.Decline(r.Context(), chi.URLParam(r, "token"))
	w.answered(rw, r, err, view.DeclinedNow)
}

func (w *Server) requestInvitation(rw http.ResponseWriter, r *http.Request) {
	err := w.people.RequestNew(r.Context(), chi.URLParam(r, "token"))
	w.answered(rw, r, err, view.Asked)
}

// answered shows what came of a link's other buttons: done, refused and why, or where the link stands by now.
func (w *Server) answered(rw http.ResponseWriter, r *http.Request, err error, done view.State) {
	wrong, refused := verdict(err)
	switch {
	case err == nil:
		view.Accept(rw, http.StatusOK, view.Invitation{State: done})
	case refused && (wrong[0].Code == rule.ResendTooSoon || wrong[0].Code == rule.NotPermitted):
		view.Problem(rw, http.StatusConflict, "Nobody was told", wrong[0].Message, "")
	case refused:
		w.invitation(rw, r, nil)
	default:
		w.fault(rw, r, err)
	}
}

func (w *Server) showVerification(rw http.ResponseWriter, r *http.Request) {
	w.verification(rw, r, nil)
}

func (w *Server) verification(rw http.ResponseWriter, r *http.Request, wrong rule.Verdict) {
	v, _ := viewer.From(r.Context())
	link := chi.URLParam(r, "token")
	p, err := w.logins.PreviewVerification(r.Context(), link)
	page := view.Verification{State: view.Open, Action: r.URL.Path, EmailMasked: courier.Mask(p.Email), NeedsPassword: p.NeedsPassword, Replaces: p.Replaces,
		Problems: problemsOf(wrong), NextURL: "/accounts"}
	status := http.StatusOK
	switch dead, refused := verdict(err); {
	case refused:
		page, status = deadLink(link, dead, v)
	case err != nil:
		w.fail(rw, r, err)
		return
	case p.Replaces && !v.SignedIn():
		page.State, status = view.SignInFirst, http.StatusForbidden
	case p.Replaces && !p.Asker:
		page.State, page.SignedInAs, status = view.WrongPerson, v.Email, http.StatusForbidden
	case wrong.Refused():
		status = http.StatusUnprocessableEntity
	}
	view.Verify(rw, status, page)
}

// deadLink is what the page says of a link that confirms nothing: to whoever has a confirmed address, that there is nothing left to
// do, unless the link was for another.
func deadLink(link string, why rule.Verdict, v viewer.Viewer) (view.Verification, int) {
	page := view.Verification{State: view.Invalid, Replaces: strings.HasPrefix(link, "rne_"), NextURL: "/accounts"}
	switch {
	case strings.HasPrefix(link, "rvt_") && v.SignedIn() && v.EmailVerified:
		page.State = view.Already
		return page, http.StatusOK
	case why[0].Code == rule.TokenExpired:
		page.State = view.Expired
		return page, http.StatusGone
	}
	return page, http.StatusNotFound
}

func (w *Server) verifyEmail(rw http.ResponseWriter, r *http.Request) {
	p, err := w.logins.Verify(r.Context(), chi.URLParam(r, "token"), r.PostForm.Get("password"))
	if wrong, refused := verdict(err); refused {
		w.verification(rw, r, wrong)
		return
	}
	if err != nil {
		w.fault(rw, r, err)
		return
	}
	page := view.Verification{State: view.Done, NextURL: "/accounts"}
	if p.Replaces {
		page.Replaces, page.EmailMasked, page.NextURL = true, courier.Mask(p.Email), "/account"
	}
	view.Verify(rw, http.StatusOK, page)
}

func (w *Server) resendVerification(rw http.ResponseWriter, r *http.Request) {
	err := w.logins.ResendVerification(r.Context())
	if wrong, refused := verdict(err); refused {
		view.Problem(rw, http.StatusConflict, "No mail was sent", wrong[0].Message, "")
		return
	}
	if err != nil {
		w.fault(rw, r, err)
		return
	}
	if local(r.PostForm.Get("next")) == "/account" {
		w.done(rw, r, "confirmation")
		return
	}
	http.Redirect(rw, r, "/accounts?sent=1", http.StatusSeeOther)
}

// fault answers what stopped a form before any rule could judge it.
func (w *Server) fault(rw http.ResponseWriter, r *http.Request, err error) {
	var f rule.Fault
	switch {
	case errors.Is(err, rule.ErrUnauthenticated):
		http.Redirect(rw, r, "/sign-in?next=/accounts", http.StatusSeeOther)
	case errors.Is(err, rule.ErrBusy):
		view.Problem(rw, http.StatusTooManyRequests, "Too much at once", rule.ErrBusy.Message, requestID(r))
	case errors.As(err, &f):
		view.Problem(rw, http.StatusNotFound, "There is nothing here", f.Message, requestID(r))
	default:
		w.fail(rw, r, err)
	}
}

func verdict(err error) (rule.Verdict, bool) {
	var v rule.Verdict
	return v, errors.As(err, &v)
}

func problemsOf(v rule.Verdict) []view.FieldProblem {
	var list []view.FieldProblem
	for _, p := range v {
		list = append(list, view.FieldProblem{Field: strings.Join(p.Field, "."), Message: p.Message})
	}
	return list
}

// opened hands a browser the session that was opened for it.
func (w *Server) opened(rw http.ResponseWriter, o login.Opened) { w.setCookie(rw, o.Cookie, o.Until) }
