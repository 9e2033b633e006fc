package people

import (
	"context"
	"fmt"
	"slices"

	"roster/ent"
	"roster/ent/clientaccount"
	"roster/ent/membership"
	"roster/ent/predicate"
	"roster/ent/user"
	"roster/internal/rule"
	"roster/internal/store"
)

// lookUp is how many addresses one statement asks for: below what either database takes of arguments, and few enough for
// the planner to use the index.
const lookUp = 500

// known is what Roster knows of some addresses: their logins, and the memberships that can stand in the way of adding one
// of these people to an account.
type known struct {
	logins      map[string]*ent.User         // by email
	memberships map[string][]*ent.Membership // by email, and by the id of a login
}

// know asks for all the addresses at once, in a statement or two for each lookUp of them.
func know(ctx context.Context, tx *store.Tx, near predicate.Membership, emails []string) (known, error) {
	k := known{logins: map[string]*ent.User{}, memberships: map[string][]*ent.Membership{}}
	for some := range slices.Chunk(emails, lookUp) {
		logins, err := tx.User.Query().Where(user.EmailIn(some...)).All(store.Facts(ctx))
		if err != nil {
			return known{}, fmt.Errorf("find logins by email: %w", err)
		}
		if err := k.learn(ctx, tx, near, some, logins); err != nil {
			return known{}, err
		}
	}
	return k, nil
}

// near are the memberships that can stand in the way of coming into an account: in the account itself (C6), in the practice
// that looks after it (C4), and, for a practice, in its clients (C5).
func near(a account) predicate.Membership {
	where := membership.AccountID(a.id)
	switch {
	case a.kind == rule.Client && a.practice != "":
		where = membership.Or(where, membership.PracticeID(a.practice))
	case a.kind == rule.Practice:
		where = membership.Or(where, membership.HasClientAccountWith(clientaccount.PracticeID(a.practice)))
	}
	return where
}

// learn finds the memberships that these people have there. A person is known by login and by normalised email.
func (k *known) learn(ctx context.Context, tx *store.Tx, near predicate.Membership, emails []string, logins []*ent.User) error {
	var ids []string
	for _, u := range logins {
		k.logins[u.Email] = u
		ids = append(ids, u.ID)
	}
	same := []predicate.Membership{membership.EmailIn(emails...)}
	if len(ids) > 0 {
		same = append(same, membership.UserIDIn(ids...))
	}
	list, err := tx.Membership.Query().Where(membership.Or(same...), membership.StatusNEQ(rule.Removed), near).
		Order(ent.Asc(membership.FieldID)).All(store.Facts(ctx))
	if err != nil {
		return fmt.Errorf("find memberships of the people: %w", err)
	}
	for _, m := range list {
		for _, key := range []*string{m.Email, m.UserID} {
			if key != nil {
				k.memberships[*key] = append(k.memberships[*key], m)
			}
		}
	}
	return nil
}

// standing are the memberships in the way of one of the people into an account: the one they have there, the one in the
// practice that looks after it, and, for a practice, the first in one of its clients.
func (k *known) standing(a account, email string, login *ent.User) (existing *rule.Member, colleague, clientUser string) {
	list := k.memberships[email]
	if login != nil {
		list = append(slices.Clone(list), k.memberships[login.ID]...)
	}
	for _, m := range list {
		switch {
		case m.AccountID == a.id:
			existing = member(m)
		case a.kind == rule.Client && m.Kind == rule.Practice:
			colleague = m.ID
		case a.kind == rule.Practice && member(m).UserOf(m.Kind) && (clientUser == "" || m.ID < clientUser):
			clientUser = m.ID
		}
	}
	return existing, colleague, clientUser
}

// loginOf is the login with an address; nil when there is none.
func loginOf(ctx context.Context, c *ent.Client, email string) (*ent.User, error) {
	u, err := c.User.Query().Where(user.Email(email)).Only(store.Facts(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find login by email: %w", err)
	}
	return u, nil
}

// elsewhere is what stands in the way of one person whose login, if any, is at hand.
func elsewhere(ctx context.Context, tx *store.Tx, a account, email string, login *ent.User) (existing *rule.Member, colleague, clientUser string, err error) {
	k := known{logins: map[string]*ent.User{}, memberships: map[string][]*ent.Membership{}}
	var logins []*ent.User
	if login != nil {
		logins = append(logins, login)
	}
	if err := k.learn(ctx, tx, near(a), []string{email}, logins); err != nil {
		return nil, "", "", err
	}
	existing, colleague, clientUser = k.standing(a, email, login)
	return existing, colleague, clientUser, nil
}
