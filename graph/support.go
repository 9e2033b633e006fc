package graph

import (
	"context"

	"roster/ent"
	"roster/graph/generated"
)

func (m mutation) OwnershipTransfer(ctx context.Context, in generated.OwnershipTransferInput) (*generated.OwnershipTransferPayload, error) {
	before, err := m.people.Transfer(ctx, in.AccountID, in.ToMembershipID, in.Reason)
	list, fault := problems(err)
	if err != nil {
		return &generated.OwnershipTransferPayload{Problems: list}, fault
	}
	payload := &generated.OwnershipTransferPayload{Problems: list}
	if payload.Account, err = m.account(ctx, in.AccountID); err != nil {
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
