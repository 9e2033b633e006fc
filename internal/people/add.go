package people

import (
	"context"
	"fmt"
	"strings"

	"roster/ent"
	"roster/ent/membership"
	"roster/ent/schema"
	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/once"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Add is a person to add to an account.
type Add struct {
	Account, FirstName, LastName, Email, Mobile string
	LoginAccess                                 bool
	Role                                        string
	Permissions                                 *[]rule.Permission // nil: as the role has them
	Applications                                []string           // users only
	ClientAccess                                *ClientAccess      // colleagues only
	Invite                                      rule.Channel
	Later                                       bool
	IdempotencyKey                              string
}

// ClientAccess is which clients a colleague is to open.
type ClientAccess struct {
	All     bool
	Clients []string
}

// Added are the ids of what adding a person made; the invitation's is empty where nothing has to be accepted.
type Added struct{ Membership, Invitation string }

// Add adds a person: at once, pending until they accept, or as a document owner without login access (RULES.md C).
func (p *People) Add(ctx context.Context, input Add) (added Added, err error) {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return Added{}, rule.ErrUnauthenticated
	}
	call := once.Call{User: v.UserID, Mutation: "membershipAdd", Key: input.IdempotencyKey, Input: input}
	err = p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		a, err := visible(ctx, tx.Client, input.Account)
		if err != nil {
			return err
		}
		made, err := call.Before(ctx, tx)
		if err != nil {
			return err
		}
		if made != nil {
			added = Added{Membership: made[0]}
			if len(made) > 1 {
				added.Invitation = made[1]
			}
			return nil
		}
		if added, err = p.add(ctx, tx, v, a, input); err != nil {
			return err
		}
		return call.Done(ctx, tx, added.Membership, added.Invitation)
	})
	return added, err
}

func (p *People) add(ctx context.Context, tx *store.Tx, v viewer.Viewer, a account, input Add) (Added, error) {
	facts, person, err := p.addFacts(ctx, tx, v, a, input)
	if err != nil {
		return Added{}, err
	}
	var uses []*ent.Application
	if uses, facts.Uses, err = chosen(ctx, tx, a, input.Applications); err != nil {
		return Added{}, err
	}

	if verdict := rule.Add(facts); verdict.Refused() {
		return Added{}, verdict
	}

	if err := p.oneMore(ctx, tx, a.id); err != nil {
		return Added{}, err
	}
	m, err := p.makeMember(ctx, tx, a, facts, person)
	if err != nil {
		return Added{}, err
	}
	clients, err := grant(ctx, tx, a, m, facts.Actor, input.ClientAccess)
	if err != nil {
		return Added{}, err
	}
	if err := give(ctx, tx, a, m.ID, uses); err != nil {
		return Added{}, err
	}
	added := Added{Membership: m.ID}
	if m.Status == rule.Pending {
		if added.Invitation, err = p.invite(ctx, tx, v, a, m.ID, facts.Actor, input.Invite, false); err != nil {
			return Added{}, err
		}
	}
	entry := addedEntry("membershipAdd", a, m, facts.Actor)
	entry.Changes = append(entry.Changes, journal.Changes(journal.Set("applications", listed(uses)))...)
	entry.Changes = append(entry.Changes, clients...)
	if err := journal.Write(ctx, tx, entry); err != nil {
		return Added{}, err
	}
	if m.Status == rule.Active && m.LoginAccess && input.Invite != rule.NotSent {
		return added, tx.Enqueue(ctx, courier.Notice{Notice: courier.AddedDirectly, UserID: *m.UserID, MembershipID: m.ID})
	}
	return added, nil
}

// details are a person's, tidied.
type details struct {
	first, last, email, mobile string
	login                      *ent.User // the address's login, verified or not
}

// addFacts reads what rule.Add has to know, in the transaction it decides for.
func (p *People) addFacts(ctx context.Context, tx *store.Tx, v viewer.Viewer, a account, input Add) (f rule.AddFacts, d details, err error) {
	if f.Actor, err = access(ctx, tx, tx.Now, v.UserID, a.id); err != nil {
		return f, d, err
	}
	if f.Role, err = roleOf(ctx, tx, input.Role); err != nil {
		return f, d, err
	}
	if f.Clients, err = clientsOf(ctx, tx, a, f.Actor, input.ClientAccess); err != nil {
		return f, d, err
	}
	if input.Permissions != nil {
		set := rule.SetOf(*input.Permissions)
		f.Permissions, f.Unknown = &set, !a.kind.Of().Has(set)
	}
	f.LoginAccess, f.Later = input.LoginAccess, input.Later
	d = written(&f, a, input.FirstName, input.LastName, input.Email, input.Mobile)
	k, err := know(ctx, tx, near(a), d.emails())
	if err != nil {
		return f, d, err
	}
	k.of(a, &f, &d)
	if !input.Later && input.LoginAccess {
		f.Text, err = p.texting(ctx, tx, input.Invite, d.mobile, d.verified())
	}
	return f, d, err
}

