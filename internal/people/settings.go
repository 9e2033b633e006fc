package people

import (
	"context"
	"fmt"

	"roster/ent/clientaccount"
	"roster/ent/clientgrant"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// PracticeSettings is a change of a practice; nil where something stays.
type PracticeSettings struct {
	Name, Country              *string
	ClientsKeepAnAdministrator *bool
}

// UpdatePractice changes a practice's name and settings.
func (p *People) UpdatePractice(ctx context.Context, id string, input PracticeSettings) error {
	return p.inPractice(ctx, id, func(ctx context.Context, tx *store.Tx, a account, actor rule.Access) error {
		now, err := tx.Practice.Get(ctx, id)
		if err != nil {
			return notFound("practice", err)
		}
		name, country, keeps := now.Name, now.Country, now.ClientsKeepAnAdministrator
		if input.Name != nil {
			name = address.Name(*input.Name)
		}
		if input.Country != nil {
			country = *input.Country
		}
		if input.ClientsKeepAnAdministrator != nil {
			keeps = *input.ClientsKeepAnAdministrator
		}

		if verdict := rule.MayChangeSettings(actor); verdict.Refused() {
			return verdict
		}
		wrong := accountInput(name, country)
		if country == "" { // which means GB in a new practice
			wrong = append(wrong, rule.BadCountry("input", "country"))
		}
		if wrong.Refused() {
			return wrong
		}

		changes := journal.Changes(journal.Turn("name", now.Name, name), journal.Turn("country", now.Country, country),
			journal.Turn("clientsKeepAnAdministrator", now.ClientsKeepAnAdministrator, keeps))
		if len(changes) == 0 {
			return nil
		}
		err = tx.Practice.UpdateOne(now).SetName(name).SetNameKey(address.Key(name)).SetCountry(country).SetClientsKeepAnAdministrator(keeps).AddVersion(1).Exec(ctx)
		if err != nil {
			return fmt.Errorf("change practice %s: %w", id, err)
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "practiceUpdate", Account: id, Changes: changes})
	})
}

// ClientSettings is a change of a client account; nil where something stays.
type ClientSettings struct {
	Name      *string
	Addresses *[]SubmissionAddress
}

// UpdateClient changes a client account's name and its own submission addresses.
func (p *People) UpdateClient(ctx context.Context, id string, input ClientSettings) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	return p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		now, err := tx.ClientAccount.Query().Where(clientaccount.ID(id)).Only(ctx)
		if err != nil {
			return notFound("client account", err)
		}
		a, err := visible(ctx, tx.Client, id)
		if err != nil {
			return err
		}
		actor, err := access(ctx, tx, tx.Now, v.UserID, id)
		if err != nil {
			return err
		}

		if verdict := rule.MayChangeSettings(actor); verdict.Refused() {
			return verdict
		}
		name := now.Name
		if input.Name != nil {
			name = address.Name(*input.Name)
		}
		addresses, wanted, err := newAddresses(ctx, tx, id, "", input.Addresses)
		if err != nil {
			return err
		}
		if wrong := append(rule.Text("The name", name, rule.MaxName, "input", "name"), rule.MayEditAddresses(wanted)...); wrong.Refused() {
			return wrong
		}

		changes := journal.Changes(journal.Turn("name", now.Name, name), addresses.change)
		if len(changes) == 0 {
			return nil
		}
		if err := addresses.save(ctx, tx); err != nil {
			return err
		}
		if err := tx.ClientAccount.UpdateOne(now).SetName(name).SetNameKey(address.Key(name)).AddVersion(1).Exec(ctx); err != nil {
			return fmt.Errorf("change client account %s: %w", id, err)
		}
		if err := tx.ClientGrant.Update().Where(clientgrant.ClientAccountID(id)).SetClientKey(address.Key(name)).Exec(ctx); err != nil {
			return fmt.Errorf("rename grants of client account %s: %w", id, err)
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "clientAccountUpdate", Account: id, Via: through(actor, a), Changes: changes})
	})
}
