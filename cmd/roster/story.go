package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"roster/ent"
	"roster/ent/clientaccount"
	"roster/ent/membership"
	"roster/ent/token"
	"roster/ent/user"
	"roster/internal/login"
	accounts "roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// demoPassword is everybody's in the demo.
const demoPassword = "correct horse battery"

// storyBegan is how long ago the demo's story began: long enough for an invitation to expire.
const storyBegan = 60 * 24 * time.Hour

// people are those who can sign in, the first of them the one to begin with.
var people = []struct{ email, first, last, who string }{
	{"ada@example.com", "Ada", "Okafor", "owner of the practice Okafor & Partners"},
	{"ben@example.com", "Ben", "Lindqvist", "colleague at Okafor & Partners, with three of its clients"},
	{"nora@example.com", "Nora", "Quigley", "owner of the practice Northgate Accounting"},
	{"bea@example.com", "Bea", "Marsh", "owner of the client Marsh Bakery, and user of Harbour Café"},
	{"sam@example.com", "Sam", "Ivory", "standard user of Marsh Bakery"},
}

// The clients of the two practices.
var (
	adasClients = []string{"Marsh Bakery", "Harbour Café", "Fielding Joinery", "Juniper Dental", "Oakfield Farm", "Pennine Cycles", "Quill & Ink", "Tidewater Boats"}
	norasClient = []string{"Aster Florists", "Brightwell Nursery School", "Cobalt Studio", "Drift Coffee"}
)

// story fills the demo by the same use cases that everybody uses, as the persons in it.
type story struct {
	*house
	clock *atomic.Int64
}

// tell plays it from the beginning to now.
func (s *story) tell(ctx context.Context) error {
	ctx = viewer.With(ctx, viewer.Viewer{})
	for _, step := range []func(context.Context) error{s.practices, s.colleagues, s.users, s.others, s.documents} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("fill the demo: %w", err)
		}
	}
	return nil
}

func (s *story) later(d time.Duration) { s.clock.Add(d.Microseconds()) }

func (s *story) practices(ctx context.Context) error {
	for _, p := range []struct {
		person, practice int
		name             string
		clients          []string
	}{{0, 0, "Okafor & Partners", adasClients}, {2, 1, "Northgate Accounting", norasClient}} {
		if err := s.join(ctx, p.person); err != nil {
			return err
		}
		as, err := s.as(ctx, people[p.person].email)
		if err != nil {
			return err
		}
		id, err := s.people.CreatePractice(as, p.name, "GB")
		if err != nil {
			return err
		}
		for _, name := range p.clients {
			s.later(time.Hour)
			if _, err := s.people.CreateClient(as, accounts.CreateClient{OfPractice: true, Practice: id, Name: name}); err != nil {
				return err
			}
		}
	}
	return nil
}

// join signs somebody up and confirms their address.
func (s *story) join(ctx context.Context, person int) error {
	p := people[person]
	err := s.logins.SignUp(ctx, login.SignUp{FirstName: p.first, LastName: p.last, Email: p.email, Password: demoPassword, Client: rule.Web}, nil)
	if err != nil {
		return err
	}
	s.later(5 * time.Minute)
	t, err := s.store.Read().Token.Query().Where(token.HasUserWith(user.Email(p.email)), token.UsedAtIsNil(), token.VoidedAtIsNil()).Only(store.Facts(ctx))
	if err != nil {
		return err
	}
	_, err = s.logins.Verify(ctx, s.courier.Links().VerificationToken(t.ID), demoPassword)
	return err
}

// as is the context in which somebody asks.
func (s *story) as(ctx context.Context, email string) (context.Context, error) {
	u, err := s.store.Read().User.Query().Where(user.Email(email)).Only(store.Facts(ctx))
	if err != nil {
		return nil, err
	}
	return viewer.With(ctx, viewer.Viewer{UserID: u.ID, Name: login.FullName(u), Email: u.Email, EmailVerified: true, At: s.store.Now()}), nil
}

func (s *story) client(ctx context.Context, name string) (*ent.ClientAccount, error) {
	return s.store.Read().ClientAccount.Query().Where(clientaccount.Name(name)).Only(store.Facts(ctx))
}

