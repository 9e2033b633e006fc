package house_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"roster/ent"
	"roster/ent/schema"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// full is a practice and a client of it with many people, clients and lines in the journal.
type full struct {
	*home
	counter          *storetest.Counter
	practice, client string
	owner, admin     string // cookies of the practice's owner and of a user of the client who manages it
	ids              []string
}

func newFull(t testing.TB, s *store.Store, counter *storetest.Counter, people int) *full {
	f := &full{home: newHome(t, s), counter: counter}
	u := f.somebody()
	as := f.as(u)
	id, err := f.home.people.CreatePractice(as, "Practice", "GB")
	f.practice = must(t, id, err)
	f.client = f.home.client(as, f.practice)
	f.owner = f.open(u, rule.Web).Cookie
	admin := f.somebody()
	_, _ = f.invite(as, f.client, rule.BusinessAdminRole, "first@example.com")
	if _, err := f.home.people.Add(as, person(f.client, rule.BusinessAdminRole, admin.Email)); err != nil {
		t.Fatal(err)
	}
	f.admin = f.open(admin, rule.Web).Cookie
	f.fill(as, u.ID, people)
	return f
}

// fill adds people in every state, each with a line in the journal, and as many clients of the practice.
func (f *full) fill(as context.Context, by string, people int) {
	f.Helper()
	f.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Application.Create().SetID("app_x").SetPracticeID(f.practice).SetName("Receipts").SetNameKey("receipts").SetCreatedAt(tx.Now).SaveX(ctx)
		for i := range people {
			id, email := fmt.Sprintf("mem_%05d", i), fmt.Sprintf("filled%d@example.com", i)
			create := tx.Membership.Create().SetID(id).SetKind(rule.Client).SetAccountID(f.client).SetClientAccountID(f.client).SetRoleID(rule.StandardRole).
				SetPermissions(rule.StandardPermissions).SetFirstName("Robin").SetLastName(fmt.Sprint("Marlow", i)).SetNameKey(fmt.Sprintf("marlow%05d\trobin", i)).
				SetSearchKey(email).SetEmail(email).SetLoginAccess(true).SetStatus(rule.Pending).SetCreatedAt(tx.Now).SetLastActiveAt(schema.Epoch)
			if i%2 == 0 {
				u := tx.User.Create().SetID("usr_" + id).SetEmail(email).SetFirstName("Robin").SetLastName("Marlow").SetEmailVerifiedAt(tx.Now).SetCreatedAt(tx.Now).SaveX(ctx)
				create.SetUserID(u.ID).SetStatus(rule.Active).SetJoinedAt(tx.Now)
			}
			create.SaveX(ctx)
			tx.ApplicationUse.Create().SetID("use_" + id).SetMembershipID(id).SetApplicationID("app_x").SetClientAccountID(f.client).SetPracticeID(f.practice).SaveX(ctx)
			plantInvitation(tx, id, by, f.practice, i%2 == 0).SaveX(ctx)
			tx.Event.Create().SetID("evt_" + id).SetAt(tx.Now.Add(time.Duration(i) * time.Second)).SetVerb("membershipAdd").SetAccountID(f.client).SetClientAccountID(f.client).
				SetMembershipID(id).SetActorID(by).SetActorName("Kit Vale").SetViaPracticeID(f.practice).SaveX(ctx)
			tx.ClientAccount.Create().SetID("cli_" + id).SetPracticeID(f.practice).SetName("Client " + id).SetNameKey("client " + id).SetCreatedAt(tx.Now).SaveX(ctx)
			f.ids = append(f.ids, id, "inv_"+id, "evt_"+id, "cli_"+id)
		}
		return nil
	})
	f.ids = append(f.ids, f.practice, f.client, rule.StandardRole, rule.BusinessAdminRole, "usr_mem_00000", "acs_"+f.client, "vwr_x", "ses_x")
}

func plantInvitation(tx *store.Tx, member, by, via string, accepted bool) *ent.InvitationCreate {
	create := tx.Invitation.Create().SetID("inv_" + member).SetLinkID("inv_" + member).SetMembershipID(member).SetChannel(rule.ByEmail).SetStatus(rule.InvitationIsPending).SetDelivery(rule.DeliverySent).
		SetSentCount(1).SetTokenHash(member).SetLastSentAt(tx.Now).SetExpiresAt(tx.Now.Add(time.Hour)).SetSentTo("x@example.com").
		SetInvitedByID(by).SetInvitedByName("Kit Vale").SetViaPracticeID(via).SetCreatedAt(tx.Now)
	if accepted {
		create.SetStatus(rule.InvitationIsAccepted).SetAcceptedAt(tx.Now)
	}
	return create
}

