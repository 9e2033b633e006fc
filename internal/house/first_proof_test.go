package house_test

import (
	"context"
	"testing"

	"roster/ent"
	"roster/ent/identity"
	"roster/ent/token"
	"roster/ent/user"
	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

const (
	squatters = "mallory waits by the gate"
	victims   = "seven otters under a bridge"
)

// squat is a login that somebody made with another person's address, which was never proved.
type squat struct {
	*home
	login   *ent.User
	as      context.Context // the person's own session, where they are signed in
	mallory context.Context // the squatter's session as that login
	other   context.Context // the squatter's own login, proved and freshly signed in
	held    string          // a secret that the squatter keeps
	opened  login.Opened
}

// attached are what a squatter can leave behind before the address is proved, and whether it still gives them the login.
var attached = map[string]struct {
	attach func(s *squat)
	works  func(s *squat) bool
}{
	"a password": {func(*squat) {}, func(s *squat) bool {
		_, err := s.logins.SignIn(s.nobody(), s.email(), squatters, rule.Web)
		return err == nil
	}},
	"a browser's session": {func(s *squat) { s.opened = s.open(s.login, rule.Web) }, func(s *squat) bool {
		v, err := s.logins.Authenticate(s.Context(), viewer.Viewer{At: s.store.Now()}, s.opened.Cookie, rule.Web)
		return err == nil && v.SignedIn()
	}},
	"an app's access token": {func(s *squat) { s.opened = s.open(s.login, rule.Mobile) }, func(s *squat) bool {
		v, err := s.logins.Authenticate(s.Context(), viewer.Viewer{At: s.store.Now()}, s.opened.Tokens.AccessToken, rule.Mobile)
		return err == nil && v.SignedIn()
	}},
	"an app's refresh token": {func(s *squat) { s.opened = s.open(s.login, rule.Mobile) }, func(s *squat) bool {
		_, err := s.logins.Refresh(s.nobody(), s.opened.Tokens.RefreshToken)
		return err == nil
	}},
	"an identity of single sign-on": {func(s *squat) {
		s.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Identity.Create().SetID(store.NewID("idn")).SetUserID(s.login.ID).SetProvider("acme").SetIssuer("https://acme.example.com").
				SetSubject(s.fresh("mallory")).SetLinkedAt(tx.Now).Exec(ctx)
		})
	}, func(s *squat) bool {
		return s.store.Read().Identity.Query().Where(identity.UserID(s.login.ID)).ExistX(store.Facts(s.Context()))
	}},
	"a phone": {func(s *squat) {
		s.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(s.login.ID).SetMobile("+447400123456").SetMobileVerifiedAt(tx.Now).Exec(ctx)
		})
	}, func(s *squat) bool {
		return s.store.Read().User.Query().Where(user.ID(s.login.ID), user.Or(user.MobileNotNil(), user.MobileVerifiedAtNotNil())).ExistX(store.Facts(s.Context()))
	}},
	"a change of the address": {func(s *squat) {
		must(s, 0, s.logins.RequestNewEmail(s.mallory, s.fresh("mallory")+"@example.com", ""))
		s.held = s.links.NewEmailToken(s.pending(rule.NewEmail))
	}, func(s *squat) bool { // by whoever is signed in as that login, which the squatter may yet be
		_, err := s.logins.Verify(s.home.as(s.login), s.held, "")
		return err == nil
	}},
	"a merge into the squatter's own login": {func(s *squat) {
		v, _ := viewer.From(s.other)
		ours := s.store.Read().User.GetX(store.Facts(s.Context()), v.UserID)
		s.held = s.planOf(s.other, ours, s.store.Read().User.GetX(store.Facts(s.Context()), s.login.ID))
	}, func(s *squat) bool {
		_, _, err := s.people.ConfirmMerge(s.other, s.held)
		return err == nil
	}},
}

// proofs are the ways in which a person proves an address for the first time; signed in as that login, or not.
var proofs = map[string]struct {
	signedIn bool
	prove    func(s *squat) error
}{
	"the confirmation link": {false, func(s *squat) error {
		_, err := s.logins.Verify(s.nobody(), s.confirmation(), victims)
		return err
	}},
	"the confirmation link, signed in": {true, func(s *squat) error {
		_, err := s.logins.Verify(s.as, s.confirmation(), "")
		return err
	}},
	"a link for a new password": {false, func(s *squat) error {
		must(s, 0, s.logins.RequestReset(s.nobody(), s.email()))
		return s.logins.Reset(s.nobody(), s.links.ResetToken(s.pending(rule.ResetPassword)), victims)
	}},
	"an invitation": {false, func(s *squat) error {
		_, err := s.people.Accept(s.nobody(), s.invitation(), victims, rule.Web)
		return err
	}},
	"an invitation, signed in": {true, func(s *squat) error {
		_, err := s.people.Accept(s.as, s.invitation(), "", rule.Web)
		return err
	}},
	"another address, signed in": {true, func(s *squat) error {
		must(s, 0, s.logins.RequestNewEmail(s.as, s.fresh("victim.new")+"@example.com", ""))
		_, err := s.logins.Verify(s.as, s.links.NewEmailToken(s.pending(rule.NewEmail)), "")
		return err
	}},
}

