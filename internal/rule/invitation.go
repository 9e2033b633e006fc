package rule

import (
	"fmt"
	"time"
)

// Invited are the facts of an invitation that somebody is about to send again or to cancel.
type Invited struct {
	Managed
	Status      InvitationStatus // at this moment: a pending one may have expired
	LastSentAt  *time.Time
	ResendAfter time.Duration // how long after a sending it can be sent again
	Now         time.Time
	NotByMail   bool // a channel was asked for that sends nothing
	Text        TextMessage
	Before      bool // the person was a document owner without login access before (E4)
}

// open reports whether it can still be accepted, or could if it had not expired.
func (f Invited) open() bool {
	return f.Status == InvitationIsPending || f.Status == InvitationIsExpired
}

// ResendAt is from when it can be sent again; zero when it can be now.
func (f Invited) ResendAt() time.Time {
	if f.LastSentAt == nil || !f.Now.Before(f.LastSentAt.Add(f.ResendAfter)) {
		return time.Time{}
	}
	return f.LastSentAt.Add(f.ResendAfter)
}

// MayResend judges sending an invitation again, also after it expired (RULES.md E3). Rank counts as for adding (B4).
func MayResend(f Invited) Verdict {
	if wrong := f.permitted(SendWelcome); wrong.Refused() {
		return wrong
	}
	var v Verdict
	if f.NotByMail {
		v = append(v, invalid("Choose how to send it: nothing is sent by NONE.", "input", "channel"))
	}
	if !f.open() {
		return append(v, notPending())
	}
	v = append(v, f.Text.judged([]string{"input", "channel"}, nil)...)
	if at := f.ResendAt(); !at.IsZero() {
		v = append(v, Problem{Code: ResendTooSoon, Remedy: Wait, Message: fmt.Sprintf(
			"It was sent a moment ago. It can be sent again at %s (UTC), in %s; until then the link that was sent works.", at.UTC().Format("15:04:05"), at.Sub(f.Now).Round(time.Second))})
	}
	return v
}

// MayCancel judges cancelling an invitation, pending or expired (E4).
func MayCancel(f Invited) Verdict {
	if wrong := f.permitted(SendWelcome); wrong.Refused() {
		return wrong
	}
	if !f.open() {
		return Verdict{notPending()}
	}
	return nil
}

func notPending() Problem {
	return Problem{Code: InvitationNotPending, Message: "This invitation is over: it was accepted, declined or cancelled. Look at the person again to see what can be done."}
}

// StaysWhenCancelled reports whether the person stays as a document owner without login access: who was one before or
// owns documents, and the account's owner while there are other users (E4).
func (f Invited) StaysWhenCancelled() bool { return f.Before || f.StaysAsDocumentOwner() }

// CancelEffects tells what cancelling would do.
func (f Invited) CancelEffects() []Effect {
	list := []Effect{{Code: InvitationEnds, Message: "The link stops working."}}
	if f.StaysWhenCancelled() {
		return append(list, f.documentsStay("They stay as a document owner without login access."))
	}
	return append(list, Effect{Code: RecordDisappears, Message: "Nothing of them stays in the lists."})
}

// ResendEffects tells what sending it again would do.
func (f Invited) ResendEffects() []Effect {
	sent := Effect{Code: InvitationSent, Message: "A new link is sent, and its days start anew."}
	if f.LastSentAt == nil {
		return []Effect{sent}
	}
	return []Effect{{Code: InvitationEnds, Message: "The link that was sent before stops working."}, sent}
}

// MaySendWelcome judges the first sending of an invitation.
func MaySendWelcome(f Managed, channel Channel, text TextMessage) Verdict {
	v := f.Manage(SendWelcome)
	switch {
	case v.alone():
	case channel == NotSent:
		v = append(Verdict{invalid("Choose how to send it: nothing is sent by NONE.", "input", "channel")}, v...)
	case !v.Refused():
		return text.judged([]string{"input", "channel"}, nil)
	}
	return v
}
