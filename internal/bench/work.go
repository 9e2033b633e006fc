package main

import (
	"encoding/json"
	"fmt"
	"sync/atomic"

	"roster/internal/rule"
)

// The documents, as the apps that Roster is made for would send them.
const (
	switcherText = `query Switcher($first: Int!) { viewer { accounts(first: $first) { nodes { id via lastUsedAt role { id name } account { __typename id name } } } } }`
	firstText    = `query Accounts($first: Int!, $search: String) { viewer { accounts(first: $first, search: $search) { pageInfo { hasNextPage endCursor } nodes { id via lastUsedAt role { id name } account { __typename id name } } } } }`
	usersText    = `query Users($id: ID!, $first: Int!) { clientAccount(id: $id) { memberships(first: $first) { pageInfo { hasNextPage endCursor } nodes { ` + userFields + ` } } } }`
	userFields   = `id firstName lastName email status loginAccess isOwner createdAt lastActiveAt role { id name } user { id email }`
	menuText     = `query Users($id: ID!, $first: Int!) { clientAccount(id: $id) { ` + menuPage
	staffText    = `query Colleagues($id: ID!, $first: Int!) { practice(id: $id) { ` + menuPage
	menuPage     = `memberships(first: $first) { pageInfo { hasNextPage endCursor } nodes { ` + userFields + ` actions {
		editDetails { ...may } changeEmail { ...may } editPrivileges { ...may } setLoginAccess { ...may } sendPasswordReset { ...may } deactivate { ...may } enable { ...may } remove { ...may }
		leave { ...may } transferOwnershipTo { ...may } activate { ...may } sendWelcome { ...may } editClientAccess { ...may } } } } } }
		fragment may on Action { allowed problems { code message field remedy } effects { code message count } }`
	addText    = `mutation Add($input: MembershipAddInput!) { membershipAdd(input: $input) { membership { id status } invitation { id status } problems { code message field } } }`
	renameText = `mutation Rename($input: ClientAccountUpdateInput!) { clientAccountUpdate(input: $input) { clientAccount { id name } problems { code message field } } }`
	editText   = `mutation Edit($input: MembershipUpdateDetailsInput!) { membershipUpdateDetails(input: $input) { membership { id version } problems { code message field } } }`
	signIn     = `mutation SignIn($input: SignInInput!) { signIn(input: $input) { tokens { accessToken refreshToken } problems { code message } } }`
)

// The same of PostGraphile, which shows tables: it asks nobody who they are, so its questions name the login. It finds by
// columns that have an index, so it does not leave out those who are not active; of those who ask, all are.
const (
	graphileSwitcher = `query Switcher($user: String!) { allMemberships(condition: {userId: $user}) { nodes { rowId roleByRoleId { rowId name }
		clientAccountByClientAccountId { __typename rowId name } } } }`
	graphileUsers = `query Users($id: String!) { allMemberships(condition: {accountId: $id}, first: 50) { pageInfo { hasNextPage endCursor } nodes {
		rowId firstName lastName email status loginAccess isOwner createdAt lastActiveAt roleByRoleId { rowId name } userByUserId { rowId email } } } }`
)

// work is one thing that is measured.
type work struct {
	name        string
	connections int
	loads       map[string]func(address string) load // by the server's name
}

const page = 50

// connections is how many ask at once. With 16 of them the two processors had nothing to do for an eighth of the time, since each
// answer was waited for by too few, and it was not what a server can do that was measured.
const connections = 64

// from is the address that the nth request comes from: one of four thousand, as of many offices.
func from(n int) string { return fmt.Sprintf("10.1.%d.%d", n>>8&15, n&255) }

func body(text string, variables map[string]any) string {
	b, err := json.Marshal(map[string]any{"query": text, "variables": variables})
	if err != nil {
		panic(err) // maps of texts and numbers
	}
	return string(b)
}

