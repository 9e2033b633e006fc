package login

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"roster/ent"
	"roster/ent/attempt"
	"roster/internal/courier"
	"roster/internal/store"
)

// mailsADay is how many mails an address gets in a day because somebody typed it into a form, over all forms; resetsAnHour
// how many links for a new password in an hour (SECURITY.md, Parameters), and resetsBeyond how many of those when the
// day's mails are used up: nobody keeps a person from a new password by using them up.
const (
	mailsADay    = 5
	resetsAnHour = 3
	resetsBeyond = 1
)

// mayMail counts one more mail to an address that somebody typed into a form; false when it had enough for today. It is
// asked before anybody looks whether there is a login, so that the count tells nothing of that.
func mayMail(ctx context.Context, tx *store.Tx, email string) (bool, error) {
	return Within(ctx, tx, "mail", email, mailsADay, 24*time.Hour)
}

// MayTell counts one more mail that tells a login something, where its address was never proved: somebody typed it into a form,
// and whoever reads the mail may have nothing to do with it.
func MayTell(ctx context.Context, tx *store.Tx, u *ent.User) (bool, error) {
	if u.EmailVerifiedAt != nil {
		return true, nil
	}
	return mayMail(ctx, tx, u.Email)
}

// mayReset counts one more link for a new password to an address that somebody typed into a form.
func mayReset(ctx context.Context, tx *store.Tx, email string) (bool, error) {
	if may, err := Within(ctx, tx, "reset", email, resetsAnHour, time.Hour); !may || err != nil {
		return false, err
	}
	if may, err := mayMail(ctx, tx, email); may || err != nil {
		return may, err
	}
	return Within(ctx, tx, "reset beyond", email, resetsBeyond, time.Hour)
}

// Within counts one more mail of a kind to an address, or because of a link; false when there were as many as there may be
// within a time. What it is counted by is kept as a hash, like that of a sign-in.
func Within(ctx context.Context, tx *store.Tx, kind, email string, most int, time time.Duration) (bool, error) {
	return courier.Within(ctx, tx, kind, email, most, time)
}

// MayAsk counts n more of a kind that one address asks for in a minute, over all servers of this database; false when that
// would be more than most, and then none is counted. A minute begins with the first.
func (l *Logins) MayAsk(ctx context.Context, kind, address string, n, most int) (may bool, err error) {
	err = l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		may, err = courier.WithinBy(ctx, tx, "asks "+kind, address, n, most, time.Minute)
		return err
	})
	return may && err == nil, err
}

// DidNotAsk takes one back that MayAsk counted.
func (l *Logins) DidNotAsk(ctx context.Context, kind, address string) error {
	_, err := l.MayAsk(ctx, kind, address, -1, 0)
	return err
}

func counted(kind, key string) string { return courier.Counter(kind, key) }

// Spent are those of some keys that Within refuses one more.
func Spent(ctx context.Context, c *ent.Client, now time.Time, kind string, keys []string, most int) (map[string]bool, error) {
	ids := map[string]string{}
	for _, key := range keys {
		ids[counted(kind, key)] = key
	}
	list, err := c.Attempt.Query().Where(attempt.IDIn(slices.Collect(maps.Keys(ids))...), attempt.FailuresGTE(most), attempt.BlockedUntilGT(now)).IDs(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("look up what is spent: %w", err)
	}
	spent := map[string]bool{}
	for _, id := range list {
		spent[ids[id]] = true
	}
	return spent, nil
}
