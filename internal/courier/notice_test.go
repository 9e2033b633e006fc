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
