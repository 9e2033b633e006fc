package graph

import (
	"bytes"
	"context"
	"io"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"roster/ent"
	entdocument "roster/ent/document"
	"roster/ent/membership"
	"roster/ent/schema"
	"roster/graph/generated"
	"roster/graph/model"
	"roster/graph/page"
	"roster/internal/document"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Documents is a page of the documents that the viewer sees, the newest first. Who sees their own only has them looked for by
// their owner; who sees all need not be asked about each when they are counted.
func (r clientFields) Documents(ctx context.Context, a *ent.ClientAccount, first *int, after *string, last *int, before *string, filter *generated.DocumentFilter) (*model.DocumentConnection, error) {
	may, err := r.may(ctx, a.ID, a.Access)
	if err != nil {
		return nil, err
	}
	q := r.read().Document.Query().Where(entdocument.ClientAccountID(a.ID))
	if err := narrowDocuments(q, some(filter)); err != nil {
		return nil, err
	}
	all := q.Clone()
	count := func(ctx context.Context) (int, error) { return all.Count(store.Facts(ctx)) }
	if !rule.SeesAllDocuments(may) {
		q.Where(entdocument.OwnerID(may.Membership))
		count = q.Clone().Count
	}
	if page.Wants(ctx, "submittedBy") {
		q.WithSubmittedBy()
	}
	if page.Wants(ctx, "submittedFor") {
		q.WithSubmittedFor()
	}
	o := page.Order[*ent.Document]{List: "documents", Scope: a.ID, Desc: true, ID: func(d *ent.Document) string { return d.ID },
		By: []page.Column[*ent.Document]{page.Moment(entdocument.FieldCreatedAt, func(d *ent.Document) time.Time { return d.CreatedAt })}}
	c, err := page.Counted(ctx, q, o, page.Args{First: first, After: after, Last: last, Before: before}, count)
	if err != nil {
		return nil, err
	}
	for _, e := range c.Edges {
		e.Node.Edges.Account, e.Node.Access = a, &may
	}
	if page.Wants(ctx, "owner") {
		if err := r.owned(ctx, c.Nodes()); err != nil {
			return nil, err
		}
	}
	return c, r.hideSubmitters(ctx, c.Nodes())
}

func narrowDocuments(q *ent.DocumentQuery, f generated.DocumentFilter) error {
	owners, named := given(f.OwnerIds)
	if len(owners) > maxNodes {
		return rule.BadRequest("filter by at most 100 document owners at once")
	}
	switch without := f.WithoutOwner.Value(); {
	case named && some(without):
		q.Where(entdocument.Or(entdocument.OwnerIDIn(owners...), entdocument.OwnerIDIsNil()))
	case named:
		q.Where(entdocument.OwnerIDIn(owners...))
	case some(without):
		q.Where(entdocument.OwnerIDIsNil())
	case without != nil:
		q.Where(entdocument.OwnerIDNotNil())
	}
	if statuses, named := given(f.Statuses); named {
		q.Where(entdocument.StatusIn(statuses...))
	}
	text, err := searchText(f.Search.Value())
	if text != "" {
		q.Where(entdocument.SearchKeyContains(text))
	}
	return err
}

// hideSubmitters puts the practice's name where its person's stands, for those who are not its colleagues (L2, L3).
func (r *Resolver) hideSubmitters(ctx context.Context, list []*ent.Document) error {
	var via []string
	for _, d := range list {
		if d.ViaPracticeID != nil {
			via = append(via, *d.ViaPracticeID)
		}
	}
	names, err := r.hiddenBehind(ctx, via)
	for _, d := range list {
		if name := names[some(d.ViaPracticeID)]; name != "" {
			d.SubmittedByName, d.SubmittedByID, d.Edges.SubmittedBy = name, nil, nil
		}
	}
	return err
}

func (r fileFields) Account(ctx context.Context, d *ent.Document) (*ent.ClientAccount, error) {
	if d.Edges.Account != nil {
		return d.Edges.Account, nil
	}
	return byID[*ent.ClientAccount](ctx, r.Resolver, d.ClientAccountID)
}

func (r fileFields) Owner(ctx context.Context, d *ent.Document) (*ent.Membership, error) {
	if d.OwnerID == nil || d.Edges.Owner != nil {
		return d.Edges.Owner, nil
	}
	return r.loaders(ctx).holders.Load(ctx, *d.OwnerID)
}

func (r fileFields) SubmittedBy(ctx context.Context, d *ent.Document) (*ent.Membership, error) {
	if d.SubmittedByID == nil {
		return nil, nil
	}
	if m, err := d.Edges.SubmittedByOrErr(); !ent.IsNotLoaded(err) {
		return orNull(m, err)
	}
	return byID[*ent.Membership](ctx, r.Resolver, *d.SubmittedByID)
}

func (r fileFields) SubmittedFor(ctx context.Context, d *ent.Document) (*ent.Membership, error) {
	if d.SubmittedForID == nil {
		return nil, nil
	}
	if m, err := d.Edges.SubmittedForOrErr(); !ent.IsNotLoaded(err) {
		return orNull(m, err)
	}
	return byID[*ent.Membership](ctx, r.Resolver, *d.SubmittedForID)
}

func (r fileFields) URL(ctx context.Context, d *ent.Document) (*string, error) {
	v, _ := viewer.From(ctx)
	link := r.documents.Link(v, d.ID)
	return &link, nil
}

// Actions is what can be done with a document. Lists have read what it turns on for the whole page.
func (r fileFields) Actions(ctx context.Context, d *ent.Document) (*model.DocumentActions, error) {
	may, err := r.may(ctx, d.ClientAccountID, d.Access)
	return &model.DocumentActions{Facts: document.Handling(may, d)}, err
}

// owned puts their owners to the documents of a list.
func (r *Resolver) owned(ctx context.Context, list []*ent.Document) error {
	var ids []string
	for _, d := range list {
		if d.OwnerID != nil {
			ids = append(ids, *d.OwnerID)
		}
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return nil
	}
	found, err := r.holdersOf(ctx, ids)
	for _, d := range list {
		if d.OwnerID != nil {
			d.Edges.Owner = found[*d.OwnerID]
		}
	}
	return err
}

// holdersOf are the owners of documents that the viewer sees. Who may not see them as members sees who they are, and nothing
// else of them (L3).
func (r *Resolver) holdersOf(ctx context.Context, ids []string) (map[string]*ent.Membership, error) {
	found := map[string]*ent.Membership{}
	seen, err := r.read().Membership.Query().Where(membership.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range seen {
		found[m.ID] = m
	}
	if len(found) == len(ids) {
		return found, nil
	}
	rest, err := r.read().Membership.Query().Where(membership.IDIn(ids...)).All(store.Facts(ctx))
	for _, m := range rest {
		if found[m.ID] == nil {
			found[m.ID] = nameOf(m)
		}
	}
	return found, err
}

// nameOf leaves of a membership who it is, and what a membership cannot be without.
func nameOf(m *ent.Membership) *ent.Membership {
	return &ent.Membership{NameOnly: true, ID: m.ID, Kind: m.Kind, AccountID: m.AccountID, ClientAccountID: m.ClientAccountID, FirstName: m.FirstName, LastName: m.LastName,
		RoleID: m.RoleID, Status: m.Status, LoginAccess: m.LoginAccess, IsOwner: m.IsOwner, Version: m.Version, CreatedAt: m.CreatedAt, LastActiveAt: schema.Epoch}
}

func (m mutation) DocumentSubmit(ctx context.Context, in generated.DocumentSubmitInput) (*generated.DocumentSubmitPayload, error) {
	file, err := fileOf(in.File)
	if err != nil {
		return nil, err
	}
	done, err := m.documents.Submit(ctx, document.Submit{Account: in.AccountID, File: file, Owner: some(in.OwnerMembershipID.Value()), Kind: in.Kind,
		IdempotencyKey: some(in.IdempotencyKey.Value())})
	now, list, err := m.filed(ctx, done.Document, err)
	payload := &generated.DocumentSubmitPayload{Document: now, Warnings: []*rule.Problem{}, Problems: list}
	if now != nil && done.Before {
		payload.Warnings = each(rule.SubmittedBefore(now.ID, now.FileName, now.Status, now.CreatedAt))
	}
	return payload, err
}

// fileOf is an upload as documents take it. The transport hands over what can be read from any place.
func fileOf(u graphql.Upload) (document.File, error) {
	if at, ok := u.File.(io.ReaderAt); ok {
		return document.File{Name: u.Filename, Content: at, Size: u.Size}, nil
	}
	text, err := io.ReadAll(io.LimitReader(u.File, rule.MaxFile+1))
	return document.File{Name: u.Filename, Content: bytes.NewReader(text), Size: int64(len(text))}, err
}

// filed is what every change of a document answers: the document as it is now, unless it was refused.
func (m mutation) filed(ctx context.Context, id string, err error) (*ent.Document, []*rule.Problem, error) {
	list, fault := problems(err)
	if err != nil {
		return nil, list, fault
	}
	now, err := orNull(m.read().Document.Get(ctx, id))
	if now != nil {
		err = m.hideSubmitters(ctx, []*ent.Document{now})
	}
	return now, list, err
}

func (m mutation) DocumentAssign(ctx context.Context, in generated.DocumentAssignInput) (*generated.DocumentAssignPayload, error) {
	now, list, err := m.filed(ctx, in.DocumentID, m.documents.Assign(ctx, in.DocumentID, some(in.OwnerMembershipID.Value())))
	return &generated.DocumentAssignPayload{Document: now, Problems: list}, err
}

func (m mutation) DocumentArchive(ctx context.Context, in generated.DocumentArchiveInput) (*generated.DocumentArchivePayload, error) {
	now, list, err := m.filed(ctx, in.DocumentID, m.documents.Archive(ctx, in.DocumentID))
	return &generated.DocumentArchivePayload{Document: now, Problems: list}, err
}
