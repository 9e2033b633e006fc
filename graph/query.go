package graph

import (
	"context"
	"maps"
	"strings"

	"roster/ent"
	"roster/graph/model"
	"roster/internal/people"
	"roster/internal/rule"
)

func (q query) Node(ctx context.Context, id string) (model.Node, error) {
	list, err := q.Nodes(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// maxNodes is how many ids can be asked for at once.
const maxNodes = 100

func (q query) Nodes(ctx context.Context, ids []string) ([]model.Node, error) {
	if len(ids) > maxNodes {
		return nil, rule.BadRequest("give at most 100 ids at once")
	}
	found, err := q.nodesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if found[id] != nil {
			continue
		}
		opened, err := q.openForSupport(ctx, id)
		if err != nil {
			return nil, err
		}
		if opened {
			if err := q.nodesAgain(ctx, id, found); err != nil {
				return nil, err
			}
		}
	}
	list := make([]model.Node, len(ids))
	for i, id := range ids {
		list[i] = found[id]
	}
	return list, nil
}

// nodesAgain adds what support may see since it was recorded.
func (q query) nodesAgain(ctx context.Context, id string, found map[string]model.Node) error {
	more, err := q.nodesByID(ctx, []string{id})
	maps.Copy(found, more)
	return err
}

func (q query) Viewer(ctx context.Context) (*model.Viewer, error) { return me(ctx), nil }

func (q query) Account(ctx context.Context, id string) (model.Account, error) {
	if strings.HasPrefix(id, "prc_") {
		if p, err := q.Practice(ctx, id); p != nil || err != nil {
			return p, err
		}
		return nil, nil
	}
	if c, err := q.ClientAccount(ctx, id); c != nil || err != nil {
		return c, err
	}
	return nil, nil
}

func (q query) Practice(ctx context.Context, id string) (*ent.Practice, error) {
	read := func() (*ent.Practice, error) { return orNull(q.read().Practice.Get(ctx, id)) }
	p, err := read()
	return forSupport(ctx, q, id, p, err, read)
}

func (q query) ClientAccount(ctx context.Context, id string) (*ent.ClientAccount, error) {
	read := func() (*ent.ClientAccount, error) { return orNull(q.read().ClientAccount.Get(ctx, id)) }
	a, err := read()
	return forSupport(ctx, q, id, a, err, read)
}

func (q query) Membership(ctx context.Context, id string) (*ent.Membership, error) {
	read := func() (*ent.Membership, error) { return orNull(q.read().Membership.Get(ctx, id)) }
	m, err := read()
	return forSupport(ctx, q, id, m, err, read)
}

func (q query) InvitationByToken(ctx context.Context, token string) (*people.Preview, error) {
	if requestOf(ctx).ByGet {
		return nil, rule.BadRequest("ask for an invitation by POST, so that its link does not end up in an address")
	}
	return q.people.Preview(ctx, token)
}
