// Package rule holds what Roster promises, as pure functions from facts to a verdict: who may open an account, who
// may add whom, who may accept an invitation. Each function stands once and is asked by everyone: the mutation, the
// row of a file, the page, the menu. It reads no clock, no database and no context; whoever asks brings the facts.
package rule

// Verdict is what a rule answers: empty means it may be done, otherwise every reason why not, in the order of the
// rules' promises.
type Verdict []Problem

// Refused reports whether anything stands against it.
func (v Verdict) Refused() bool { return len(v) > 0 }

// Problem is one reason why something may not be done, told so that a bookkeeper can do something about it.
type Problem struct {
	Code    Code
	Message string   // what happened, why, what to do
	Field   []string // the input field it is about, as the client wrote it
	Subject string   // the id of what stands in the way, when the viewer may know it
	Related []string // ids of others it concerns
	Remedy  Remedy   // the next step a client can offer as a button
}

// Error makes a single problem usable as an error, so that returning it rolls a transaction back.
func (v Verdict) Error() string {
	text := "refused:"
	for _, p := range v {
		text += " " + string(p.Code)
	}
	return text
}

// Code is a sentence in capitals that says what stands in the way. The list is the contract's.
type Code string

// Remedy is what can be done about a problem.
type Remedy string

// The codes of the rules that exist so far.
const (
	Required                     Code = "REQUIRED"
	Invalid                      Code = "INVALID"
	TooLong                      Code = "TOO_LONG"
	EmailInvalid                 Code = "EMAIL_INVALID"
	EmailRequired                Code = "EMAIL_REQUIRED"
	MobileInvalid                Code = "MOBILE_INVALID"
	MobileRequired               Code = "MOBILE_REQUIRED"
	PasswordTooWeak              Code = "PASSWORD_TOO_WEAK"
	NotPermitted                 Code = "NOT_PERMITTED"
	RoleNotAssignable            Code = "ROLE_NOT_ASSIGNABLE"
	PermissionNotGrantable       Code = "PERMISSION_NOT_GRANTABLE"
	PracticeColleague            Code = "PRACTICE_COLLEAGUE"
	MemberOfClient               Code = "MEMBER_OF_CLIENT"
	AlreadyMember                Code = "ALREADY_MEMBER"
	MemberDeactivated            Code = "MEMBER_DEACTIVATED"
	InvitationAlreadyPending     Code = "INVITATION_ALREADY_PENDING"
	MembershipAwaitingActivation Code = "MEMBERSHIP_AWAITING_ACTIVATION"
	InvitationExpired            Code = "INVITATION_EXPIRED"
	InvitationCancelled          Code = "INVITATION_CANCELLED"
	InvitationAlreadyAccepted    Code = "INVITATION_ALREADY_ACCEPTED"
	InvitationDeclined           Code = "INVITATION_DECLINED"
	InvitationInvalid            Code = "INVITATION_INVALID"
	InvitationWrongPerson        Code = "INVITATION_WRONG_PERSON"
	EmailAlreadyVerified         Code = "EMAIL_ALREADY_VERIFIED"
	CredentialsIncorrect         Code = "CREDENTIALS_INCORRECT"
	TooManyAttempts              Code = "TOO_MANY_ATTEMPTS"
	FreshSignInRequired          Code = "FRESH_SIGN_IN_REQUIRED"
	TokenInvalid                 Code = "TOKEN_INVALID"
	TokenExpired                 Code = "TOKEN_EXPIRED"
	IdempotencyKeyReused         Code = "IDEMPOTENCY_KEY_REUSED"
	EmailNotVerified             Code = "EMAIL_NOT_VERIFIED"
	EmailTaken                   Code = "EMAIL_TAKEN"
	MergeSameLogin               Code = "MERGE_SAME_LOGIN"
	MergeConflict                Code = "MERGE_CONFLICT"
	LastSignInMethod             Code = "LAST_SIGN_IN_METHOD"

	CannotActOnYourself             Code = "CANNOT_ACT_ON_YOURSELF"
	OwnerCannotBeRemoved            Code = "OWNER_CANNOT_BE_REMOVED"
	OwnerCannotBeDeactivated        Code = "OWNER_CANNOT_BE_DEACTIVATED"
	OwnerCannotLeave                Code = "OWNER_CANNOT_LEAVE"
	OnlySupportTransfersOwnership   Code = "ONLY_SUPPORT_TRANSFERS_OWNERSHIP"
	CannotOwn                       Code = "CANNOT_OWN"
	AlreadyOwner                    Code = "ALREADY_OWNER"
	NoLoginAccessCannotBeRemoved    Code = "NO_LOGIN_ACCESS_CANNOT_BE_REMOVED"
	LastAdministrator               Code = "LAST_ADMINISTRATOR"
	AdministratorRequired           Code = "ADMINISTRATOR_REQUIRED"
	NothingToSend                   Code = "NOTHING_TO_SEND"
	MembershipPending               Code = "MEMBERSHIP_PENDING"
	MembershipDeactivated           Code = "MEMBERSHIP_DEACTIVATED"
	MembershipNotDeactivated        Code = "MEMBERSHIP_NOT_DEACTIVATED"
	MembershipRemoved               Code = "MEMBERSHIP_REMOVED"
	MembershipNotAwaitingActivation Code = "MEMBERSHIP_NOT_AWAITING_ACTIVATION"
	NoLoginAccess                   Code = "NO_LOGIN_ACCESS"
	ChangedMeanwhile                Code = "CHANGED_MEANWHILE"
	EmailBelongsToPerson            Code = "EMAIL_BELONGS_TO_PERSON"
	InvitationNotPending            Code = "INVITATION_NOT_PENDING"
	ResendTooSoon                   Code = "RESEND_TOO_SOON"
	RoleInUse                       Code = "ROLE_IN_USE"
	EmailGeneric                    Code = "EMAIL_GENERIC"
	EmailLooksMistyped              Code = "EMAIL_LOOKS_MISTYPED"

	SubmissionAddressTaken   Code = "SUBMISSION_ADDRESS_TAKEN"
	SubmissionAddressInvalid Code = "SUBMISSION_ADDRESS_INVALID"
	FileTooLarge             Code = "FILE_TOO_LARGE"
	FileTypeNotAccepted      Code = "FILE_TYPE_NOT_ACCEPTED"
	DocumentSubmittedBefore  Code = "DOCUMENT_SUBMITTED_BEFORE"

	CSVUnreadable    Code = "CSV_UNREADABLE"
	CSVHeaderUnknown Code = "CSV_HEADER_UNKNOWN"
	CSVColumnMissing Code = "CSV_COLUMN_MISSING"
	DuplicateInFile  Code = "DUPLICATE_IN_FILE"
	TooManyRows      Code = "TOO_MANY_ROWS"
	RowRefused       Code = "ROW_REFUSED"
)

