package people

import (
	"context"
	"fmt"
	"time"

	"roster/ent"
	"roster/ent/invitation"
	"roster/ent/membership"
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

	WrongPerson bool   // somebody else than the invited person is signed in
	SignInFirst bool   // there is a login that a text message does not prove
	For         string // the masked address of the login it is for, wherever it was sent
}

// Preview looks at a link and changes nothing; nil when there is no such link, or a newer one replaced it.
func (p *People) Preview(ctx context.Context, token string) (preview *Preview, err error) {
	v, _ := viewer.From(ctx)
	for range 3 {
		asked, err := byToken(ctx, p.store.Read(), v.At, token)
		if err != nil || asked == nil {
			return nil, err
		}
		if asked.torn() == nil {
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
	ByText       bool         // the link was a text message's: its reader holds a phone
	Email        string       // the login's
	Left         rule.Verdict // why some of the accounts of the link could not be opened, where others were
}

// Accept lets the invited person into every account that the link was sent for and is still pending (RULES.md I1). One of
// many simultaneous accepts succeeds (E7): an invitation is taken by a guarded update, and the row says who was first.
func (p *People) Accept(ctx context.Context, token, password string, kind rule.SessionKind) (accepted Accepted, err error) {
	hash, err := p.passwordFor(ctx, token, password)
	if err != nil {
		return Accepted{}, err
	}
	err = p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		asked, err := byToken(ctx, tx.Client, tx.Now, token)
		if err != nil {
			return err
		}
		if err := asked.torn(); err != nil {
			return err
		}
		accepted = Accepted{SignedIn: asked.signedIn()}

		taken, left, err := p.acceptable(ctx, tx, asked, password, hash)
		if err != nil {
			return err
		}
		if len(taken) == 0 {
			return left
		}

		u, opened, err := p.come(ctx, tx, asked, hash, kind)
		if err != nil {
			return err
		}
		accepted.Session, accepted.Left, accepted.ByText, accepted.Email = opened, left, asked.byText(), u.Email
		for _, i := range taken {
			if err := p.take(ctx, tx, i, u); err != nil {
				return err
			}
			accepted.Memberships, accepted.AccountNames = append(accepted.Memberships, i.membership.ID), append(accepted.AccountNames, i.account.name)
		}
		return nil
	})
	return accepted, err
}

// acceptable are the invitations of a link that may be accepted, and why the others may not.
func (p *People) acceptable(ctx context.Context, tx *store.Tx, a *asked, password, hash string) (taken []*invited, left rule.Verdict, err error) {
	if dead := rule.Dead(a != nil, a.standing()); dead.Refused() {
		return nil, dead, nil
	}
	reasons := map[*invited]rule.Verdict{}
	for _, i := range a.open() {
		facts, err := p.acceptFacts(ctx, tx, a, i, password, hash)
		if err != nil {
			return nil, nil, err
		}
		if reasons[i] = rule.Accept(facts); !reasons[i].Refused() {
			taken = append(taken, i)
		}
	}
	for _, i := range a.open() {
		switch {
		case len(taken) > 0: // which of them it is about has to be said
			left = append(left, rule.In(i.account.name, reasons[i])...)
		case len(left) == 0:
			left = reasons[i]
		}
	}
	return taken, left, nil
}

// passwordFor hashes the password before the transaction, where one is wanted and good enough.
func (p *People) passwordFor(ctx context.Context, token, password string) (string, error) {
	preview, err := p.Preview(ctx, token)
	if err != nil || preview == nil || preview.NeedsPassword == nil || !*preview.NeedsPassword || login.Judge(password).Refused() {
		return "", err
	}
	return p.logins.Hash(ctx, password)
}

