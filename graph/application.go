package graph

import (
	"context"

	"roster/ent"
	"roster/ent/application"
	"roster/ent/applicationuse"
	"roster/ent/practice"
	"roster/graph/generated"
	"roster/internal/store"
)

// Applications are what a practice offers: to its colleagues, who may see its lists (RULES.md I3, L3).
func (r practiceField) Applications(ctx context.Context, p *ent.Practice) ([]*ent.Application, error) {
	return r.read().Application.Query().Where(application.PracticeID(p.ID), application.HasPracticeWith(practice.ID(p.ID), ofColleague(ctx))).
		Order(application.ByNameKey()).All(ctx)
}

// Applications are what the practice behind a client account offers.
func (r clientFields) Applications(ctx context.Context, a *ent.ClientAccount) ([]*ent.Application, error) {
	if a.PracticeID == nil {
		return []*ent.Application{}, nil
	}
	return r.read().Application.Query().Where(application.PracticeID(*a.PracticeID)).Order(application.ByNameKey()).All(ctx)
}

func (r memberFields) Applications(ctx context.Context, m *ent.Membership) ([]*ent.Application, error) {
	if m.NameOnly {
		return []*ent.Application{}, nil
	}
	if list, err := m.Edges.ApplicationsOrErr(); !ent.IsNotLoaded(err) {
		return list, err
	}
	return r.loaders(ctx).applications.Load(ctx, m.ID)
}

func byName(q *ent.ApplicationQuery) { q.Order(application.ByNameKey()) }

// applicationsOf are the applications of some members that the viewer sees.
func (r *Resolver) applicationsOf(ctx context.Context, members []string) (map[string][]*ent.Application, error) {
	uses, err := r.read().ApplicationUse.Query().Where(applicationuse.MembershipIDIn(members...)).
		Order(applicationuse.ByApplicationField(application.FieldNameKey)).WithApplication().All(store.Facts(ctx))
	found := map[string][]*ent.Application{}
	for _, id := range members {
		found[id] = []*ent.Application{}
	}
	for _, u := range uses {
		found[u.MembershipID] = append(found[u.MembershipID], u.Edges.Application)
	}
	return found, err
}

func (m mutation) ApplicationCreate(ctx context.Context, in generated.ApplicationCreateInput) (*generated.ApplicationCreatePayload, error) {
	id, err := m.people.ListApplication(ctx, in.PracticeID, in.Name)
	list, fault := problems(err)
	if err != nil {
		return &generated.ApplicationCreatePayload{Problems: list}, fault
	}
	now, err := orNull(m.read().Application.Get(ctx, id))
	return &generated.ApplicationCreatePayload{Application: now, Problems: list}, err
}

func (m mutation) ApplicationDelete(ctx context.Context, in generated.ApplicationDeleteInput) (*generated.ApplicationDeletePayload, error) {
	err := m.people.DeleteApplication(ctx, in.ApplicationID)
	list, fault := problems(err)
	if err != nil {
		return &generated.ApplicationDeletePayload{Problems: list}, fault
	}
	return &generated.ApplicationDeletePayload{ApplicationID: &in.ApplicationID, Problems: list}, nil
}
