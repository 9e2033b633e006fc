package people

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roster/ent"
	"roster/ent/invitation"
	"roster/ent/membership"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Preview is what a stranger who holds a link may know. Only Status is set once the invitation is not pending.
type Preview struct {
	Status        rule.InvitationStatus
	AccountNames  []string
	InvitedBy     *string
	SentToMasked  *string
	Channel       *rule.Channel
	ExpiresAt     *time.Time
	NeedsPassword *bool

	WrongPerson bool // somebody else than the invited person is signed in
}

// Preview looks at a link and changes nothing; nil when there is no such link, or a newer one replaced it.
func (p *People) Preview(ctx context.Context, token string) (preview *Preview, err error) {
	v, _ := viewer.From(ctx)
	for range 3 {
		asked, err := byToken(ctx, p.store.Read(), v.At, token)
		if err != nil || asked == nil {
			return nil, err
		}
		if !asked.torn() {
			return asked.preview(), nil
		}
	}
	return nil, fmt.Errorf("preview invitation: it changed each time it was read")
}

// Accepted is what accepting made. Session is nil where none was opened: signed in already, or with a login whose
// address was proved before, which has to sign in as always.
type Accepted struct {
	Memberships  []string
	AccountNames []string
	Session      *login.Opened
	SignedIn     bool
}

// Accept lets the invited person in. One of many simultaneous accepts succeeds (RULES.md E7): the invitation is taken
// by a guarded update, and the row says who was first.
func (p *People) Accept(ctx context.Context, token, password string, kind rule.SessionKind) (accepted Accepted, err error) {
	hash, err := p.passwordFor(ctx, token, password)
	if err != nil {
		return Accepted{}, err
	}
	err = p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		accepted = Accepted{}
		asked, err := byToken(ctx, tx.Client, tx.Now, token)
		if err != nil {
			return err
		}
		facts, err := p.acceptFacts(ctx, tx, asked, password, hash)
		if err != nil {
			return err
		}

		if verdict := rule.Accept(facts); verdict.Refused() {
			return verdict
		}

		u, opened, err := p.come(ctx, tx, asked, hash, kind)
		if err != nil {
			return err
		}
		accepted = Accepted{Memberships: []string{asked.membership.ID}, AccountNames: []string{asked.account.name}, Session: opened, SignedIn: asked.viewer.SignedIn()}
		return p.take(ctx, tx, asked, u)
	})
	return accepted, err
}

// passwordFor hashes the password before the transaction, where one is wanted and good enough.
func (p *People) passwordFor(ctx context.Context, token, password string) (string, error) {
	preview, err := p.Preview(ctx, token)
	if err != nil || preview == nil || preview.NeedsPassword == nil || !*preview.NeedsPassword || rule.Password(password).Refused() {
		return "", err
	}
	return p.logins.Hash(ctx, password)
}

// asked is an invitation that a link asks about, with all that hangs on it.
type asked struct {
	invitation *ent.Invitation
	membership *ent.Membership
	account    account
	login      *ent.User // the address's login, verified or not; nil when there is none
	viewer     viewer.Viewer
	standing   rule.InvitationStatus
	practice   string // the inviting practice's name; empty when a person of the account invited
}

func (a *asked) verified() bool { return a.login != nil && a.login.EmailVerifiedAt != nil }

func (a *asked) asInvited() bool {
	return a.viewer.SignedIn() && a.login != nil && a.login.ID == a.viewer.UserID
}

// byToken finds the invitation of a link as it stands at a moment; nil when there is none.
func byToken(ctx context.Context, c *ent.Client, now time.Time, token string) (*asked, error) {
	if !strings.HasPrefix(token, "rit_") || len(token) > 100 {
		return nil, nil
	}
	all := store.Facts(ctx)
	i, err := c.Invitation.Query().Where(invitation.TokenHash(courier.Hash(token))).WithViaPractice().
		WithMembership(func(q *ent.MembershipQuery) { q.WithPractice().WithClientAccount() }).Only(all)
	switch {
	case ent.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("find invitation: %w", err)
	}
	v, _ := viewer.From(ctx)
	found := &asked{invitation: i, membership: i.Edges.Membership, viewer: v, standing: rule.Standing(i.Status, i.ExpiresAt, now)}
	if i.Edges.ViaPractice != nil {
		found.practice = i.Edges.ViaPractice.Name
	}
	if c := found.membership.Edges.ClientAccount; c != nil {
		found.account = account{id: c.ID, name: c.Name, country: c.Country, kind: rule.Client}
		if c.PracticeID != nil {
			found.account.practice = *c.PracticeID
		}
	} else {
		pr := found.membership.Edges.Practice
		found.account = account{pr.ID, pr.Name, pr.Country, rule.Practice, pr.ID}
	}
	if found.membership.Email != nil {
		found.login, err = loginOf(ctx, c, *found.membership.Email)
	}
	return found, err
}

// torn reports whether the invitation and its membership were read from before and after a change; inside a transaction
// it means that they do not belong together.
func (a *asked) torn() bool {
	return a.standing == rule.InvitationIsPending && a.membership.Status != rule.Pending
}

