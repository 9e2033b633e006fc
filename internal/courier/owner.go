package courier

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/ent/membership"
	"roster/internal/store"
)

// aboutOwner tells a login that an account has another owner, or that its practice no longer opens it: as it is named now.
func (c *Courier) aboutOwner(ctx context.Context, l *letter, login *ent.User, args Notice) (*letter, error) {
	m, err := c.store.Read().Membership.Query().Where(membership.ID(args.MembershipID)).WithClientAccount().WithPractice().Only(store.Facts(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read membership %s: %w", args.MembershipID, err)
	}
	l.template = ownerChangedTemplate
	l.content = content{Greeting: greeting(login.FirstName), Account: accounts{account(m)}, Owner: plain(m.FirstName+" "+m.LastName, "somebody else"),
		Button: "Open my accounts", Link: c.links.Base + "/accounts"}
	if args.Notice == OwnerChanged {
		return l, nil
	}

	practice, err := c.store.Read().Practice.Get(store.Facts(ctx), args.PracticeID)
	if err != nil {
		return nil, fmt.Errorf("read practice %s: %w", args.PracticeID, err)
	}
	l.template, l.content.Practice = practiceGoneTemplate, plain(practice.Name, "the practice")
	return l, nil
}