func (p *People) acceptFacts(ctx context.Context, tx *store.Tx, a *asked, i *invited, password, hash string) (f rule.AcceptFacts, err error) {
	f = a.asking(tx.Now)
	f.Status, f.Kind, f.Permissions = i.standing, i.account.kind, i.membership.Permissions
	f.Password = login.Judge(password, a.email(), i.membership.FirstName, i.membership.LastName, i.account.name, i.practice)
	if !f.Password.Refused() && hash == "" {
		f.Password = rule.NoPassword()
	}
	if f.Inviter, err = access(ctx, tx, tx.Now, i.InvitedByID, i.account.id); err != nil {
		return f, err
	}
	if _, f.Colleague, f.ClientUser, err = elsewhere(ctx, tx, i.account, a.email(), a.login); err != nil || a.login == nil {
		return f, err
	}
	f.Already, err = tx.Membership.Query().Where(membership.AccountID(i.account.id), membership.UserID(a.login.ID), membership.StatusNEQ(rule.Removed)).Exist(store.Facts(ctx))
	if err != nil {
		return f, fmt.Errorf("look for a membership of %s in %s: %w", a.login.ID, i.account.id, err)
	}
	return f, nil
}

// come finds or makes the login that comes in, proves what the link proves, and opens a session where it brought a
// password (E5).
func (p *People) come(ctx context.Context, tx *store.Tx, a *asked, hash string, kind rule.SessionKind) (*ent.User, *login.Opened, error) {
	u, made := a.login, a.login == nil
	if made {
		m := a.open()[0].membership
		var err error
		u, err = tx.User.Create().SetID(store.NewID("usr")).SetEmail(a.email()).SetFirstName(m.FirstName).SetLastName(m.LastName).SetCreatedAt(tx.Now).Save(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("make login: %w", err)
		}
	}
	if err := p.prove(ctx, tx, a, u, made, hash); err != nil {
		return nil, nil, err
	}
	if !a.asking(tx.Now).NeedsPassword() {
		return u, nil, nil
	}
	opened, err := p.logins.Open(ctx, tx, login.Person{ID: u.ID, Name: login.FullName(u), Email: u.Email, Verified: !a.byText(), Support: u.Support}, kind)
	return u, &opened, err
}

// prove writes down what whoever holds the link has shown: that they read the address, or have the phone.
func (p *People) prove(ctx context.Context, tx *store.Tx, a *asked, u *ent.User, made bool, hash string) error {
	switch {
	case a.byText():
		return p.logins.ProveMobile(ctx, tx, u, some(a.open()[0].membership.Mobile), made, hash)
	case a.asInvited():
		return p.logins.Prove(ctx, tx, u, login.Proof{Session: a.viewer.SessionID})
	}
	return p.logins.Prove(ctx, tx, u, login.Proof{PasswordHash: hash})
}

// take spends an invitation and makes the membership active; who comes second finds it taken.
func (p *People) take(ctx context.Context, tx *store.Tx, i *invited, u *ent.User) error {
	n, err := tx.Invitation.Update().Where(invitation.ID(i.ID), invitation.StatusEQ(rule.InvitationIsPending), invitation.SentCount(i.SentCount)).
		SetStatus(rule.InvitationIsAccepted).SetAcceptedAt(tx.Now).Save(ctx)
	if err != nil {
		return fmt.Errorf("accept invitation %s: %w", i.ID, err)
	}
	if n != 1 {
		return rule.Dead(true, rule.InvitationIsAccepted)
	}
	n, err = tx.Membership.Update().Where(membership.ID(i.membership.ID), membership.StatusEQ(rule.Pending)).
		SetStatus(rule.Active).SetUserID(u.ID).SetJoinedAt(tx.Now).AddVersion(1).Save(ctx)
	if err != nil {
		return fmt.Errorf("activate membership %s: %w", i.membership.ID, err)
	}
	if n != 1 {
		return rule.Dead(true, rule.InvitationIsAccepted)
	}
	return journal.Write(ctx, tx, journal.Entry{Verb: "invitationAccept", Account: i.account.id, Membership: i.membership.ID, User: u.ID,
		Actor:   journal.Actor{ID: u.ID, Name: login.FullName(u)},
		Changes: []journal.Change{journal.Turn("status", rule.Pending, rule.Active)}})
}