func (s *story) colleagues(ctx context.Context) error {
	as, err := s.as(ctx, people[0].email)
	if err != nil {
		return err
	}
	if err := s.join(ctx, 1); err != nil {
		return err
	}
	bakery, err := s.client(ctx, adasClients[0])
	if err != nil {
		return err
	}
	var three []string
	for _, name := range adasClients[:3] {
		c, err := s.client(ctx, name)
		if err != nil {
			return err
		}
		three = append(three, c.ID)
	}
	_, err = s.people.Add(as, accounts.Add{Account: *bakery.PracticeID, FirstName: "Ben", LastName: "Lindqvist", Email: people[1].email, LoginAccess: true,
		Role: rule.PracticeStandardRole, Invite: rule.NotSent, ClientAccess: &accounts.ClientAccess{Clients: three}})
	if err != nil {
		return err
	}
	_, err = s.people.Add(as, accounts.Add{Account: *bakery.PracticeID, FirstName: "Cleo", LastName: "Hart", Email: "cleo@example.com", LoginAccess: true,
		Role: rule.ClientAdminRole, Invite: rule.ByEmail})
	return err
}

// users are those of the bakery: one in every state.
func (s *story) users(ctx context.Context) error {
	as, err := s.as(ctx, people[0].email)
	if err != nil {
		return err
	}
	for i := range people[3:] {
		if err := s.join(ctx, 3+i); err != nil {
			return err
		}
	}
	bakery, err := s.client(ctx, adasClients[0])
	if err != nil {
		return err
	}
	add := func(first, last, email, role string, change func(*accounts.Add)) error {
		a := accounts.Add{Account: bakery.ID, FirstName: first, LastName: last, Email: email, LoginAccess: true, Role: role, Invite: rule.ByEmail}
		if change != nil {
			change(&a)
		}
		s.later(7 * time.Minute)
		_, err := s.people.Add(as, a)
		return err
	}
	noLogin := func(a *accounts.Add) { a.LoginAccess = false }
	for _, p := range []struct {
		first, last, email, role string
		change                   func(*accounts.Add)
	}{
		{"Bea", "Marsh", people[3].email, rule.BusinessAdminRole, nil},
		{"Sam", "Ivory", people[4].email, rule.StandardRole, nil},
		{"Olu", "Expired", "olu@example.com", rule.StandardRole, nil},
		{"Uma", "Unsent", "uma@example.com", rule.StandardRole, func(a *accounts.Add) { a.Invite = rule.NotSent }},
		{"Will", "Later", "will@example.com", rule.UserAdminRole, func(a *accounts.Add) { a.Later = true }},
		{"Nell", "Nologin", "", rule.StandardRole, noLogin},
		{"Dora", "Deactivated", "dora@example.com", rule.StandardRole, noLogin},
		{"Rex", "Removed", "rex@example.com", rule.StandardRole, func(a *accounts.Add) { a.Later = true }},
	} {
		if err := add(p.first, p.last, p.email, p.role, p.change); err != nil {
			return fmt.Errorf("add %s: %w", p.first, err)
		}
	}
	dora, err := s.member(ctx, "dora@example.com")
	if err != nil {
		return err
	}
	if err := s.people.Deactivate(as, dora, "On leave until spring"); err != nil {
		return err
	}
	rex, err := s.member(ctx, "rex@example.com")
	if err != nil {
		return err
	}
	return s.people.Remove(as, rex, "Never started")
}

// member is the id of the membership with an address.
func (s *story) member(ctx context.Context, email string) (string, error) {
	return s.store.Read().Membership.Query().Where(membership.Email(email)).OnlyID(store.Facts(ctx))
}

// others are a second account for Bea, users elsewhere, and an invitation that waits in the mailbox now.
func (s *story) others(ctx context.Context) error {
	s.clock.Store(time.Now().Add(-time.Hour).UnixMicro())
	ada, err := s.as(ctx, people[0].email)
	if err != nil {
		return err
	}
	nora, err := s.as(ctx, people[2].email)
	if err != nil {
		return err
	}
	for _, p := range []struct {
		as                             context.Context
		client, first, last, mail, rol string
	}{
		{ada, adasClients[1], "Bea", "Marsh", people[3].email, rule.BusinessAdminRole},
		{ada, adasClients[0], "Pia", "Pending", "pia@example.com", rule.StandardRole},
		{nora, norasClient[0], "Iris", "Aster", "iris@example.com", rule.BusinessAdminRole},
	} {
		c, err := s.client(ctx, p.client)
		if err != nil {
			return err
		}
		s.later(time.Minute)
		_, err = s.people.Add(p.as, accounts.Add{Account: c.ID, FirstName: p.first, LastName: p.last, Email: p.mail, LoginAccess: true, Role: p.rol, Invite: rule.ByEmail})
		if err != nil {
			return err
		}
	}
	return nil
}
