package house_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"roster/ent"
	"roster/ent/schema"
	"roster/internal/rule"
	"roster/internal/store"
)

// town is a set of rows as plain values, so that what one may see can be said in Go and held against what the
// database shows. Nothing in it is read from the database.
type town struct {
	*home
	began       time.Time
	users       []string
	practices   []string
	clients     []townClient
	members     []townMember
	grants      []townGrant
	invitations []townInvitation
	events      []townEvent
	roles       []townRole
	offers      []townRole // applications
	sessions    []townSession
	documents   []townDocument
	addresses   []townAddress
}

type townClient struct{ id, practice string }

type townMember struct {
	rule.Member
	kind            rule.Kind
	account, client string // client is empty for a colleague
	user            string // empty while pending
	owner           bool
}

type townGrant struct {
	id, member, client string
	until              time.Time // zero: for good
}

type (
	townInvitation struct{ id, member string }
	townEvent      struct{ id, account, member, user, actor string }
	townRole       struct{ id, practice string }
	townSession    struct{ id, user string }
	townDocument   struct{ id, client, owner string }  // the owner's membership, or none
	townAddress    struct{ id, client, member string } // of a user, or the client's own
)

// member adds a membership to the town.
func (w *town) member(kind rule.Kind, account, user string, m rule.Member, owner bool) townMember {
	m.ID = w.fresh("mem_")
	one := townMember{Member: m, kind: kind, account: account, user: user, owner: owner}
	if kind == rule.Client {
		one.client = account
	}
	if m.Status == rule.Pending || m.Status == rule.AwaitingActivation {
		one.user = ""
	}
	w.members = append(w.members, one)
	return one
}

func (w *town) user() string {
	id := w.fresh("usr_")
	w.users = append(w.users, id)
	return id
}

func (w *town) event(account, member, user, actor string) {
	w.events = append(w.events, townEvent{w.fresh("evt_"), account, member, user, actor})
}

// ownerOf adds an account's owner, who may do everything in it.
func (w *town) ownerOf(kind rule.Kind, account string) townMember {
	return w.member(kind, account, w.user(), rule.Member{Status: rule.Active, LoginAccess: true, Permissions: kind.Of()}, true)
}

