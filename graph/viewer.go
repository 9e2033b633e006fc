package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/ent"
	"roster/graph/model"
	"roster/graph/page"
	"roster/internal/address"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/viewer"
)

func (r viewerFields) User(ctx context.Context, v *model.Viewer) (*ent.User, error) {
	return r.read().User.Get(ctx, v.UserID)
}

func (r viewerFields) Accounts(ctx context.Context, v *model.Viewer, first *int, after *string, last *int, before *string,
	search *string, kinds []rule.Kind, via []rule.Via, orderBy login.Order,
) (*model.AccountAccessConnection, error) {
	text, err := searchText(search)
	if err != nil {
		return nil, err
	}
	q := login.Query{Search: text, Kinds: kinds, Via: via, Order: orderBy}
	return r.accounts(ctx, v, page.Args{First: first, After: after, Last: last, Before: before}, q, func(rows []*login.Access) error {
		if page.Wants(ctx, "membership") {
			if err := r.ownMemberships(ctx, rows); err != nil {
				return err
			}
		}
		if page.WantsWithin(ctx, "account", "actions", "disconnect") {
			return r.leaving(ctx, rows)
		}
		return nil
	})
}

// accounts is a page of the switcher. q says what is listed, and along reads what else is asked of the rows.
func (r *Resolver) accounts(ctx context.Context, v *model.Viewer, a page.Args, q login.Query, along func([]*login.Access) error) (*model.AccountAccessConnection, error) {
	o := page.Order[*login.Access]{List: "accounts", Scope: v.UserID, ID: (*login.Access).AccountID,
		By: []page.Column[*login.Access]{page.Text("name", (*login.Access).NameKey)}}
	if q.Order == login.ByLastUsed {
		o.By = append([]page.Column[*login.Access]{page.Number("recency", func(a *login.Access) int64 { return a.Recency })}, o.By...)
	}
	span, err := o.Span(ctx, a)
	if err != nil {
		return nil, err
	}
	// A mutation before this field may have made them somebody's colleague.
	q.OwnClients = v.Session.NoPractice && graphql.GetOperationContext(ctx).Operation.Operation == ast.Query
	q.After, q.Before, q.Back, q.Limit = span.After, span.Before, span.Back, span.Limit()
	var rows []*login.Access
	if span.Size > 0 {
		if rows, err = r.logins.Accounts(ctx, q); err != nil {
			return nil, err
		}
	}
	if err := along(rows); err != nil {
		return nil, err
	}
	return page.Cut(rows, o, span, func(ctx context.Context) (int, error) { return r.logins.CountAccounts(ctx, q) }), nil
}

// Ahead is of how many accounts a query asks for the first page, in the order of their names and with no filter; 0 where it
// asks for something else, or for more. It is a guess, by which the session check reads them along: Accounts looks whether what was
// read is what is asked.
func Ahead(op *graphql.OperationContext) (first int) {
	if op.Operation == nil || op.Operation.Operation != ast.Query {
		return 0
	}
	return firstBy(find(find(op.Operation.SelectionSet, "viewer").SelectionSet, "accounts"), op.Variables)
}

// firstBy is how many accounts a field asks for: the first, in the order of their names and with no filter; 0 where it asks for
// something else, or for more.
func firstBy(list *ast.Field, variables map[string]any) (first int) {
	for _, a := range list.Arguments {
		switch value, err := a.Value.Value(variables); {
		case err != nil:
			return 0
		case a.Name == "first":
			first, _ = graphql.UnmarshalInt(value)
		case value != nil && (a.Name != "orderBy" || value != string(login.ByName)):
			return 0
		}
	}
	if first < 1 || first > page.Max {
		return 0
	}
	return first
}

// find is the first field of that name in a selection, or in what is spread into it; an empty one where there is none.
func find(of ast.SelectionSet, name string) *ast.Field {
	for _, s := range of {
		switch s := s.(type) {
		case *ast.Field:
			if s.Name == name {
				return s
			}
		case *ast.InlineFragment:
			if f := find(s.SelectionSet, name); f.Name != "" {
				return f
			}
		case *ast.FragmentSpread:
			if f := find(s.Definition.SelectionSet, name); f.Name != "" {
				return f
			}
		}
	}
	return &ast.Field{}
}

func (r viewerFields) CurrentAccount(ctx context.Context, v *model.Viewer) (*login.Access, error) {
	return r.logins.AccessTo(ctx, v.Session.CurrentAccount)
}

func (r viewerFields) Sessions(ctx context.Context, v *model.Viewer) ([]*ent.Session, error) {
	return r.logins.Sessions(ctx)
}

func (r viewerFields) Identities(ctx context.Context, _ *model.Viewer) ([]*ent.Identity, error) {
	return r.logins.Identities(ctx)
}

func (r sessionFields) Current(ctx context.Context, s *ent.Session) (bool, error) {
	v, _ := viewer.From(ctx)
	return s.ID == v.SessionID, nil
}

// What a login keeps to itself: an account's manager sees who somebody is, not where else they sign in from.

func (r userFields) Mobile(ctx context.Context, u *ent.User) (*string, error) {
	if !self(ctx, u) {
		return nil, nil
	}
	return u.Mobile, nil
}

func (r userFields) LastSignInAt(ctx context.Context, u *ent.User) (*time.Time, error) {
	if !self(ctx, u) {
		return nil, nil
	}
	return u.LastSignInAt, nil
}

func (r userFields) MobileVerified(ctx context.Context, u *ent.User) (bool, error) {
	return self(ctx, u) && u.MobileVerifiedAt != nil, nil
}

func (r userFields) Email(_ context.Context, u *ent.User) (string, error) { return emailOf(u), nil }

// emailOf is the address of a login that ended, too, as the journal speaks of it.
func emailOf(u *ent.User) string {
	if u.EndedEmail != nil {
		return *u.EndedEmail
	}
	return u.Email
}

func (r userFields) EmailVerified(_ context.Context, u *ent.User) (bool, error) {
	return u.EmailVerifiedAt != nil, nil
}

func self(ctx context.Context, u *ent.User) bool {
	v, _ := viewer.From(ctx)
	return u.ID == v.UserID
}

// maxSearch is the longest text to search for, in characters: longer than any name.
const maxSearch = 400

// searchText is what to look for, as the keys are kept.
func searchText(search *string) (string, error) {
	if search == nil {
		return "", nil
	}
	if len([]rune(*search)) > maxSearch {
		return "", rule.BadRequest("search for at most 400 characters")
	}
	return address.Key(address.Name(*search)), nil
}
