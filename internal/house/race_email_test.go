package house_test

import (
	"context"
	"testing"

	"roster/ent"
	"roster/ent/event"
	"roster/ent/membership"
	"roster/ent/token"
	"roster/ent/user"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// wants asks for another address as somebody, and gives the secret of the link that is mailed there.
func (h *home) wants(as context.Context, u *ent.User, email string) string {
	h.Helper()
	if err := h.logins.RequestNewEmail(as, email, ""); err != nil {
		h.Fatal(err)
	}
	id, err := h.store.Read().Token.Query().Where(token.UserID(u.ID), token.PurposeEQ(rule.NewEmail), token.UsedAtIsNil(), token.VoidedAtIsNil()).OnlyID(store.Facts(h.Context()))
	return h.links.NewEmailToken(must(h, id, err))
}

func (h *home) confirm(as context.Context, link string) error {
	_, err := h.logins.Verify(as, link, "")
	return err
}

// told counts the lines of the journal about a login with one verb.
func (h *home) told(u *ent.User, verb string) int {
	h.Helper()
	n, err := h.store.Read().Event.Query().Where(event.UserID(u.ID), event.AccountIDIsNil(), event.Verb(verb)).Count(store.Facts(h.Context()))
	return must(h, n, err)
}

// joined makes somebody a user of a client, with the address and password they have.
func (h *home) joined(owner context.Context, client string, u *ent.User) string {
	h.Helper()
	added, err := h.people.Add(owner, person(client, rule.StandardRole, u.Email))
	must(h, added, err)
	return added.Membership
}

// J3: of many who press the button one changes the address, and one line tells of it, here and in the account.
func TestALinkForANewAddressUsedByEightAtOnceWorksOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		client := h.client(owner, practice)
		for range trials(10) {
			u := h.somebody()
			as, member, email := h.as(u), h.joined(owner, client, u), h.fresh("new")+"@example.com"
			before := h.lines(client, "emailVerify")
			link := h.wants(as, u, email)
			got := race(atOnce, func(int) error { return h.confirm(as, link) })
			wantTally(t, "one link for a new address eight times", got, map[string]int{"": 1, "TOKEN_INVALID": atOnce - 1})
			if n, m := h.told(u, "emailVerify"), h.lines(client, "emailVerify")-before; n != 1 || m != 1 {
				t.Fatalf("%d lines about the login and %d in the account, want 1 of each", n, m)
			}
			if m := h.row(member); *m.Email != email || m.Version != 2 {
				t.Fatalf("the member shows %s, version %d", *m.Email, m.Version)
			}
		}
		h.sound(t)
	})
}

// J1, J3: two logins that want the same address: one gets it, the other is told, and its link is not spent.
func TestTwoLoginsThatTakeOneAddressHaveOneWinner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		for range trials(10) {
			email := h.fresh("wanted") + "@example.com"
			var viewers [2]context.Context
			var links [2]string
			for i := range viewers {
				u := h.somebody()
				viewers[i] = h.as(u)
				links[i] = h.wants(viewers[i], u, email)
			}
			list := make([]string, 2)
			together(2, func(i int) { list[i] = codes(h.confirm(viewers[i], links[i])) })
			wantTally(t, "one address, two logins", tally(list), map[string]int{"": 1, "EMAIL_TAKEN": 1})
			for i, code := range list {
				if code != "" && codes(h.confirm(viewers[i], links[i])) != "EMAIL_TAKEN" {
					t.Fatal("the loser's link was spent")
				}
			}
			if n := s.Read().User.Query().Where(user.Email(email)).CountX(store.Facts(t.Context())); n != 1 {
				t.Fatalf("%d logins have the address", n)
			}
		}
		h.sound(t)
	})
}

