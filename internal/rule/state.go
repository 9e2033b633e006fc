package rule

// Kind is the kind of an account: a practice or one of the businesses it looks after.
type Kind string

// The two kinds of account.
const (
	Practice Kind = "PRACTICE"
	Client   Kind = "CLIENT"
)

// Values lists the kinds for the database.
func (Kind) Values() []string { return []string{string(Practice), string(Client)} }

// Status is where a membership stands in its life.
type Status string

// The states of a membership. Expired is a state of the invitation, not of the membership: it stays pending.
const (
	AwaitingActivation Status = "AWAITING_ACTIVATION"
	Pending            Status = "PENDING"
	Active             Status = "ACTIVE"
	Deactivated        Status = "DEACTIVATED"
	Removed            Status = "REMOVED"
)

// Statuses are all of them, in the order of a life.
var Statuses = []Status{AwaitingActivation, Pending, Active, Deactivated, Removed}

// Values lists the states for the database.
func (Status) Values() []string { return texts(Statuses) }

// InvitationStatus is where an invitation stands.
type InvitationStatus string

// The states of an invitation. Expired is never stored: it is what a pending one becomes by the clock alone.
const (
	InvitationIsPending   InvitationStatus = "PENDING"
	InvitationIsAccepted  InvitationStatus = "ACCEPTED"
	InvitationIsDeclined  InvitationStatus = "DECLINED"
	InvitationIsExpired   InvitationStatus = "EXPIRED"
	InvitationIsCancelled InvitationStatus = "CANCELLED"
)

// Values lists the states for the database.
func (InvitationStatus) Values() []string {
	return texts([]InvitationStatus{InvitationIsPending, InvitationIsAccepted, InvitationIsDeclined, InvitationIsCancelled})
}

// Channel is how a person is told that they were invited.
type Channel string

// The channels of an invitation.
const (
	ByEmail Channel = "EMAIL"
	BySMS   Channel = "SMS"
	NotSent Channel = "NONE"
)

// Values lists the channels for the database.
func (Channel) Values() []string { return texts([]Channel{ByEmail, BySMS, NotSent}) }

// Delivery is how far a message got.
type Delivery string

// The states of a delivery.
const (
	DeliveryNotSent Delivery = "NOT_SENT"
	DeliveryQueued  Delivery = "QUEUED"
	DeliverySent    Delivery = "SENT"
	DeliveryFailed  Delivery = "FAILED"
)

// Values lists the states for the database.
func (Delivery) Values() []string {
	return texts([]Delivery{DeliveryNotSent, DeliveryQueued, DeliverySent, DeliveryFailed})
}

// SessionKind is the sort of client that is signed in: it decides how it holds its secret and for how long.
type SessionKind string

// The kinds of session: a browser with a cookie, an app with two tokens.
const (
	Web    SessionKind = "WEB"
	Mobile SessionKind = "MOBILE"
)

// Values lists the kinds for the database.
func (SessionKind) Values() []string { return texts([]SessionKind{Web, Mobile}) }

// Purpose binds a single-use token to the one thing it may be used for.
type Purpose string

// The purposes of tokens.
const (
	VerifyEmail   Purpose = "VERIFY_EMAIL"
	ResetPassword Purpose = "RESET_PASSWORD"
	Refresh       Purpose = "REFRESH"
	NewEmail      Purpose = "NEW_EMAIL"   // proves the address that is to take the place of the login's own (J3)
	MergeProof    Purpose = "MERGE_PROOF" // shows to one session that single sign-on proved another login (J4)
	Merge         Purpose = "MERGE"       // confirms the plan of a merge (J4)
)

// Values lists the purposes for the database.
func (Purpose) Values() []string {
	return texts([]Purpose{VerifyEmail, ResetPassword, Refresh, NewEmail, MergeProof, Merge})
}

func texts[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}
