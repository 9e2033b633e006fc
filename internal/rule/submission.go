package rule

// Receives reports whether documents come in by a user's submission addresses and from their WhatsApp number now. Who has no
// login access submits by nothing else (A3); who is pending does not, even if they could before (C3), nor who is deactivated
// (F4), was removed, or has a role that submits nothing.
func (m Member) Receives() bool {
	return m.Status == Active && (!m.LoginAccess || m.Permissions.Has(DocumentsSubmit))
}

// Deliver judges whether mail to an address is taken: nil is an address that nobody has. An account's own always takes it.
// The answer is the same for all that do not, and names no one (K4).
func Deliver(known bool, user *Member) Verdict {
	if known && (user == nil || user.Receives()) {
		return nil
	}
	return Verdict{notPermitted("This address takes no documents.")}
}

// MaxAddresses is how many submission addresses one user or account has in all, with those they had before: each is kept for
// ever, so that nobody can take them all.
const MaxAddresses = 20

// Addresses is a change of the submission addresses of a user or a client account.
type Addresses struct {
	Wanted []WantedAddress
	Had    int // how many there are and were
	Fresh  int // how many of the wanted ones they never had
}

// WantedAddress is one address that somebody wants.
type WantedAddress struct {
	Field  []string
	Broken bool // it is no local part, or one that is kept for the mail system
	Twice  bool // it stands twice in the list
	Taken  bool // somebody else has it, or had it
}

// judged judges a change of addresses (F1, K3). Colleagues have none (C1).
func (a Addresses) judged(kind Kind) Verdict {
	if len(a.Wanted) > 0 && kind == Practice {
		return Verdict{invalid("Colleagues of a practice have no submission addresses: they submit to its clients when they are signed in.", "input", "submissionAddresses")}
	}
	var v Verdict
	for _, w := range a.Wanted {
		switch {
		case w.Broken:
			v = append(v, Problem{Code: SubmissionAddressInvalid, Field: w.Field,
				Message: "This cannot stand before the @: use 3 to 64 letters from a to z, digits, dots, hyphens and underscores, beginning and ending with a letter or digit, and none of the names kept for the mail system."})
		case w.Twice:
			v = append(v, Problem{Code: SubmissionAddressInvalid, Field: w.Field, Message: "This address stands in the list twice. Costs and sales each need their own."})
		case w.Taken:
			v = append(v, Problem{Code: SubmissionAddressTaken, Field: w.Field, Message: "This address is taken, or was once, and is never given to anybody else. Choose another one."})
		}
	}
	if !v.Refused() && a.Fresh > 0 && a.Had+a.Fresh > MaxAddresses {
		v = append(v, Problem{Code: SubmissionAddressInvalid, Field: []string{"input", "submissionAddresses"},
			Message: "There were 20 addresses here already, and each is kept. Choose one of those that were used before."})
	}
	return v
}

// MayEditAddresses judges a change of a client account's own addresses.
func MayEditAddresses(a Addresses) Verdict { return a.judged(Client) }

// WhatsApp is a change of the number that somebody's documents come from by WhatsApp.
type WhatsApp struct {
	Given, On    bool
	MobileBroken bool
	Mobile       string // the one given, else the one there is, else the person's own; in E.164
}

func (w WhatsApp) judged(kind Kind) Verdict {
	field := []string{"input", "whatsApp", "mobile"}
	switch {
	case !w.Given:
		return nil
	case kind == Practice:
		return Verdict{invalid("Colleagues of a practice submit nothing by WhatsApp: they submit to its clients when they are signed in.", "input", "whatsApp")}
	case w.MobileBroken:
		return Verdict{BadMobile(field...)}
	case w.On && w.Mobile == "":
		return Verdict{{Code: MobileRequired, Field: field, Message: "Give the mobile number that this person sends documents from."}}
	}
	return nil
}