// build writes the town into the database.
func (w *town) build() {
	w.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) error {
		for _, part := range []func(context.Context, *store.Tx) error{w.buildUsers, w.buildAccounts, w.buildMembers, w.buildRest} {
			if err := part(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *town) buildUsers(ctx context.Context, tx *store.Tx) error {
	var users []*ent.UserCreate
	for _, id := range w.users {
		users = append(users, tx.User.Create().SetID(id).SetEmail(id+"@example.com").SetFirstName("Kit").SetLastName("Vale").SetEmailVerifiedAt(w.began).SetCreatedAt(w.began))
	}
	return bulk(users, func(part []*ent.UserCreate) error { return tx.User.CreateBulk(part...).Exec(ctx) })
}

func (w *town) buildAccounts(ctx context.Context, tx *store.Tx) error {
	var errs []error
	for _, id := range w.practices {
		errs = append(errs, tx.Practice.Create().SetID(id).SetName(id).SetNameKey(id).SetCreatedAt(w.began).Exec(ctx))
	}
	for _, c := range w.clients {
		create := tx.ClientAccount.Create().SetID(c.id).SetName(c.id).SetNameKey(c.id).SetCreatedAt(w.began)
		if c.practice != "" {
			create.SetPracticeID(c.practice)
		}
		errs = append(errs, create.Exec(ctx))
	}
	for _, o := range w.offers {
		errs = append(errs, tx.Application.Create().SetID(o.id).SetPracticeID(o.practice).SetName(o.id).SetNameKey(o.id).SetCreatedAt(w.began).Exec(ctx))
	}
	for _, r := range w.roles {
		errs = append(errs, tx.Role.Create().SetID(r.id).SetPracticeID(r.practice).SetKind(rule.Client).SetName(r.id).SetNameKey(r.id).SetPermissions(0).SetCreatedAt(w.began).Exec(ctx))
	}
	return errors.Join(errs...)
}

func (w *town) buildMembers(ctx context.Context, tx *store.Tx) error {
	var list []*ent.MembershipCreate
	for _, m := range w.members {
		role := rule.StandardRole
		create := tx.Membership.Create().SetID(m.ID).SetKind(m.kind).SetAccountID(m.account)
		if m.kind == rule.Practice {
			create.SetPracticeID(m.account)
			role = rule.PracticeStandardRole
		} else {
			create.SetClientAccountID(m.account)
		}
		if m.user != "" {
			create.SetUserID(m.user)
		}
		switch m.Status {
		case rule.Deactivated:
			create.SetDeactivatedAt(w.began)
		case rule.Removed:
			create.SetRemovedAt(w.began)
		}
		list = append(list, create.SetRoleID(role).SetPermissions(m.Permissions).SetFirstName("Kit").SetLastName("Vale").SetNameKey("vale").SetSearchKey("kit").
			SetEmail(m.ID+"@example.com").SetLoginAccess(m.LoginAccess).SetStatus(m.Status).SetIsOwner(m.owner).SetCreatedAt(w.began).SetLastActiveAt(schema.Epoch))
	}
	return bulk(list, func(part []*ent.MembershipCreate) error { return tx.Membership.CreateBulk(part...).Exec(ctx) })
}

func (w *town) buildRest(ctx context.Context, tx *store.Tx) error {
	var errs []error
	for _, g := range w.grants {
		create := tx.ClientGrant.Create().SetID(g.id).SetMembershipID(g.member).SetClientAccountID(g.client).SetClientKey(g.client).SetPracticeID(w.of(g.member).account).SetGrantedAt(w.began.Add(-24 * time.Hour))
		if !g.until.IsZero() {
			create.SetExpiresAt(g.until)
		}
		errs = append(errs, create.Exec(ctx))
	}
	for _, i := range w.invitations {
		errs = append(errs, tx.Invitation.Create().SetID(i.id).SetLinkID(i.id).SetMembershipID(i.member).SetChannel(rule.NotSent).SetStatus(rule.InvitationIsPending).
			SetDelivery(rule.DeliveryNotSent).SetInvitedByID(w.users[0]).SetInvitedByName("Kit Vale").SetCreatedAt(w.began).Exec(ctx))
	}
	some := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	for _, e := range w.events {
		errs = append(errs, tx.Event.Create().SetID(e.id).SetAt(w.began).SetVerb("test").SetActorName("Kit Vale").SetNillableAccountID(some(e.account)).
			SetNillableMembershipID(some(e.member)).SetNillableUserID(some(e.user)).SetNillableActorID(some(e.actor)).Exec(ctx))
	}
	for _, s := range w.sessions {
		errs = append(errs, tx.Session.Create().SetID(s.id).SetUserID(s.user).SetKind(rule.Web).SetSecretHash(s.id).SetSecretExpiresAt(w.began.Add(time.Hour)).
			SetExpiresAt(w.began.Add(time.Hour)).SetCreatedAt(w.began).SetSignedInAt(w.began).SetLastSeenAt(w.began).Exec(ctx))
	}
	for i, d := range w.documents {
		errs = append(errs, tx.Document.Create().SetID(d.id).SetClientAccountID(d.client).SetNillableOwnerID(some(d.owner)).SetSubmittedByName("Kit Vale").SetChannel(rule.FromWeb).
			SetKind(rule.Costs).SetFileName("receipt.pdf").SetSearchKey("receipt.pdf").SetContentType("application/pdf").SetSize(1).SetSha256(fmt.Sprintf("%064d", i)).
			SetStatus(rule.ToReview).SetBlobKey(d.id).SetCreatedAt(w.began).Exec(ctx))
	}
	for _, a := range w.addresses {
		errs = append(errs, tx.SubmissionAddress.Create().SetID(a.id).SetClientAccountID(a.client).SetNillableMembershipID(some(a.member)).SetKind(rule.Costs).
			SetLocalPart(strings.ReplaceAll(a.id, "_", ".")).SetCreatedAt(w.began).Exec(ctx))
	}
	return errors.Join(errs...)
}

// paper gives a client a document of each of some owners, and an address to each of them; an empty one is nobody, and the
// client's own.
func (w *town) paper(client string, owners ...string) {
	for _, owner := range owners {
		w.documents = append(w.documents, townDocument{w.fresh("doc_"), client, owner})
		w.addresses = append(w.addresses, townAddress{w.fresh("sad_"), client, owner})
	}
}

// bulk writes rows in parts that fit into one statement.
func bulk[T any](rows []T, write func([]T) error) error {
	for len(rows) > 0 {
		n := min(len(rows), 100)
		if err := write(rows[:n]); err != nil {
			return fmt.Errorf("build the town: %w", err)
		}
		rows = rows[n:]
	}
	return nil
}

func (w *town) of(member string) townMember {
	for _, m := range w.members {
		if m.ID == member {
			return m
		}
	}
	w.Fatalf("there is no %s", member)
	return townMember{}
}
