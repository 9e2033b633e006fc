package rule

import "fmt"

// MaxTextsADay is how many text messages one number gets in a day, whoever sends them (SECURITY.md, Parameters).
const MaxTextsADay = 3

// TextMessage are the facts of an invitation that is to go out as a text message (RULES.md C1, E1). The zero one is about an
// invitation that goes out in another way.
type TextMessage struct {
	Wanted  bool
	Off     bool // this server sends none
	Missing bool // there is no number
	Abroad  bool // the number is in a country that none are sent to
	Enough  bool // the number had MaxTextsADay already
}

// judged says why a text message cannot be sent. channel is where it was asked for, number where the number comes from.
func (t TextMessage) judged(channel, number []string) Verdict {
	switch {
	case !t.Wanted:
		return nil
	case t.Off:
		return Verdict{invalid("This server sends no text messages. Invite by email instead.", channel...)}
	case t.Missing:
		return Verdict{{Code: MobileRequired, Field: number,
			Message: "A text message needs a mobile number. Give one, or invite by email."}}
	case t.Abroad:
		return Verdict{{Code: MobileInvalid, Field: number,
			Message: "No text messages are sent to numbers of this country. Invite by email instead."}}
	case t.Enough:
		return Verdict{{Code: ResendTooSoon, Field: channel, Remedy: Wait,
			Message: fmt.Sprintf("This number had %d text messages from us today, and gets no more. Invite by email, or send it again tomorrow.", MaxTextsADay)}}
	}
	return nil
}