// written tidies what was typed of a person.
func written(f *rule.AddFacts, a account, first, last, email, phone string) (d details) {
	var err error
	d.first, d.last = address.Name(first), address.Name(last)
	if email != "" {
		d.email, err = address.Email(email)
		f.EmailBroken = err != nil
	}
	if phone != "" {
		d.mobile, err = address.Mobile(phone, a.country)
		f.MobileBroken = err != nil
	}
	f.Kind, f.Practice = a.kind, a.practice
	f.FirstName, f.LastName, f.Email = d.first, d.last, d.email
	return d
}

// emails is the address, where there is one.
func (d details) emails() []string {
	if d.email == "" {
		return nil
	}
	return []string{d.email}
}

// of completes the facts of a person with what is known of their address.
func (k *known) of(a account, f *rule.AddFacts, d *details) {
	if d.email == "" {
		return
	}
	d.login = k.logins[d.email]
	f.VerifiedLogin = d.verified()
	f.Existing, f.Colleague, f.ClientUser = k.standing(a, d.email, d.login)
}

// makeMember writes the membership with its submission addresses; the first user of a client account becomes its owner, of whatever kind (C8).
func (p *People) makeMember(ctx context.Context, tx *store.Tx, a account, f rule.AddFacts, d details) (*ent.Membership, error) {
	owned, err := ownedAlready(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	m, err := memberOf(tx, a, f, d).SetIsOwner(!owned).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("add member to %s: %w", a.id, err)
	}
	return m, makeAddresses(ctx, tx, addressesOf(tx, a, m))
}

func ownedAlready(ctx context.Context, tx *store.Tx, a account) (bool, error) {
	owned, err := tx.Membership.Query().Where(membership.AccountID(a.id), membership.IsOwner(true)).Exist(store.Facts(ctx))
	if err != nil {
		return false, fmt.Errorf("look for owner of %s: %w", a.id, err)
	}
	return owned, nil
}

// memberOf is the membership of a person who may be added, about to be written.
func memberOf(tx *store.Tx, a account, f rule.AddFacts, d details) *ent.MembershipCreate {
	status := rule.Added(f)
	create := tx.Membership.Create().SetID(store.NewID("mem")).SetRoleID(f.Role.ID).SetPermissions(f.Set()).
		SetFirstName(d.first).SetLastName(d.last).SetNameKey(nameKey(d.first, d.last)).SetSearchKey(address.SearchKey(d.first, d.last, d.email)).
		SetLoginAccess(f.LoginAccess).SetStatus(status).SetCreatedAt(tx.Now).SetLastActiveAt(schema.Epoch)
	if d.email != "" {
		create.SetEmail(d.email)
	}
	if d.mobile != "" {
		create.SetMobile(d.mobile)
	}
	if status == rule.Active && f.LoginAccess {
		create.SetUserID(d.login.ID).SetJoinedAt(tx.Now)
	}
	return in(create, a)
}

// grant lets a new colleague open the clients chosen for them (B6).
func grant(ctx context.Context, tx *store.Tx, a account, m *ent.Membership, actor rule.Access, chosen *ClientAccess) ([]journal.Change, error) {
	if chosen == nil {
		return nil, nil
	}
	keys, err := clientKeys(ctx, tx, chosen.Clients)
	if err != nil {
		return nil, err
	}
	done := map[string]bool{}
	var made []*ent.ClientGrantCreate
	var changes []journal.Change
	for _, client := range chosen.Clients {
		if done[client] {
			continue
		}
		done[client] = true
		made = append(made, granted(tx, a, m.ID, actor, client, keys))
		changes = append(changes, journal.Set("clientGrant", told(client, nil, "")))
	}
	if err := tx.ClientGrant.CreateBulk(made...).Exec(ctx); err != nil {
		return nil, fmt.Errorf("grant clients to %s: %w", m.ID, err)
	}
	return changes, nil
}

func addedEntry(verb string, a account, m *ent.Membership, actor rule.Access) journal.Entry {
	return journal.Entry{Verb: verb, Account: a.id, Membership: m.ID, Via: through(actor, a), Changes: journal.Changes(
		journal.Set("firstName", m.FirstName), journal.Set("lastName", m.LastName), journal.Set("email", m.Email), journal.Set("mobile", m.Mobile),
		journal.Set("role", m.RoleID), journal.Set("permissions", permissionNames(m.Permissions)), journal.Set("loginAccess", m.LoginAccess),
		journal.Set("status", m.Status), journal.Set("isOwner", m.IsOwner))}
}

func permissionNames(set rule.Permissions) string {
	names := make([]string, 0, 15)
	for _, name := range set.List() {
		names = append(names, string(name))
	}
	return strings.Join(names, " ")
}
