package people

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"roster/ent"
	"roster/ent/application"
	"roster/ent/applicationuse"
	"roster/ent/membership"
	"roster/ent/predicate"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// ListApplication puts an application on a practice's list (RULES.md I3) and answers its id.
func (p *People) ListApplication(ctx context.Context, practice, name string) (id string, err error) {
	err = p.inPractice(ctx, practice, func(ctx context.Context, tx *store.Tx, a account, actor rule.Access) error {
		facts := rule.ApplicationFacts{Actor: actor, Name: address.Name(name)}
		listed := tx.Application.Query().Where(application.PracticeID(a.id))
		if facts.Listed, err = listed.Clone().Count(store.Facts(ctx)); err != nil {
			return fmt.Errorf("count applications of %s: %w", a.id, err)
		}
		if facts.Taken, err = listed.Where(application.NameKey(address.Key(facts.Name))).Exist(store.Facts(ctx)); err != nil {
			return fmt.Errorf("look for an application of this name: %w", err)
		}

		if verdict := rule.MayListApplication(facts); verdict.Refused() {
			return verdict
		}

		id = store.NewID("app")
		err := tx.Application.Create().SetID(id).SetPracticeID(a.id).SetName(facts.Name).SetNameKey(address.Key(facts.Name)).SetCreatedAt(tx.Now).Exec(ctx)
		if err != nil {
			return fmt.Errorf("list application: %w", err)
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "applicationCreate", Account: a.id,
			Changes: journal.Changes(journal.Set("application", id), journal.Set("name", facts.Name))})
	})
	return id, err
}

// DeleteApplication takes an application off a practice's list and away from everybody who has it, each with a line in
// the journal of their account.
func (p *People) DeleteApplication(ctx context.Context, id string) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	return p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		gone, err := tx.Application.Get(ctx, id)
		if err != nil {
			return notFound("application", err)
		}
		actor, err := access(ctx, tx, tx.Now, v.UserID, gone.PracticeID)
		if err != nil {
			return err
		}

		if verdict := rule.MayManageApplications(actor); verdict.Refused() {
			return verdict
		}

		taken := journal.Entry{Verb: "applicationDelete", Via: gone.PracticeID}
		if err := takeAway(ctx, tx, taken, applicationuse.ApplicationID(id)); err != nil {
			return err
		}
		if err := tx.Application.DeleteOne(gone).Exec(store.Facts(ctx)); err != nil {
			return fmt.Errorf("delete application %s: %w", id, err)
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "applicationDelete", Account: gone.PracticeID,
			Changes: []journal.Change{journal.Turn("application", id, ""), journal.Turn("name", gone.Name, "")}})
	})
}

// takeAway ends some uses of applications, with a line in the account's journal for everybody who had one.
func takeAway(ctx context.Context, tx *store.Tx, entry journal.Entry, which predicate.ApplicationUse) error {
	all := store.Facts(ctx)
	uses, err := tx.ApplicationUse.Query().Where(which, applicationuse.HasMembershipWith(membership.StatusNEQ(rule.Removed))).
		Order(applicationuse.ByMembershipID(), applicationuse.ByApplicationID()).All(all)
	if err != nil {
		return fmt.Errorf("read who has applications: %w", err)
	}
	names, err := namesOf(ctx, tx, uses)
	if err != nil {
		return err
	}
	var lines []journal.Entry
	for _, u := range uses {
		if len(lines) == 0 || lines[len(lines)-1].Membership != u.MembershipID {
			entry.Account, entry.Membership, entry.Changes = u.ClientAccountID, u.MembershipID, nil
			lines = append(lines, entry)
		}
		last := &lines[len(lines)-1]
		last.Changes = append(last.Changes, journal.Turn("application", names[u.ApplicationID], ""))
	}
	if err := tx.Membership.Update().Where(membership.HasApplicationUsesWith(which), membership.StatusNEQ(rule.Removed)).AddVersion(1).Exec(ctx); err != nil {
		return fmt.Errorf("take applications away: %w", err)
	}
	if _, err := tx.ApplicationUse.Delete().Where(which).Exec(all); err != nil {
		return fmt.Errorf("take applications away: %w", err)
	}
	return journal.WriteEach(ctx, tx, lines)
}

