package people

import (
	"context"
	"fmt"
	"strings"

	"roster/ent"
	"roster/ent/schema"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/login"
	"roster/internal/once"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// CreatePractice makes a practice that the viewer owns, and answers its id.
func (p *People) CreatePractice(ctx context.Context, name, country string) (id string, err error) {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return "", rule.ErrUnauthenticated
	}
	if wrong := accountInput(name, country); wrong.Refused() {
		return "", wrong
	}
	err = p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		u, err := login.Current(ctx, tx)
		if err != nil {
			return err
		}
		id, err = MakePractice(ctx, tx, u, name, country, "practiceCreate")
		return err
	})
	return id, err
}

// MakePractice makes a practice in a transaction, with its creator as owner and practice administrator (RULES.md C8).
func MakePractice(ctx context.Context, tx *store.Tx, owner *ent.User, name, country, verb string) (string, error) {
	name = address.Name(name)
	if country == "" {
		country = "GB"
	}
	id := store.NewID("prc")
	err := tx.Practice.Create().SetID(id).SetName(name).SetNameKey(address.Key(name)).SetCountry(country).SetCreatedAt(tx.Now).Exec(ctx)
	if err != nil {
		return "", fmt.Errorf("make practice: %w", err)
	}
	m, err := own(ctx, tx, owner, account{id: id, kind: rule.Practice, practice: id}, rule.PracticeAdminRole)
	if err != nil {
		return "", err
	}
	return id, journal.Write(ctx, tx, journal.Entry{Verb: verb, Account: id, Membership: m, Actor: journal.Actor{ID: owner.ID, Name: login.FullName(owner)},
		Changes: journal.Changes(journal.Set("name", name), journal.Set("country", country))})
}

// own makes a person the owner of an account they just made, with everything its first role allows.
func own(ctx context.Context, tx *store.Tx, u *ent.User, a account, role string) (string, error) {
	create := tx.Membership.Create().SetID(store.NewID("mem")).SetUserID(u.ID).SetRoleID(role).SetPermissions(a.kind.Of()).
		SetFirstName(u.FirstName).SetLastName(u.LastName).SetEmail(u.Email).SetLoginAccess(true).SetStatus(rule.Active).SetIsOwner(true).
		SetNameKey(nameKey(u.FirstName, u.LastName)).SetSearchKey(address.SearchKey(u.FirstName, u.LastName, u.Email)).
		SetCreatedAt(tx.Now).SetJoinedAt(tx.Now).SetLastActiveAt(schema.Epoch)
	m, err := in(create, a).Save(ctx)
	if err != nil {
		return "", fmt.Errorf("make owner of %s: %w", a.id, err)
	}
	return m.ID, makeAddresses(ctx, tx, addressesOf(tx, a, m))
}

// in says which account a new membership is in.
func in(create *ent.MembershipCreate, a account) *ent.MembershipCreate {
	create.SetKind(a.kind).SetAccountID(a.id)
	if a.kind == rule.Practice {
		return create.SetPracticeID(a.id)
	}
	return create.SetClientAccountID(a.id)
}

// CreateClient is what a new client account is made of.
type CreateClient struct {
	Practice, Name, Country, IdempotencyKey string
	OfPractice                              bool // false: a business of one's own
}

// CreateClient makes a client of a practice, which its creator can open from then on (B6), or, without a practice, a
// business of the viewer's own (C8). It answers the client account's id.
func (p *People) CreateClient(ctx context.Context, input CreateClient) (id string, err error) {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return "", rule.ErrUnauthenticated
	}
	call := once.Call{User: v.UserID, Mutation: "clientAccountCreate", Key: input.IdempotencyKey, Input: input}
	err = p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		made, err := call.Before(ctx, tx)
		if err != nil {
			return err
		}
		if made != nil {
			id = made[0]
			return nil
		}
		id, err = createClient(ctx, tx, v, input)
		if err != nil {
			return err
		}
		return call.Done(ctx, tx, id)
	})
	return id, err
}

func createClient(ctx context.Context, tx *store.Tx, v viewer.Viewer, input CreateClient) (string, error) {
	country := input.Country
	var practice account
	var as rule.Access
	if input.OfPractice {
		var err error
		if !strings.HasPrefix(input.Practice, "prc_") {
			return "", rule.ErrNotFound
		}
		if practice, err = visible(ctx, tx.Client, input.Practice); err != nil {
			return "", err
		}
		if as, err = access(ctx, tx, tx.Now, v.UserID, practice.id); err != nil {
			return "", err
		}
		if verdict := rule.CreateClient(as); verdict.Refused() {
			return "", verdict
		}
		if country == "" {
			country = practice.country
		}
	}
	if wrong := accountInput(input.Name, country); wrong.Refused() {
		return "", wrong
	}
	if country == "" {
		country = "GB"
	}

	a := account{id: store.NewID("cli"), name: address.Name(input.Name), country: country, kind: rule.Client, practice: practice.id}
	create := tx.ClientAccount.Create().SetID(a.id).SetName(a.name).SetNameKey(address.Key(a.name)).SetCountry(country).SetCreatedAt(tx.Now)
	if practice.id != "" {
		create.SetPracticeID(practice.id)
	}
	if err := create.Exec(ctx); err != nil {
		return "", fmt.Errorf("create client account: %w", err)
	}
	if err := makeAddresses(ctx, tx, addressesOf(tx, a, nil)); err != nil {
		return "", err
	}
	entry := journal.Entry{Verb: "clientAccountCreate", Account: a.id, Via: practice.id, Changes: journal.Changes(journal.Set("name", a.name), journal.Set("country", country))}
	var err error
	if practice.id != "" {
		err = tx.ClientGrant.Create().SetID(store.NewID("grt")).SetMembershipID(as.Membership).SetClientAccountID(a.id).SetClientKey(address.Key(a.name)).SetPracticeID(practice.id).
			SetGrantedByID(as.Membership).SetGrantedAt(tx.Now).SetReason("Created the client account").Exec(ctx)
	} else {
		entry.Membership, err = ownBusiness(ctx, tx, a)
	}
	if err != nil {
		return "", err
	}
	return a.id, journal.Write(ctx, tx, entry)
}

func ownBusiness(ctx context.Context, tx *store.Tx, a account) (string, error) {
	u, err := login.Current(ctx, tx)
	if err != nil {
		return "", err
	}
	return own(ctx, tx, u, a, rule.BusinessAdminRole)
}

// accountInput judges the name and country of a new account.
func accountInput(name, country string) rule.Verdict {
	v := rule.Text("The name", address.Name(name), rule.MaxName, "input", "name")
	if country != "" && !address.Country(country) {
		v = append(v, rule.BadCountry("input", "country"))
	}
	return v
}

// nameKey orders people by last, then first name; a tab sorts before everything a name can hold.
func nameKey(first, last string) string { return address.Key(last) + "\t" + address.Key(first) }
