package people

import (
	"context"
	"slices"
	"time"

	"roster/internal/address"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Texts says whether invitations can go out as text messages, and to which countries (ISO 3166); none named: to all.
type Texts struct {
	On        bool
	Countries []string
}

// texting are the facts of an invitation that goes to a number by a channel. One that is not refused counts as one more
// text to that number, but for somebody with a verified login, who is told by mail whatever was chosen (C2).
func (p *People) texting(ctx context.Context, tx *store.Tx, channel rule.Channel, mobile string, verified bool) (t rule.TextMessage, err error) {
	if channel != rule.BySMS {
		return t, nil
	}
	t = p.text(mobile)
	if t.Off || t.Missing || t.Abroad || verified {
		return t, nil
	}
	may, err := login.Within(ctx, tx, texts, mobile, rule.MaxTextsADay, 24*time.Hour)
	t.Enough = !may
	return t, err
}

// texts is what text messages to a number are counted as.
const texts = "text"

// text are the facts of a text message to a number, but for how many it had.
func (p *People) text(mobile string) rule.TextMessage {
	allowed := p.config.Texts.Countries
	return rule.TextMessage{Wanted: true, Off: !p.config.Texts.On, Missing: mobile == "",
		Abroad: len(allowed) > 0 && !slices.Contains(allowed, address.CountryOf(mobile))}
}

// TextsTo are the facts of one more text message to each of some numbers, for those who only read.
func (p *People) TextsTo(ctx context.Context, mobiles []string) (map[string]rule.TextMessage, error) {
	v, _ := viewer.From(ctx)
	spent, err := login.Spent(ctx, p.store.Read(), v.At, texts, mobiles, rule.MaxTextsADay)
	facts := map[string]rule.TextMessage{}
	for _, mobile := range mobiles {
		t := p.text(mobile)
		t.Enough = spent[mobile]
		facts[mobile] = t
	}
	return facts, err
}

// oneMore counts one more person who is added to an account, or sent their invitation, one at a time.
func (p *People) oneMore(ctx context.Context, tx *store.Tx, account string) error {
	may, err := login.Within(ctx, tx, "single", account, p.config.SinglesADay, 24*time.Hour)
	if err != nil {
		return err
	}
	if !may {
		return rule.ErrEnough
	}
	return nil
}