// namesOf are the names of the applications that some uses are of.
func namesOf(ctx context.Context, tx *store.Tx, uses []*ent.ApplicationUse) (map[string]string, error) {
	names, ids := map[string]string{}, []string(nil)
	for _, u := range uses {
		if _, known := names[u.ApplicationID]; !known {
			names[u.ApplicationID], ids = "", append(ids, u.ApplicationID)
		}
	}
	list, err := tx.Application.Query().Where(application.IDIn(ids...)).All(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("read applications: %w", err)
	}
	for _, a := range list {
		names[a.ID] = a.Name
	}
	return names, nil
}

// chosen finds the applications that somebody in an account is to have, in the order of their names; one that the viewer
// cannot see is not found.
func chosen(ctx context.Context, tx *store.Tx, a account, ids []string) ([]*ent.Application, rule.Applications, error) {
	f := rule.Applications{Chosen: len(ids) > 0}
	if !f.Chosen {
		return nil, f, nil
	}
	ids = distinct(slices.Clone(ids))
	if len(ids) > rule.MaxApplications { // no practice has as many
		return nil, f, rule.ErrNotFound
	}
	list, err := tx.Application.Query().Where(application.IDIn(ids...)).Order(application.ByNameKey()).All(ctx)
	if err != nil {
		return nil, f, fmt.Errorf("find applications: %w", err)
	}
	if len(list) < len(ids) {
		return nil, f, rule.ErrNotFound
	}
	f.Foreign = slices.ContainsFunc(list, func(one *ent.Application) bool { return one.PracticeID != a.practice })
	return list, f, nil
}

// give lets a member have some applications.
func give(ctx context.Context, tx *store.Tx, a account, member string, list []*ent.Application) error {
	var uses []*ent.ApplicationUseCreate
	for _, one := range list {
		uses = append(uses, tx.ApplicationUse.Create().SetID(store.NewID("use")).SetMembershipID(member).SetApplicationID(one.ID).
			SetClientAccountID(a.id).SetPracticeID(a.practice))
	}
	if err := tx.ApplicationUse.CreateBulk(uses...).Exec(ctx); err != nil {
		return fmt.Errorf("give applications to %s: %w", member, err)
	}
	return nil
}

// applications are those a member has, in the order of their names.
func (t *target) applications(ctx context.Context, tx *store.Tx) ([]*ent.Application, error) {
	list, err := tx.Application.Query().Where(application.HasMembersWith(membership.ID(t.ID))).Order(application.ByNameKey()).All(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("read applications of %s: %w", t.ID, err)
	}
	return list, nil
}

// swapped are the applications that a member has, and is to have.
type swapped struct{ before, after []*ent.Application }

func (t *target) newApplications(ctx context.Context, tx *store.Tx, input Privileges, next *rule.Privileges) (uses swapped, err error) {
	if uses.before, err = t.applications(ctx, tx); err != nil || input.Applications == nil {
		return swapped{uses.before, uses.before}, err
	}
	uses.after, next.Uses, err = chosen(ctx, tx, t.account, *input.Applications)
	return uses, err
}

// swap gives a member the applications they are to have, and takes the others away.
func (t *target) swap(ctx context.Context, tx *store.Tx, uses swapped) error {
	if listed(uses.before) == listed(uses.after) {
		return nil
	}
	if _, err := tx.ApplicationUse.Delete().Where(applicationuse.MembershipID(t.ID)).Exec(store.Facts(ctx)); err != nil {
		return fmt.Errorf("take applications from %s: %w", t.ID, err)
	}
	return give(ctx, tx, t.account, t.ID, uses.after)
}

// listed are applications as the journal names them.
func listed(list []*ent.Application) string {
	names := make([]string, len(list))
	for i, one := range list {
		names[i] = one.Name
	}
	return strings.Join(names, ", ")
}