// asks makes a load of requests that are ready to be sent: one for each of some logins, by turns.
func asks(address, path string, users []string, make func(user string) (token, body string), must string) load {
	const offices = 16 // that one login is seen to ask from, so that one that asks alone is not limited
	var ready [][]byte
	for i := range max(len(users), 4096/offices*offices) {
		token, text := make(users[i%len(users)])
		ready = append(ready, request(address, path, token, from(i), text))
	}
	return func(n int) ([]byte, []byte) { return ready[n%len(ready)], []byte(must) }
}

// asked is a question to Roster of some logins, who all ask it with the same variables.
func asked(text string, variables map[string]any, must string, users ...string) func(string) load {
	body := body(text, variables)
	return func(address string) load {
		return asks(address, "/graphql", users, func(user string) (string, string) { return token(user), body }, must)
	}
}

// ofBare and ofGraphile are the same questions to the others.
func ofBare(must string, users ...string) func(string) load {
	return func(address string) load {
		return asks(address, "/", users, func(user string) (string, string) { return "", user }, must)
	}
}

func ofGraphile(text, name string, must string, values ...string) func(string) load {
	return func(address string) load {
		return asks(address, "/graphql", values, func(value string) (string, string) { return "", body(text, map[string]any{name: value}) }, must)
	}
}

// The servers' names.
const (
	ours     = "Roster"
	bareOne  = "bare"
	graphile = "PostGraphile"
)

// works are what is measured in turns.
func (w town) works() []work {
	r := w.reads()
	forty := "acs_" + w.manyIn(many-1)
	return []work{
		{"switcher, 1 or 2 accounts", connections, map[string]func(string) load{
			ours: r.few, bareOne: ofBare("acs_", w.few()...), graphile: ofGraphile(graphileSwitcher, "user", `"name":"Client `, w.few()...),
		}},
		{"switcher, 42 accounts", connections, map[string]func(string) load{
			ours: asked(switcherText, map[string]any{"first": page}, forty, manyUser), bareOne: ofBare(forty, manyUser),
			graphile: ofGraphile(graphileSwitcher, "user", `"name":"Client `, manyUser),
		}},
		{"switcher, first 50 of 10,000 clients", connections, map[string]func(string) load{ours: r.first}},
		{"switcher, search in 10,000 clients", connections, map[string]func(string) load{ours: r.search}},
		{"users, page of 50", connections, map[string]func(string) load{
			ours:     asked(usersText, map[string]any{"id": crowdID, "first": page}, pageInfo, crowdUser),
			graphile: ofGraphile(graphileUsers, "id", pageInfo, crowdID),
		}},
		{"users, page of 50, all menus", connections, map[string]func(string) load{ours: r.menus}},
		{"membershipAdd with its mail", 8, map[string]func(string) load{ours: w.adds()}},
		{"mixed, a tenth of it writes", connections, map[string]func(string) load{ours: w.mixed()}},
	}
}

// adds has owners add people to their clients, each time another.
func (w town) adds() func(string) load {
	return func(address string) load {
		return func(n int) ([]byte, []byte) {
			owner := w.owner(n)
			return request(address, "/graphql", token(userID(owner)), from(n), body(addText, map[string]any{"input": map[string]any{"accountId": clientID(owner), "firstName": "Robin",
				"lastName": "Marlow", "email": fresh(), "loginAccess": true, "roleId": rule.StandardRole}})), []byte(`"problems":[]`)
		}
	}
}

// mixed is what a month's end is like: mostly switchers and pages, and every tenth request a write.
func (w town) mixed() func(string) load {
	return func(address string) load {
		r := w.reads()
		few, menus, first, search, add, edit := r.few(address), r.menus(address), r.first(address), r.search(address), w.adds()(address), w.edits(address)
		parts := []load{few, menus, first, few, few, menus, few, add, few, menus, few, search, few, menus, few, few, few, edit, menus, few}
		return func(n int) ([]byte, []byte) { return parts[n%len(parts)](n) }
	}
}

