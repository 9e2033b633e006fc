package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"roster/ent"
	"roster/internal/address"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/viewer"
	"roster/internal/web/view"
)

// rowsAPage is how many accounts the switcher's page shows at a time.
const rowsAPage = 50

func (w *Server) home(rw http.ResponseWriter, r *http.Request) {
	page := view.HomePage{BaseURL: w.config.BaseURL, Development: w.config.Development, Mailbox: w.mailbox != nil}
	if w.config.Development {
		page.SignIns = w.config.SignIns
	}
	view.Home(rw, page)
}

func (w *Server) showSignIn(rw http.ResponseWriter, r *http.Request) {
	view.SignIn(rw, http.StatusOK, view.SignInForm{Next: local(r.URL.Query().Get("next")), Again: r.URL.Query().Get("again") != "", Providers: buttons(w.logins)})
}

func (w *Server) signIn(rw http.ResponseWriter, r *http.Request) {
	email, next := r.PostForm.Get("email"), local(r.PostForm.Get("next"))
	o, err := w.logins.SignIn(r.Context(), email, r.PostForm.Get("password"), rule.Web)
	if wrong, refused := verdict(err); refused {
		view.SignIn(rw, http.StatusUnprocessableEntity, view.SignInForm{Email: email, Next: next, Problems: problemsOf(wrong), Providers: buttons(w.logins)})
		return
	}
	if err != nil {
		w.fault(rw, r, err)
		return
	}
	w.signIns.giveBack(r)
	w.opened(rw, o)
	http.Redirect(rw, r, next, http.StatusSeeOther)
}

func (w *Server) signOut(rw http.ResponseWriter, r *http.Request) {
	if v, _ := viewer.From(r.Context()); v.SignedIn() {
		if err := w.logins.SignOut(r.Context()); err != nil {
			w.fault(rw, r, err)
			return
		}
	}
	w.setCookie(rw, "", time.Time{})
	next := local(r.PostForm.Get("next"))
	if next == "/accounts" {
		next = "/sign-in"
	}
	http.Redirect(rw, r, next, http.StatusSeeOther)
}

// local is where to go next: one of our own pages, whatever was asked for.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/accounts"
	}
	return next
}

func (w *Server) showAccounts(rw http.ResponseWriter, r *http.Request) {
	v, _ := viewer.From(r.Context())
	if !v.SignedIn() {
		http.Redirect(rw, r, "/sign-in?next=/accounts", http.StatusSeeOther)
		return
	}
	search := r.URL.Query().Get("search")
	if len(search) > 400 || strings.ContainsRune(search, 0) {
		search = ""
	}
	q := login.Query{Search: address.Key(address.Name(search)), After: place(r.URL.Query().Get("after")), Limit: rowsAPage + 1}
	list, err := w.logins.Accounts(r.Context(), q)
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	page := view.AccountsPage{Name: v.Name, Email: v.Email, Unverified: !v.EmailVerified, Sent: r.URL.Query().Get("sent") != "", Search: search}
	if page.Total, err = w.logins.CountAccounts(r.Context(), q); err != nil {
		w.fail(rw, r, err)
		return
	}
	if len(list) > rowsAPage {
		list = list[:rowsAPage]
		last := list[rowsAPage-1]
		page.NextPage = "/accounts?" + url.Values{"search": {search}, "after": {placed(last.NameKey(), last.AccountID())}}.Encode()
	}
	for _, a := range list {
		page.Accounts = append(page.Accounts, row(a, v.Session.CurrentAccount))
	}
	view.Accounts(rw, http.StatusOK, page)
}

func row(a *login.Access, current string) view.Account {
	r := view.Account{ID: a.AccountID(), Kind: "Client account", Role: a.Role.Name, Current: a.AccountID() == current}
	switch x := a.Account.(type) {
	case *ent.Practice:
		r.Name, r.Kind = x.Name, "Practice"
	case *ent.ClientAccount:
		r.Name = x.Name
	}
	if a.Via == rule.ViaPractice {
		r.Via = "through your practice"
	}
	return r
}

// placed writes a row's place in the list into an address, and place reads it; what it cannot read is the beginning.
func placed(key, id string) string {
	b, _ := json.Marshal([]string{key, id}) // strings cannot fail
	return base64.RawURLEncoding.EncodeToString(b)
}

func place(text string) []any {
	var pair []string
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(b, &pair) != nil || len(pair) != 2 || strings.ContainsRune(pair[0]+pair[1], 0) {
		return nil
	}
	return []any{pair[0], pair[1]}
}

func (w *Server) switchAccount(rw http.ResponseWriter, r *http.Request) {
	if err := w.logins.Switch(r.Context(), r.PostForm.Get("accountId")); err != nil {
		w.fault(rw, r, err)
		return
	}
	http.Redirect(rw, r, "/accounts", http.StatusSeeOther)
}