// The remedies of the rules that exist so far.
const (
	GrantClientAccess      Remedy = "GRANT_CLIENT_ACCESS"
	EnableMembership       Remedy = "ENABLE_MEMBERSHIP"
	ResendInvitation       Remedy = "RESEND_INVITATION"
	GiveLoginAccess        Remedy = "GIVE_LOGIN_ACCESS"
	ActivateMembership     Remedy = "ACTIVATE_MEMBERSHIP"
	AskForNewInvitation    Remedy = "ASK_FOR_NEW_INVITATION"
	SignInAsInvitedPerson  Remedy = "SIGN_IN_AS_INVITED_PERSON"
	SignInAgain            Remedy = "SIGN_IN_AGAIN"
	RemoveClientMembership Remedy = "REMOVE_CLIENT_MEMBERSHIP"
	Wait                   Remedy = "WAIT"

	TransferOwnership       Remedy = "TRANSFER_OWNERSHIP"
	AskSupport              Remedy = "ASK_SUPPORT"
	AddAnotherAdministrator Remedy = "ADD_ANOTHER_ADMINISTRATOR"
	CancelInvitation        Remedy = "CANCEL_INVITATION"
	DeactivateInstead       Remedy = "DEACTIVATE_INSTEAD"
	ConfirmEmail            Remedy = "VERIFY_EMAIL"
)
