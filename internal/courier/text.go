package courier

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"roster/ent/invitation"
	"roster/internal/rule"
	"roster/internal/store"
)

// reportPath is where the gateway tells what became of a text message.
const reportPath = "/texts/"

// Texts reports whether text messages can be sent.
func (c *Courier) Texts() bool { return c.texter != nil }

// textOf is what an invitation says as a text message, the second time as a reminder: short, since each 153 letters cost.
func textOf(says content, until time.Time, reminder bool) string {
	first := says.Inviter + " has invited you to " + says.Account.Short() + " on Roster."
	if reminder {
		first = "Reminder: " + first
	}
	return first + " To accept, open " + says.Link + " by " + until.UTC().Format("2 January, 15:04 (UTC)") + "."
}

// Report takes what the gateway says of a text message that it was given: the address it posted to, the form and its
// signature. It answers false for what the gateway did not write. Only what is final counts: a message on its way is
// nothing new, and reports come in any order.
func (c *Courier) Report(ctx context.Context, link, sending string, form url.Values, signature string) (bool, error) {
	g, ok := c.texter.(*gateway)
	if !ok || !g.signed(c.links.Base+reportPath+link+"/"+sending, form, signature) {
		return false, nil
	}
	count, err := strconv.Atoi(sending)
	if err != nil {
		return false, nil
	}
	var problem string
	switch status := form.Get("MessageStatus"); status {
	case "delivered":
	case "failed", "undelivered":
		problem = "The text message did not arrive: the gateway says " + status
		if code := form.Get("ErrorCode"); code != "" {
			problem += " (" + harmless(code) + ")"
		}
		problem += "."
		c.log.WarnContext(ctx, "text message did not arrive", "subject", link, "status", status, "code", harmless(form.Get("ErrorCode")))
	default:
		return true, nil
	}
	err = c.store.Tx(store.Facts(ctx), func(ctx context.Context, tx *store.Tx) error {
		change := tx.Invitation.Update().Where(invitation.LinkID(link), invitation.SentCount(count), invitation.ChannelEQ(rule.BySMS))
		if problem == "" {
			change.SetDelivery(rule.DeliverySent).ClearDeliveryError()
		} else {
			change.SetDelivery(rule.DeliveryFailed).SetDeliveryError(problem)
		}
		return change.Exec(ctx)
	})
	if err != nil {
		return true, fmt.Errorf("record report of link %s: %w", link, err)
	}
	return true, nil
}
