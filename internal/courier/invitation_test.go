package courier

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"roster/ent"
	"roster/ent/invitation"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestAnInvitationIsSentAndItsDeliveryComesBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, nil)
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})

		m := w.sent(1)[0]
		link := w.courier.Links().Invitation(w.invitation, 1)
		for _, row := range []struct{ what, got, want string }{
			{"subject", m.Subject, `Ash & Partners has invited you to Zoë's "Bakery" <b>`},
			{"from", m.From, `"Roster" <roster@roster.example.com>`},
			{"to", m.To, "<jane@example.com>"},
			{"envelope from", w.server.mails()[0].from, "roster@roster.example.com"},
			{"envelope to", w.server.mails()[0].to, "jane@example.com"},
			{"Message-ID", field(m, "Message-ID"), "<" + w.invitation + ".1@roster.example.com>"},
			{"Auto-Submitted", field(m, "Auto-Submitted"), "auto-generated"},
			{"User-Agent", field(m, "User-Agent"), ""},
		} {
			if row.got != row.want {
				t.Errorf("%s: %q, want %q", row.what, row.got, row.want)
			}
		}
		if !strings.HasPrefix(field(m, "Content-Type"), "multipart/alternative;") {
			t.Errorf("Content-Type: %q", field(m, "Content-Type"))
		}
		if age := s.Now().Sub(m.At); age < -time.Second || age > time.Minute {
			t.Errorf("Date: %v, now %v", m.At, s.Now())
		}
		if !strings.Contains(m.Text, "Hello Jane,\n") || !strings.Contains(m.Text, "Log in:\n"+link+"\n") {
			t.Errorf("text:\n%s", m.Text)
		}
		if !strings.Contains(m.HTML, `href="`+link+`">Log in</a>`) || !strings.Contains(m.HTML, "&lt;b&gt;") {
			t.Errorf("HTML:\n%s", m.HTML)
		}

		got := w.delivery(rule.DeliverySent)
		if got.SentTo == nil || *got.SentTo != "jane@example.com" || got.SentFrom == nil || *got.SentFrom != "roster@roster.example.com" || got.DeliveryError != nil {
			t.Errorf("recorded %v", got)
		}
		if !strings.Contains(w.log.String(), "j•••@example.com") || !strings.Contains(w.log.String(), w.invitation) {
			t.Errorf("the log does not say what was sent to whom:\n%s", w.log)
		}
	})
}

func TestAnInvitationThatIsNoLongerWantedIsNotSent(t *testing.T) {
	t.Parallel()
	for sentence, change := range map[string]func(*ent.InvitationUpdate, time.Time){
		"sent anew": func(c *ent.InvitationUpdate, _ time.Time) { c.SetSentCount(2).SetTokenHash("other") },
		"cancelled": func(c *ent.InvitationUpdate, now time.Time) {
			c.SetStatus(rule.InvitationIsCancelled).SetCancelledAt(now)
		},
		"accepted": func(c *ent.InvitationUpdate, now time.Time) {
			c.SetStatus(rule.InvitationIsAccepted).SetAcceptedAt(now)
		},
		"expired":   func(c *ent.InvitationUpdate, now time.Time) { c.SetExpiresAt(now) },
		"delivered": func(c *ent.InvitationUpdate, _ time.Time) { c.SetDelivery(rule.DeliverySent) },
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				w := newWorld(t, s, nil)
				w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})
				w.tx(func(ctx context.Context, tx *store.Tx) error {
					c := tx.Invitation.Update().Where(invitation.ID(w.invitation))
					change(c, tx.Now)
					return c.Exec(ctx)
				})
				w.start()
				w.nothing()
			})
		})
	}
}

func TestAResendDuringTheSendingIsNotOverwritten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var w *world
		w = newWorld(t, s, func(s *server, _ *smtp.Server) {
			s.data = func(int, string) error {
				w.tx(func(ctx context.Context, tx *store.Tx) error {
					return tx.Invitation.Update().Where(invitation.ID(w.invitation)).SetSentCount(2).SetTokenHash("other").Exec(ctx)
				})
				return nil
			}
		})
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})

		w.wait("the mail", func() bool { return strings.Contains(w.log.String(), "mail sent") })
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})
		w.wait("a second look", func() bool { return strings.Contains(w.log.String(), "no longer wanted") })
		if got := w.delivery(rule.DeliveryQueued); got.SentTo != nil {
			t.Errorf("the old sending was recorded over the new one: %v", got)
		}
	})
}

func TestAColleagueIsInvitedToATeamByName(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, nil)
		w.start()
		member, id := store.NewID("mem"), store.NewID("inv")
		w.tx(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Membership.Create().SetID(member).SetKind(rule.Practice).SetAccountID(w.practice).SetPracticeID(w.practice).
				SetRoleID(rule.PracticeStandardRole).SetPermissions(0).SetFirstName("Carl").SetLastName("Case").SetNameKey("case").
				SetSearchKey("case").SetEmail("carl@example.com").SetLoginAccess(true).SetStatus(rule.Pending).
				SetCreatedAt(tx.Now).SetLastActiveAt(tx.Now).Exec(ctx); err != nil {
				return err
			}
			return tx.Invitation.Create().SetID(id).SetLinkID(id).SetMembershipID(member).SetChannel(rule.ByEmail).
				SetStatus(rule.InvitationIsPending).SetDelivery(rule.DeliveryQueued).SetTokenHash("hash").SetSentCount(1).
				SetInvitedByID(w.owner).SetInvitedByName("Olga\nwww.evil.example").
				SetCreatedAt(tx.Now).SetLastSentAt(tx.Now).SetExpiresAt(tx.Now.Add(time.Hour)).Exec(ctx)
		})
		w.enqueue(Invitation{LinkID: id, Sending: 1})

		m := w.sent(1)[0]
		if want := "Olga www. evil. example has invited you to Ash & Partners"; m.Subject != want {
			t.Errorf("subject %q, want %q", m.Subject, want)
		}
		if want := "Olga www. evil. example has invited you to join the team of Ash & Partners on Roster."; !strings.Contains(m.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, m.Text)
		}
	})
}
