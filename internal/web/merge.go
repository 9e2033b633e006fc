package web

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/viewer"
	"roster/internal/web/view"
)

func (w *Server) showMerge(rw http.ResponseWriter, r *http.Request) {
	w.merging(rw, r, http.StatusOK, view.Merge{State: view.Open})
}

// showProof is where a sign-on round trip comes back to. The proof is spent by the button, not by opening the page.
func (w *Server) showProof(rw http.ResponseWriter, r *http.Request) {
	state := view.Open
	if strings.HasPrefix(chi.URLParam(r, "proof"), login.ProofPrefix) {
		state = view.Proved
	}
	w.merging(rw, r, http.StatusOK, view.Merge{State: state})
}

// merging shows the first step of a merge, with what was wrong with it, or what has to be done before.
func (w *Server) merging(rw http.ResponseWriter, r *http.Request, status int, page view.Merge) {
	v, _ := viewer.From(r.Context())
	page.Email, page.Providers = v.Email, buttons(w.logins)
	if err := w.logins.MayMerge(r.Context()); err != nil {
		first, refused := verdict(err)
		if !refused {
			w.fault(rw, r, err)
			return
		}
		if first[0].Code == rule.EmailNotVerified {
			view.Problem(rw, http.StatusForbidden, "Confirm your address first", first[0].Message, "")
			return
		}
		page.State, page.Problems, status = view.Stale, problemsOf(first), http.StatusForbidden
	}
	view.MergeLogins(rw, status, page)
}

// startMerge proves the other login, by what was typed or by the proof in the path, and shows the plan.
func (w *Server) startMerge(rw http.ResponseWriter, r *http.Request) {
	page, start := view.Merge{State: view.Open, Typed: r.PostForm.Get("email")}, people.MergeStart{}
	if proof := chi.URLParam(r, "proof"); proof != "" {
		start.SignOnProof = &proof
	} else {
		email, password := r.PostForm.Get("email"), r.PostForm.Get("password")
		start.Email, start.Password = &email, &password
	}
	plan, err := w.people.StartMerge(r.Context(), start)
	if wrong, refused := verdict(err); refused {
		page.Problems = problemsOf(wrong)
		w.merging(rw, r, http.StatusUnprocessableEntity, page)
		return
	}
	if err != nil {
		w.fault(rw, r, err)
		return
	}
	page = view.Merge{State: view.Planned, Email: plan.SurvivingEmail, Other: plan.EndingEmail, Token: plan.Token, Until: plan.ExpiresAt}
	for _, a := range plan.Accounts {
		page.Accounts = append(page.Accounts, row(a, ""))
	}
	for _, e := range plan.Effects {
		page.Effects = append(page.Effects, e.Message)
	}
	for _, p := range plan.Conflicts {
		page.Conflicts = append(page.Conflicts, p.Message)
	}
	view.MergeLogins(rw, http.StatusOK, page)
}

func (w *Server) confirmMerge(rw http.ResponseWriter, r *http.Request) {
	o, _, err := w.people.ConfirmMerge(r.Context(), r.PostForm.Get("token"))
	if wrong, refused := verdict(err); refused {
		w.merging(rw, r, http.StatusUnprocessableEntity, view.Merge{State: view.Open, Problems: problemsOf(wrong)})
		return
	}
	if err != nil {
		w.fault(rw, r, err)
		return
	}
	if o.Cookie != "" {
		w.opened(rw, o)
	}
	view.MergeLogins(rw, http.StatusOK, view.Merge{State: view.Merged, Email: o.Viewer.Email})
}
