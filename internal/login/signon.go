package login

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"roster/ent"
	"roster/ent/identity"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/signon"
	"roster/internal/store"
	"roster/internal/viewer"
)

// SignOns are the providers that one can sign in with.
func (l *Logins) SignOns() []signon.Button { return l.config.SignOn.Buttons() }

// Depart sends somebody to a provider. Whoever goes to change who can sign in is signed in freshly (RULES.md J8), and
// comes back into the same session.
func (l *Logins) Depart(ctx context.Context, provider string, asked signon.Asked) (signon.Departure, error) {
	if asked.Purpose != signon.SignIn {
		v, _ := viewer.From(ctx)
		if !v.SignedIn() {
			return signon.Departure{}, rule.ErrUnauthenticated
		}
		if err := l.fresh(v); err != nil {
			return signon.Departure{}, err
		}
		if unproved := rule.Link(rule.Linking{Verified: v.EmailVerified}); asked.Purpose == signon.Link && unproved.Refused() {
			return signon.Departure{}, unproved
		}
		asked.Session, asked.MaxAge = v.SessionID, l.config.FreshFor
	}
	return l.config.SignOn.Depart(ctx, provider, asked)
}

// DepartAgain sends somebody to a provider to sign in there anew, as J8 wants it, although they may be signed in there.
func (l *Logins) DepartAgain(ctx context.Context, provider, next string) (signon.Departure, error) {
	return l.config.SignOn.Depart(ctx, provider, signon.Asked{Purpose: signon.SignIn, Next: next, MaxAge: l.config.FreshFor})
}

// fresh refuses a session in which nobody signed in of late.
func (l *Logins) fresh(v viewer.Viewer) error {
	if stale := rule.Fresh(v.At.Sub(v.Session.SignedInAt), l.config.FreshFor); stale.Refused() {
		return stale
	}
	return nil
}

// Arrived is what came of a journey to a provider.
type Arrived struct {
	signon.Asked
	Opened Opened // SIGN_IN: the session
	Proof  string // PROVE: what loginMergeStart takes
}

// Arrive takes somebody back from a provider, for what they had set out for. What that was is answered with a refusal, too.
func (l *Logins) Arrive(ctx context.Context, provider, cookie string, query url.Values) (Arrived, error) {
	a, err := l.config.SignOn.Arrive(ctx, provider, cookie, query)
	done := Arrived{Asked: a.Asked}
	if err != nil {
		return done, err
	}
	switch a.Purpose {
	case signon.SignIn:
		done.Opened, err = l.signInWith(ctx, a)
	case signon.Link:
		err = l.link(ctx, a)
	case signon.Prove:
		done.Proof, err = l.proveWith(ctx, a)
	default:
		err = rule.BadRequest("nobody sets out for this")
	}
	return done, err
}

// signInWith opens a session for the login that has an identity, or for one that is made for it (RULES.md J7).
func (l *Logins) signInWith(ctx context.Context, a signon.Arrival) (opened Opened, err error) {
	err = l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		known, err := l.known(ctx, tx, a)
		if err != nil {
			return err
		}
		email, bad := address.Email(a.Email)
		facts := rule.Arriving{Provider: a.Label, Known: known != nil, Ended: known != nil && known.Edges.User.EndedAt != nil, Email: bad == nil}
		if known == nil && bad == nil {
			taken, err := byEmail(ctx, tx, email)
			if err != nil {
				return err
			}
			facts.Taken = taken != nil
		}
		if no := rule.SignOn(facts); no.Refused() {
			return no
		}

		if known == nil {
			if known, err = l.enrol(ctx, tx, a, email); err != nil {
				return err
			}
		}
		u := known.Edges.User
		if err := tx.User.UpdateOneID(u.ID).SetLastSignInAt(tx.Now).Exec(store.Facts(ctx)); err != nil {
			return fmt.Errorf("note sign-in: %w", err)
		}
		if opened, err = l.open(ctx, tx, person(u), rule.Web, entered{at: gaveCredentials(a, tx.Now), identity: known.ID}); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "signIn", User: u.ID, Actor: actor(u), Changes: []journal.Change{journal.Set("provider", a.Provider)}})
	})
	return opened, err
}

