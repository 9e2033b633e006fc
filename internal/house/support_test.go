package house_test

import (
	"context"
	"strings"
	"testing"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// G4: what support has read in a request is for them alone, also when somebody else signs in further down in it.
func TestASessionOpenedBySupportSeesNothingThatTheyRead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, by := h.practice()
		client, other := h.client(by, practice), h.somebody()
		as := h.support()
		must(t, client, h.people.Read(as, []string{client}, false))
		if _, err := s.Read().ClientAccount.Get(as, client); err != nil {
			t.Fatalf("support does not see what was recorded: %v", err)
		}
		err := s.Tx(as, func(ctx context.Context, tx *store.Tx) error {
			o, err := h.logins.Open(ctx, tx, loginPerson(other), rule.Web)
			viewer.Become(as, o.Viewer)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if a, err := s.Read().ClientAccount.Get(as, client); err == nil {
			t.Errorf("the next viewer sees %s", a.ID)
		}
	})
}

// G4: what is asked for beside each other is recorded once for each account, in whatever order it is answered.
func TestSupportReadingInPartsIsRecordedOnceARequest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, by := h.practice()
		client := h.client(by, practice)
		added, err := h.people.Add(by, person(client, rule.StandardRole, "robin@example.com"))
		u := h.somebody()
		if err := h.logins.Appoint(t.Context(), u.Email, true); err != nil {
			t.Fatal(err)
		}
		cookie := h.open(u, rule.Web).Cookie
		for range trials(10) {
			clients, practices := h.lines(client, "supportRead"), h.lines(practice, "supportRead")
			a := h.ask(cookie, `query($c:ID!,$p:ID!,$m:ID!){a:clientAccount(id:$c){name} b:membership(id:$m){firstName} c:practice(id:$p){memberships(first:9){totalCount}} d:nodes(ids:[$c,$m,$p]){id}}`,
				map[string]any{"c": client, "p": practice, "m": must(t, added, err).Membership})
			if strings.Contains(a.body, "null") || !strings.Contains(a.body, `"totalCount":1`) {
				t.Fatalf("support is answered %s", a.body)
			}
			if c, p := h.lines(client, "supportRead")-clients, h.lines(practice, "supportRead")-practices; c != 1 || p != 1 {
				t.Fatalf("it is recorded %d times in the client's journal and %d times in the practice's, want once each", c, p)
			}
		}
	})
}

// G4, A5: whose appointment ended after their request began is not support any more.
func TestAnAppointmentThatEndedMeanwhileIsOver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, by := h.practice()
		o, u := newOwned(h, by, practice), h.somebody()
		if err := h.logins.Appoint(t.Context(), u.Email, true); err != nil {
			t.Fatal(err)
		}
		u.Support = true
		early, late := h.as(u), h.as(u)
		if _, err := h.people.Transfer(early, o.client, o.members[1], "Asked for it"); err != nil {
			t.Fatal(err)
		}
		if err := h.logins.Appoint(t.Context(), u.Email, false); err != nil {
			t.Fatal(err)
		}
		_, err := h.people.Transfer(late, o.client, o.members[2], "Asked for it")
		if got := codes(err); got != "NOT_FOUND" || o.owner(t).ID != o.members[1] {
			t.Errorf("transferring is answered %q, and %s of %v owns it", got, o.owner(t).ID, o.members)
		}
		if got := codes(h.people.Read(late, []string{o.client}, false)); got != "NOT_FOUND" || h.lines(o.client, "supportRead") != 0 {
			t.Errorf("reading is answered %q", got)
		}
		if a, err := s.Read().ClientAccount.Get(late, o.client); err == nil {
			t.Errorf("they see %s", a.ID)
		}
	})
}
