package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"time"

	"roster/internal/rule"
)

// town is what the databases are filled with: as many memberships as are asked for, and in proportion to them logins,
// clients and practices. All of it follows from its size, so that every run measures the same.
//
//	memberships   1,000,000
//	logins          400,000   a quarter in one account, a quarter in two, the others in about three
//	clients         100,000   each with an owner and about nine others
//	practices         1,801   one with 10,000 clients, the others with 50
//
// Besides there are one login in 42 accounts, one client with a thousand users, and sessions for those who ask.
type town struct {
	memberships int
	now         time.Time
	hash        string // of everybody's password
}

func (w town) logins() int     { return w.memberships * 2 / 5 }
func (w town) clients() int    { return w.memberships / 10 }
func (w town) bigClients() int { return w.memberships / 100 }

// practices are the big one and one for each fifty of the other clients.
func (w town) practices() int { return 1 + (w.clients()-w.bigClients()+clientsEach-1)/clientsEach }

const (
	clientsEach = 50   // clients of an ordinary practice
	colleagues  = 10   // people of any practice
	many        = 42   // accounts of the login that has many
	crowd       = 1000 // users of the client with the most
	asking      = 500  // logins with one or two accounts that ask, and administrators that write
)

// The ids of those who ask.
const (
	manyUser  = "usr_many"  // in 42 accounts
	bigUser   = "usr_big"   // opens all clients of the big practice
	crowdUser = "usr_crowd" // administrator of the client with the most users
	crowdID   = "cli_crowd"
	bigID     = "prc_00000"
)

func userID(i int) string     { return fmt.Sprintf("usr_%07d", i) }
func clientID(i int) string   { return fmt.Sprintf("cli_%07d", i) }
func practiceID(i int) string { return fmt.Sprintf("prc_%05d", i) }

// email is where a login is signed in with.
func email(user string) string { return user + "@example.com" }

// token is the access token of a login's session, in the form in which Roster gives them.
func token(user string) string { return fmt.Sprintf("rat_bench-%s", user) }

func practiceOf(client, big int) string {
	if client < big {
		return bigID
	}
	return practiceID(1 + (client-big)/clientsEach)
}

// table is what one of a database's tables is filled with.
type table struct {
	name    string
	columns []string
	rows    iter.Seq[[]any]
}

// tables are all of them, each after those that it refers to.
func (w town) tables() []table {
	return []table{
		{"users", []string{"id", "email", "first_name", "last_name", "password_hash", "email_verified_at", "created_at"}, w.users},
		{"practices", []string{"id", "name", "name_key", "created_at"}, w.firms},
		{"client_accounts", []string{"id", "name", "name_key", "practice_id", "created_at"}, w.companies},
		{"memberships", []string{"id", "kind", "account_id", "practice_id", "client_account_id", "user_id", "role_id", "permissions", "first_name", "last_name",
			"name_key", "search_key", "email", "login_access", "status", "is_owner", "created_at", "last_active_at", "joined_at", "deactivated_at"}, w.people},
		{"invitations", []string{"id", "link_id", "membership_id", "channel", "status", "delivery", "sent_count", "token_hash", "sent_to", "invited_by_id", "invited_by_name",
			"created_at", "last_sent_at", "expires_at"}, w.invitations},
		{"sessions", []string{"id", "kind", "user_id", "secret_hash", "secret_expires_at", "expires_at", "created_at", "signed_in_at", "last_seen_at"}, w.sessions},
	}
}

func (w town) users(yield func([]any) bool) {
	add := func(id string) bool {
		return yield([]any{id, email(id), "Robin", "Marlow", w.hash, w.now, w.now})
	}
	for i := range w.logins() {
		if !add(userID(i)) {
			return
		}
	}
	_ = add(manyUser) && add(bigUser) && add(crowdUser)
}

func (w town) firms(yield func([]any) bool) {
	for i := range w.practices() {
		if !yield([]any{practiceID(i), fmt.Sprintf("Practice %d", i), fmt.Sprintf("practice %d", i), w.now}) {
			return
		}
	}
}

func (w town) companies(yield func([]any) bool) {
	for i := range w.clients() {
		name := fmt.Sprintf("%07d", (i*7919)%w.clients())
		if !yield([]any{clientID(i), "Client " + name, "client " + name, practiceOf(i, w.bigClients()), w.now}) {
			return
		}
	}
	yield([]any{crowdID, "Crowd", "crowd", practiceID(w.practices() - 1), w.now})
}

// member is one membership before it is a row.
type member struct {
	id, account, user, role string
	kind                    rule.Kind
	may                     rule.Permissions
	n                       int
	owner                   bool
	status                  rule.Status
	noLogin                 bool
}

func (w town) row(m member) []any {
	var practice, client, user, address, joined, deactivated any
	first, last := "Robin", fmt.Sprintf("Marlow %07d", m.n)
	who := m.user
	if m.kind == rule.Practice {
		practice = m.account
	} else {
		client = m.account
	}
	switch m.status {
	case rule.Pending:
		who = "new_" + m.id
	default:
		user, joined = m.user, w.now
	}
	if m.status == rule.Deactivated {
		deactivated = w.now
	}
	if m.noLogin {
		user, joined = nil, nil
	} else {
		address = email(who)
	}
	key := fmt.Sprintf("marlow %07d\trobin", m.n)
	return []any{m.id, string(m.kind), m.account, practice, client, user, m.role, int64(m.may), first, last, key, "robin " + key[:14] + " " + who, address, !m.noLogin, string(m.status),
		m.owner, w.now, time.Unix(0, 0).UTC(), joined, deactivated}
}

