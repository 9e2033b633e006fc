package house_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"roster/ent"
	"roster/ent/invitation"
	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

const invitationPurpose rule.Purpose = "INVITATION" // an invitation keeps its link itself, and is in no table of tokens

// states are how a token can be; only a live one may work.
var states = []string{"live", "used", "voided", "expired"}

// issued is a token of one purpose in one state, and whose it is.
type issued struct {
	purpose rule.Purpose
	state   string
	secret  string
	cookie  string // of the login it belongs to, signed in
}

// takes are the purposes that a question or a page takes; everything else is to be refused there, whatever state it is in.
var takes = map[string][]rule.Purpose{
	"Query.invitationByToken": {invitationPurpose}, "Mutation.invitationAccept": {invitationPurpose}, "Mutation.invitationDecline": {invitationPurpose}, "Mutation.invitationRequestNew": {invitationPurpose},
	"Mutation.emailVerify": {rule.VerifyEmail, rule.NewEmail}, "Mutation.passwordReset": {rule.ResetPassword}, "Mutation.sessionRefresh": {rule.Refresh},
	"Mutation.loginMergeConfirm": {rule.Merge}, "Mutation.loginMergeStart": {rule.MergeProof},
	"/accept/{token}": {invitationPurpose}, "/accept/{token}/decline": {invitationPurpose}, "/accept/{token}/new": {invitationPurpose}, "/verify/{token}": {rule.VerifyEmail, rule.NewEmail}, "/reset/{token}": {rule.ResetPassword},
	"/merge/{token}": {rule.MergeProof},
}

// issue makes a token, each of a login of its own.
func (h *home) issue(purpose rule.Purpose, state string) issued {
	h.Helper()
	u := h.loginOf(h.fresh("holder")+"@example.com", purpose != rule.VerifyEmail)
	o := h.open(u, rule.Web)
	t := issued{purpose: purpose, state: state, cookie: o.Cookie}
	if purpose == invitationPurpose {
		t.secret = h.issueInvitation(u, state)
		return t
	}
	id := store.NewID("tok")
	t.secret = map[rule.Purpose]string{rule.VerifyEmail: h.links.VerificationToken(id), rule.NewEmail: h.links.NewEmailToken(id), rule.ResetPassword: h.links.ResetToken(id),
		rule.Refresh: "rrt_" + id, rule.MergeProof: "rsp_" + id, rule.Merge: "rmt_" + id}[purpose]
	if t.secret == "" {
		h.Fatalf("no token is made for %s: teach issue", purpose)
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		create := tx.Token.Create().SetID(id).SetPurpose(purpose).SetHash(courier.Hash(t.secret)).SetUserID(u.ID).SetEmail(u.Email).SetCreatedAt(tx.Now).SetExpiresAt(tx.Now.Add(10 * time.Minute))
		switch purpose {
		case rule.NewEmail:
			create.SetEmail(h.fresh("another") + "@example.com")
		case rule.Refresh, rule.MergeProof:
			create.SetSessionID(o.Viewer.SessionID)
		case rule.Merge:
			other, err := tx.User.Create().SetID(store.NewID("usr")).SetEmail(h.fresh("other") + "@example.com").SetFirstName("Kit").SetLastName("Vale").SetCreatedAt(tx.Now).Save(ctx)
			if err != nil {
				return err
			}
			create.SetOtherID(other.ID).SetVersion(u.Version).SetOtherVersion(other.Version)
		}
		switch state {
		case "used":
			create.SetUsedAt(tx.Now)
		case "voided":
			create.SetVoidedAt(tx.Now)
		case "expired":
			create.SetExpiresAt(tx.Now)
		}
		return create.Exec(ctx)
	})
	return t
}

// issueInvitation invites a login, and brings the invitation into a state.
func (h *home) issueInvitation(u *ent.User, state string) string {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(u.ID).ClearEmailVerifiedAt().Exec(ctx)
	})
	practice, owner := h.practice()
	client := h.client(owner, practice)
	h.invite(owner, client, rule.BusinessAdminRole, h.fresh("first")+"@example.com") // owns it
	added, link := h.invite(owner, client, rule.StandardRole, u.Email)
	switch state {
	case "used":
		if _, err := h.people.Accept(h.as(u), link, "", rule.Web); err != nil {
			h.Fatal(err)
		}
	case "voided":
		if err := h.people.Cancel(owner, added.Invitation); err != nil {
			h.Fatal(err)
		}
	case "expired":
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Invitation.Update().Where(invitation.ID(added.Invitation)).SetExpiresAt(tx.Now).Exec(ctx)
		})
	}
	return link
}

// entry is a place that takes a token: a mutation, or a page by one method.
type entry struct {
	name string
	send func(cookie, token string) answer
}

