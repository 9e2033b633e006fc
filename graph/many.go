package graph

import (
	"context"
	"slices"
	"sync"

	"roster/ent"
	"roster/ent/membership"
	"roster/graph/generated"
	"roster/graph/model"
	"roster/graph/page"
	"roster/internal/people"
	"roster/internal/rule"
)

func (m mutation) MembershipAddMany(ctx context.Context, in generated.MembershipAddManyInput) (*generated.MembershipAddManyPayload, error) {
	add := people.AddMany{Account: in.AccountID, CSV: in.CSV.Value(), DefaultRole: some(in.DefaultRoleID.Value()), Notify: in.NotifyByEmail,
		DryRun: in.DryRun, SkipRows: in.OnProblem == generated.RowPolicySkipRows, IdempotencyKey: some(in.IdempotencyKey.Value())}
	if typed, named := given(in.Rows); named {
		rows := make([]people.Row, len(typed))
		for i, r := range typed {
			rows[i] = people.Row{FirstName: r.FirstName, LastName: r.LastName, Email: some(r.Email.Value()), Mobile: some(r.Mobile.Value()),
				LoginAccess: r.LoginAccess, Role: some(r.RoleID.Value())}
		}
		add.Rows = &rows
	}
	done, err := m.people.AddMany(ctx, add)
	list, fault := problems(err)
	if err != nil {
		return &generated.MembershipAddManyPayload{Rows: []*generated.MembershipRowResult{}, Problems: list}, fault
	}
	return m.added(ctx, done)
}

// added is the answer to a list: what its rows speak of is read for all of them at once.
func (m mutation) added(ctx context.Context, done people.ManyAdded) (*generated.MembershipAddManyPayload, error) {
	payload := &generated.MembershipAddManyPayload{Added: done.Added, Refused: done.Refused, Rows: make([]*generated.MembershipRowResult, len(done.Rows))}
	payload.Problems = each(done.Problems)
	var subjects, ids []string
	for i, r := range done.Rows {
		row := &generated.MembershipRowResult{Line: r.Line, Outcome: r.Outcome, Problems: each(r.Problems), Warnings: each(rule.EmailWarnings(r.Email))}
		if r.Email != "" {
			row.Email = &done.Rows[i].Email
		}
		if r.Membership != "" {
			ids = append(ids, r.Membership)
		}
		for _, p := range r.Problems {
			subjects = append(subjects, p.Subject)
		}
		payload.Rows[i] = row
	}
	if page.WantsField(ctx, "rows", "membership") {
		found, err := m.newcomers(ctx, ids)
		if err != nil {
			return nil, err
		}
		for i, r := range done.Rows {
			payload.Rows[i].Membership = found[r.Membership]
		}
	}
	if page.WantsField(ctx, "rows", "problems", "subject") {
		return payload, m.meet(ctx, subjects)
	}
	return payload, nil
}

// each are problems as GraphQL lists them.
func each(v rule.Verdict) []*rule.Problem {
	list := make([]*rule.Problem, len(v))
	for i := range v {
		list[i] = &v[i]
	}
	return list
}

// atOnce is how many ids one statement asks for.
const atOnce = 500

// newcomers are the members that a list added, with what is asked of them.
func (m mutation) newcomers(ctx context.Context, ids []string) (map[string]*ent.Membership, error) {
	wants := func(field string) bool { return page.WantsField(ctx, "rows", "membership", field) }
	found := map[string]*ent.Membership{}
	for some := range slices.Chunk(ids, atOnce) {
		q := m.read().Membership.Query().Where(membership.IDIn(some...))
		if wants("role") {
			q.WithRole()
		}
		if wants("user") {
			q.WithUser()
		}
		if wants("account") {
			q.WithClientAccount()
		}
		if wants("invitation") {
			q.WithInvitations(latestFirst)
		}
		list, err := q.All(ctx)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 && (wants("actions") || wants("invitation")) {
			if err := m.people.Manageable(ctx, list); err != nil {
				return nil, err
			}
		}
		var invitations []*ent.Invitation
		for _, one := range list {
			found[one.ID] = one
			for _, i := range one.Edges.Invitations {
				i.Edges.Membership = one
			}
			invitations = append(invitations, one.Edges.Invitations...)
		}
		if err := m.hideInviters(ctx, invitations); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// shared is what the fields of one request have in common.
type shared struct {
	once    sync.Once
	loaders *loaders

	mu  sync.Mutex
	met map[string]model.Node // what a list of problems speaks of, read for all of them at once
}

// meet reads the subjects of many problems.
func (r *Resolver) meet(ctx context.Context, ids []string) error {
	s := requestOf(ctx).shared
	if s == nil {
		return nil
	}
	slices.Sort(ids)
	for some := range slices.Chunk(slices.Compact(ids), atOnce) {
		found, err := r.nodesByID(ctx, some)
		if err != nil {
			return err
		}
		s.mu.Lock()
		for _, id := range some {
			s.met[id] = found[id]
		}
		s.mu.Unlock()
	}
	return nil
}

// seen is what was read of an id already; ok is false when nobody looked.
func (r Request) seen(id string) (n model.Node, ok bool) {
	if r.shared == nil {
		return nil, false
	}
	r.shared.mu.Lock()
	defer r.shared.mu.Unlock()
	n, ok = r.shared.met[id]
	return n, ok
}

// met puts something where seen finds it.
func (r Request) met(id string, n model.Node) {
	if r.shared == nil {
		return
	}
	r.shared.mu.Lock()
	defer r.shared.mu.Unlock()
	r.shared.met[id] = n
}
