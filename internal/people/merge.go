package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roster/ent"
	"roster/ent/identity"
	"roster/ent/session"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
)

// MergePlan is what merging another login into the viewer's would do (RULES.md J4).
type MergePlan struct {
	Token            string
	ExpiresAt        time.Time
	SurvivingEmail   string
	EndingEmail      string
	EndingIdentities []*ent.Identity
	Accounts         []*login.Access // all that the viewer could open
	Conflicts        rule.Verdict    // why it will be refused
	Effects          []rule.Effect
	Members          []*ent.Membership // those that the conflicts name, of both logins
}

// MergeStart is the proof of the other login: its address and password, or the proof of a sign-on round trip.
type MergeStart struct{ Email, Password, SignOnProof *string }

// StartMerge proves another login and tells what merging it into the viewer's would do. It changes nothing: the merge is done
// and undone, so that what is told is what will be.
func (p *People) StartMerge(ctx context.Context, in MergeStart) (*MergePlan, error) {
	if err := p.logins.MayMerge(ctx); err != nil {
		return nil, err
	}
	prove, err := p.proof(ctx, in)
	if err != nil {
		return nil, err
	}

	plan := &MergePlan{}
	var theirs string
	err = p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		other, err := prove(ctx, tx)
		if err != nil {
			return err
		}
		ours, err := login.Current(ctx, tx)
		if err != nil {
			return err
		}
		if other.ID == ours.ID {
			return rule.SameLogin("input")
		}
		theirs = other.ID
		plan.Token, plan.ExpiresAt, err = p.logins.PlanMerge(ctx, tx, ours, other)
		return err
	})
	if err != nil {
		return nil, err
	}
	return plan, p.tell(ctx, plan, theirs)
}

// proof is how the other login is proved in the transaction; a password is compared before it.
func (p *People) proof(ctx context.Context, in MergeStart) (func(context.Context, *store.Tx) (*ent.User, error), error) {
	if wrong := rule.OneProof(in.Email, in.Password, in.SignOnProof); wrong.Refused() {
		return nil, wrong
	}
	if in.SignOnProof != nil {
		return func(ctx context.Context, tx *store.Tx) (*ent.User, error) {
			return p.logins.ProvedBySignOn(ctx, tx, *in.SignOnProof)
		}, nil
	}
	u, err := p.logins.ProveOther(ctx, *in.Email, *in.Password)
	return func(context.Context, *store.Tx) (*ent.User, error) { return u, nil }, err
}

// errUndone rolls back what was done only to see what would be.
var errUndone = errors.New("people: done only to be looked at")

// tell completes a plan: it merges, looks, and takes it back. Where the merge is refused, the accounts are those of both logins.
func (p *People) tell(ctx context.Context, plan *MergePlan, theirs string) error {
	err := p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		m, err := gather(ctx, tx, theirs)
		if err != nil {
			return err
		}
		plan.SurvivingEmail, plan.EndingEmail = m.ours.Email, m.theirs.Email
		if plan.EndingIdentities, err = m.theirs.QueryIdentities().Order(identity.ByProvider()).All(store.Facts(ctx)); err != nil {
			return fmt.Errorf("read identities of %s: %w", theirs, err)
		}
		sessions, err := tx.Session.Query().Where(session.UserID(theirs), session.EndedAtIsNil(), session.ExpiresAtGT(tx.Now)).Count(store.Facts(ctx))
		if err != nil {
			return fmt.Errorf("count sessions of %s: %w", theirs, err)
		}
		plan.Effects = rule.MergeEffects(rule.MergeFacts{Email: m.theirs.Email, Identities: len(plan.EndingIdentities), Sessions: sessions, Invitations: m.invitations()})

		plan.Conflicts = rule.MergeConflicts(factsOf(m.places))
		if plan.Conflicts.Refused() {
			plan.Members = m.members()
			plan.Accounts, err = m.both(ctx, tx)
			return err
		}
		if _, err := p.merge(ctx, tx, m); err != nil {
			return err
		}
		if plan.Accounts, err = login.Everything(ctx, tx); err != nil {
			return err
		}
		return errUndone
	})
	if errors.Is(err, errUndone) {
		return nil
	}
	return err
}

// ConfirmMerge merges the login that a plan is about into the viewer's, in one transaction (J4). A refusal for conflicts
// names in Members the memberships that are in each other's way.
func (p *People) ConfirmMerge(ctx context.Context, token string) (opened login.Opened, members []*ent.Membership, err error) {
	if err := p.logins.MayMerge(ctx); err != nil {
		return login.Opened{}, nil, err
	}
	err = p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		ours, err := login.Current(ctx, tx)
		if err != nil {
			return err
		}
		theirs, err := p.logins.Confirmed(ctx, tx, ours, token)
		if err != nil {
			return err
		}
		m, err := gather(ctx, tx, theirs.ID)
		if err != nil {
			return err
		}

		if conflicts := rule.MergeConflicts(factsOf(m.places)); conflicts.Refused() {
			members = m.members()
			return conflicts
		}

		opened, err = p.merge(ctx, tx, m)
		return err
	})
	return opened, members, err
}
