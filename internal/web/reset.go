package web

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/web/view"
)

func (w *Server) showForgot(rw http.ResponseWriter, _ *http.Request) {
	view.Forgot(rw, http.StatusOK, view.ForgotForm{})
}

// forgot answers the same whether or not the address has a login.
func (w *Server) forgot(rw http.ResponseWriter, r *http.Request) {
	email := r.PostForm.Get("email")
	err := w.logins.RequestReset(r.Context(), email)
	if wrong, refused := verdict(err); refused {
		view.Forgot(rw, http.StatusUnprocessableEntity, view.ForgotForm{Email: email, Problems: problemsOf(wrong)})
		return
	}
	if err != nil {
		w.fault(rw, r, err)
		return
	}
	view.Forgot(rw, http.StatusOK, view.ForgotForm{Email: email, Sent: true})
}

func (w *Server) showReset(rw http.ResponseWriter, r *http.Request) { w.reset(rw, r, nil) }

func (w *Server) reset(rw http.ResponseWriter, r *http.Request, wrong rule.Verdict) {
	email, err := w.logins.PreviewReset(r.Context(), chi.URLParam(r, "token"))
	page, status := view.NewPassword{State: view.Open, Action: r.URL.Path, EmailMasked: courier.Mask(email), Problems: problemsOf(wrong)}, http.StatusOK
	switch dead, refused := verdict(err); {
	case refused && dead[0].Code == rule.TokenExpired:
		page, status = view.NewPassword{State: view.Expired}, http.StatusGone
	case refused:
		page, status = view.NewPassword{State: view.Invalid}, http.StatusNotFound
	case err != nil:
		w.fail(rw, r, err)
		return
	case wrong.Refused():
		status = http.StatusUnprocessableEntity
	}
	view.Reset(rw, status, page)
}

func (w *Server) resetPassword(rw http.ResponseWriter, r *http.Request) {
	err := w.logins.Reset(r.Context(), chi.URLParam(r, "token"), r.PostForm.Get("password"))
	if wrong, refused := verdict(err); refused {
		for i := range wrong { // the form's field
			wrong[i].Field = []string{"input", "password"}
		}
		w.reset(rw, r, wrong)
		return
	}
	if err != nil {
		w.fault(rw, r, err)
		return
	}
	w.setCookie(rw, "", time.Time{})
	view.Reset(rw, http.StatusOK, view.NewPassword{State: view.Done})
}
