package people

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"roster/ent"
	"roster/ent/membership"
	"roster/ent/schema"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// target is a membership that is about to be changed: the row, its account, and the facts the rules turn on.
type target struct {
	*ent.Membership
	account account
	facts   rule.Managed
	viewer  viewer.Viewer
	actor   journal.Actor // who changes it, where that is not the viewer
}

// manage runs one change of a membership that the viewer can see, in a transaction that read its facts.
func (p *People) manage(ctx context.Context, id string, change func(ctx context.Context, tx *store.Tx, t *target) error) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	return p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := find(ctx, tx, v, id)
		if err != nil {
			return err
		}
		return change(ctx, tx, t)
	})
}

// find loads a membership through the viewer's policy, and what the rules have to know of it.
func find(ctx context.Context, tx *store.Tx, v viewer.Viewer, id string) (*target, error) {
	m, err := tx.Membership.Get(ctx, id)
	if err != nil {
		return nil, notFound("membership", err)
	}
	a, err := visible(store.Facts(ctx), tx.Client, m.AccountID)
	if err != nil {
		return nil, err
	}
	if err := managed(ctx, tx, v, tx.Now, []*ent.Membership{m}); err != nil {
		return nil, err
	}
	return &target{Membership: m, account: a, facts: *m.Managed, viewer: v}, nil
}

// Manageable reads, for memberships of one account, what their Manage menus turn on: in one statement for a page of
// them.
func (p *People) Manageable(ctx context.Context, list []*ent.Membership) error {
	v, _ := viewer.From(ctx)
	for len(list) > 0 {
		n := min(len(list), pageful)
		if err := managed(ctx, p.store, v, v.At, list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// Managed are the facts that one membership's Manage menu turns on: those that were read for its page, or read now. They are
// not written down in the membership, of which two fields may be answered at once.
func (p *People) Managed(ctx context.Context, m *ent.Membership) (*rule.Managed, error) {
	if m.Managed != nil {
		return m.Managed, nil
	}
	one := *m
	err := p.Manageable(ctx, []*ent.Membership{&one})
	return one.Managed, err
}

// pageful is how many memberships are asked about at once.
const pageful = 100

// peopleFacts are the texts that ask about one membership, about those of a page that apps mostly ask for, and about as many as
// there can be; few of them, so that all stay prepared.
var peopleFacts = []struct {
	text string
	n    int
}{{schema.PeopleFacts(1), 1}, {schema.PeopleFacts(50), 50}, {schema.PeopleFacts(pageful), pageful}}

// managed sets the facts of some memberships of one account, as the viewer stands to them.
func managed(ctx context.Context, r reader, v viewer.Viewer, now time.Time, list []*ent.Membership) error {
	first := list[0]
	at, account := 0, first.AccountID
	for peopleFacts[at].n < len(list) {
		at++
	}
	ask := peopleFacts[at]
	args := make([]any, 0, 10+ask.n)
	args = append(args, now, account, account, now, now, account, first.ID, v.UserID, first.ID, v.UserID)
	for i := range ask.n { // the last one again and again, where there are fewer
		args = append(args, list[min(i, len(list)-1)].ID)
	}
	rows, err := r.Query(ctx, ask.text, args...)
	if err != nil {
		return fmt.Errorf("read facts of people in %s: %w", account, err)
	}
	defer rows.Close()
	var actor rule.Access
	all := make([]rule.Managed, 0, len(list))
	known := make(map[string]*rule.Managed, len(list))
	for r := newFactsRow(); rows.Next(); {
		if err := rows.Scan(r.to...); err != nil {
			return fmt.Errorf("read facts of people in %s: %w", account, err)
		}
		if r.id == first.ID {
			actor = r.actor()
		}
		all = append(all, r.managed())
		known[r.id] = &all[len(all)-1]
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read facts of people in %s: %w", account, err)
	}
	for _, m := range list {
		f := known[m.ID]
		if f == nil {
			return rule.ErrNotFound // removed from the database by hand, between two statements
		}
		f.Actor, f.Support = actor, v.Support
		f.Self, f.Kind, f.Member, f.Owner = m.UserID != nil && *m.UserID == v.UserID, m.Kind, *member(m), m.IsOwner
		m.Managed = f
	}
	return nil
}

// factsRow is a row of schema.PeopleFacts. One of them is read into again and again.
type factsRow struct {
	to []any // where each column goes

	id                string
	own, colleague    way
	granted           bool
	other, clientUser sql.NullString
	sent              whole
	facts             rule.Managed
}

// whole is a number that is scanned for what it is; any other int would be written as text first, and read again.
type whole int

// Scan takes what both databases count with.
func (w *whole) Scan(value any) error {
	n, ok := value.(int64)
	if !ok {
		return fmt.Errorf("a number is a %T", value)
	}
	*w = whole(n)
	return nil
}

func newFactsRow() *factsRow {
	r := &factsRow{}
	r.to = []any{&r.id, &r.own.id, &r.own.status, &r.own.login, &r.own.permissions, &r.colleague.id, &r.colleague.status, &r.colleague.login, &r.colleague.permissions, &r.granted,
		&r.facts.Joined, &r.facts.Alone, &r.facts.Practice, &r.facts.Keeps, (*whole)(&r.facts.Administrators), (*whole)(&r.facts.Logins), &r.other, &r.clientUser,
		&r.facts.VerifiedLogin, (*whole)(&r.facts.Sessions), (*whole)(&r.facts.Clients), (*whole)(&r.facts.Documents), &r.sent}
	return r
}

// actor is what the viewer may do in the account; one row says so.
func (r *factsRow) actor() rule.Access {
	return rule.AccessTo(r.own.member(), r.colleague.member(), r.granted)
}

// managed is what the row says of its membership.
func (r *factsRow) managed() rule.Managed {
	f := r.facts
	f.Colleague, f.ClientUser, f.Sent = r.other.String, r.clientUser.String, r.sent > 0
	return f
}

// way is a membership of the viewer's that may not be there.
type way struct {
	id, status  sql.NullString
	login       sql.NullBool
	permissions sql.NullInt64
}

func (w way) member() *rule.Member {
	if !w.id.Valid {
		return nil
	}
	return &rule.Member{ID: w.id.String, Status: rule.Status(w.status.String), LoginAccess: w.login.Bool, Permissions: rule.Permissions(w.permissions.Int64)}
}

// write saves a change of the membership, if nobody changed it since it was read, and records it.
func (t *target) write(ctx context.Context, tx *store.Tx, verb, reason string, change *ent.MembershipUpdate, changes ...journal.Change) error {
	n, err := change.Where(membership.ID(t.ID), membership.Version(t.Version)).AddVersion(1).Save(ctx)
	if err != nil {
		return fmt.Errorf("%s %s: %w", verb, t.ID, err)
	}
	if n != 1 {
		return fmt.Errorf("%s %s: it changed in the same transaction", verb, t.ID)
	}
	return t.record(ctx, tx, verb, reason, changes...)
}

// record adds a line to the account's journal.
func (t *target) record(ctx context.Context, tx *store.Tx, verb, reason string, changes ...journal.Change) error {
	e := journal.Entry{Verb: verb, Account: t.account.id, Membership: t.ID, Via: through(t.facts.Actor, t.account), Reason: reason, Actor: t.actor, Changes: journal.Changes(changes...)}
	if t.UserID != nil {
		e.User = *t.UserID
	}
	return journal.Write(ctx, tx, e)
}

// expects compares the version that somebody looked at with the one there is.
func (t *target) expects(version *int) rule.Verdict {
	if version == nil || *version == t.Version {
		return nil
	}
	return rule.Changed()
}
