package rule

// Stand is where a person stands in an account, by one of their memberships.
type Stand struct {
	Membership  string
	Account     string
	Name        string // of the account
	Kind        Kind
	Practice    string // the practice itself, or the one that looks after the client; empty when none does
	Status      Status
	LoginAccess bool
}

// comesIn is whether somebody is a user of a client, or is to be (C5).
func (s Stand) comesIn() bool {
	return Member{Status: s.Status, LoginAccess: s.LoginAccess}.UserOf(s.Kind)
}

// TakeEmailFacts is what has to be known to judge whether a login may take an address in place of its own.
type TakeEmailFacts struct {
	Taken  bool    // another login has the address, proved or not
	Own    []Stand // where the login stands
	Others []Stand // where somebody else stands whose address it is
}

// TakeEmail judges whether a proved address may take the place of a login's own (RULES.md J3). Whoever asks has just shown
// that they read the address, so that they may know where it is; of a practice's people they learn nothing more (L3).
func TakeEmail(f TakeEmailFacts) Verdict {
	var v Verdict
	if f.Taken {
		v = append(v, Problem{Code: EmailTaken,
			Message: "There is another login with this address, so yours cannot have it too. If it is yours as well, ask for a new password for it on the sign-in page; then sign in here again and merge the two logins."})
	}
	v = append(v, f.met(func(own, other Stand) bool { return own.Account == other.Account }, func(own, other Stand) Problem {
		return Problem{Code: EmailTaken, Subject: other.Membership,
			Message: own.Name + ": somebody else is listed there with this address. Ask whoever manages the people there to take that entry away or to change its address, then open the link in the mail again."}
	})...)
	v = append(v, f.met(func(own, other Stand) bool {
		return own.Kind == Client && own.Status != Deactivated && other.Kind == Practice && own.Practice == other.Practice
	}, func(own, _ Stand) Problem {
		return Problem{Code: PracticeColleague,
			Message: own.Name + ": this address belongs to somebody at the practice that looks after this account, and nobody is both its user and a colleague there. Use another address, or ask the practice."}
	})...)
	return append(v, f.met(func(own, other Stand) bool {
		return own.Kind == Practice && other.comesIn() && own.Practice == other.Practice
	}, func(own, other Stand) Problem {
		return Problem{Code: MemberOfClient, Subject: other.Membership, Remedy: RemoveClientMembership,
			Message: own.Name + ": this address belongs to a user of " + other.Name + ", one of the practice's clients, and nobody is both. Use another address, or have that user removed first."}
	})...)
}

// met tells of each account of the login's in which a condition is met, once.
func (f TakeEmailFacts) met(is func(own, other Stand) bool, tell func(own, other Stand) Problem) (v Verdict) {
	for _, own := range f.Own {
		for _, other := range f.Others {
			if is(own, other) {
				v = append(v, tell(own, other))
				break
			}
		}
	}
	return v
}

// SameEmail says that an address is the login's own already.
func SameEmail(field ...string) Problem {
	return invalid("This is the address you have already. Give the one that is to take its place.", field...)
}
