package house_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestInvitationsThatContradictThemselvesAreRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPlace(t, s)
		pending := p.member(rule.Row{Kind: rule.Client, Status: rule.Pending, LoginAccess: true, Email: true})
		p.write(func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, "memberships", pending) })
		now := s.Now()
		unsent := columns{"membership_id": pending["id"], "channel": "NONE", "status": rule.InvitationIsPending, "delivery": "NOT_SENT",
			"sent_count": 0, "token_hash": nil, "link_id": "inv_x", "invited_by_id": p.user, "invited_by_name": "Kit Vale", "created_at": now, "last_sent_at": nil,
			"expires_at": nil, "accepted_at": nil, "declined_at": nil, "cancelled_at": nil}
		sent := columns{"channel": "EMAIL", "delivery": "QUEUED", "sent_count": 1, "token_hash": "abc", "last_sent_at": now, "expires_at": now.Add(time.Hour)}
		with := func(changes ...columns) columns {
			row := columns{"id": store.NewID("inv")}
			for _, set := range append([]columns{unsent}, changes...) {
				for name, value := range set {
					row[name] = value
				}
			}
			return row
		}
		for _, c := range []struct {
			what string
			rows []columns
			want string
		}{
			{"an unsent one", []columns{with()}, ""},
			{"a sent one", []columns{with(sent)}, ""},
			{"a sent one that never expires", []columns{with(sent, columns{"expires_at": nil})}, "unsent_never_expires"},
			{"an unsent one that expires", []columns{with(columns{"expires_at": now})}, "unsent_never_expires"},
			{"a sent one without a link", []columns{with(sent, columns{"token_hash": nil})}, "sent_has_link"},
			{"an unsent one with a link", []columns{with(columns{"token_hash": "abc"})}, "sent_has_link"},
			{"an accepted one", []columns{with(sent, columns{"status": rule.InvitationIsAccepted, "accepted_at": now})}, ""},
			{"an accepted one without the moment", []columns{with(sent, columns{"status": rule.InvitationIsAccepted})}, "accepted_at"},
			{"a pending one with the moment of acceptance", []columns{with(sent, columns{"accepted_at": now})}, "accepted_at"},
			{"a declined one", []columns{with(sent, columns{"status": rule.InvitationIsDeclined, "declined_at": now})}, ""},
			{"a declined one without the moment", []columns{with(sent, columns{"status": rule.InvitationIsDeclined})}, "declined_at"},
			{"a cancelled one", []columns{with(sent, columns{"status": rule.InvitationIsCancelled, "cancelled_at": now})}, ""},
			{"a cancelled one without the moment", []columns{with(sent, columns{"status": rule.InvitationIsCancelled})}, "cancelled_at"},
			{"one that is stored as expired", []columns{with(sent, columns{"status": rule.InvitationIsExpired})}, "status_known"},
			{"a channel that does not exist", []columns{with(columns{"channel": "PIGEON"})}, "channel_known"},
			{"a delivery that does not exist", []columns{with(columns{"delivery": "LOST"})}, "delivery_known"},
			{"two pending for one person", []columns{with(), with()}, "one_pending"},
			{"one pending after one cancelled", []columns{with(columns{"status": rule.InvitationIsCancelled, "cancelled_at": now}), with()}, ""},
			{"two that share a link", []columns{with(sent, columns{"status": rule.InvitationIsCancelled, "cancelled_at": now}), with(sent)}, ""},
			{"one without a link to derive", []columns{with(sent, columns{"link_id": nil})}, "link_id_not_null"},
			{"one of nobody", []columns{with(columns{"membership_id": "mem_none"})}, "foreign_key"},
		} {
			if got := p.refused("invitations", c.rows...); got != c.want && !(c.want == "foreign_key" && got != "") {
				t.Errorf("%s: refused by %q, want %q", c.what, got, c.want)
			}
		}
	})
}

func TestAGrantJoinsAColleagueAndAClientOfOnePractice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPlace(t, s)
		colleague := p.member(rule.Row{Kind: rule.Practice, Status: rule.Active, LoginAccess: true, Email: true, User: true})
		user := p.member(rule.Row{Kind: rule.Client, Status: rule.Active, LoginAccess: true, Email: true, User: true})
		p.write(func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(insert(ctx, tx, "memberships", colleague), insert(ctx, tx, "memberships", user),
				tx.Practice.Create().SetID("prc_2").SetName("Other").SetNameKey("other").SetCreatedAt(tx.Now).Exec(ctx),
				tx.ClientAccount.Create().SetID("cli_2").SetName("Other's").SetNameKey("other's").SetPracticeID("prc_2").SetCreatedAt(tx.Now).Exec(ctx))
		})
		now := s.Now()
		grant := func(change columns) columns {
			row := columns{"id": store.NewID("grt"), "membership_id": colleague["id"], "client_account_id": p.client, "client_key": "client", "practice_id": p.practice, "granted_at": now, "expires_at": nil}
			for name, value := range change {
				row[name] = value
			}
			return row
		}
		for _, c := range []struct {
			what  string
			row   columns
			taken bool
		}{
			{"for good", grant(nil), true},
			{"until a day", grant(columns{"expires_at": now.Add(time.Hour)}), true},
			{"ended before it began", grant(columns{"expires_at": now}), false},
			{"another practice's client", grant(columns{"client_account_id": "cli_2"}), false},
			{"another practice's client in its name", grant(columns{"client_account_id": "cli_2", "practice_id": "prc_2"}), false},
			{"to a user", grant(columns{"membership_id": user["id"]}), false},
		} {
			if got := p.refused("client_grants", c.row); (got == "") != c.taken {
				t.Errorf("a grant %s: refused by %q, want it taken: %v", c.what, got, c.taken)
			}
		}
	})
}