// statements asks and gives the statements that it took, and how many rows came.
func (f *full) statements(t testing.TB, cookie, query string, variables any) (texts []string, rows int) {
	t.Helper()
	f.counter.Reset()
	a := f.ask(cookie, query, variables)
	texts = f.counter.Texts()
	if a.status != 200 || strings.Contains(a.body, `"errors"`) {
		t.Fatalf("%s\nis answered %d %.600s", query, a.status, a.body)
	}
	if !json.Valid([]byte(a.body)) {
		t.Fatalf("no JSON: %.200s", a.body)
	}
	return texts, strings.Count(a.body, `"row":`)
}

const (
	switcher = `query($n:Int!){viewer{accounts(first:$n){nodes{row:id account{id name kind} via role{name} permissions lastUsedAt}}}}`
	menus    = `query($n:Int!){viewer{accounts(first:$n){nodes{row:id account{id ... on ClientAccount{actions{addMember{allowed} disconnect{allowed problems{code} effects{code count}}}}}}}}}`
	users    = `query($id:ID!,$n:Int!){clientAccount(id:$id){id name memberships(first:$n){pageInfo{hasNextPage} nodes{row:id firstName lastName email status
		loginAccess isOwner lastActiveAt role{id name permissions} applications{name} invitation{status delivery expiresAt invitedBy sentTo} account{id name}
		actions{editDetails{allowed} changeEmail{allowed} editPrivileges{allowed} setLoginAccess{allowed effects{code}} deactivate{allowed problems{code message remedy} effects{code message count}}
		enable{allowed} remove{allowed problems{code remedy} effects{code message count}} leave{allowed}}}}}}`
	usersMenus  = `query($id:ID!,$n:Int!){clientAccount(id:$id){memberships(first:$n){nodes{row:id firstName status role{id name} user{id email} actions{remove{allowed problems{code}}}}}}}`
	journalPage = `query($id:ID!,$n:Int!){account(id:$id){id events(first:$n){totalCount nodes{row:id at verb actorName requestId membership{id firstName lastName status}
		actor{id email} viaPractice{id name} account{id name} changes{field before after}}}}}`
	clients       = `query($id:ID!,$n:Int!){practice(id:$id){id clients(first:$n){totalCount nodes{row:id name kind createdAt practice{id name}}}}}`
	withAddresses = `query($id:ID!,$n:Int!){clientAccount(id:$id){memberships(first:$n){nodes{row:id submissionAddresses{address active} whatsApp{mobile active}}}}}`
	several       = `query($ids:[ID!]!){nodes(ids:$ids){row:id __typename ... on Membership{firstName status} ... on Invitation{delivery sentTo} ... on Event{verb actorName} ... on ClientAccount{name}}}`
)

// What each operation may cost, the session check included, whatever the number of rows.
func TestOperationsKeepTheirBudgetOfStatements(t *testing.T) {
	t.Parallel()
	counter, clock := new(storetest.Counter), new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		took := map[string]int{}
		for _, people := range []int{5, 500} { // each page is full, and there are more rows behind it
			f, n := newFull(t, s, counter, people), min(people, 50)
			standard, mine := f.standardUser(t)
			f.plantDocuments(t, 1000*(1+people/250), mine)
			client, practice := map[string]any{"id": f.client, "n": n}, map[string]any{"id": f.practice, "n": n}
			f.statements(t, f.owner, users, client)             // the first reads the built-in roles, for all that come
			for _, cookie := range []string{f.owner, f.admin} { // and the first look at a switcher keeps it
				looks := 0
				for texts, _ := f.statements(t, cookie, switcher, practice); len(texts) > 2; texts, _ = f.statements(t, cookie, switcher, practice) {
					if looks++; looks == 100 {
						t.Fatal("after a hundred looks a switcher is not kept")
					}
				}
			}
			for _, c := range []struct {
				name, cookie, query string
				variables           any
				budget, rows        int
			}{
				{"the switcher, signed in to the practice", f.owner, switcher, practice, 2, n},
				{"the switcher, signed in to the client", f.admin, switcher, practice, 1, 1},
				{"the switcher with its menus", f.owner, menus, practice, 3, n},
				{"a page of users, asked by the practice", f.owner, users, client, 7, n},
				{"a page of users, asked by the client", f.admin, users, client, 7, n},
				{"a page of users and how many there are", f.admin, strings.Replace(users, "pageInfo", "totalCount pageInfo", 1), client, 8, n},
				{"a page of users with their logins and menus", f.admin, usersMenus, client, 4, n},
				{"a page of the journal, asked by the practice", f.owner, journalPage, client, 8, n},
				{"a page of the journal, asked by the client", f.admin, journalPage, client, 8, n},
				{"the practice's clients", f.owner, clients, practice, 4, n},
				{"a page of documents, asked by the practice", f.owner, papers, client, 8, 50},
				{"a page of documents, asked by an administrator", f.admin, papers, client, 8, 50},
				{"a page of documents, asked by a standard user", standard, papers, client, 8, 1 + people/250},
				{"a page of users with their submission addresses", f.owner, withAddresses, client, 4, n},
				{"a hundred things by their ids", f.owner, several, map[string]any{"ids": f.hundred()}, 12, -1},
			} {
				texts, rows := f.statements(t, c.cookie, c.query, c.variables)
				if len(texts) > c.budget {
					t.Errorf("%s takes %d statements for %d people, want at most %d:\n%s", c.name, len(texts), people, c.budget, named(texts))
				}
				if c.rows >= 0 && rows != c.rows {
					t.Errorf("%s has %d rows with %d people, want %d", c.name, rows, people, c.rows)
				}
				if before, again := took[c.name]; again && before != len(texts) {
					t.Errorf("%s takes %d statements with few rows and %d with many:\n%s", c.name, before, len(texts), named(texts))
				}
				took[c.name] = len(texts)
			}
			s = storetest.Open(t, s.Kind(), storetest.WithCounter(counter), storetest.WithClock(clock))
		}
		t.Log(took)
	}, storetest.WithCounter(counter), storetest.WithClock(clock))
}

