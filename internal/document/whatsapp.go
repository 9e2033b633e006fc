package document

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/ent/membership"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
)

// WhatsApp is a file that came from a number.
type WhatsApp struct {
	MessageID string // WhatsApp's own, wamid.…
	From      string // the number, in E.164 with or without the plus
	Account   string // needed only where the number submits to several
	Kind      rule.SubmissionKind
	File      File
}

// FromWhatsApp makes a document of a file that came from the number of a user who submits by WhatsApp. The same message again
// adds nothing. A number that submits nothing now is refused without saying why.
func (d *Documents) FromWhatsApp(ctx context.Context, m WhatsApp) (done Submitted, err error) {
	ctx = d.byNobody(ctx)
	file, err := look(m.File)
	if err != nil {
		return Submitted{}, err
	}
	message := messageKey("", m.MessageID, []incoming{file})
	var from string
	err = d.take(ctx, func(ctx context.Context, tx *store.Tx) ([]arrival, error) {
		done = Submitted{Before: true}
		who, err := writer(ctx, tx, m.From, m.Account)
		if err != nil {
			return nil, err
		}
		from = who.ID
		if verdict := rule.Takes(file.fact, "file"); verdict.Refused() {
			return nil, verdict
		}
		if had, err := hadBefore(ctx, tx, from, message); had || err != nil {
			return nil, err
		}
		name := who.FirstName + " " + who.LastName
		return []arrival{{file: file, account: who.AccountID, owner: from, by: from, byName: name, channel: rule.FromWhatsApp, kind: m.Kind,
			actor: journal.Actor{ID: some(who.UserID), Name: name}}}, nil
	}, func(ctx context.Context, tx *store.Tx, made []Submitted) error {
		done = made[0]
		return remember(ctx, tx, from, message)
	})
	return done, err
}

// writer is the user whose number a message came from.
func writer(ctx context.Context, tx *store.Tx, number, account string) (*ent.Membership, error) {
	refused := rule.Verdict{{Code: rule.NotPermitted, Field: []string{"from"}, Message: "This number submits no documents. Ask whoever manages the account's people to activate it."}}
	if number != "" && number[0] != '+' {
		number = "+" + number
	}
	mobile, err := address.Mobile(number, "")
	if err != nil {
		return nil, refused
	}
	q := tx.Membership.Query().Where(membership.WhatsAppMobile(mobile), membership.WhatsAppActive(true), membership.StatusEQ(rule.Active))
	if account != "" {
		q.Where(membership.AccountID(account))
	}
	list, err := q.Order(membership.ByID()).All(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("find the user of a number: %w", err)
	}
	var found []*ent.Membership
	for _, m := range list {
		if member(m).Receives() {
			found = append(found, m)
		}
	}
	switch {
	case len(found) == 0:
		return nil, refused
	case len(found) > 1:
		p := rule.Problem{Code: rule.Required, Field: []string{"account"}, Message: "This number submits to several accounts. Say which of them this document is for."}
		for _, m := range found {
			p.Related = append(p.Related, m.AccountID)
		}
		return nil, rule.Verdict{p}
	}
	return found[0], nil
}
