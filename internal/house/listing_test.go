package house_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roster/ent"
	"roster/ent/membership"
	"roster/ent/user"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// Whoever asks, a list of an account's people that is read in one statement has the same people, with the same logins, as the
// policies show one by one; and of each everything that a page can show.
func TestAListingShowsWhatThePoliciesShow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFull(t, s, new(storetest.Counter), 12)
		f.standardUser(t)
		f.write(func(ctx context.Context, tx *store.Tx) error {
			tx.User.UpdateOneID("usr_mem_00002").SetEmail("usr_mem_00002").SetEndedEmail("filled2@example.com").SetEndedAt(tx.Now).SetMergedIntoID("usr_mem_00000").ExecX(ctx)
			tx.Membership.UpdateOneID("mem_00006").SetStatus(rule.Removed).SetRemovedAt(tx.Now).ExecX(ctx)
			tx.Membership.UpdateOneID("mem_00008").SetStatus(rule.Deactivated).SetDeactivatedAt(tx.Now).ExecX(ctx)
			return tx.Membership.UpdateOneID("mem_00010").SetMobile("+447700900001").SetWhatsAppMobile("+447700900001").SetWhatsAppActive(true).SetBillableAccountID(f.client).
				SetLastActiveAt(tx.Now).Exec(ctx)
		})
		asking := []context.Context{t.Context(), f.as(nil), f.as(f.somebody()), store.Facts(f.as(nil)),
			viewer.With(t.Context(), viewer.Viewer{UserID: f.somebody().ID, Support: true, At: s.Now(), Reads: []string{f.client}})}
		for _, u := range s.Read().User.Query().AllX(store.Facts(t.Context())) {
			asking = append(asking, viewer.With(t.Context(), viewer.Viewer{UserID: u.ID, At: s.Now()}))
		}
		people, logins := 0, 0
		for _, ctx := range asking {
			v, _ := viewer.From(ctx)
			for kind, account := range map[rule.Kind]string{rule.Client: f.client, rule.Practice: f.practice} {
				query := s.Read().Membership.Query().Where(membership.AccountID(account)).WithUser()
				listing := s.Read().Membership.Listing(kind, account).
					WithLogins(user.FieldEmailVerifiedAt, user.FieldEndedEmail, user.FieldFirstName, user.FieldLastName, user.FieldCreatedAt)
				for _, q := range []*ent.MembershipQuery{query, listing.MembershipQuery} {
					q.WithInvitations().WithApplications().WithSubmissionAddresses().Order(membership.ByNameKey(), membership.ByID()).Limit(100)
				}
				plain, err1 := query.All(ctx)
				listed, err2 := listing.All(ctx)
				if (err1 == nil) != (err2 == nil) {
					t.Fatalf("%s asks: got %v, want %v", v.UserID, err2, err1)
				}
				for _, m := range append(slices.Clone(plain), listed...) {
					_, err1 := m.Edges.InvitationsOrErr()
					_, err2 := m.Edges.ApplicationsOrErr()
					_, err3 := m.Edges.SubmissionAddressesOrErr()
					if _, err := m.Edges.UserOrErr(); err1 != nil || err2 != nil || err3 != nil || err != nil && !ent.IsNotFound(err) {
						t.Errorf("%s is without %v, %v, %v, %v", m.ID, err1, err2, err3, err)
					}
				}
				for _, m := range plain {
					m.SearchKey, m.JoinedAt = "", nil
					people++
					if u := m.Edges.User; u != nil {
						logins++
						m.Edges.User = &ent.User{ID: u.ID, Email: u.Email, EmailVerifiedAt: u.EmailVerifiedAt, EndedEmail: u.EndedEmail, FirstName: u.FirstName, LastName: u.LastName, CreatedAt: u.CreatedAt}
					}
				}
				if got, want := asJSON(t, listed), asJSON(t, plain); got != want {
					t.Errorf("%s asks for %s: got\n%s\nwant\n%s", v.UserID, account, got, want)
				}
			}
		}
		if people < 50 || logins < 30 {
			t.Errorf("only %d people with %d logins were compared", people, logins)
		}
	})
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	return string(must(t, b, err))
}

// A login that a page shows in part is whole where the page's rows are come to again, by their invitations.
func TestALoginThatIsShownInPartIsWholeByAnotherWay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFull(t, s, new(storetest.Counter), 4)
		const all = `{id firstName lastName email emailVerified createdAt}`
		for _, part := range []string{`user{id}`, `user{email}`, `user{firstName}`, `user{__typename}`, `user` + all, `invitation{status}`} {
			for _, rows := range []string{`nodes{%s}`, `edges{node{%s}}`} {
				a := f.ask(f.admin, `query($id:ID!){clientAccount(id:$id){memberships(first:50){`+fmt.Sprintf(rows, part+` invitation{membership{user`+all+`}}`)+`}}}`, map[string]any{"id": f.client})
				if want := `"membership":{"user":{"id":"usr_mem_00000","firstName":"Robin","lastName":"Marlow","email":"filled0@example.com","emailVerified":true,"createdAt":"2`; !strings.Contains(a.body, want) {
					t.Errorf("beside %s in %s: %s", part, rows, a.body)
				}
			}
		}
	})
}