// What is asked of rows within rows is read for all of them at once, as far as they ask at the same time: a few statements
// more or less, where one a row would be fifty.
func TestRowsWithinRowsAreReadTogether(t *testing.T) {
	t.Parallel()
	counter, clock := new(storetest.Counter), new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFull(t, s, counter, 60)
		for name, c := range map[string]struct{ query, id string }{
			"the switcher's practices":            {`query($id:ID!){viewer{accounts(first:50){nodes{row:id account{id ... on ClientAccount{practice{id name}}}}}} practice(id:$id){id}}`, f.practice},
			"the switcher's owners":               {`query($id:ID!){viewer{accounts(first:50){nodes{row:id account{id owner{id firstName}}}}} practice(id:$id){id}}`, f.practice},
			"the roles of members in the journal": {`query($id:ID!){account(id:$id){events(first:50){nodes{row:id membership{id role{name}}}}}}`, f.client},
			"their invitations":                   {`query($id:ID!){account(id:$id){events(first:50){nodes{row:id membership{id invitation{status invitedBy}}}}}}`, f.client},
			"their logins":                        {`query($id:ID!){account(id:$id){events(first:50){nodes{row:id membership{id user{email}}}}}}`, f.client},
			"their accounts":                      {`query($id:ID!){account(id:$id){events(first:50){nodes{row:id membership{id account{name}}}}}}`, f.client},
			"the accounts' owners of a page":      {`query($id:ID!){account(id:$id){memberships(first:50){nodes{row:id account{id owner{id}}}}}}`, f.client},
			"the members of invitations":          {`query($id:ID!){account(id:$id){memberships(first:50){edges{node{row:id invitation{id membership{id account{id owner{id}}}}}}}}}`, f.client},
		} {
			texts, rows := f.statements(t, f.owner, c.query, map[string]any{"id": c.id})
			if rows != 50 || len(texts) > 25 {
				t.Errorf("%s take %d statements for %d rows:\n%s", name, len(texts), rows, named(texts))
			}
			t.Log(name, len(texts))
		}
	}, storetest.WithCounter(counter), storetest.WithClock(clock))
}

// named are statements short enough to be read in a failure.
func named(texts []string) string {
	var b strings.Builder
	for _, text := range texts {
		from := strings.Index(text, "FROM ")
		fmt.Fprintf(&b, "\t%.40s … %.120s\n", strings.Join(strings.Fields(text), " "), text[max(from, 0):])
	}
	return b.String()
}

// hundred are a hundred ids of every kind of thing there is, some of them seen.
func (f *full) hundred() []string {
	list := f.ids
	for i := len(list); i < 100; i++ {
		list = append(list, fmt.Sprintf("%s_%d", []string{"usr", "prc", "cli", "mem", "inv", "rol", "ses", "evt", "acs"}[i%9], i))
	}
	return list[len(list)-100:]
}

// The positive control: the counter counts, and a list that is fetched row by row would be seen.
func TestTheBudgetTestSeesEveryStatement(t *testing.T) {
	t.Parallel()
	counter, clock := new(storetest.Counter), new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFull(t, s, counter, 12)
		texts, _ := f.statements(t, f.owner, `query($ids:[ID!]!){nodes(ids:$ids){... on Membership{actions{remove{allowed}}}}}`, map[string]any{"ids": f.ids[:40]})
		if len(texts) < 10 {
			t.Errorf("the menus of ten members that are no page, fetched one by one, took %d statements", len(texts))
		}
	}, storetest.WithCounter(counter), storetest.WithClock(clock))
}