// reads are the questions that the mixture has in common with the others.
type reads struct{ few, menus, first, search func(address string) load }

func (w town) reads() reads {
	row, page := `{"id":"acs_`, map[string]any{"first": page}
	return reads{
		few:    asked(switcherText, page, row, w.few()...),
		menus:  asked(menuText, map[string]any{"id": crowdID, "first": page["first"]}, pageInfo, crowdUser),
		first:  asked(firstText, page, pageInfo, bigUser),
		search: asked(firstText, map[string]any{"first": page["first"], "search": "00"}, pageInfo, bigUser),
	}
}

const pageInfo = `"hasNextPage":`

// few are the logins with one or two accounts.
func (w town) few() []string { all := w.askers(); return all[:len(all)-3] }

// edits has owners change what their clients call them.
func (w town) edits(address string) load {
	return func(n int) ([]byte, []byte) {
		owner := w.owner(n)
		return request(address, "/graphql", token(userID(owner)), from(n), body(editText, map[string]any{"input": map[string]any{"membershipId": fmt.Sprintf("mem_%07d", owner),
			"firstName": fmt.Sprint("Robin ", newcomers.Add(1))}})), []byte(`"problems":[]`)
	}
}

// owner is the nth who writes. Those who write at the same time are no neighbours, as people who work at the same time are not:
// serializable transactions that look for keys which lie side by side get in each other's way.
func (w town) owner(n int) int { return n * 37 % w.owners() }

var newcomers atomic.Int64

// fresh is an address that nobody had before, and no neighbour of the one before.
func fresh() string {
	n := newcomers.Add(1)
	return fmt.Sprintf("%08x.%d@example.com", uint32(n*2654435761), n)
}

// storm has many people sign in at once, as at nine in the morning.
func (w town) storm() func(string) load {
	return func(address string) load {
		return func(n int) ([]byte, []byte) {
			user := userID(n % w.logins())
			return request(address, "/graphql", "", from(n), body(signIn, map[string]any{"input": map[string]any{"email": email(user), "password": password, "client": "MOBILE"}})), []byte(`"accessToken":"rat_`)
		}
	}
}

// renames has a practice give its clients new names, which all their users' switchers show.
func (w town) renames() func(string) load {
	return func(address string) load {
		return func(n int) ([]byte, []byte) {
			client := clientID(n % w.bigClients())
			return request(address, "/graphql", token(bigUser), from(n), body(renameText, map[string]any{"input": map[string]any{"clientAccountId": client, "name": fmt.Sprintf("Client %d", newcomers.Add(1))}})), []byte(`"problems":[]`)
		}
	}
}

// pages are what is measured as everything grows.
func (w town) pages() []work {
	ten := map[string]any{"first": 10}
	one := func(name string, l func(string) load) work {
		return work{name, 1, map[string]func(string) load{ours: l}}
	}
	return []work{
		one("switcher, 1 or 2 accounts", asked(switcherText, ten, `{"id":"acs_`, w.few()...)),
		one("switcher, 10 of all of a practice's clients", asked(firstText, ten, pageInfo, bigUser)),
		one("switcher, search among all of a practice's clients", asked(firstText, map[string]any{"first": 10, "search": "client 00000"}, pageInfo, bigUser)),
		one("users, page of 10 with all menus", asked(menuText, map[string]any{"id": crowdID, "first": 10}, pageInfo, crowdUser)),
		one("a client's users, 10 with all menus, by their practice", asked(menuText, map[string]any{"id": clientID(0), "first": 10}, pageInfo, bigUser)),
		one("a practice's colleagues, 10 with all menus", asked(staffText, map[string]any{"id": bigID, "first": 10}, pageInfo, bigUser)),
		one("membershipAdd", w.adds()),
		one("a client's new name", w.renames()),
	}
}
