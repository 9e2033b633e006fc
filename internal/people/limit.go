package people

import (
	"context"
	"slices"
	"time"

	"roster/internal/address"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
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
	allowed := p.config.Texts.Countries
	t = rule.TextMessage{Wanted: true, Off: !p.config.Texts.On, Missing: mobile == "",
		Abroad: len(allowed) > 0 && !slices.Contains(allowed, address.CountryOf(mobile))}
	if t.Off || t.Missing || t.Abroad || verified {
		return t, nil
	}
	may, err := login.Within(ctx, tx, "text", mobile, rule.MaxTextsADay, 24*time.Hour)
	t.Enough = !may
	return t, err
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
