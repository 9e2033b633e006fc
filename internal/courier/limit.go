package courier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roster/ent"
	"roster/internal/store"
)

// mailsADay is how many mails that others cause an address gets in a day, over all accounts (SECURITY.md, Parameters):
// invitations, their reminders, and word of having been added. What a login's own person needs is not among them: nobody
// can keep a new password or a warning from somebody by inviting them five times.
const mailsADay = 5

// enough is what whoever looks after an invitation is told when its address had mailsADay.
var enough = &refusal{cause: "the address had enough mails today", permanent: true,
	sentence: fmt.Sprintf("This address had %d mails of this kind from us today, from all accounts together, and gets no more. Send the invitation again tomorrow.", mailsADay)}

// mayTell counts one more mail that others cause to a letter's address; a refusal when there were enough. Only its first
// attempt counts.
func (c *Courier) mayTell(ctx context.Context, l *letter, attempt int) error {
	if !l.byOthers || l.text != "" || attempt > 1 {
		return nil
	}
	err := c.store.Tx(store.Facts(ctx), func(ctx context.Context, tx *store.Tx) error {
		may, err := Within(ctx, tx, "told by others", l.to, mailsADay, 24*time.Hour)
		if err == nil && !may {
			return enough
		}
		return err
	})
	if err != nil && !errors.Is(err, enough) {
		return fmt.Errorf("count mails: %w", err)
	}
	return err
}

// Within counts one more of a kind by a key, such as a mail to an address; false when there were as many as there may be
// within a time. The key is kept as a hash: a list of them would be worth stealing.
func Within(ctx context.Context, tx *store.Tx, kind, key string, most int, time time.Duration) (bool, error) {
	return WithinBy(ctx, tx, kind, key, 1, most, time)
}

// WithinBy is Within for n more at once, of which all are counted or none. A negative n takes back what turned out not
// to count.
func WithinBy(ctx context.Context, tx *store.Tx, kind, key string, n, most int, time time.Duration) (bool, error) {
	id := Counter(kind, key)
	count, until := n, tx.Now.Add(time)
	a, err := tx.Attempt.Get(store.Facts(ctx), id)
	if err != nil && !ent.IsNotFound(err) {
		return false, fmt.Errorf("count %s: %w", kind, err)
	}
	if a != nil && tx.Now.Before(a.BlockedUntil) {
		count, until = a.Failures+n, a.BlockedUntil
	}
	if n > 0 && count > most {
		return false, nil
	}
	err = tx.Attempt.Create().SetID(id).SetFailures(max(count, 0)).SetBlockedUntil(until).SetUpdatedAt(tx.Now).OnConflictColumns("id").UpdateNewValues().Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("count %s: %w", kind, err)
	}
	return true, nil
}

// Counter is the id of the row that Within counts in.
func Counter(kind, key string) string { return "att_" + Hash(kind + " " + key)[:32] }
