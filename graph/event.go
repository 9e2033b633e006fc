package graph

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"

	"roster/ent"
	"roster/ent/event"
	"roster/ent/membership"
	"roster/ent/predicate"
	"roster/ent/user"
	"roster/graph/generated"
	"roster/graph/model"
	"roster/graph/page"
	"roster/internal/journal"
	"roster/internal/rule"
)

// events is a page of an account's journal, the newest first.
func (r *Resolver) events(ctx context.Context, account string, args page.Args, filter *generated.EventFilter, parent func(*ent.Event)) (*model.EventConnection, error) {
	q := r.read().Event.Query().Where(event.AccountID(account))
	if err := r.narrowEvents(ctx, q, some(filter)); err != nil {
		return nil, err
	}
	if page.Wants(ctx, "membership") {
		q.WithMembership()
	}
	if page.Wants(ctx, "actor") {
		q.WithActor()
	}
	if page.Wants(ctx, "viaPractice") {
		q.WithViaPractice()
	}
	o := page.Order[*ent.Event]{List: "events", Scope: account, Desc: true, ID: func(e *ent.Event) string { return e.ID },
		By: []page.Column[*ent.Event]{page.Moment(event.FieldAt, func(e *ent.Event) time.Time { return e.At })}}
	c, err := page.Of(ctx, q, o, args)
	if err != nil {
		return nil, err
	}
	for _, e := range c.Edges {
		parent(e.Node)
	}
	return c, r.hideActors(ctx, c.Nodes())
}

func (r *Resolver) narrowEvents(ctx context.Context, q *ent.EventQuery, f generated.EventFilter) error {
	if verbs, named := given(f.Verbs); named {
		if len(verbs) > maxNodes {
			return rule.BadRequest("filter by at most 100 verbs at once")
		}
		q.Where(event.VerbIn(verbs...))
	}
	if id := f.MembershipID.Value(); id != nil {
		sees, err := r.read().Membership.Query().Where(membership.ID(*id)).Exist(ctx)
		if err != nil {
			return err
		}
		q.Where(event.MembershipID(*id), unless(!sees))
	}
	if id := f.ActorID.Value(); id != nil { // never tells who in a practice did it: hidden actors are not found by id
		sees, err := r.read().User.Query().Where(user.ID(*id)).Exist(ctx)
		if err != nil {
			return err
		}
		q.Where(event.ActorID(*id), unless(!sees), event.Or(event.ViaPracticeIDIsNil(), event.HasViaPracticeWith(ofColleague(ctx))))
	}
	if at := f.Since.Value(); at != nil {
		q.Where(event.AtGTE(*at))
	}
	if at := f.Until.Value(); at != nil {
		q.Where(event.AtLT(*at))
	}
	return nil
}

// unless keeps every line, or none when what it is asked by is hidden from the viewer: whose name a line does not show
// is not to be found out by trying ids.
func unless(hidden bool) predicate.Event {
	return func(q *sql.Selector) {
		if hidden {
			q.Where(sql.False())
		}
	}
}

func (r eventFields) Account(ctx context.Context, e *ent.Event) (model.Account, error) {
	switch {
	case e.Edges.Practice != nil:
		return e.Edges.Practice, nil
	case e.Edges.ClientAccount != nil:
		return e.Edges.ClientAccount, nil
	case e.AccountID == nil:
		return nil, nil
	}
	return r.accountByID(ctx, *e.AccountID)
}

func (r eventFields) Membership(ctx context.Context, e *ent.Event) (*ent.Membership, error) {
	if e.MembershipID == nil {
		return nil, nil
	}
	if m, err := e.Edges.MembershipOrErr(); !ent.IsNotLoaded(err) {
		return orNull(m, err)
	}
	return byID[*ent.Membership](ctx, r.Resolver, *e.MembershipID)
}

func (r eventFields) ActorName(_ context.Context, e *ent.Event) (string, error) {
	return e.ActorName, nil
}

func (r eventFields) Actor(ctx context.Context, e *ent.Event) (*ent.User, error) {
	if e.ActorID == nil {
		return nil, nil
	}
	if u, err := e.Edges.ActorOrErr(); !ent.IsNotLoaded(err) {
		return orNull(u, err)
	}
	return byID[*ent.User](ctx, r.Resolver, *e.ActorID)
}

func (r eventFields) ViaPractice(ctx context.Context, e *ent.Event) (*ent.Practice, error) {
	if e.ViaPracticeID == nil {
		return nil, nil
	}
	if p, err := e.Edges.ViaPracticeOrErr(); !ent.IsNotLoaded(err) {
		return orNull(p, err)
	}
	return byID[*ent.Practice](ctx, r.Resolver, *e.ViaPracticeID)
}

func (r eventFields) Changes(_ context.Context, e *ent.Event) ([]*journal.Change, error) {
	list, err := journal.Read(e.Changes)
	out := make([]*journal.Change, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out, err
}
