package graph

import (
	"context"
	"strings"

	"roster/ent"
	"roster/graph/model"
	"roster/internal/people"
	"roster/internal/rule"
)

func (q query) Node(ctx context.Context, id string) (model.Node, error) {
	if err := q.reads(ctx, id); err != nil {
		return nil, err
	}
	found, err := q.nodesByID(ctx, []string{id})
	return found[id], err
}

// maxNodes is how many ids can be asked for at once.
const maxNodes = 100

func (q query) Nodes(ctx context.Context, ids []string) ([]model.Node, error) {
	if len(ids) > maxNodes {
		return nil, rule.BadRequest("give at most 100 ids at once")
	}
	if err := q.reads(ctx, ids...); err != nil {
		return nil, err
	}
	found, err := q.nodesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]model.Node, len(ids))
	for i, id := range ids {
		list[i] = found[id]
	}
	return list, nil
}

func (q query) Viewer(ctx context.Context) (*model.Viewer, error) { return me(ctx), nil }

// reads lets Roster's support see what some ids are of, which is recorded; for everybody else it does nothing.
func (r *Resolver) reads(ctx context.Context, ids ...string) error {
	return r.people.Read(ctx, ids, requestOf(ctx).ByGet)
}

func (q query) Account(ctx context.Context, id string) (model.Account, error) {
	if err := q.reads(ctx, id); err != nil {
		return nil, err
	}
	return q.account(ctx, id)
}

// account is a practice or client account that the viewer sees, or null.
func (r *Resolver) account(ctx context.Context, id string) (model.Account, error) {
	if strings.HasPrefix(id, "prc_") {
		if p, err := orNull(r.read().Practice.Get(ctx, id)); p != nil || err != nil {
			return p, err
		}
		return nil, nil
	}
	if c, err := orNull(r.read().ClientAccount.Get(ctx, id)); c != nil || err != nil {
		return c, err
	}
	return nil, nil
}

func (q query) Practice(ctx context.Context, id string) (*ent.Practice, error) {
	if err := q.reads(ctx, id); err != nil {
		return nil, err
	}
	return orNull(q.read().Practice.Get(ctx, id))
}

func (q query) ClientAccount(ctx context.Context, id string) (*ent.ClientAccount, error) {
	if err := q.reads(ctx, id); err != nil {
		return nil, err
	}
	return orNull(q.read().ClientAccount.Get(ctx, id))
}

func (q query) Membership(ctx context.Context, id string) (*ent.Membership, error) {
	if err := q.reads(ctx, id); err != nil {
		return nil, err
	}
	return orNull(q.read().Membership.Get(ctx, id))
}

func (q query) InvitationByToken(ctx context.Context, token string) (*people.Preview, error) {
	if requestOf(ctx).ByGet {
		return nil, rule.BadRequest("ask for an invitation by POST, so that its link does not end up in an address")
	}
	return q.people.Preview(ctx, token)
}
