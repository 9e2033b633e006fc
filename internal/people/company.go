package people

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"roster/ent"
	"roster/ent/clientaccount"
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

// ClientUser is a person to add to several of a practice's clients.
type ClientUser struct {
	Practice, Billable                 string
	FirstName, LastName, Email, Mobile string
	Role                               string
	Companies, Applications            []string
	Later, SendWelcome, DryRun         bool
	IdempotencyKey                     string
}

// ClientUserMade is what came of it: the memberships' ids, none for a dry run, and the address, normalised.
type ClientUserMade struct {
	Memberships []string
	Email       string
}

// CreateClientUser adds one person to several of a practice's clients, all of them or none (RULES.md I1).
func (p *People) CreateClientUser(ctx context.Context, input ClientUser) (made ClientUserMade, err error) {
	v, _ := viewer.From(ctx)
	made.Email, _ = address.Email(input.Email)
	call := once.Call{User: v.UserID, Mutation: "clientUserCreate", Key: input.IdempotencyKey, Input: input}
	if input.DryRun {
		call.Key = ""
	}
	err = p.inPractice(ctx, input.Practice, func(ctx context.Context, tx *store.Tx, a account, actor rule.Access) error {
		var err error
		if made.Memberships, err = call.Before(ctx, tx); err != nil || made.Memberships != nil {
			return err
		}
		c := &companies{viewer: v, practice: a, input: input, person: rule.ClientUser{Actor: actor}}
		if err := c.facts(ctx, tx); err != nil {
			return err
		}

		if verdict := rule.MayCreateClientUser(c.person); verdict.Refused() {
			return verdict
		}
		if input.DryRun {
			return nil
		}

		if made.Memberships, err = p.addTo(ctx, tx, c); err != nil {
			return err
		}
		return call.Done(ctx, tx, made.Memberships...)
	})
	return made, err
}

// companies are the clients that a person is to come into, the billable one among them.
type companies struct {
	viewer   viewer.Viewer
	practice account
	input    ClientUser
	person   rule.ClientUser
	details  details
	accounts []account // in the order of person.Companies
	owned    map[string]bool
	uses     []*ent.Application
}

// facts reads what the rule has to know, in a number of statements that does not grow with the companies.
func (c *companies) facts(ctx context.Context, tx *store.Tx) (err error) {
	f := &c.person
	if f.Person.Role, err = roleOf(ctx, tx, c.input.Role); err != nil {
		return err
	}
	if c.uses, f.Person.Uses, err = chosen(ctx, tx, c.practice, c.input.Applications); err != nil {
		return err
	}
	ids, fields := c.named()
	if f.TooMany = len(ids) > rule.MaxCompanies; f.TooMany {
		ids, fields = ids[:1], fields[:1] // the billable company's country reads the phone number
	}
	list, err := tx.ClientAccount.Query().Where(clientaccount.IDIn(ids...)).All(ctx)
	if err != nil {
		return fmt.Errorf("find companies: %w", err)
	}
	if len(list) < len(ids) {
		return rule.ErrNotFound
	}
	slices.SortFunc(list, func(x, y *ent.ClientAccount) int { return slices.Index(ids, x.ID) - slices.Index(ids, y.ID) })
	if err := accessEach(ctx, tx, c.viewer.UserID, tx.Now, list); err != nil {
		return err
	}
	for i, one := range list {
		a := account{id: one.ID, name: one.Name, country: one.Country, kind: rule.Client, practice: some(one.PracticeID)}
		c.accounts = append(c.accounts, a)
		f.Companies = append(f.Companies, rule.Company{ID: a.id, Name: a.name, Field: fields[i], Own: a.practice == c.practice.id, Actor: *one.Access})
	}

	billable := c.accounts[0]
	f.Person.LoginAccess, f.Person.Later = true, c.input.Later
	c.details = written(&f.Person, billable, c.input.FirstName, c.input.LastName, c.input.Email, c.input.Mobile)
	return c.known(ctx, tx, ids)
}

// named are the companies, each once, the billable one first; and where each stands in the input.
func (c *companies) named() (ids []string, fields [][]string) {
	ids, fields = []string{c.input.Billable}, [][]string{{"input", "billableAccountId"}}
	for i, id := range c.input.Companies {
		field := []string{"input", "accountIds", strconv.Itoa(i)}
		switch at := slices.Index(ids, id); {
		case at < 0:
			ids, fields = append(ids, id), append(fields, field)
		case at == 0 && len(fields[0]) == 2:
			fields[0] = field
		}
	}
	return ids, fields
}

