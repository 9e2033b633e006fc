package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"roster/ent"
	"roster/ent/submissionaddress"
	"roster/graph/generated"
	"roster/graph/model"
	"roster/internal/people"
	"roster/internal/rule"
)

// SubmissionAddresses are the account's own.
func (r clientFields) SubmissionAddresses(ctx context.Context, a *ent.ClientAccount) ([]*model.SubmissionAddress, error) {
	list, err := r.read().SubmissionAddress.Query().Where(submissionaddress.ClientAccountID(a.ID), submissionaddress.MembershipIDIsNil(), submissionaddress.RetiredAtIsNil()).
		Order(inOrder...).All(ctx)
	return r.addresses(list, true), err
}

func (r memberFields) SubmissionAddresses(ctx context.Context, m *ent.Membership) ([]*model.SubmissionAddress, error) {
	if m.NameOnly || m.Kind != rule.Client {
		return []*model.SubmissionAddress{}, nil
	}
	takes := rule.Member{ID: m.ID, Status: m.Status, LoginAccess: m.LoginAccess, Permissions: m.Permissions}.Receives()
	list, err := m.Edges.SubmissionAddressesOrErr()
	if ent.IsNotLoaded(err) {
		list, err = r.loaders(ctx).addresses.Load(ctx, m.ID)
	}
	return r.addresses(list, takes), err
}

// inOrder puts costs before sales, and the oldest first.
var inOrder = []submissionaddress.OrderOption{submissionaddress.ByKind(), submissionaddress.ByCreatedAt(), submissionaddress.ByID()}

func current(q *ent.SubmissionAddressQuery) {
	q.Where(submissionaddress.RetiredAtIsNil()).Order(inOrder...)
}

// addressesOf are the submission addresses of some members that the viewer sees.
func (r *Resolver) addressesOf(ctx context.Context, members []string) (map[string][]*ent.SubmissionAddress, error) {
	q := r.read().SubmissionAddress.Query().Where(submissionaddress.MembershipIDIn(members...))
	current(q)
	list, err := q.All(ctx)
	found := map[string][]*ent.SubmissionAddress{}
	for _, one := range list {
		found[*one.MembershipID] = append(found[*one.MembershipID], one)
	}
	return found, err
}

func (r *Resolver) addresses(list []*ent.SubmissionAddress, active bool) []*model.SubmissionAddress {
	shown := make([]*model.SubmissionAddress, len(list))
	for i, one := range list {
		shown[i] = &model.SubmissionAddress{Address: one.LocalPart + "@" + r.documents.MailDomain(), Kind: one.Kind, Active: active}
	}
	return shown
}

// WhatsApp is the number that a user's documents come from.
func (r memberFields) WhatsApp(_ context.Context, m *ent.Membership) (*model.WhatsAppLink, error) {
	if m.WhatsAppMobile == nil {
		return nil, nil
	}
	return &model.WhatsAppLink{Mobile: *m.WhatsAppMobile, Active: m.WhatsAppActive}, nil
}

// wanted are the submission addresses of an input; nil where none are named.
func wanted(o graphql.Omittable[[]*generated.SubmissionAddressInput]) *[]people.SubmissionAddress {
	given, named := given(o)
	if !named {
		return nil
	}
	list := make([]people.SubmissionAddress, len(given))
	for i, one := range given {
		list[i] = people.SubmissionAddress{Kind: one.Kind, LocalPart: one.LocalPart}
	}
	return &list
}
