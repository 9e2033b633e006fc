package rule

import (
	"fmt"
	"time"
)

// Arriving is what is known of somebody whom a provider of single sign-on sends back. The provider is named as people know it.
type Arriving struct {
	Provider string
	Known    bool // the identity, issuer and subject, is a login's
	Ended    bool // and that login was merged into another
	Email    bool // the provider told an address that mail can be sent to
	Taken    bool // which a login has, proved or not
}

// SignOn judges whether they come in: by the login that has the identity, else by one that is made for it. A login that has
// merely the same address is nobody's who only says so, however the provider vouches for it (RULES.md J7).
func SignOn(a Arriving) Verdict {
	switch {
	case a.Known && a.Ended:
		return Verdict{{Code: CredentialsIncorrect, Message: "The login that this opened was merged into another one. Sign in with the one that stayed."}}
	case a.Known:
		return nil
	case !a.Email:
		return Verdict{{Code: EmailRequired, Message: fmt.Sprintf("%s did not tell us an email address that mail can be sent to, and a login needs one. Look whether your address is entered there and may be shared, then try again.", a.Provider)}}
	case a.Taken:
		return Verdict{{Code: EmailTaken, Message: fmt.Sprintf("There is a login with the address that %[1]s told us, and %[1]s is not linked to it. Sign in with its password, or ask for a new one if you forgot it; then link %[1]s under “Ways to sign in”.", a.Provider)}}
	}
	return nil
}

// Linking is what is known when somebody who is signed in comes back from a provider to link it with their login.
type Linking struct {
	Provider string
	Verified bool // the login's address was proved
	Own      bool // the identity is this login's already
	Other    bool // it is another login's
	Has      bool // the login has a different identity with this provider
}

// Link judges whether an identity becomes a way into one's login (J7).
func Link(l Linking) Verdict {
	switch {
	case l.Own:
		return nil
	case !l.Verified:
		return unproved("Confirm your email address first: confirming it ends every way to sign in that was added before.")
	case l.Other:
		return Verdict{invalid(fmt.Sprintf("This %s account signs in to another login. If that one is yours too, merge the two, and everything is in one place; nothing was changed.", l.Provider))}
	case l.Has:
		return Verdict{invalid(fmt.Sprintf("Your login is linked to another %[1]s account. Unlink that one first, then link this one.", l.Provider))}
	}
	return nil
}

// WaysIn is what a login could be entered with if one identity were taken from it.
type WaysIn struct {
	Verified   bool // its address was proved
	Password   bool
	Identities int // the others, of providers that are there
}

// Unlink judges whether an identity is taken from a login: nobody loses their last way in (J7).
func Unlink(rest WaysIn) Verdict {
	switch {
	case !rest.Verified:
		return unproved("Confirm your email address first: confirming it ends every other way to sign in.")
	case !rest.Password && rest.Identities == 0:
		return Verdict{{Code: LastSignInMethod, Message: "This is the only way you can sign in. Set a password first, by “Forgot your password?” on the sign-in page, or link another provider."}}
	}
	return nil
}

// FreshThere judges whether somebody who comes back to change who can sign in has just signed in at the provider, too: a
// session that was found open there proves nobody (J8).
func FreshThere(provider string, since, most time.Duration) Verdict {
	if since <= most {
		return nil
	}
	return Verdict{{Code: FreshSignInRequired, Remedy: SignInAgain,
		Message: fmt.Sprintf("You signed in at %[1]s a while ago, so it could be somebody else at your desk. Sign out at %[1]s, then begin here again.", provider)}}
}

// Proving judges whether the login of an identity is one that can be merged into the login of whoever proved it (J4).
func Proving(provider string, known, same bool) Verdict {
	switch {
	case !known:
		return Verdict{invalid(fmt.Sprintf("No login is signed in to with this %s account, so there is nothing to merge. Perhaps you have another account there.", provider), "input", "ssoProof")}
	case same:
		return Verdict{{Code: MergeSameLogin, Message: fmt.Sprintf("This %s account signs in to the login that you are signed in with. Choose the account of the other one.", provider), Field: []string{"input", "ssoProof"}}}
	}
	return nil
}

// BeganElsewhere says that somebody came back who is not signed in as when they set out.
func BeganElsewhere() Verdict {
	return Verdict{{Code: TokenInvalid, Remedy: SignInAgain, Message: "You are not signed in any more as when you began this, so nothing was changed. Sign in, then begin again."}}
}

// UsedOn says that somebody came back a second time.
func UsedOn() Verdict {
	return Verdict{{Code: TokenInvalid, Message: "This was done already, or never begun in this browser. Begin again."}}
}

func unproved(message string) Verdict {
	return Verdict{{Code: EmailNotVerified, Remedy: ConfirmEmail, Message: message}}
}
