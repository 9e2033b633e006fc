package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"roster/ent"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/signon"
	"roster/internal/viewer"
	"roster/internal/web/view"
)

// ways is the page that shows how one can sign in.
const ways = "/account/sign-in"

// depart sends somebody to a provider of single sign-on. It is a POST, so that no other site can begin it, and the answer a
// page that goes on by itself: our pages let no form lead elsewhere.
func (w *Server) depart(rw http.ResponseWriter, r *http.Request) {
	asked := signon.Asked{Purpose: signon.Purpose(r.PostForm.Get("purpose")), Next: local(r.PostForm.Get("next"))}
	provider := chi.URLParam(r, "provider")
	var d signon.Departure
	var err error
	switch {
	case asked.Purpose == signon.Link, asked.Purpose == signon.Prove:
		d, err = w.logins.Depart(r.Context(), provider, asked)
	case r.PostForm.Get("again") != "":
		d, err = w.logins.DepartAgain(r.Context(), provider, asked.Next)
	default:
		asked.Purpose = signon.SignIn
		d, err = w.logins.Depart(r.Context(), provider, asked)
	}
	if err != nil {
		w.stranded(rw, r, asked, err)
		return
	}
	w.setJourney(rw, d.Cookie, w.store.Now().Add(signon.Lasts))
	view.Depart(rw, view.Departure{Label: d.Label, Address: d.Address})
}

// arrive takes somebody back from a provider. It is a GET, since providers know nothing else, and changes something only for
// the browser that set out.
func (w *Server) arrive(rw http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		rw.Header().Set("Allow", http.MethodGet)
		view.Problem(rw, http.StatusMethodNotAllowed, "That cannot be done here", "The page was asked in a way it does not understand. Go back and try again.", requestID(r))
		return
	}
	cookie := ""
	if c := r.CookiesNamed(w.journeyName()); len(c) == 1 {
		cookie = c[0].Value
	}
	w.setJourney(rw, "", time.Time{})
	done, err := w.logins.Arrive(r.Context(), chi.URLParam(r, "provider"), cookie, r.URL.Query())
	if err != nil {
		w.stranded(rw, r, done.Asked, err)
		return
	}
	switch next := local(done.Next); done.Purpose {
	case signon.Prove:
		http.Redirect(rw, r, "/merge/"+done.Proof, http.StatusSeeOther)
	case signon.Link:
		http.Redirect(rw, r, ways, http.StatusSeeOther)
	default:
		w.opened(rw, done.Opened)
		http.Redirect(rw, r, next, http.StatusSeeOther)
	}
}

// stranded tells somebody why they did not get to a provider, or not back: on the page where they had begun.
func (w *Server) stranded(rw http.ResponseWriter, r *http.Request, asked signon.Asked, err error) {
	var trouble *signon.Trouble
	problems, status := []view.FieldProblem(nil), http.StatusUnprocessableEntity
	wrong, refused := verdict(err)
	switch {
	case errors.As(err, &trouble):
		w.log.WarnContext(r.Context(), "sign-on failed", "request", requestID(r), "provider", chi.URLParam(r, "provider"), "error", trouble.Cause)
		problems = []view.FieldProblem{{Message: trouble.Sentence}}
		if trouble.Down {
			status = http.StatusBadGateway
		}
	case refused:
		problems = problemsOf(wrong)
	default:
		w.fault(rw, r, err)
		return
	}
	switch v, _ := viewer.From(r.Context()); {
	case v.SignedIn() && asked.Purpose == signon.Prove:
		w.merging(rw, r, status, view.Merge{State: view.Open, Problems: problems})
		return
	case v.SignedIn() && asked.Purpose == signon.Link:
		w.ways(rw, r, status, problems, refused && wrong[0].Remedy == rule.SignInAgain)
		return
	}
	view.SignIn(rw, status, view.SignInForm{Next: local(asked.Next), Problems: problems, Providers: buttons(w.logins)})
}

func (w *Server) showWays(rw http.ResponseWriter, r *http.Request) {
	w.ways(rw, r, http.StatusOK, nil, false)
}

// ways shows how one can sign in, and what was wrong with what one wanted to change.
func (w *Server) ways(rw http.ResponseWriter, r *http.Request, status int, problems []view.FieldProblem, again bool) {
	v, _ := viewer.From(r.Context())
	if !v.SignedIn() {
		http.Redirect(rw, r, "/sign-in?next="+ways, http.StatusSeeOther)
		return
	}
	now, err := w.logins.Ways(r.Context())
	if err != nil {
		w.fault(rw, r, err)
		return
	}
	page := view.WaysIn{Email: v.Email, Password: now.Password, Unverified: !v.EmailVerified, Problems: problems}
	if again {
		page.AgainURL = "/sign-in?again=1&next=" + ways
	}
	linked := map[string]bool{}
	for _, i := range now.Identities {
		linked[i.Provider] = true
		page.Linked = append(page.Linked, view.LinkedProvider{Name: i.Provider, Label: w.logins.Label(i), Account: account(i), Since: i.LinkedAt})
	}
	for _, one := range buttons(w.logins) {
		if !linked[one.Name] {
			page.Others = append(page.Others, one)
		}
	}
	view.Ways(rw, status, page)
}

// account is what tells one account with a provider from another, for the person whose it is.
func account(i *ent.Identity) string {
	if i.Email != nil {
		return *i.Email
	}
	return i.Subject
}

func (w *Server) unlink(rw http.ResponseWriter, r *http.Request) {
	err := w.logins.Unlink(r.Context(), r.PostForm.Get("provider"))
	if wrong, refused := verdict(err); refused {
		w.ways(rw, r, http.StatusUnprocessableEntity, problemsOf(wrong), wrong[0].Remedy == rule.SignInAgain)
		return
	}
	if err != nil {
		w.fault(rw, r, err)
		return
	}
	http.Redirect(rw, r, ways, http.StatusSeeOther)
}

func buttons(l *login.Logins) (list []view.Provider) {
	for _, b := range l.SignOns() {
		list = append(list, view.Provider{Name: b.Name, Label: b.Label})
	}
	return list
}

// journeyName is the cookie of somebody who is on their way to a provider and back.
func (w *Server) journeyName() string { return w.cookieName() + "-sign-on" }

func (w *Server) setJourney(rw http.ResponseWriter, value string, until time.Time) {
	w.keep(rw, w.journeyName(), value, until)
}
