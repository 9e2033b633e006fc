package login

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"roster/ent"
	"roster/ent/attempt"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// How many wrong passwords may come from one range of addresses, over all logins, and in which time (SECURITY.md,
// Parameters): an attacker tries one password with many addresses, from many machines of one network.
const (
	failuresARange = 50
	rangeWindow    = 10 * time.Minute
)

const fromRange = "range"

// networkOf is the range that an address belongs to: a /24, or a /48 of IPv6, which is the least that a site is given.
// Empty for what is no address, as on the command line.
func networkOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	bits := 48
	if a = a.Unmap(); a.Is4() {
		bits = 24
	}
	network, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return network.String()
}

// rangeMayTry counts one more wrong password from the viewer's range, before it is compared; a refusal when there were
// too many. The login is not counted then: who shares a network with an attacker must not lock anybody out.
func rangeMayTry(ctx context.Context, tx *store.Tx) error {
	v, _ := viewer.From(ctx)
	network := networkOf(v.IPAddress)
	if network == "" {
		return nil
	}
	may, err := Within(ctx, tx, fromRange, network, failuresARange, rangeWindow)
	if err != nil || may {
		return err
	}
	a, err := tx.Attempt.Get(store.Facts(ctx), counted(fromRange, network))
	if err != nil {
		return fmt.Errorf("count failed sign-ins of a range: %w", err)
	}
	return rule.Verdict{{Code: rule.TooManyAttempts, Remedy: rule.Wait,
		Message: fmt.Sprintf("There were too many wrong passwords from your network. Wait %s, or ask for a new password by mail.", said(a.BlockedUntil.Sub(tx.Now)))}}
}

// rangeTriedRight takes back what rangeMayTry counted: the password was right.
func rangeTriedRight(ctx context.Context, tx *store.Tx) error {
	v, _ := viewer.From(ctx)
	network := networkOf(v.IPAddress)
	if network == "" {
		return nil
	}
	err := tx.Attempt.Update().Where(attempt.ID(counted(fromRange, network)), attempt.FailuresGT(0)).AddFailures(-1).Exec(store.Facts(ctx))
	if err != nil && !ent.IsNotFound(err) {
		return fmt.Errorf("count failed sign-ins of a range: %w", err)
	}
	return nil
}