func (a *asked) preview() *Preview {
	p := &Preview{Status: a.standing}
	if a.standing != rule.InvitationIsPending {
		return p
	}
	inviter, masked, channel := a.inviter(), courier.Mask(*a.membership.Email), a.invitation.Channel
	needs := rule.NeedsPassword(a.viewer.SignedIn(), a.verified())
	p.AccountNames, p.InvitedBy, p.SentToMasked, p.Channel = []string{a.account.name}, &inviter, &masked, &channel
	p.ExpiresAt, p.NeedsPassword, p.WrongPerson = a.invitation.ExpiresAt, &needs, a.viewer.SignedIn() && !a.asInvited()
	return p
}

// inviter is who invited, as the invited person is told: the practice, where it was done through one (L2).
func (a *asked) inviter() string {
	if a.practice != "" {
		return a.practice
	}
	return a.invitation.InvitedByName
}

// asking are the facts of whoever holds a link, whatever they want of it.
func (a *asked) asking(now time.Time) (rule.AcceptFacts, error) {
	if a == nil {
		return rule.AcceptFacts{}, nil
	}
	if a.torn() {
		return rule.AcceptFacts{}, fmt.Errorf("invitation %s is pending and its membership %s is %s", a.invitation.ID, a.membership.ID, a.membership.Status)
	}
	return rule.AcceptFacts{Found: true, Status: a.standing, Now: now, Kind: a.account.kind, Permissions: a.membership.Permissions,
		SignedIn: a.viewer.SignedIn(), AsInvited: a.asInvited(), LoginVerified: a.verified(), Masked: courier.Mask(some(a.membership.Email))}, nil
}

func (p *People) acceptFacts(ctx context.Context, tx *store.Tx, a *asked, password, hash string) (f rule.AcceptFacts, err error) {
	if f, err = a.asking(tx.Now); err != nil || !f.Found {
		return f, err
	}
	email := some(a.membership.Email)
	local, _, _ := strings.Cut(email, "@")
	f.Password = rule.Password(password, email, local, a.membership.FirstName, a.membership.LastName)
	if !f.Password.Refused() && hash == "" {
		f.Password = rule.NoPassword()
	}
	if f.Inviter, err = access(ctx, tx, tx.Now, a.invitation.InvitedByID, a.account.id); err != nil {
		return f, err
	}
	_, f.Colleague, f.ClientUser, err = elsewhere(ctx, tx, a.account, email, a.login)
	return f, err
}

// come finds or makes the login that comes in, proves its address by the link (E5), and opens a session where the link
// brought a password.
func (p *People) come(ctx context.Context, tx *store.Tx, a *asked, hash string, kind rule.SessionKind) (*ent.User, *login.Opened, error) {
	u, proof := a.login, login.Proof{PasswordHash: hash}
	if a.asInvited() {
		proof = login.Proof{Session: a.viewer.SessionID}
	}
	opens := rule.NeedsPassword(a.viewer.SignedIn(), a.verified())
	if u == nil {
		var err error
		u, err = tx.User.Create().SetID(store.NewID("usr")).SetEmail(*a.membership.Email).SetFirstName(a.membership.FirstName).SetLastName(a.membership.LastName).SetCreatedAt(tx.Now).Save(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("make login: %w", err)
		}
	}
	if err := p.logins.Prove(ctx, tx, u, proof); err != nil {
		return nil, nil, err
	}
	if !opens {
		return u, nil, nil
	}
	opened, err := p.logins.Open(ctx, tx, login.Person{ID: u.ID, Name: login.FullName(u), Email: u.Email, Verified: true, Support: u.Support}, kind)
	return u, &opened, err
}

// take spends the invitation and makes the membership active; who comes second finds it taken.
func (p *People) take(ctx context.Context, tx *store.Tx, a *asked, u *ent.User) error {
	n, err := tx.Invitation.Update().Where(invitation.ID(a.invitation.ID), invitation.StatusEQ(rule.InvitationIsPending), invitation.SentCount(a.invitation.SentCount)).
		SetStatus(rule.InvitationIsAccepted).SetAcceptedAt(tx.Now).Save(ctx)
	if err != nil {
		return fmt.Errorf("accept invitation %s: %w", a.invitation.ID, err)
	}
	if n != 1 {
		return rule.Dead(true, rule.InvitationIsAccepted)
	}
	n, err = tx.Membership.Update().Where(membership.ID(a.membership.ID), membership.StatusEQ(rule.Pending)).
		SetStatus(rule.Active).SetUserID(u.ID).SetJoinedAt(tx.Now).AddVersion(1).Save(ctx)
	if err != nil {
		return fmt.Errorf("activate membership %s: %w", a.membership.ID, err)
	}
	if n != 1 {
		return rule.Dead(true, rule.InvitationIsAccepted)
	}
	return journal.Write(ctx, tx, journal.Entry{Verb: "invitationAccept", Account: a.account.id, Membership: a.membership.ID, User: u.ID,
		Actor:   journal.Actor{ID: u.ID, Name: login.FullName(u)},
		Changes: []journal.Change{journal.Turn("status", rule.Pending, rule.Active)}})
}
