package house_test

import (
	"context"
	"strings"
	"testing"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// L1, F9: a reason has a thousand characters at most, which is told along with everything else, but for the right.
func TestReasonsForRemovingAndDeactivatingAreBounded(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		d := newDuel(h, owner, practice)
		standard := h.as(d.logins[0])
		longest := strings.Repeat("é", rule.MaxReason)
		for verb, act := range map[string]func(as context.Context, id, reason string) error{"membershipDeactivate": h.people.Deactivate, "membershipRemove": h.people.Remove} {
			for _, c := range []struct {
				what, member, reason, want string
				as                         context.Context
			}{
				{"one character too many", d.members[1], longest + "é", "TOO_LONG", owner},
				{"and it is the owner", d.members[0], longest + "é", map[string]string{"membershipRemove": "TOO_LONG OWNER_CANNOT_BE_REMOVED", "membershipDeactivate": "TOO_LONG OWNER_CANNOT_BE_DEACTIVATED"}[verb], owner},
				{"without the right", d.members[0], longest + "é", "NOT_PERMITTED", standard},
			} {
				if got := codes(act(c.as, c.member, c.reason)); got != c.want {
					t.Errorf("%s, %s: got %q, want %q", verb, c.what, got, c.want)
				}
			}
			if n := h.lines(d.client, verb); n != 0 {
				t.Errorf("%s: refused, it left %d lines", verb, n)
			}
		}
		for i, act := range []func(ctx context.Context, id, reason string) error{h.people.Deactivate, h.people.Remove} {
			if err := act(owner, d.members[1+i], longest); err != nil {
				t.Errorf("a reason of a thousand characters: %v", err)
			}
		}
		h.sound(t)
	})
}