// place is where the kth membership of the clients' users is: a client, and a login that is not in it yet.
func (w town) place(k int) (client, user int) {
	logins, clients := w.logins(), w.clients()
	client = (k + k/clients*37) % clients
	switch {
	case k < logins:
		return client, k // everybody is somewhere
	case k < logins*5/4:
		return client, logins/4 + k - logins // the second quarter twice
	default:
		return client, logins/2 + (k-logins*5/4)%(logins/2)
	}
}

// state is what the kth of the clients' users is. Those who ask are all active.
func (w town) state(k int) (status rule.Status, noLogin bool) {
	if k < w.logins()*5/4 {
		return rule.Active, false
	}
	switch k % 20 {
	case 0, 1:
		return rule.Pending, false
	case 2:
		return rule.Deactivated, false
	case 3:
		return rule.Active, true
	}
	return rule.Active, false
}

func (w town) people(yield func([]any) bool) {
	w.members(func(m member) bool { return yield(w.row(m)) })
}

// members are all memberships.
func (w town) members(yield func(member) bool) {
	staff := w.practices() * colleagues
	for k := range w.memberships - staff {
		client, user := w.place(k)
		m := member{id: fmt.Sprintf("mem_%07d", k), kind: rule.Client, account: clientID(client), user: userID(user), role: rule.StandardRole, may: rule.StandardPermissions, n: k}
		m.status, m.noLogin = w.state(k)
		if m.owner = k < w.clients(); m.owner {
			m.role, m.may = rule.BusinessAdminRole, rule.BusinessAdminPermissions
		}
		if !yield(m) {
			return
		}
	}
	for k := range staff {
		m := member{id: fmt.Sprintf("mem_p%06d", k), kind: rule.Practice, account: practiceID(k / colleagues), user: userID(w.logins() - 1 - k%w.logins()), role: rule.PracticeAdminRole,
			may: rule.Practice.Of(), n: k, owner: k%colleagues == 0, status: rule.Active}
		if !yield(m) {
			return
		}
	}
	w.special(yield)
}

// special are the memberships of those who ask for much.
func (w town) special(yield func(member) bool) {
	one := func(id, account, user string, n int, kind rule.Kind) member {
		m := member{id: "mem_" + id, kind: kind, account: account, user: user, role: rule.BusinessAdminRole, may: rule.BusinessAdminPermissions, n: n, status: rule.Active}
		if kind == rule.Practice {
			m.role, m.may = rule.PracticeAdminRole, rule.Practice.Of()
		}
		return m
	}
	if !yield(one("big", bigID, bigUser, 0, rule.Practice)) {
		return
	}
	for i := range many {
		if !yield(one(fmt.Sprintf("many%02d", i), w.manyIn(i), manyUser, i, rule.Client)) {
			return
		}
	}
	admin := one("crowd", crowdID, crowdUser, 0, rule.Client)
	admin.owner = true
	if !yield(admin) {
		return
	}
	for i := 1; i < min(crowd, w.memberships/100); i++ {
		m := one(fmt.Sprintf("crowd%04d", i), crowdID, userID(i), i, rule.Client)
		m.role, m.may = rule.StandardRole, rule.StandardPermissions
		m.status, m.noLogin = w.state(w.memberships + i)
		m.user = userID(w.logins()/2 + i)
		if !yield(m) {
			return
		}
	}
}

// manyIn is the ith client of the login that has many.
func (w town) manyIn(i int) string {
	return clientID(w.bigClients() + i*((w.clients()-w.bigClients())/many))
}

// invitations are those of the people who have not accepted.
func (w town) invitations(yield func([]any) bool) {
	w.members(func(m member) bool {
		if m.status != rule.Pending {
			return true
		}
		id, sent := "inv_"+m.id, w.now.Add(-time.Hour)
		return yield([]any{id, id, m.id, string(rule.ByEmail), string(rule.InvitationIsPending), string(rule.DeliverySent), 1, id, email("new_" + m.id), bigUser, "Robin Marlow",
			sent, sent, sent.Add(14 * 24 * time.Hour)})
	})
}

// askers are the logins that have a session: some with one account, some with two, and the special ones.
func (w town) askers() (list []string) {
	for i := range min(asking, w.logins()/4) {
		list = append(list, userID(i), userID(w.logins()/4+i))
	}
	return append(list, manyUser, bigUser, crowdUser)
}

func (w town) sessions(yield func([]any) bool) {
	until := w.now.Add(12 * time.Hour)
	for _, user := range w.askers() {
		sum := sha256.Sum256([]byte(token(user)))
		if !yield([]any{"ses_" + user, "MOBILE", user, hex.EncodeToString(sum[:]), until, until, w.now, w.now, w.now}) {
			return
		}
	}
}

// owners are logins with a session who own a client, which is the one of the same number.
func (w town) owners() int { return cmp.Or(min(asking, w.logins()/4, w.clients()), 1) }