// A change of the password ends a pending change of the address, and a new address the comparing of the old password: one of
// the two happens, and the other is told.
func TestANewAddressAndANewPasswordAtOnceHaveOneWinner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, winners := newHome(t, s), [2]int{}
		hash, err := h.logins.Hash(t.Context(), password)
		must(t, hash, err)
		for trial := range trials(4) {
			u := h.somebody()
			h.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(u.ID).SetPasswordHash(hash).Exec(ctx)
			})
			as, email := h.as(u), h.fresh("new")+"@example.com"
			link := h.wants(as, u, email)
			list := make([]string, 2)
			together(2, func(i int) {
				if i == 0 {
					_, err := h.logins.ChangePassword(as, password, "kettle ginger lantern moss")
					list[0] = codes(err)
					return
				}
				for range trial % 4 { // so that both reach the database at about the same time: the password is hashed twice
					_, _ = h.logins.Hash(t.Context(), password)
				}
				list[1] = codes(h.confirm(as, link))
			})
			now := s.Read().User.GetX(store.Facts(t.Context()), u.ID)
			switch {
			case list[0] == "" && list[1] == "TOKEN_INVALID" && now.Email == u.Email && *now.PasswordHash != hash:
				winners[0]++
			case list[0] == "CREDENTIALS_INCORRECT" && list[1] == "" && now.Email == email && *now.PasswordHash == hash:
				winners[1]++
			default:
				t.Fatalf("a new password is answered %q and a new address %q; the address is %s", list[0], list[1], now.Email)
			}
		}
		t.Logf("the password won %d times, the address %d times", winners[0], winners[1])
		h.sound(t)
	})
}

// J3, C4, C5, C6: while somebody takes an address, it is added to the account they are in, or to the practice behind it. Whoever
// comes second is refused, and nobody stands there twice or on both sides.
func TestANewAddressThatIsBeingAddedHasOneWinner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		client := h.client(owner, practice)
		for trial := range trials(12) {
			u := h.somebody()
			as, email := h.as(u), h.fresh("wanted")+"@example.com"
			h.joined(owner, client, u)
			link := h.wants(as, u, email)
			where, role, added, taken := client, rule.StandardRole, "ALREADY_MEMBER", "EMAIL_TAKEN"
			if trial%2 == 1 {
				where, role, added, taken = practice, rule.PracticeStandardRole, "MEMBER_OF_CLIENT", "PRACTICE_COLLEAGUE"
			}
			list := make([]string, 2)
			together(2, func(i int) {
				if i == 0 {
					list[0] = codes(h.confirm(as, link))
					return
				}
				_, err := h.people.Add(owner, person(where, role, email))
				list[1] = codes(err)
			})
			if !(list[0] == "" && list[1] == added) && !(list[0] == taken && list[1] == "") {
				t.Fatalf("the change is answered %q, adding %q", list[0], list[1])
			}
			if n := s.Read().Membership.Query().Where(membership.Email(email), membership.StatusNEQ(rule.Removed)).CountX(store.Facts(t.Context())); n != 1 {
				t.Fatalf("%d members have the address", n)
			}
		}
		h.sound(t)
	})
}

// A link for a new password works once, and from then on the winner's is the only password.
func TestALinkForANewPasswordUsedByManyAtOnceWorksOnce(t *testing.T) {
	t.Parallel()
	const many = 4
	chosen := [many]string{"kettle ginger lantern moss", "velvet harbour ninety lanterns", "correct horse battery staple", "quiet river stone window"}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		for range trials(3) {
			u := h.somebody()
			as := h.open(u, rule.Web)
			if err := h.logins.RequestReset(h.nobody(), u.Email); err != nil {
				t.Fatal(err)
			}
			id := s.Read().Token.Query().Where(token.UserID(u.ID), token.PurposeEQ(rule.ResetPassword), token.VoidedAtIsNil()).OnlyIDX(store.Facts(t.Context()))
			link := h.links.ResetToken(id)
			list := make([]string, many)
			together(many, func(i int) { list[i] = codes(h.logins.Reset(h.nobody(), link, chosen[i])) })
			wantTally(t, "one link for a new password", tally(list), map[string]int{"": 1, "TOKEN_INVALID": many - 1})
			if n := h.told(u, "passwordReset"); n != 1 {
				t.Fatalf("%d lines tell of it", n)
			}
			if v, err := h.logins.Authenticate(t.Context(), viewer.Viewer{At: s.Now()}, as.Cookie, rule.Web); err != nil || v.SignedIn() {
				t.Fatalf("a session outlived the new password: %v", err)
			}
			for i, code := range list {
				_, err := h.logins.SignIn(h.nobody(), u.Email, chosen[i], rule.Web)
				if (code == "") != (err == nil) {
					t.Fatalf("the reset was answered %q, and its password %v", code, err)
				}
			}
		}
		h.sound(t)
	})
}
