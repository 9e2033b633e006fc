package rule

import "fmt"

// Effect is one thing that would happen, told beforehand.
type Effect struct {
	Code    EffectCode
	Message string
	Count   *int // how many, where there is something to count
}

// EffectCode says what would happen. The list is the contract's.
type EffectCode string

// The effects of managing a membership.
const (
	SignInEnds            EffectCode = "SIGN_IN_ENDS"
	SubmissionEnds        EffectCode = "SUBMISSION_ENDS"
	SessionsEnd           EffectCode = "SESSIONS_END"
	InvitationEnds        EffectCode = "INVITATION_ENDS"
	DocumentsStay         EffectCode = "DOCUMENTS_STAY"
	AccountLeavesSwitcher EffectCode = "ACCOUNT_LEAVES_SWITCHER"
	MustBeAddedAgain      EffectCode = "MUST_BE_ADDED_AGAIN"
	AccessRestored        EffectCode = "ACCESS_RESTORED"
	InvitationSent        EffectCode = "INVITATION_SENT"
	OwnershipMoves        EffectCode = "OWNERSHIP_MOVES"
	ClientAccessEnds      EffectCode = "CLIENT_ACCESS_ENDS"
	RecordDisappears      EffectCode = "RECORD_DISAPPEARS"
	LoginEnds             EffectCode = "LOGIN_ENDS"
	AccountDataUnchanged  EffectCode = "ACCOUNT_DATA_UNCHANGED"
)

// Effects tells what a verb would do to this membership, if nothing stands against it.
func (f Managed) Effects(verb Verb) []Effect {
	switch verb {
	case Remove:
		return f.removal()
	case Leave:
		return append(f.closing(f.documentsStay("Your documents stay in the account, with your name.")),
			Effect{Code: MustBeAddedAgain, Message: "To come back, you have to be added again."})
	case Deactivate:
		return f.closing(
			Effect{Code: SubmissionEnds, Message: "They can no longer submit documents, by mail either."},
			f.documentsStay("Their documents stay, with their name."))
	case LoginAccessOff:
		if f.Member.Status == Pending {
			return []Effect{{Code: InvitationEnds, Message: "The link in their invitation stops working."}, f.documentsStay("They stay as a document owner.")}
		}
		return f.closing(f.documentsStay("They stay as a document owner."))
	case LoginAccessOn, Activate, SendWelcome:
		return f.opening(verb)
	case Enable:
		return []Effect{{Code: AccessRestored, Message: "They get back what they had before."}}
	case ChangeEmail:
		if f.Member.Status == Pending && f.Sent {
			return []Effect{{Code: InvitationEnds, Message: "The link that was sent stops working."}, {Code: InvitationSent, Message: "An invitation goes to the new address."}}
		}
	case TransferOwnershipTo:
		return []Effect{{Code: OwnershipMoves, Message: "This person owns the account from then on. The owner so far stays a member."}}
	}
	return []Effect{}
}

func (f Managed) removal() []Effect {
	again := Effect{Code: MustBeAddedAgain, Message: "To come back, they have to be added again, as somebody new."}
	switch {
	case f.Member.Status == AwaitingActivation && f.Documents > 0:
		return []Effect{f.documentsStay("They own documents, so they stay as a document owner without login access.")}
	case f.Member.Status == AwaitingActivation && f.Owner && !f.Alone:
		return []Effect{f.documentsStay("They own the account, so they stay as a document owner without login access.")}
	case f.Member.Status == AwaitingActivation:
		return []Effect{{Code: RecordDisappears, Message: "Nothing of them stays in the lists."}, again}
	}
	return f.closing(f.documentsStay("Their documents stay, with their name."), again)
}

// ManyDocuments is how many documents of one person are counted for a menu.
const ManyDocuments = 1000

// documentsStay says that somebody's documents stay, and how many.
func (f Managed) documentsStay(message string) Effect {
	switch {
	case f.Documents == 0:
		return Effect{Code: DocumentsStay, Message: message}
	case f.Documents > ManyDocuments:
		return Effect{Code: DocumentsStay, Message: message + " There are more than a thousand."}
	}
	return Effect{Code: DocumentsStay, Message: message, Count: &f.Documents}
}

// closing are the effects of losing the way in, with others after the first.
func (f Managed) closing(others ...Effect) []Effect {
	list := append([]Effect{{Code: SignInEnds, Message: "They can no longer sign in to this account. Their other accounts are not touched."}}, others...)
	if !f.Member.Opens() {
		return list
	}
	list = append(list, Effect{Code: AccountLeavesSwitcher, Message: "The account leaves their switcher at once."})
	if f.Sessions > 0 {
		list = append(list, Effect{Code: SessionsEnd, Count: &f.Sessions, Message: plural(f.Sessions, "running session loses", "running sessions lose") + " this account at once."})
	}
	if f.Kind == Practice && f.Clients > 0 {
		list = append(list, Effect{Code: ClientAccessEnds, Count: &f.Clients, Message: "Their access to " + plural(f.Clients, "selected client ends.", "selected clients ends.")})
	}
	return list
}

func (f Managed) opening(verb Verb) []Effect {
	switch {
	case verb == LoginAccessOn && f.Joined:
		return []Effect{{Code: AccessRestored, Message: "They can sign in again at once, as before."}}
	case f.VerifiedLogin && verb != SendWelcome:
		return []Effect{{Code: AccessRestored, Message: "They have a login already, so the account is in their switcher at once."}}
	}
	return []Effect{{Code: InvitationSent, Message: "An invitation is sent; they come in when they accept it."}}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
