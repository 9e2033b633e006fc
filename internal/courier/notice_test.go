package courier

import (
	"context"
	"strings"
	"testing"
	"time"

	"roster/ent"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestAVerificationIsSentToTheAddressItProves(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, nil)
		w.start()
		id := store.NewID("tok")
		w.tx(func(ctx context.Context, tx *store.Tx) error {
			return secret(w, tx, id).Exec(ctx)
		})
		w.enqueue(Verification{TokenID: id})

		m := w.sent(1)[0]
		link := w.courier.Links().Verification(id)
		if m.To != "<new@example.com>" || !strings.Contains(m.Text, link) || !strings.Contains(m.HTML, link) {
			t.Errorf("sent to %s:\n%s", m.To, m.Text)
		}
		if got, want := field(m, "Message-ID"), "<"+id+"@roster.example.com>"; got != want {
			t.Errorf("Message-ID %s, want %s", got, want)
		}
		if strings.Contains(m.Text, "Olga") {
			t.Errorf("a mail to an unproved address repeats the name that a stranger may have typed:\n%s", m.Text)
		}
	})
}

func secret(w *world, tx *store.Tx, id string) *ent.TokenCreate {
	return tx.Token.Create().SetID(id).SetPurpose(rule.VerifyEmail).SetHash(Hash(w.courier.Links().VerificationToken(id))).
		SetUserID(w.owner).SetEmail("new@example.com").SetCreatedAt(tx.Now).SetExpiresAt(tx.Now.Add(time.Hour))
}

func TestATokenThatIsDeadIsNotSent(t *testing.T) {
	t.Parallel()
	for sentence, change := range map[string]func(*ent.TokenCreate, time.Time){
		"used":    func(c *ent.TokenCreate, now time.Time) { c.SetUsedAt(now) },
		"voided":  func(c *ent.TokenCreate, now time.Time) { c.SetVoidedAt(now) },
		"expired": func(c *ent.TokenCreate, now time.Time) { c.SetExpiresAt(now) },
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				w := newWorld(t, s, nil)
				w.start()
				id := store.NewID("tok")
				w.tx(func(ctx context.Context, tx *store.Tx) error {
					c := secret(w, tx, id)
					change(c, tx.Now)
					return c.Exec(ctx)
				})
				w.enqueue(Verification{TokenID: id})
				w.nothing()
			})
		})
	}
}

func TestALoginIsToldThatItWasAddedAndByWhom(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, nil)
		w.start()
		member := store.NewID("mem")
		w.tx(func(ctx context.Context, tx *store.Tx) error {
			if err := someone(tx, member, w.client).SetStatus(rule.Active).SetFirstName("evil.example").SetUserID(w.owner).
				SetEmail("other@example.com").SetJoinedAt(tx.Now).Exec(ctx); err != nil {
				return err
			}
			return tx.Event.Create().SetID(store.NewID("evt")).SetAt(tx.Now).SetVerb("membershipAdd").SetAccountID(w.client).
				SetMembershipID(member).SetActorName("Maya Patel").SetViaPracticeID(w.practice).Exec(ctx)
		})
		w.enqueue(Notice{Notice: AddedDirectly, UserID: w.owner, MembershipID: member})

		m := w.sent(1)[0]
		if m.To != "<olga@example.com>" {
			t.Errorf("sent to %s, want the login's own address", m.To)
		}
		for _, want := range []string{"Hello,\n", `Ash & Partners has added you to Zoë's "Bakery" <b>`, base + "/accounts\n", "To be taken off"} {
			if !strings.Contains(m.Text, want) {
				t.Errorf("the text lacks %q:\n%s", want, m.Text)
			}
		}
		if strings.Contains(m.Text, "Maya") || strings.Contains(m.Text, "evil") {
			t.Errorf("the text names whom it must not:\n%s", m.Text)
		}
	})
}

func TestALoginIsToldThatSomebodySignedUpWithItsAddress(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, nil)
		w.start()
		w.enqueue(Notice{Notice: LoginExists, UserID: w.owner})
		w.enqueue(Notice{Notice: LoginExists, UserID: w.owner})

		mails := w.sent(2)
		if mails[0].To != "<olga@example.com>" || !strings.Contains(mails[0].Text, base+"/sign-in\n") {
			t.Errorf("sent to %s:\n%s", mails[0].To, mails[0].Text)
		}
		if field(mails[0], "Message-ID") == field(mails[1], "Message-ID") {
			t.Error("two notices have the same Message-ID; mail programs would hide the second")
		}
	})
}

// SECURITY.md, Parameters: five mails a day to one address over all accounts. What its own person needs still comes.
func TestAnAddressGetsFiveMailsADayThatOthersCause(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, nil)
		w.tx(func(ctx context.Context, tx *store.Tx) error {
			for range mailsADay {
				if may, err := Within(ctx, tx, "told by others", "jane@example.com", mailsADay, 24*time.Hour); !may || err != nil {
					t.Errorf("got %v %v", may, err)
				}
			}
			return nil
		})
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})
		i := w.delivery(rule.DeliveryFailed)
		if i.DeliveryError == nil || !strings.HasPrefix(*i.DeliveryError, "This address had 5 mails of this kind from us today") {
			t.Errorf("whoever invited is told %v", i.DeliveryError)
		}
		id := store.NewID("tok")
		w.tx(func(ctx context.Context, tx *store.Tx) error {
			return tx.Token.Create().SetID(id).SetPurpose(rule.VerifyEmail).SetHash(Hash(id)).
				SetUserID(w.owner).SetEmail("jane@example.com").SetCreatedAt(tx.Now).SetExpiresAt(tx.Now.Add(time.Hour)).Exec(ctx)
		})
		w.enqueue(Verification{TokenID: id})
		if m := w.sent(1)[0]; m.To != "<jane@example.com>" || w.server.attempts() != 1 {
			t.Errorf("got a mail to %s, and %d in all", m.To, w.server.attempts())
		}
	})
}

func TestTheFifthMailOfADayStillComesAndARetryIsTheSameMail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, nil)
		l := &letter{to: "jane@example.com", byOthers: true}
		for i := range 7 {
			if err := w.courier.mayTell(w.Context(), l, 1); (err != nil) != (i >= mailsADay) {
				t.Errorf("mail %d of a day: got %v", i+1, err)
			}
			if err := w.courier.mayTell(w.Context(), l, 2); err != nil {
				t.Errorf("its second attempt: got %v", err)
			}
		}
		if err := w.courier.mayTell(w.Context(), &letter{to: "jane@example.com"}, 1); err != nil {
			t.Errorf("a mail of one's own: got %v", err)
		}
	})
}
