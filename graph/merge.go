package graph

import (
	"context"
	"slices"

	"roster/ent"
	"roster/graph/generated"
	"roster/internal/people"
	"roster/internal/rule"
)

func (m mutation) LoginMergeStart(ctx context.Context, in generated.LoginMergeStartInput) (*generated.LoginMergeStartPayload, error) {
	plan, err := m.people.StartMerge(ctx, people.MergeStart{Email: in.Email.Value(), Password: in.Password.Value(), SignOnProof: in.SsoProof.Value()})
	list, fault := problems(err)
	if err != nil {
		return &generated.LoginMergeStartPayload{Problems: list}, fault
	}
	meet(ctx, each(plan.Conflicts), plan.Members)
	return &generated.LoginMergeStartPayload{Plan: plan, Problems: list}, nil
}

func (m mutation) LoginMergeConfirm(ctx context.Context, in generated.LoginMergeConfirmInput) (*generated.LoginMergeConfirmPayload, error) {
	o, members, err := m.people.ConfirmMerge(ctx, in.Token)
	list, fault := problems(err)
	if err != nil {
		meet(ctx, list, members)
		return &generated.LoginMergeConfirmPayload{Viewer: me(ctx), Problems: list}, fault
	}
	return &generated.LoginMergeConfirmPayload{Viewer: opened(ctx, o), Problems: list}, nil
}

// meet shows the memberships that conflicts name: whoever proved the other login may see what it is, though not as themselves.
func meet(ctx context.Context, conflicts []*rule.Problem, members []*ent.Membership) {
	for _, m := range members {
		if slices.ContainsFunc(conflicts, func(p *rule.Problem) bool { return slices.Contains(p.Related, m.ID) }) {
			requestOf(ctx).met(m.ID, m)
		}
	}
}

func (r planFields) Conflicts(_ context.Context, plan *people.MergePlan) ([]*rule.Problem, error) {
	return each(plan.Conflicts), nil
}