// J2 and SECURITY.md, Taking over somebody: eight things that can be attached beforehand, six ways in which the address is proved,
// and nothing survives. Each is shown to work as long as nobody proves anything.
func TestNothingThatWasAttachedSurvivesTheFirstProof(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		cells := 0
		for what, thing := range attached {
			for how, way := range proofs {
				cells++
				control := newSquat(t, h, way.signedIn, what)
				thing.attach(control)
				if what != "a password" || !way.signedIn { // a person who signs in has another by then
					if !thing.works(control) {
						t.Errorf("%s does nothing even where nobody proves the address", what)
					}
				}

				x := newSquat(t, h, way.signedIn, what)
				thing.attach(x)
				if err := way.prove(x); err != nil {
					t.Errorf("%s × %s: the person cannot prove their address: %v", what, how, err)
					continue
				}
				if thing.works(x) {
					t.Errorf("%s × %s: it survives", what, how)
				}
				x.theirs(t, what+" × "+how, way.signedIn)
			}
		}
		if cells != 48 {
			t.Errorf("%d cells, want 8 × 6", cells)
		}
		h.sound(t)
	})
}

// newSquat is a squatted login. A person who is signed in with it has a password of their own: somebody made the login for
// them, told them the first one, and they changed it.
func newSquat(t *testing.T, h *home, signedIn bool, what string) *squat {
	t.Helper()
	x := &squat{home: h, login: h.loginOf(h.fresh("victim")+"@example.com", false), other: h.as(h.somebody())}
	set := func(password string) {
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(x.login.ID).SetPasswordHash(cheap(t, password)).Exec(ctx)
		})
	}
	switch {
	case !signedIn:
		set(squatters)
	case what == "a password":
		set(squatters)
		if _, err := h.logins.ChangePassword(h.as(x.login), squatters, victims); err != nil {
			t.Fatal(err)
		}
	default:
		set(victims)
	}
	x.as, x.mallory = h.as(x.login), h.as(x.login)
	return x
}

func (s *squat) email() string {
	return s.store.Read().User.GetX(store.Facts(s.Context()), s.login.ID).Email
}

// pending is the token of the login that waits for a purpose.
func (s *squat) pending(purpose rule.Purpose) string {
	return s.store.Read().Token.Query().Where(token.UserID(s.login.ID), token.PurposeEQ(purpose), token.UsedAtIsNil(), token.VoidedAtIsNil()).OnlyIDX(store.Facts(s.Context()))
}

func (s *squat) confirmation() string {
	must(s, 0, s.logins.ResendVerification(s.mallory))
	return s.links.VerificationToken(s.pending(rule.VerifyEmail))
}

func (s *squat) invitation() string {
	practice, owner := s.practice()
	_, link := s.invite(owner, s.client(owner, practice), rule.StandardRole, s.email())
	return link
}

// theirs holds that the login is the person's: their password signs them in, and a session by which they proved goes on.
func (s *squat) theirs(t *testing.T, what string, signedIn bool) {
	t.Helper()
	u := s.store.Read().User.GetX(store.Facts(t.Context()), s.login.ID)
	if u.EmailVerifiedAt == nil || u.EndedAt != nil {
		t.Errorf("%s: the address is not proved", what)
	}
	if _, err := s.logins.SignIn(s.nobody(), u.Email, victims, rule.Web); err != nil {
		t.Errorf("%s: the person cannot sign in: %v", what, err)
	}
	if !signedIn {
		return
	}
	v, _ := viewer.From(s.as)
	if one := s.store.Read().Session.GetX(store.Facts(t.Context()), v.SessionID); one.EndedAt != nil {
		t.Errorf("%s: the session that gave the proof ended", what)
	}
}

// The proof of another login that a squatter signed on to dies with the first proof, too: it would merge what the person owns
// by then.
func TestAProofOfASquattedLoginDiesWithTheFirstProof(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		x := newSquat(t, h, false, "")
		v, _ := viewer.From(x.other)
		secret := "rsp_" + h.fresh("proof")
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Token.Create().SetID(store.NewID("tok")).SetPurpose(rule.MergeProof).SetHash(courier.Hash(secret)).SetUserID(x.login.ID).SetSessionID(v.SessionID).
				SetVersion(1).SetCreatedAt(tx.Now).SetExpiresAt(tx.Now.Add(login.MergeFor)).Exec(ctx)
		})
		if err := proofs["the confirmation link"].prove(x); err != nil {
			t.Fatal(err)
		}
		_, err := h.people.StartMerge(x.other, people.MergeStart{SignOnProof: &secret})
		if got := codes(err); got != "TOKEN_INVALID" {
			t.Errorf("it is answered %q", got)
		}
	})
}
