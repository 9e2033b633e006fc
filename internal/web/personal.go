package web

import (
	"net/http"
	"strings"

	"roster/ent"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/viewer"
	"roster/internal/web/view"
)

// doneSentences say what was done just now, by the word that the address of the page brings.
var doneSentences = map[string]string{
	"profile":      "Your name and mobile are saved.",
	"email":        "A mail is on its way to the new address. Its link replaces the one before; at most five mails a day go to an address. Nothing there after some minutes? Look among the spam.",
	"password":     "Your password is changed. Other browsers and apps were signed out.",
	"session":      "That browser or app is signed out.",
	"sessions":     "You are signed out everywhere else.",
	"confirmation": "The confirmation mail is on its way. Its link replaces the one before.",
}

func (w *Server) done(rw http.ResponseWriter, r *http.Request, what string) {
	http.Redirect(rw, r, "/account?done="+what, http.StatusSeeOther)
}

func (w *Server) showPersonal(rw http.ResponseWriter, r *http.Request) {
	w.personal(rw, r, view.PersonalPage{Done: doneSentences[r.URL.Query().Get("done")]}, http.StatusOK)
}

// personal completes a page with what is known of the person, but for what they typed into a form that was refused.
func (w *Server) personal(rw http.ResponseWriter, r *http.Request, page view.PersonalPage, status int) {
	own, err := w.logins.Own(r.Context())
	if err != nil {
		w.toSignIn(rw, r, err)
		return
	}
	v, _ := viewer.From(r.Context())
	if page.Refused != view.ProfileForm {
		page.FirstName, page.LastName, page.Mobile = own.Login.FirstName, own.Login.LastName, some(own.Login.Mobile)
	}
	page.Email, page.Unverified, page.NoPassword = own.Login.Email, own.Login.EmailVerifiedAt == nil, own.Login.PasswordHash == nil
	page.Stale = !own.Fresh
	for _, s := range own.Sessions {
		page.Sessions = append(page.Sessions, view.OwnSession{ID: s.ID, What: client(s), Where: some(s.IPAddress), Since: s.SignedInAt, Seen: s.LastSeenAt, Current: s.ID == v.SessionID})
	}
	view.Personal(rw, status, page)
}

// client says what a session is used by, as far as that says itself.
func client(s *ent.Session) string {
	kind := "Browser"
	if s.Kind == rule.Mobile {
		kind = "App"
	}
	agent := some(s.UserAgent)
	for _, known := range []struct{ mark, name string }{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	} {
		if strings.Contains(agent, known.mark) {
			kind += ": " + known.name
			break
		}
	}
	for _, known := range []struct{ mark, name string }{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS", "Mac"}, {"Linux", "Linux"},
	} {
		if strings.Contains(agent, known.mark) {
			return kind + " on " + known.name
		}
	}
	return kind
}

func (w *Server) changeProfile(rw http.ResponseWriter, r *http.Request) {
	first, last, mobile := r.PostForm.Get("firstName"), r.PostForm.Get("lastName"), r.PostForm.Get("mobile")
	err := w.logins.UpdateProfile(r.Context(), login.Profile{FirstName: &first, LastName: &last, Mobile: &mobile})
	w.changed(rw, r, err, "profile", view.PersonalPage{Refused: view.ProfileForm, FirstName: first, LastName: last, Mobile: mobile})
}

func (w *Server) requestNewEmail(rw http.ResponseWriter, r *http.Request) {
	email := r.PostForm.Get("newEmail")
	err := w.logins.RequestNewEmail(r.Context(), email, r.PostForm.Get("password"))
	w.changed(rw, r, err, "email", view.PersonalPage{Refused: view.EmailForm, NewEmail: email})
}

func (w *Server) changePassword(rw http.ResponseWriter, r *http.Request) {
	opened, err := w.logins.ChangePassword(r.Context(), r.PostForm.Get("currentPassword"), r.PostForm.Get("password"))
	if err == nil && opened.Cookie != "" {
		w.opened(rw, opened)
	}
	w.changed(rw, r, err, "password", view.PersonalPage{Refused: view.PasswordForm})
}

func (w *Server) revokeSession(rw http.ResponseWriter, r *http.Request) {
	_, err := w.logins.Revoke(r.Context(), r.PostForm.Get("sessionId"))
	w.changed(rw, r, err, "session", view.PersonalPage{})
}

func (w *Server) revokeOthers(rw http.ResponseWriter, r *http.Request) {
	w.changed(rw, r, w.logins.RevokeOthers(r.Context()), "sessions", view.PersonalPage{})
}

// changed shows what came of one of the page's forms.
func (w *Server) changed(rw http.ResponseWriter, r *http.Request, err error, what string, typed view.PersonalPage) {
	wrong, refused := verdict(err)
	switch {
	case err == nil:
		w.done(rw, r, what)
	case refused:
		typed.Problems = problemsOf(wrong)
		w.personal(rw, r, typed, http.StatusUnprocessableEntity)
	default:
		w.toSignIn(rw, r, err)
	}
}

// toSignIn sends whoever is not signed in to do so, and back; any other fault is answered as always.
func (w *Server) toSignIn(rw http.ResponseWriter, r *http.Request, err error) {
	if v, _ := viewer.From(r.Context()); !v.SignedIn() {
		http.Redirect(rw, r, "/sign-in?next=/account", http.StatusSeeOther)
		return
	}
	w.fault(rw, r, err)
}

func some(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