// entries are all of them: from the schema and from the routes, so that a new one is here the day it appears.
func (h *home) entries(t *testing.T) (list []entry) {
	t.Helper()
	for _, q := range questions(t) {
		for _, s := range q.slots() {
			if !s.token() {
				continue
			}
			q.brief = true
			list = append(list, entry{q.String(), func(cookie, token string) answer {
				recipe := map[string]any{s.String(): token}
				maps.Copy(recipe, recipes[q.String()])
				given := filler{q: q, fresh: h.fresh, want: s.under, recipe: recipe}.fill()
				return h.ask(cookie, q.text(given), given)
			}})
		}
	}
	routes, ok := h.door.(chi.Routes)
	if !ok {
		t.Fatalf("the door is a %T, whose routes nobody can read", h.door)
	}
	err := chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		route = strings.Replace(route, "{proof}", "{token}", 1)
		if strings.Contains(route, "{token}") && method+route != "GET/merge/{token}" { // which shows a form, whatever the proof
			list = append(list, entry{method + " " + route, func(cookie, token string) answer {
				form := url.Values{"password": {password}}
				r := httptest.NewRequestWithContext(h.Context(), method, base+strings.Replace(route, "{token}", token, 1), strings.NewReader(form.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				return h.send(cookie, r)
			}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// dead is whether an answer refuses a token: a page by its status, a mutation by a problem, a question by null.
func (e entry) dead(a answer) bool {
	if !strings.Contains(e.name, "/") {
		return strings.Contains(a.body, "TOKEN_") || strings.Contains(a.body, "INVITATION_") || strings.Contains(a.body, "EMAIL_NOT_VERIFIED") || strings.Contains(a.body, `"answer":null`) ||
			e.name == "Query.invitationByToken" && !strings.Contains(a.body, `"PENDING"`)
	}
	if strings.HasSuffix(e.name, "/merge/{token}") && (a.status == http.StatusUnprocessableEntity || a.status == http.StatusSeeOther) { // or to the sign-in page
		return true
	}
	return slices.Contains([]int{http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusConflict}, a.status)
}

// SECURITY.md, Tokens: one of the wrong kind, used, replaced, expired, or of somebody else opens nothing anywhere and changes
// nothing, whoever brings it: nobody, whose it is, or somebody else.
func TestTokensThatAreNotForThisOpenNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		var tokens []issued
		for _, purpose := range append([]rule.Purpose{invitationPurpose}, purposesOf()...) {
			for _, state := range states {
				tokens = append(tokens, h.issue(purpose, state))
			}
		}
		stranger := h.open(h.somebody(), rule.Web).Cookie
		asked, known := 0, map[string]bool{}
		for _, e := range h.entries(t) {
			name := e.name[strings.LastIndexByte(e.name, ' ')+1:]
			known[name] = true
			if takes[name] == nil {
				t.Errorf("%s takes a token: of what purpose? Teach takes", e.name)
			}
			before := h.snapshot()
			for _, token := range tokens {
				right := slices.Contains(takes[name], token.purpose)
				if right && (token.state == "live" || token.purpose == invitationPurpose && token.state == "expired" && strings.HasSuffix(strings.ToLower(e.name), "new")) {
					continue // what it is for
				}
				if right && token.purpose == rule.Refresh && token.state == "used" {
					continue // ends the session: its own test says so
				}
				for who, cookie := range map[string]string{"nobody": "", "its own login": token.cookie, "somebody else": stranger} {
					asked++
					a := e.send(cookie, token.secret)
					if !e.dead(a) && !(right && token.state != "live" && a.status == http.StatusOK && strings.Contains(a.body, "already")) {
						t.Errorf("%s with a %s token of %s, by %s, is answered %d %.300s", e.name, token.state, token.purpose, who, a.status, a.body)
					}
				}
			}
			if h.snapshot() != before {
				t.Errorf("%s: a token that is refused made it write", e.name)
			}
		}
		for name := range maps.Keys(takes) {
			if !known[name] {
				t.Errorf("%s takes no token any more", name)
			}
		}
		t.Logf("%d answers", asked)

		// The positive control: each live token is what its page takes.
		for _, token := range tokens {
			for _, e := range h.entries(t) {
				name, page := strings.CutPrefix(e.name, http.MethodGet+" ")
				if page && token.state == "live" && slices.Contains(takes[name], token.purpose) {
					if a := e.send(token.cookie, token.secret); a.status != http.StatusOK {
						t.Errorf("%s with a live token of %s, by its own login, is answered %d %.300s", e.name, token.purpose, a.status, a.body)
					}
				}
			}
		}
	})
}

func purposesOf() (list []rule.Purpose) {
	for _, value := range rule.Purpose("").Values() {
		list = append(list, rule.Purpose(value))
	}
	return list
}

// J3: a link for a new address is its asker's only: somebody else gets nothing by it, and it still works afterwards.
func TestALinkForANewAddressIsItsAskersOnly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		token := h.issue(rule.NewEmail, "live")
		stranger := h.open(h.somebody(), rule.Web).Cookie
		before := h.snapshot()
		for _, cookie := range []string{"", stranger} {
			for _, e := range h.entries(t) {
				if slices.Contains(takes[e.name[strings.LastIndexByte(e.name, ' ')+1:]], rule.NewEmail) && !e.dead(e.send(cookie, token.secret)) {
					t.Errorf("%s opens it to somebody else", e.name)
				}
			}
		}
		if h.snapshot() != before {
			t.Error("somebody else's link changed something")
		}
		form := httptest.NewRequestWithContext(t.Context(), http.MethodPost, base+"/verify/"+token.secret, nil)
		if a := h.send(token.cookie, form); a.status != http.StatusOK {
			t.Errorf("its asker is answered %s", fmt.Sprint(a.status, a.body))
		}
	})
}
