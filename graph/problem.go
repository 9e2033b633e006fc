package graph

import (
	"context"

	"roster/graph/model"
	"roster/internal/rule"
)

// Subject is what stands in the way, where the viewer can see it: the rule names it, the policy shows it or not.
func (r problemFields) Subject(ctx context.Context, p *rule.Problem) (model.Node, error) {
	if p.Subject == "" {
		return nil, nil
	}
	if n, ok := requestOf(ctx).seen(p.Subject); ok {
		return n, nil
	}
	found, err := r.nodesByID(ctx, []string{p.Subject})
	return found[p.Subject], err
}

func (r problemFields) Related(ctx context.Context, p *rule.Problem) ([]model.Node, error) {
	list := make([]model.Node, 0, len(p.Related))
	found, err := r.nodesByID(ctx, p.Related)
	for _, id := range p.Related {
		n, ok := requestOf(ctx).seen(id)
		if !ok {
			n = found[id]
		}
		if n != nil {
			list = append(list, n)
		}
	}
	return list, err
}

func (r problemFields) Remedy(_ context.Context, p *rule.Problem) (*rule.Remedy, error) {
	return remedyOf(p), nil
}

func remedyOf(p *rule.Problem) *rule.Remedy {
	if p.Remedy == "" {
		return nil
	}
	return &p.Remedy
}
