package graph

import (
	"context"

	"roster/ent"
	"roster/graph/generated"
	"roster/internal/rule"
	"roster/internal/viewer"
)

// forSupport reads something by its id again where support asks and an ordinary read found nothing: once it is recorded,
// this request sees the account it is in (RULES.md G4).
func forSupport[T any](ctx context.Context, q query, id string, found *T, err error, again func() (*T, error)) (*T, error) {
	if found != nil || err != nil {
		return found, err
	}
	if opened, err := q.openForSupport(ctx, id); !opened || err != nil {
		return nil, err
	}
	return again()
}

func (r *Resolver) openForSupport(ctx context.Context, id string) (bool, error) {
	v, _ := viewer.From(ctx)
	if !v.Support {
		return false, nil
	}
	if requestOf(ctx).ByGet {
		return false, rule.BadRequest("as support, ask by POST: what you read is recorded")
	}
	return r.people.SupportRead(ctx, id)
}

func (m mutation) OwnershipTransfer(ctx context.Context, in generated.OwnershipTransferInput) (*generated.OwnershipTransferPayload, error) {
	before, err := m.people.Transfer(ctx, in.AccountID, in.ToMembershipID, in.Reason)
	list, fault := problems(err)
	if err != nil {
		return &generated.OwnershipTransferPayload{Problems: list}, fault
	}
	payload := &generated.OwnershipTransferPayload{Problems: list}
	if payload.Account, err = query(m).Account(ctx, in.AccountID); err != nil {
		return payload, err
	}
	for id, owner := range map[string]**ent.Membership{before: &payload.PreviousOwner, in.ToMembershipID: &payload.NewOwner} {
		if *owner, err = orNull(m.read().Membership.Get(ctx, id)); err != nil {
			return payload, err
		}
	}
	return payload, nil
}

func (m mutation) ClientAccountDisconnect(ctx context.Context, in generated.ClientAccountDisconnectInput) (*generated.ClientAccountDisconnectPayload, error) {
	err := m.people.Disconnect(ctx, in.ClientAccountID, some(in.NewOwnerMembershipID.Value()), some(in.Reason.Value()))
	list, fault := problems(err)
	if err != nil {
		return &generated.ClientAccountDisconnectPayload{Problems: list}, fault
	}
	now, err := orNull(m.read().ClientAccount.Get(ctx, in.ClientAccountID))
	return &generated.ClientAccountDisconnectPayload{ClientAccount: now, Problems: list}, err
}
