package rule

// Row are the facts of a membership as it is kept.
type Row struct {
	Kind        Kind
	Status      Status
	LoginAccess bool
	Email       bool // has an address
	User        bool // has a login
	Owner       bool
}

// Possible reports whether such a membership may exist. The database's CHECKs say the same, and the truth-table test
// holds the two together: a constraint that fires means that a rule let something through.
func Possible(r Row) bool {
	switch {
	case r.Kind == Practice && !r.LoginAccess: // C1: colleagues always have login access
		return false
	case r.LoginAccess && !r.Email: // C1: login access needs an email
		return false
	case r.Status == Active && r.LoginAccess && !r.User: // A2: somebody signs in
		return false
	case (r.Status == Pending || r.Status == AwaitingActivation) && (r.User || !r.LoginAccess): // C3: not in yet
		return false
	case r.Owner && (r.Status == Deactivated || r.Status == Removed): // G2
		return false
	}
	return true
}
