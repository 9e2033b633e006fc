package courier

import (
	"fmt"
	"slices"
	"strings"

	"roster/ent"
)

// accounts are the names of the accounts that a mail is about, each as plain makes it.
type accounts []string

// String names all of them.
func (a accounts) String() string {
	if len(a) < 2 {
		return strings.Join(a, "")
	}
	return strings.Join(a[:len(a)-1], ", ") + " and " + a[len(a)-1]
}

// Short names as many as a subject line has room for.
func (a accounts) Short() string {
	if len(a) <= 2 {
		return a.String()
	}
	return fmt.Sprintf("%s and %d other accounts", a[0], len(a)-1)
}

// Several reports whether there are more than one.
func (a accounts) Several() bool { return len(a) > 1 }

func accountsOf(list []*ent.Membership) accounts {
	names := make(accounts, len(list))
	for i, m := range list {
		names[i] = account(m)
	}
	slices.Sort(names)
	return names
}

func invitedTo(list []*ent.Invitation) accounts {
	members := make([]*ent.Membership, len(list))
	for i, one := range list {
		members[i] = one.Edges.Membership
	}
	return accountsOf(members)
}
