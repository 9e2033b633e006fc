package courier

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"

	"roster/ent"
	"roster/ent/token"
	"roster/internal/rule"
	"roster/internal/store"
)

// writeNewEmail writes the mail that proves the address which is to take the place of a login's own (RULES.md J3). It names
// nobody: whoever reads it may never have heard of the person who typed the address.
func (c *Courier) writeNewEmail(ctx context.Context, job *river.Job[NewEmail]) (*letter, error) {
	return c.withToken(ctx, job.Args.TokenID, rule.NewEmail, newEmailTemplate, content{Button: "Confirm address", Link: c.links.NewEmail(job.Args.TokenID)})
}

// writeEmailChanged tells a former address that another took its place, and shows as much of that as its owner recognises.
func (c *Courier) writeEmailChanged(ctx context.Context, job *river.Job[EmailChanged]) (*letter, error) {
	t, err := c.store.Read().Token.Query().Where(token.ID(job.Args.TokenID), token.PurposeEQ(rule.NewEmail)).Only(store.Facts(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read token %s: %w", job.Args.TokenID, err)
	}
	if t.UsedAt == nil || t.FormerEmail == nil || t.Email == nil {
		return nil, nil
	}
	return &letter{id: c.messageID(t.ID + ".changed"), about: t.ID, to: *t.FormerEmail, template: emailChangedTemplate, record: unrecorded,
		content: content{Greeting: "Hello,", Masked: Mask(*t.Email), Button: "Open Roster", Link: c.links.Base + "/"}}, nil
}
