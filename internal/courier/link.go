package courier

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
)

// Links makes every secret link. A link is derived from the row it belongs to and a key, and never stored: a retry
// sends the same one, a resend another, and whoever steals the database has none.
type Links struct {
	Base string // BASE_URL without a trailing slash, whatever Host or Forwarded headers say
	Key  []byte // at least 32 bytes; whoever has it can make every link
}

// InvitationToken is the secret of one sending of an invitation: 256 bits behind the prefix rit_.
func (l Links) InvitationToken(invitationID string, sending int) string {
	return "rit_" + l.secret("invitation|"+invitationID+"|"+strconv.Itoa(sending))
}

// Invitation is the page on which one sending of an invitation is accepted.
func (l Links) Invitation(invitationID string, sending int) string {
	return l.Base + "/accept/" + l.InvitationToken(invitationID, sending)
}

// VerificationToken is the secret that proves an email address: 256 bits behind the prefix rvt_.
func (l Links) VerificationToken(tokenID string) string {
	return "rvt_" + l.secret("verification|"+tokenID)
}

// Verification is the page on which an email address is confirmed.
func (l Links) Verification(tokenID string) string {
	return l.Base + "/verify/" + l.VerificationToken(tokenID)
}

// NewEmailToken is the secret that proves the address which is to take the place of a login's own: 256 bits behind the
// prefix rne_.
func (l Links) NewEmailToken(tokenID string) string { return "rne_" + l.secret("new email|"+tokenID) }

// NewEmail is the page on which such an address is confirmed.
func (l Links) NewEmail(tokenID string) string { return l.Base + "/verify/" + l.NewEmailToken(tokenID) }

// ResetToken is the secret that sets a new password: 256 bits behind the prefix rpw_.
func (l Links) ResetToken(tokenID string) string { return "rpw_" + l.secret("reset|"+tokenID) }

// Reset is the page on which a new password is set.
func (l Links) Reset(tokenID string) string { return l.Base + "/reset/" + l.ResetToken(tokenID) }

func (l Links) secret(subject string) string {
	mac := hmac.New(sha256.New, l.Key)
	mac.Write([]byte(subject))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Hash is what the database keeps of a token: its SHA-256 in hex.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
