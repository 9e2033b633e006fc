package graph

import (
	"context"
	"slices"
	"time"

	"github.com/vikstrous/dataloadgen"

	"roster/ent"
	"roster/ent/invitation"
	"roster/ent/membership"
	"roster/ent/role"
	"roster/graph/model"
	"roster/internal/rule"
	"roster/internal/viewer"
)

// gather is how long the rows of a list have to say what they want before it is read for all of them. Lists read with
// their rows what they know will be wanted; this is for what is asked of rows within rows.
const gather = time.Millisecond

// loaders read single things for the many rows of one answer at once. They remember nothing: a later field of the same
// operation sees what an earlier one has changed.
type loaders struct {
	nodes       *dataloadgen.Loader[string, model.Node]
	roles       *dataloadgen.Loader[string, *ent.Role]       // deleted ones too, which people who were removed still show
	owners      *dataloadgen.Loader[string, *ent.Membership] // by account
	invitations *dataloadgen.Loader[string, *ent.Invitation] // the latest, by membership

	texts        *dataloadgen.Loader[string, rule.TextMessage]         // one more to a number
	applications *dataloadgen.Loader[string, []*ent.Application]       // by membership
	holders      *dataloadgen.Loader[string, *ent.Membership]          // owners of documents that are seen
	addresses    *dataloadgen.Loader[string, []*ent.SubmissionAddress] // by membership
}

// loaders are those of the request, which the first to ask makes.
func (r *Resolver) loaders(ctx context.Context) *loaders {
	s := requestOf(ctx).shared
	if s == nil { // not by HTTP: each asks for itself
		s = new(shared)
	}
	s.once.Do(func() {
		s.loaders = &loaders{nodes: loaderOf(r.nodesByID), roles: loaderOf(r.rolesOf), owners: loaderOf(r.ownersOf), invitations: loaderOf(r.latestInvitations),
			applications: loaderOf(r.applicationsOf), holders: loaderOf(r.holdersOf), addresses: loaderOf(r.addressesOf), texts: loaderOf(r.people.TextsTo)}
	})
	return s.loaders
}

func loaderOf[T any](read func(ctx context.Context, ids []string) (map[string]T, error)) *dataloadgen.Loader[string, T] {
	return dataloadgen.NewLoader(func(ctx context.Context, ids []string) ([]T, []error) {
		list, errs := make([]T, len(ids)), make([]error, len(ids))
		found, err := read(ctx, slices.Compact(slices.Sorted(slices.Values(ids))))
		for i, id := range ids {
			list[i], errs[i] = found[id], err
		}
		return list, errs
	}, dataloadgen.WithWait(gather), dataloadgen.WithBatchCapacity(atOnce), dataloadgen.WithoutCache())
}

// byID is a thing that the viewer can see; nil otherwise.
func byID[T model.Node](ctx context.Context, r *Resolver, id string) (found T, err error) {
	node, err := r.loaders(ctx).nodes.Load(ctx, id)
	found, _ = node.(T)
	return found, err
}

// accountByID is an account of either kind that the viewer can see; nil otherwise.
func (r *Resolver) accountByID(ctx context.Context, id string) (model.Account, error) {
	node, err := r.loaders(ctx).nodes.Load(ctx, id)
	switch a := node.(type) {
	case *ent.Practice:
		return a, err
	case *ent.ClientAccount:
		return a, err
	}
	return nil, err
}

// rolesOf are the roles that members have.
func (r *Resolver) rolesOf(ctx context.Context, ids []string) (map[string]*ent.Role, error) {
	found := map[string]*ent.Role{}
	var own []string
	v, _ := viewer.From(ctx)
	for _, id := range ids {
		if o := ent.BuiltInRole(id); o != nil && v.SignedIn() { // who is sees them
			found[id] = o
		} else {
			own = append(own, id)
		}
	}
	if len(own) == 0 {
		return found, nil
	}
	list, err := r.read().Role.Query().Where(role.IDIn(own...)).All(ctx)
	for _, o := range list {
		found[o.ID] = o
	}
	return found, err
}

// ownersOf are the owners of some accounts, as far as the viewer sees them.
func (r *Resolver) ownersOf(ctx context.Context, accounts []string) (map[string]*ent.Membership, error) {
	list, err := r.read().Membership.Query().Where(membership.AccountIDIn(accounts...), membership.IsOwner(true)).All(ctx)
	found := map[string]*ent.Membership{}
	for _, m := range list {
		found[m.AccountID] = m
	}
	return found, err
}

// latestInvitations are the newest invitations of some members.
func (r *Resolver) latestInvitations(ctx context.Context, members []string) (map[string]*ent.Invitation, error) {
	list, err := r.read().Invitation.Query().Where(invitation.MembershipIDIn(members...)).
		Order(invitation.ByCreatedAt(descending()), invitation.ByID(descending())).All(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]*ent.Invitation{}
	var latest []*ent.Invitation
	for _, i := range list {
		if found[i.MembershipID] == nil {
			found[i.MembershipID], latest = i, append(latest, i)
		}
	}
	return found, r.hideInviters(ctx, latest)
}
