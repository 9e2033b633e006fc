package login

import (
	"context"
	"time"
)

// Even is how long answers are held in production that could tell by their time whether an address has a login.
const Even = 250 * time.Millisecond

// evenly does what takes longer for one address than for another, and answers when a whole number of times Config.Even has gone by
// since it began. The work itself differs: for an address with a login there is a link to make and a mail to queue, without
// one a login and perhaps a practice. No two pieces of code can be made to take the same time on two databases; but all of
// them are done long before the first of these moments. On a server so busy that they are not, one that does more is late more
// often: so times is the greater, the more there is to do. Nothing is held meanwhile but the request: no transaction, no turn
// to hash.
func (l *Logins) evenly(ctx context.Context, times int, do func() error) error {
	began := time.Now() // real time, whatever the store's clock says: it is what an attacker measures
	err := do()
	l.hold(ctx, began, times)
	return err
}

// hold waits until an answer is due that was begun at a moment.
func (l *Logins) hold(ctx context.Context, began time.Time, times int) {
	every := time.Duration(times) * l.config.Even
	if every <= 0 {
		return
	}
	timer := time.NewTimer(every - time.Since(began)%every)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done(): // nobody waits for the answer any more; what was done is done
	}
}
