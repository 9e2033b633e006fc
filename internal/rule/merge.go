package rule

import (
	"slices"
	"time"
)

// MayMerge judges whether somebody may merge another login into the one they are signed in as: its address is proved (RULES.md
// J4), and they signed in a short while ago (J8).
func MayMerge(verified bool, since, most time.Duration) Verdict {
	var v Verdict
	if !verified {
		v = append(v, Problem{Code: EmailNotVerified, Remedy: ConfirmEmail,
			Message: "The login that stays must have a confirmed email address. Confirm it by the mail you were sent, then begin again."})
	}
	return append(v, Fresh(since, most)...)
}

// SameLogin says that the other login is one's own.
func SameLogin(field ...string) Verdict {
	return Verdict{{Code: MergeSameLogin, Field: field, Message: "This is the login you are signed in with. To merge, give the email address and the password of your other one."}}
}

// OneProof judges how the other login is to be proved: by its address and password, or by a sign-on round trip.
func OneProof(email, password, signOn *string) Verdict {
	var v Verdict
	switch {
	case signOn != nil && (email != nil || password != nil):
		return Verdict{invalid("Prove the other login in one way: with its email address and password, or by signing on.", "input", "ssoProof")}
	case signOn != nil:
		return nil
	}
	if email == nil {
		v = append(v, Problem{Code: Required, Field: []string{"input", "email"}, Message: "Give the email address of your other login."})
	}
	if password == nil {
		v = append(v, Problem{Code: Required, Field: []string{"input", "password"}, Message: "Give the password of your other login."})
	}
	return v
}

// Place is a membership of one of two logins that are to become one.
type Place struct {
	Member
	Kind       Kind
	Account    string // its name
	Practice   string // the id of the practice: the account itself, or the one that looks after the client; empty when none does
	Role       Role
	Owner      bool
	Ours       bool // of the login that stays
	Acceptable bool // pending, and whoever invited could let them in today
}

// MergeConflicts are the pairs of memberships, one of each login, that one person cannot have both: a colleague of a practice
// is not a user of its client (C5, J5). With any of them, the logins are not merged. Who is deactivated in the client, or has no
// login access there, is no user of it: that can stand beside a colleague (C5).
func MergeConflicts(all []Place) Verdict {
	var v Verdict
	for _, colleague := range all {
		for _, user := range all {
			if colleague.Kind == Practice && user.UserOf(user.Kind) && user.Practice == colleague.Practice && user.Ours != colleague.Ours {
				v = append(v, conflict(colleague, user))
			}
		}
	}
	return v
}

func conflict(colleague, user Place) Problem {
	p := Problem{Code: MergeConflict, Related: []string{colleague.ID, user.ID}, Remedy: RemoveClientMembership,
		Message: "One of the logins is a colleague in " + colleague.Account + ", the other a user of its client " + user.Account + ", and nobody is both. Leave " + user.Account + " first, then begin again."}
	if user.Owner {
		p.Remedy, p.Message = TransferOwnership, "One of the logins is a colleague in "+colleague.Account+", the other owns its client "+user.Account+
			", and nobody is both. Ask support to make somebody else the owner of "+user.Account+" and leave it, then begin again."
	}
	return p
}

// Folded is what becomes of several memberships that one person has in one account.
type Folded struct {
	Status      Status
	LoginAccess bool
	Role        Role
	Permissions Permissions
	Owner       bool
	Counts      []bool // which of them gave what they had: the others were less open than what came of it
}

// Fold makes one membership of several (J5): the more open status, and the higher role and all permissions of those that have
// it. A membership that is less open gives nothing, or merging would undo a deactivation, give back the rights that went with
// login access, or open an account that neither login could open; but a pending one that could be accepted today counts as if it was. An owner is not deactivated (G2): they
// stay as a document owner, as when an invitation is cancelled (E4).
func Fold(list []Place) Folded {
	f := Folded{Status: list[0].Status, Counts: make([]bool, len(list))}
	opens := false
	for _, p := range list {
		f.Owner, opens = f.Owner || p.Owner, opens || p.Opens()
		if openness(p.Status) > openness(f.Status) {
			f.Status = p.Status
		}
	}
	for i, p := range list {
		same := p.Status == f.Status && (p.LoginAccess || !opens)
		f.Counts[i] = same || p.Acceptable && f.Status != Deactivated
		if !f.Counts[i] {
			continue
		}
		f.LoginAccess = f.LoginAccess || same && p.LoginAccess
		f.Permissions |= p.Permissions
		if f.Role.ID == "" || higher(p.Role, f.Role) {
			f.Role = p.Role
		}
	}
	if f.Owner && f.Status == Deactivated {
		f.Status, f.LoginAccess = Active, false
	}
	return f
}

// openness orders the states of a membership by how much it lets its person do, or would.
func openness(s Status) int {
	return slices.Index([]Status{Removed, Pending, AwaitingActivation, Deactivated, Active}, s)
}

// higher reports whether a role allows more than another: all it does and more, or, where each allows something that the
// other does not, to manage people.
func higher(a, b Role) bool {
	switch {
	case b.Permissions.Has(a.Permissions):
		return false
	case a.Permissions.Has(b.Permissions):
		return true
	}
	return rank(a) > rank(b)
}

func rank(r Role) int {
	switch {
	case r.Permissions.Has(r.Kind.Administer()):
		return 2
	case r.Permissions.Has(r.Kind.Manage()):
		return 1
	}
	return 0
}

// MergeFacts is what is told of a merge beforehand.
type MergeFacts struct {
	Email       string // of the login that ends
	Identities  int    // its sign-on links
	Sessions    int    // its running ones
	Invitations int    // that end, since the person is in the account already
}

// MergeEffects tells what a merge would do (J4).
func MergeEffects(f MergeFacts) []Effect {
	ends := "The login " + f.Email + " ends, and its password with it. This cannot be undone."
	if f.Identities > 0 {
		ends = "The login " + f.Email + " ends, and with it its password and " + plural(f.Identities, "sign-on link", "sign-on links") + ". This cannot be undone."
	}
	list := []Effect{{Code: LoginEnds, Message: ends}}
	if f.Sessions > 0 {
		list = append(list, Effect{Code: SessionsEnd, Count: &f.Sessions, Message: "It is signed out of " + plural(f.Sessions, "browser or app.", "browsers and apps.")})
	}
	if f.Invitations > 0 {
		list = append(list, Effect{Code: InvitationEnds, Count: &f.Invitations, Message: plural(f.Invitations, "invitation ends", "invitations end") + ", into accounts where you have another place that stays."})
	}
	return append(list, Effect{Code: AccountDataUnchanged, Message: "No account's data changes, and nobody else's access."})
}
