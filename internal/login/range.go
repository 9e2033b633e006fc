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

// rangeMayTry refuses to compare one more password for a range of addresses that had too many wrong ones. The login is not
// counted then: who shares a network with an attacker must not lock anybody out. It only reads, and only failures are
// written, since a whole office that signs in at nine would otherwise wait for one row; those that are being compared at
// this moment, some seventy at most, are not counted yet.
func (l *Logins) rangeMayTry(ctx context.Context) error {
	v, _ := viewer.From(ctx)
	network := networkOf(v.IPAddress)
	if network == "" {
		return nil
	}
	now := l.store.Now()
	a, err := l.store.Read().Attempt.Query().Where(attempt.ID(counted(fromRange, network)), attempt.FailuresGTE(failuresARange), attempt.BlockedUntilGT(now)).Only(store.Facts(ctx))
	switch {
	case ent.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("count failed sign-ins of a range: %w", err)
	}
	return rule.Verdict{{Code: rule.TooManyAttempts, Remedy: rule.Wait,
		Message: fmt.Sprintf("There were too many wrong passwords from your network. Wait %s, or ask for a new password by mail.", said(a.BlockedUntil.Sub(now)))}}
}

// rangeFailed counts one more wrong password from the viewer's range.
func (l *Logins) rangeFailed(ctx context.Context) error {
	v, _ := viewer.From(ctx)
	network := networkOf(v.IPAddress)
	if network == "" {
		return nil
	}
	return l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := Within(ctx, tx, fromRange, network, failuresARange, rangeWindow)
		return err
	})
}