// known finds the identity of somebody who came back, with its login; nil when it is nobody's. The same journey does not
// arrive twice.
func (l *Logins) known(ctx context.Context, tx *store.Tx, a signon.Arrival) (*ent.Identity, error) {
	first, err := Within(ctx, tx, "sign-on", a.State, 1, signon.Lasts)
	if err != nil {
		return nil, err
	}
	if !first {
		return nil, rule.UsedOn()
	}
	i, err := tx.Identity.Query().Where(identity.Issuer(a.Issuer), identity.Subject(a.Subject)).WithUser().Only(store.Facts(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find identity: %w", err)
	}
	return i, nil
}

// enrol makes a login for an identity. Its address counts as proved only where the provider says so.
func (l *Logins) enrol(ctx context.Context, tx *store.Tx, a signon.Arrival, email string) (*ent.Identity, error) {
	first, last := namesOf(a.Identity, email)
	create := tx.User.Create().SetID(store.NewID("usr")).SetEmail(email).SetFirstName(first).SetLastName(last).SetCreatedAt(tx.Now)
	if a.EmailVerified {
		create.SetEmailVerifiedAt(tx.Now)
	}
	u, err := create.Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("make login: %w", err)
	}
	i, err := l.attach(ctx, tx, u, a.Identity)
	if err != nil {
		return nil, err
	}
	err = journal.Write(ctx, tx, journal.Entry{Verb: "signUp", User: u.ID, Actor: actor(u),
		Changes: []journal.Change{journal.Set("email", email), journal.Set("provider", a.Provider)}})
	if err == nil && !a.EmailVerified {
		err = l.sendVerification(ctx, tx, u)
	}
	return i, err
}

// attach makes an identity a login's.
func (l *Logins) attach(ctx context.Context, tx *store.Tx, u *ent.User, who signon.Identity) (*ent.Identity, error) {
	create := tx.Identity.Create().SetID(store.NewID("idn")).SetUserID(u.ID).SetProvider(who.Provider).SetIssuer(who.Issuer).SetSubject(who.Subject).SetLinkedAt(tx.Now)
	if email, err := address.Email(who.Email); err == nil {
		create.SetEmail(email)
	}
	i, err := create.Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("link identity to %s: %w", u.ID, err)
	}
	i.Edges.User = u
	return i, nil
}

// gaveCredentials is when somebody last gave their credentials to a provider: as it says, or now, if it was asked to have
// them sign in anew. Where it says nothing and was not asked it may have been long ago, which is no fresh sign-in (J8).
func gaveCredentials(a signon.Arrival, now time.Time) time.Time {
	switch {
	case !a.SignedInAt.IsZero():
		return earlier(a.SignedInAt, now)
	case a.MaxAge > 0:
		return now
	}
	return time.Unix(0, 0).UTC()
}

// namesOf are the names of a login that is made for an identity. Where a provider tells none, the address does.
func namesOf(i signon.Identity, email string) (first, last string) {
	first, last = clippedName(i.First), clippedName(i.Last)
	if first == "" {
		first, last = last, ""
	}
	if first == "" {
		local, _, _ := strings.Cut(email, "@")
		first = address.Name(strings.NewReplacer(".", " ", "_", " ").Replace(local))
	}
	return first, last
}

func clippedName(name string) string {
	name = address.Name(name)
	if utf8.RuneCountInString(name) > rule.MaxName {
		name = address.Name(string([]rune(name)[:rule.MaxName]))
	}
	return name
}

// sameSession is the login of whoever comes back into the session that asked; anybody else is refused.
func (l *Logins) sameSession(ctx context.Context, tx *store.Tx, a signon.Arrival) (*ent.User, error) {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() || v.SessionID != a.Session {
		return nil, rule.BeganElsewhere()
	}
	if err := l.fresh(v); err != nil {
		return nil, err
	}
	s, err := tx.Session.Get(store.Facts(ctx), v.SessionID)
	if err != nil {
		return nil, fmt.Errorf("find session: %w", err)
	}
	if s.EndedAt != nil || s.UserID != v.UserID {
		return nil, rule.BeganElsewhere()
	}
	if there := rule.FreshThere(a.Label, tx.Now.Sub(gaveCredentials(a, tx.Now)), l.config.FreshFor); there.Refused() {
		return nil, there
	}
	return Current(ctx, tx)
}
