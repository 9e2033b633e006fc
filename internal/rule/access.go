package rule

// Via is how an account is opened.
type Via string

// The ways into an account.
const (
	ViaMembership Via = "MEMBERSHIP"
	ViaPractice   Via = "PRACTICE"
)

// Member are the facts of one membership that the rules turn on.
type Member struct {
	ID          string
	Status      Status
	LoginAccess bool
	Permissions Permissions
}

// Opens reports whether the membership lets its login into the account (RULES.md A2, A3, A5).
func (m Member) Opens() bool { return m.Status == Active && m.LoginAccess }

// UserOf reports whether somebody with this membership in an account of a kind is a client's user, or is to be, who is not its
// practice's colleague at the same time (C5).
func (m Member) UserOf(kind Kind) bool {
	return kind == Client && m.LoginAccess && (m.Status == Active || m.Status == Pending || m.Status == AwaitingActivation)
}

// Access is what somebody may do in one account now. The zero Access is nobody's: the account does not exist for them.
type Access struct {
	Via         Via
	Membership  string // of the account, or of the practice
	Permissions Permissions
}

// Opens reports whether there is any way in.
func (a Access) Opens() bool { return a.Via != "" }

// AccessTo says how a login opens an account: by its own membership, or as a colleague of the practice that looks
// after it, who acts there as a business administrator whatever their practice role (B5). A colleague reaches a client
// with the permission for all clients or by a grant that has not ended (B6). nil means that there is no such membership.
func AccessTo(own, colleague *Member, granted bool) Access {
	through := colleague != nil && colleague.Opens() && (granted || colleague.Permissions.Has(ClientsAll))
	switch {
	case own != nil && own.Opens() && through:
		return Access{ViaMembership, own.ID, own.Permissions | BusinessAdminPermissions}
	case own != nil && own.Opens():
		return Access{ViaMembership, own.ID, own.Permissions}
	case through:
		return Access{ViaPractice, colleague.ID, BusinessAdminPermissions}
	}
	return Access{}
}

// CreateClient: a practice's clients are created by those whose role allows it (B2, B7).
func CreateClient(inPractice Access) Verdict {
	if !inPractice.Permissions.Has(ClientsCreate) {
		return Verdict{notPermitted("Your role in this practice does not let you create client accounts. Ask a practice administrator.")}
	}
	return nil
}

func notPermitted(message string) Problem { return Problem{Code: NotPermitted, Message: message} }
