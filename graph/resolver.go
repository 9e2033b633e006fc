// Package graph answers GraphQL: a thin layer that decodes, calls one use case or reads one thing, and encodes. It
// decides nothing. What the viewer sees is narrowed by the entities' policies, what they may do by roster/internal/rule,
// and it holds a client that can only read.
package graph

import (
	"context"
	"errors"
	"time"

	"roster/ent"
	"roster/graph/generated"
	"roster/graph/model"
	"roster/internal/document"
	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Resolver holds what the fields are answered from.
type Resolver struct {
	store  *store.Store
	logins *login.Logins
	people *people.People

	documents *document.Documents
}

// New makes the resolvers.
func New(s *store.Store, logins *login.Logins, people *people.People, documents *document.Documents) *Resolver {
	return &Resolver{store: s, logins: logins, people: people, documents: documents}
}

// Schema makes the executable schema.
func (r *Resolver) Schema() generated.Config {
	return generated.Config{Resolvers: r, Complexity: weights(), Directives: generated.DirectiveRoot{Direct: r.direct}}
}

func (r *Resolver) read() *ent.Client { return r.store.Read() }

// The resolvers of each type are the one Resolver under another name.
type (
	query         struct{ *Resolver }
	mutation      struct{ *Resolver }
	accessFields  struct{ *Resolver }
	clientFields  struct{ *Resolver }
	leaveFields   struct{ *Resolver }
	grantFields   struct{ *Resolver }
	reachFields   struct{ *Resolver }
	eventFields   struct{ *Resolver }
	fileFields    struct{ *Resolver }
	inviteFields  struct{ *Resolver }
	memberFields  struct{ *Resolver }
	planFields    struct{ *Resolver }
	practiceField struct{ *Resolver }
	problemFields struct{ *Resolver }
	roleFields    struct{ *Resolver }
	sessionFields struct{ *Resolver }
	userFields    struct{ *Resolver }
	viewerFields  struct{ *Resolver }
)

// Query answers the fields of Query; the others do the same for their types.
func (r *Resolver) Query() generated.QueryResolver                 { return query{r} }
func (r *Resolver) Mutation() generated.MutationResolver           { return mutation{r} }
func (r *Resolver) AccountAccess() generated.AccountAccessResolver { return accessFields{r} }
func (r *Resolver) ClientAccount() generated.ClientAccountResolver { return clientFields{r} }
func (r *Resolver) ClientAccess() generated.ClientAccessResolver   { return reachFields{r} }
func (r *Resolver) ClientAccountActions() generated.ClientAccountActionsResolver {
	return leaveFields{r}
}
func (r *Resolver) ClientGrant() generated.ClientGrantResolver       { return grantFields{r} }
func (r *Resolver) Document() generated.DocumentResolver             { return fileFields{r} }
func (r *Resolver) Event() generated.EventResolver                   { return eventFields{r} }
func (r *Resolver) Invitation() generated.InvitationResolver         { return inviteFields{r} }
func (r *Resolver) LoginMergePlan() generated.LoginMergePlanResolver { return planFields{r} }
func (r *Resolver) Membership() generated.MembershipResolver         { return memberFields{r} }
func (r *Resolver) Practice() generated.PracticeResolver             { return practiceField{r} }
func (r *Resolver) Problem() generated.ProblemResolver               { return problemFields{r} }
func (r *Resolver) Role() generated.RoleResolver                     { return roleFields{r} }
func (r *Resolver) Session() generated.SessionResolver               { return sessionFields{r} }
func (r *Resolver) User() generated.UserResolver                     { return userFields{r} }
func (r *Resolver) Viewer() generated.ViewerResolver                 { return viewerFields{r} }

// Request is what the resolvers have to know of the HTTP request.
type Request struct {
	ByGet     bool                                // the operation came in a URL
	SetCookie func(value string, until time.Time) // hands a browser its session; an empty value takes it back

	shared *shared
}

type requestKey struct{}

// WithRequest puts it into the context.
func WithRequest(ctx context.Context, r Request) context.Context {
	r.shared = &shared{met: map[string]model.Node{}}
	return context.WithValue(ctx, requestKey{}, r)
}

func requestOf(ctx context.Context) Request {
	r, _ := ctx.Value(requestKey{}).(Request)
	return r
}

// opened makes the rest of the answer the new session's, and hands a browser its cookie.
func opened(ctx context.Context, o login.Opened) *model.Viewer {
	viewer.Become(ctx, o.Viewer)
	if r := requestOf(ctx); o.Cookie != "" && r.SetCookie != nil {
		r.SetCookie(o.Cookie, o.Until)
	}
	return &model.Viewer{Viewer: o.Viewer}
}

// me is the viewer; nil when nobody is signed in.
func me(ctx context.Context) *model.Viewer {
	if v, _ := viewer.From(ctx); v.SignedIn() {
		return &model.Viewer{Viewer: v}
	}
	return nil
}

// problems tells a refusal, which is data, from a fault, which is an error. No error is no problem.
func problems(err error) ([]*rule.Problem, error) {
	var v rule.Verdict
	if err != nil && !errors.As(err, &v) {
		return nil, err
	}
	return each(v), nil
}

// orNull turns what the viewer cannot see, and what is not there, into null.
func orNull[T any](row *T, err error) (*T, error) {
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return row, err
}

// some is the value behind a pointer, or the zero value.
func some[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