// known completes the facts of each company with what is known of the person and of its people.
func (c *companies) known(ctx context.Context, tx *store.Tx, ids []string) error {
	all := store.Facts(ctx)
	k, err := know(ctx, tx, membership.Or(membership.AccountIDIn(ids...), membership.PracticeID(c.practice.id)), c.details.emails())
	if err != nil {
		return err
	}
	c.details.login = k.logins[c.details.email]
	c.person.Person.VerifiedLogin = c.details.verified()
	args := []any{rule.AdministratorsManage}
	for _, id := range ids {
		args = append(args, id)
	}
	administered, err := idsOf(ctx, tx, schema.AdministeredAmong(len(ids)), args...)
	if err != nil {
		return fmt.Errorf("read who administers companies: %w", err)
	}
	owners, err := tx.Membership.Query().Where(membership.AccountIDIn(ids...), membership.IsOwner(true)).All(all)
	if err != nil {
		return fmt.Errorf("read owners of companies: %w", err)
	}
	c.owned = map[string]bool{}
	for _, m := range owners {
		c.owned[m.AccountID] = true
	}
	for i := range c.accounts {
		one := &c.person.Companies[i]
		one.Administered = administered[one.ID]
		if c.details.email != "" {
			one.Existing, one.Colleague, _ = k.standing(c.accounts[i], c.details.email, c.details.login)
		}
	}
	return nil
}

// addTo makes the memberships, with the invitations that one link opens, and has the person told by one mail.
func (p *People) addTo(ctx context.Context, tx *store.Tx, c *companies) ([]string, error) {
	facts := c.person.Person
	for _, a := range c.accounts {
		if err := p.oneMore(ctx, tx, a.id); err != nil {
			return nil, err
		}
	}
	var creates []*ent.MembershipCreate
	for _, a := range c.accounts {
		creates = append(creates, memberOf(tx, a, facts, c.details).SetIsOwner(!c.owned[a.id]).SetBillableAccountID(c.input.Billable))
	}
	members, err := tx.Membership.CreateBulk(creates...).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("add member to %d companies: %w", len(creates), err)
	}
	var made, names []string
	var lines []journal.Entry
	var addresses []*ent.SubmissionAddressCreate
	for i, m := range members {
		addresses = append(addresses, addressesOf(tx, c.accounts[i], m)...)
		if err := give(ctx, tx, c.accounts[i], m.ID, c.uses); err != nil {
			return nil, err
		}
		line := addedEntry("clientUserCreate", c.accounts[i], m, c.person.Companies[i].Actor)
		line.Changes = append(line.Changes, journal.Changes(journal.Set("applications", listed(c.uses)))...)
		made, names, lines = append(made, m.ID), append(names, c.accounts[i].id), append(lines, line)
	}
	if err := makeAddresses(ctx, tx, addresses); err != nil {
		return nil, err
	}
	// What one company may not know of another stands in the practice's own journal.
	lines = append(lines, journal.Entry{Verb: "clientUserCreate", Account: c.practice.id, Changes: journal.Changes(journal.Set("email", c.details.email),
		journal.Set("billableAccount", c.input.Billable), journal.Set("accounts", strings.Join(names, " ")))})
	if err := journal.WriteEach(ctx, tx, lines); err != nil {
		return nil, err
	}
	switch {
	case members[0].Status == rule.Pending:
		return made, p.inviteTo(ctx, tx, c, made)
	case members[0].Status == rule.Active && c.input.SendWelcome:
		return made, tx.Enqueue(ctx, courier.Notice{Notice: courier.AddedDirectly, UserID: c.details.login.ID, MembershipID: made[0], Others: made[1:]})
	}
	return made, nil
}

// inviteTo makes the invitations into the companies, by one link where they are sent now.
func (p *People) inviteTo(ctx context.Context, tx *store.Tx, c *companies, members []string) error {
	link, channel := store.NewID("lnk"), rule.NotSent
	if c.input.SendWelcome {
		channel = rule.ByEmail
	}
	var creates []*ent.InvitationCreate
	for i, m := range members {
		id := store.NewID("inv")
		if channel == rule.NotSent {
			link = id
		}
		creates = append(creates, p.invitationBy(tx, c.viewer, c.accounts[i], link, id, m, c.person.Companies[i].Actor, channel))
	}
	made, err := tx.Invitation.CreateBulk(creates...).Save(ctx)
	if err != nil {
		return fmt.Errorf("make %d invitations: %w", len(creates), err)
	}
	if channel == rule.NotSent {
		return nil
	}
	return tx.EnqueueEach(ctx, mails(link, 1, tx.Now, *made[0].ExpiresAt))
}
