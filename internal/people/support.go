package people

import (
	"context"
	"fmt"
	"strings"

	"roster/ent"
	"roster/ent/clientaccount"
	"roster/ent/clientgrant"
	"roster/ent/event"
	"roster/ent/invitation"
	"roster/ent/membership"
	"roster/ent/practice"
	"roster/ent/role"
	"roster/internal/journal"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// errByGet: a GET changes nothing, and what support reads is recorded.
var errByGet = rule.BadRequest("as support, ask by POST: what you read is recorded")

// read is an account that support reads, and by which of its memberships, if it was one.
type read struct{ account, member string }

// Read lets Roster's support see, for the rest of the request, the accounts that some ids are of or belong to, as far as
// they could not see them otherwise (RULES.md G4). Each account is told in its own journal before anything of it is shown.
// For everybody else it does nothing.
func (p *People) Read(ctx context.Context, ids []string, byGet bool) error {
	if v, _ := viewer.From(ctx); !v.Support {
		return nil
	}
	return viewer.Read(ctx, func(v viewer.Viewer) (accounts []string, err error) {
		list, err := p.unseen(ctx, v, ids)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		if byGet {
			return nil, errByGet
		}
		for _, one := range list {
			accounts = append(accounts, one.account)
		}
		return accounts, p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error { return record(ctx, tx, v, list) })
	})
}

// record writes that support reads, if they still are.
func record(ctx context.Context, tx *store.Tx, v viewer.Viewer, list []read) error {
	support, err := supporting(ctx, tx, v)
	if err != nil {
		return err
	}
	if !support {
		return rule.ErrNotFound
	}
	for _, one := range list {
		if err := journal.Write(ctx, tx, journal.Entry{Verb: "supportRead", Account: one.account, Membership: one.member, Actor: asSupport(v)}); err != nil {
			return err
		}
	}
	return nil
}

// asSupport names support as such in the journal that the account reads.
func asSupport(v viewer.Viewer) journal.Actor {
	return journal.Actor{ID: v.UserID, Name: strings.TrimSpace(v.Name + " (Roster support)")}
}

// unseen are the accounts behind some ids that the viewer sees as support alone, and has not read in this request.
func (p *People) unseen(ctx context.Context, v viewer.Viewer, ids []string) ([]read, error) {
	done := map[string]bool{}
	for _, id := range v.Reads {
		done[id] = true
	}
	v.Reads = nil
	plain := viewer.With(ctx, v) // as they see it without being support
	found, err := p.closed(plain, ids)
	if err != nil {
		return nil, err
	}
	for _, behind := range []func(context.Context, *ent.Client, []string) (map[string][]read, error){ofMembers, ofInvitations, ofEvents, ofRoles, ofGrants} {
		more, err := behind(plain, p.store.Read(), ids)
		if err != nil {
			return nil, fmt.Errorf("find what support reads: %w", err)
		}
		for _, id := range ids {
			found = append(found, more[id]...)
		}
	}
	var list []read
	for _, one := range found {
		if !done[one.account] {
			done[one.account] = true
			list = append(list, one)
		}
	}
	return list, nil
}

// closed are those of the accounts asked for that exist and that the viewer cannot open: of a practice that looks after
// one of their own businesses they would see the name alone.
func (p *People) closed(plain context.Context, ids []string) ([]read, error) {
	practices, clients := with("prc_", ids), with("cli_", ids)
	if len(practices)+len(clients) == 0 {
		return nil, nil
	}
	all, c := store.Facts(plain), p.store.Read()
	there, err := c.Practice.Query().Where(practice.IDIn(practices...)).IDs(all)
	if err != nil {
		return nil, fmt.Errorf("find what support reads: %w", err)
	}
	more, err := c.ClientAccount.Query().Where(clientaccount.IDIn(clients...)).IDs(all)
	if err != nil {
		return nil, fmt.Errorf("find what support reads: %w", err)
	}
	there = append(there, more...)
	open, err := p.logins.Accounts(plain, login.Query{Accounts: append(practices, clients...), Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	opens := map[string]bool{}
	for _, a := range open {
		opens[a.AccountID()] = true
	}
	var list []read
	for _, id := range there {
		if !opens[id] {
			list = append(list, read{account: id})
		}
	}
	return list, nil
}

// The accounts behind ids of other things, without those that the viewer sees anyway.

func ofMembers(plain context.Context, c *ent.Client, ids []string) (map[string][]read, error) {
	rows, err := c.Membership.Query().Where(membership.IDIn(with("mem_", ids)...)).All(store.Facts(plain))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	seen, err := c.Membership.Query().Where(membership.IDIn(ids...)).IDs(plain)
	found := map[string][]read{}
	for _, m := range rows {
		found[m.ID] = []read{{m.AccountID, m.ID}}
	}
	return without(found, seen), err
}

func ofInvitations(plain context.Context, c *ent.Client, ids []string) (map[string][]read, error) {
	rows, err := c.Invitation.Query().Where(invitation.IDIn(with("inv_", ids)...)).WithMembership().All(store.Facts(plain))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	seen, err := c.Invitation.Query().Where(invitation.IDIn(ids...)).IDs(plain)
	found := map[string][]read{}
	for _, i := range rows {
		found[i.ID] = []read{{account: i.Edges.Membership.AccountID}}
	}
	return without(found, seen), err
}

func ofEvents(plain context.Context, c *ent.Client, ids []string) (map[string][]read, error) {
	rows, err := c.Event.Query().Where(event.IDIn(with("evt_", ids)...), event.AccountIDNotNil()).All(store.Facts(plain))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	seen, err := c.Event.Query().Where(event.IDIn(ids...)).IDs(plain)
	found := map[string][]read{}
	for _, e := range rows {
		found[e.ID] = []read{{account: *e.AccountID}}
	}
	return without(found, seen), err
}

func ofRoles(plain context.Context, c *ent.Client, ids []string) (map[string][]read, error) {
	rows, err := c.Role.Query().Where(role.IDIn(with("rol_", ids)...), role.PracticeIDNotNil()).All(store.Facts(plain))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	seen, err := c.Role.Query().Where(role.IDIn(ids...)).IDs(plain)
	found := map[string][]read{}
	for _, r := range rows {
		found[r.ID] = []read{{account: *r.PracticeID}}
	}
	return without(found, seen), err
}

// ofGrants: a grant tells of a practice and of its client.
func ofGrants(plain context.Context, c *ent.Client, ids []string) (map[string][]read, error) {
	rows, err := c.ClientGrant.Query().Where(clientgrant.IDIn(with("grt_", ids)...)).All(store.Facts(plain))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	seen, err := c.ClientGrant.Query().Where(clientgrant.IDIn(ids...)).IDs(plain)
	found := map[string][]read{}
	for _, g := range rows {
		found[g.ID] = []read{{account: g.PracticeID}, {account: g.ClientAccountID}}
	}
	return without(found, seen), err
}

func with(prefix string, ids []string) (list []string) {
	for _, id := range ids {
		if strings.HasPrefix(id, prefix) {
			list = append(list, id)
		}
	}
	return list
}

func without(found map[string][]read, seen []string) map[string][]read {
	for _, id := range seen {
		delete(found, id)
	}
	return found
}
