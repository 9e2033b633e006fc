package people

import (
	"context"
	"fmt"

	"roster/internal/rule"
	"roster/internal/store"
)

// SendPasswordReset starts a password reset for a member: the link goes to the person's own stored address, whoever asks
// (RULES.md F3).
func (p *People) SendPasswordReset(ctx context.Context, id string) error {
	return p.manage(ctx, id, func(ctx context.Context, tx *store.Tx, t *target) error {
		if verdict := t.facts.Manage(rule.SendPasswordReset); verdict.Refused() {
			return verdict
		}

		u, err := tx.User.Get(store.Facts(ctx), *t.UserID)
		if err != nil {
			return fmt.Errorf("send password reset: %w", err)
		}
		sent, err := p.logins.StartReset(ctx, tx, u)
		if err != nil {
			return err
		}
		if !sent {
			return rule.Verdict{{Code: rule.TooManyAttempts, Remedy: rule.Wait, Message: "This person was sent three links for a new password within an hour. Ask them to look into their spam folder, too, before you send another."}}
		}
		return t.record(ctx, tx, "membershipSendPasswordReset", "")
	})
}
