package courier

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/riverqueue/river"

	"roster/ent"
	"roster/ent/invitation"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const base = "https://roster.example.com"

// world is a store with a practice, its client and one person who was invited to it, and a courier that sends to a
// real mail server.
type world struct {
	*testing.T
	store   *store.Store
	courier *Courier
	server  *server
	log     *journal

	owner, practice, client, member, invitation string
}

func newWorld(t *testing.T, s *store.Store, set func(*server, *smtp.Server)) *world {
	t.Helper()
	w := &world{T: t, store: s, server: serve(t, set), log: &journal{}}
	var err error
	w.courier, err = New(s, Config{
		SMTPURL: "smtp://" + w.server.addr,
		Links:   testLinks(base),
		Retry:   Retry{First: 10 * time.Millisecond, Most: 20 * time.Millisecond, Attempts: 4},
		Log:     slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.seed()
	return w
}

// start lets the courier work until the test ends, and then looks for secrets in everything that was logged.
func (w *world) start() {
	w.Helper()
	if err := w.courier.Start(w.Context()); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.courier.Stop(ctx); err != nil {
			w.Errorf("stop: %v", err)
		}
		for _, secret := range []string{"rit_", "rvt_", "/accept/", "/verify/", "jane@", "olga@"} {
			if strings.Contains(w.log.String(), secret) {
				w.Errorf("the log holds %q:\n%s", secret, w.log)
			}
		}
	})
}

// tx changes the world as a use case does.
func (w *world) tx(do func(context.Context, *store.Tx) error) {
	w.Helper()
	if err := w.store.Tx(store.Facts(w.Context()), do); err != nil {
		w.Fatal(err)
	}
}

func (w *world) enqueue(args river.JobArgs) {
	w.Helper()
	w.tx(func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, args) })
}

func (w *world) seed() {
	w.Helper()
	w.owner, w.practice, w.client = store.NewID("usr"), store.NewID("prc"), store.NewID("cli")
	w.member, w.invitation = store.NewID("mem"), store.NewID("inv")
	w.tx(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.User.Create().SetID(w.owner).SetEmail("olga@example.com").SetFirstName("Olga").SetLastName("Owen").
			SetEmailVerifiedAt(tx.Now).SetCreatedAt(tx.Now).Exec(ctx); err != nil {
			return err
		}
		if err := tx.Practice.Create().SetID(w.practice).SetName("Ash & Partners").SetNameKey("ash & partners").
			SetCreatedAt(tx.Now).Exec(ctx); err != nil {
			return err
		}
		if err := tx.ClientAccount.Create().SetID(w.client).SetPracticeID(w.practice).SetName("Zoë's \"Bakery\" <b>").
			SetNameKey("zoe").SetCreatedAt(tx.Now).Exec(ctx); err != nil {
			return err
		}
		if err := someone(tx, w.member, w.client).SetStatus(rule.Pending).SetFirstName("Jane").SetEmail("jane@example.com").
			SetIsOwner(true).Exec(ctx); err != nil {
			return err
		}
		return tx.Invitation.Create().SetID(w.invitation).SetLinkID(w.invitation).SetMembershipID(w.member).SetChannel(rule.ByEmail).
			SetStatus(rule.InvitationIsPending).SetDelivery(rule.DeliveryQueued).
			SetTokenHash(Hash(w.courier.Links().InvitationToken(w.invitation, 1))).SetSentCount(1).
			SetInvitedByID(w.owner).SetInvitedByName("Olga Owen").SetViaPracticeID(w.practice).
			SetCreatedAt(tx.Now).SetLastSentAt(tx.Now).SetExpiresAt(tx.Now.Add(14 * 24 * time.Hour)).Exec(ctx)
	})
}

func someone(tx *store.Tx, id, client string) *ent.MembershipCreate {
	return tx.Membership.Create().SetID(id).SetKind(rule.Client).SetAccountID(client).SetClientAccountID(client).
		SetRoleID(rule.StandardRole).SetPermissions(rule.StandardPermissions).SetLastName("Doe").SetNameKey("doe").
		SetSearchKey("doe").SetLoginAccess(true).SetCreatedAt(tx.Now).SetLastActiveAt(tx.Now)
}

// sent waits until the server has taken so many mails, and returns them parsed.
func (w *world) sent(want int) []Message {
	w.Helper()
	w.wait(fmt.Sprintf("%d mails", want), func() bool { return len(w.server.mails()) >= want })
	mails := make([]Message, want)
	for i, one := range w.server.mails() {
		var err error
		if mails[i], err = read(strings.NewReader(one.message)); err != nil {
			w.Fatalf("mail %d: %v\n%s", i, err, one.message)
		}
	}
	return mails
}

func (w *world) wait(what string, is func() bool) {
	w.Helper()
	end := time.Now().Add(20 * time.Second)
	for !is() {
		if time.Now().After(end) {
			w.Fatalf("waited in vain for %s; the log:\n%s", what, w.log)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// delivery waits until the invitation's delivery is so, and returns the invitation.
func (w *world) delivery(want rule.Delivery) *ent.Invitation {
	w.Helper()
	var got *ent.Invitation
	w.wait("delivery "+string(want), func() bool {
		var err error
		got, err = w.store.Read().Invitation.Query().Where(invitation.ID(w.invitation)).Only(store.Facts(w.Context()))
		if err != nil {
			w.Fatal(err)
		}
		return got.Delivery == want
	})
	return got
}

// nothing waits until the job was found to be no longer wanted.
func (w *world) nothing() {
	w.Helper()
	w.wait("a job that sends nothing", func() bool { return strings.Contains(w.log.String(), "no longer wanted") })
	if got := w.server.attempts(); got != 0 {
		w.Errorf("the server was given %d mails", got)
	}
}

// journal collects log lines.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func field(m Message, name string) string {
	for _, f := range m.Header {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}
