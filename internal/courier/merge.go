package courier

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/internal/store"
)

// aboutMerge tells both addresses that two logins are one now. The one that ended, whose reader may have only its mail,
// learns too little of the other address to use it.
func (c *Courier) aboutMerge(ctx context.Context, l *letter, login *ent.User, args Notice) (*letter, error) {
	other, err := c.store.Read().User.Get(store.Facts(ctx), args.OtherID)
	if err != nil {
		return nil, fmt.Errorf("read user %s: %w", args.OtherID, err)
	}
	l.template, l.content = loginsMergedTemplate, content{Greeting: "Hello,", Login: addressOf(other), Button: "Open my accounts", Link: c.links.Base + "/accounts"}
	if args.Notice == LoginEnded {
		l.template = loginEndedTemplate
		l.content.Login, l.content.Button, l.content.Link = Mask(addressOf(other)), "Sign in", c.links.Base+"/sign-in"
	}
	return l, nil
}

// addressOf is a login's address, also when the login has ended and the address is free.
func addressOf(u *ent.User) string {
	if u.EndedEmail != nil {
		return *u.EndedEmail
	}
	return u.Email
}
