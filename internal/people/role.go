package people

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"roster/ent"
	"roster/ent/membership"
	"roster/ent/role"
	"roster/ent/schema"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// CreateRole is a practice's own role to make.
type CreateRole struct {
	Practice    string
	Kind        rule.Kind
	Name        string
	Permissions []rule.Permission
}

// CreateRole makes a role of a practice's own (RULES.md B3) and answers its id.
func (p *People) CreateRole(ctx context.Context, input CreateRole) (id string, err error) {
	err = p.inPractice(ctx, input.Practice, func(ctx context.Context, tx *store.Tx, a account, actor rule.Access) error {
		id = store.NewID("rol")
		next := rule.Role{ID: id, Name: address.Name(input.Name), Kind: input.Kind, Practice: a.id, Permissions: rule.SetOf(input.Permissions)}
		facts := rule.RoleFacts{Actor: actor, Before: rule.Role{Kind: input.Kind}, After: next}
		if facts.Taken, err = taken(ctx, tx, next); err != nil {
			return err
		}

		if verdict := rule.MayMakeRole(facts); verdict.Refused() {
			return verdict
		}

		err := tx.Role.Create().SetID(id).SetPracticeID(a.id).SetKind(next.Kind).SetName(next.Name).SetNameKey(address.Key(next.Name)).
			SetPermissions(next.Permissions).SetCreatedAt(tx.Now).Exec(ctx)
		if err != nil {
			return fmt.Errorf("make role: %w", err)
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "roleCreate", Account: a.id, Changes: journal.Changes(journal.Set("role", id),
			journal.Set("name", next.Name), journal.Set("kind", next.Kind), journal.Set("permissions", permissionNames(next.Permissions)))})
	})
	return id, err
}

// UpdateRole changes a role of a practice's own, and with it what everybody who has it may do; nil where something stays.
func (p *People) UpdateRole(ctx context.Context, id string, name *string, permissions *[]rule.Permission) error {
	return p.ofRole(ctx, id, func(ctx context.Context, tx *store.Tx, a account, facts rule.RoleFacts) error {
		if name != nil {
			facts.After.Name = address.Name(*name)
		}
		if permissions != nil {
			facts.After.Permissions = rule.SetOf(*permissions)
		}
		if facts.Before == facts.After {
			return unchanged(facts)
		}
		if err := withMembers(ctx, tx, &facts, a); err != nil {
			return err
		}

		if verdict := rule.MayChangeRole(facts); verdict.Refused() {
			return verdict
		}

		err := tx.Role.UpdateOneID(id).SetName(facts.After.Name).SetNameKey(address.Key(facts.After.Name)).SetPermissions(facts.After.Permissions).Exec(ctx)
		if err != nil {
			return fmt.Errorf("change role %s: %w", id, err)
		}
		err = journal.Write(ctx, tx, journal.Entry{Verb: "roleUpdate", Account: a.id, Changes: journal.Changes(journal.Set("role", id),
			journal.Turn("name", facts.Before.Name, facts.After.Name),
			journal.Turn("permissions", permissionNames(facts.Before.Permissions), permissionNames(facts.After.Permissions)))})
		if err != nil {
			return err
		}
		return reach(ctx, tx, facts, a)
	})
}

// unchanged judges a change that changes nothing: it still needs the right.
func unchanged(facts rule.RoleFacts) error {
	if verdict := rule.MayChangeRole(facts); verdict.Refused() {
		return verdict
	}
	return nil
}

// DeleteRole deletes a role that nobody has.
func (p *People) DeleteRole(ctx context.Context, id string) error {
	return p.ofRole(ctx, id, func(ctx context.Context, tx *store.Tx, a account, facts rule.RoleFacts) error {
		users := tx.Membership.Query().Where(membership.RoleID(id), membership.StatusNEQ(rule.Removed))
		var err error
		if facts.Used, err = users.Clone().Count(store.Facts(ctx)); err != nil {
			return fmt.Errorf("count who has role %s: %w", id, err)
		}
		if facts.Users, err = users.Order(ent.Asc(membership.FieldID)).Limit(rule.MostRelated).IDs(store.Facts(ctx)); err != nil {
			return fmt.Errorf("find who has role %s: %w", id, err)
		}

		if verdict := rule.MayDeleteRole(facts); verdict.Refused() {
			return verdict
		}

		if err := tx.Role.UpdateOneID(id).SetDeletedAt(tx.Now).Exec(ctx); err != nil {
			return fmt.Errorf("delete role %s: %w", id, err)
		}
		return journal.Write(ctx, tx, journal.Entry{Verb: "roleDelete", Account: a.id,
			Changes: []journal.Change{journal.Turn("role", id, ""), journal.Turn("name", facts.Before.Name, "")}})
	})
}

// inPractice runs a change of a practice that the viewer can see.
func (p *People) inPractice(ctx context.Context, id string, change func(ctx context.Context, tx *store.Tx, a account, actor rule.Access) error) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	return p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		a, err := visible(ctx, tx.Client, id)
		if err != nil {
			return err
		}
		if a.kind != rule.Practice {
			return rule.ErrNotFound
		}
		actor, err := access(ctx, tx, tx.Now, v.UserID, a.id)
		if err != nil {
			return err
		}
		return change(ctx, tx, a, actor)
	})
}

// ofRole runs a change of a role that the viewer can see.
func (p *People) ofRole(ctx context.Context, id string, change func(ctx context.Context, tx *store.Tx, a account, facts rule.RoleFacts) error) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	return p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		now, err := roleOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if now.Practice == "" {
			return rule.MayChangeRole(rule.RoleFacts{BuiltIn: true})
		}
		a, err := visible(ctx, tx.Client, now.Practice)
		if err != nil {
			return err
		}
		actor, err := access(ctx, tx, tx.Now, v.UserID, a.id)
		if err != nil {
			return err
		}
		return change(ctx, tx, a, rule.RoleFacts{Actor: actor, Before: now, After: now})
	})
}

// taken reports whether another role has the name already, a built-in one too.
func taken(ctx context.Context, tx *store.Tx, r rule.Role) (bool, error) {
	other, err := tx.Role.Query().Where(role.IDNEQ(r.ID), role.KindEQ(r.Kind), role.NameKey(address.Key(r.Name)), role.DeletedAtIsNil(),
		role.Or(role.PracticeIDIsNil(), role.PracticeID(r.Practice))).Exist(store.Facts(ctx))
	if err != nil {
		return false, fmt.Errorf("look for a role of this name: %w", err)
	}
	return other, nil
}

// withMembers reads who has the role, and who else administers their accounts.
func withMembers(ctx context.Context, tx *store.Tx, facts *rule.RoleFacts, a account) (err error) {
	if facts.Taken, err = taken(ctx, tx, facts.After); err != nil {
		return err
	}
	v, _ := viewer.From(ctx)
	all := store.Facts(ctx)
	list, err := tx.Membership.Query().Where(membership.RoleID(facts.Before.ID), membership.StatusNEQ(rule.Removed)).Order(ent.Asc(membership.FieldID)).All(all)
	if err != nil {
		return fmt.Errorf("read who has role %s: %w", facts.Before.ID, err)
	}
	for _, m := range list {
		facts.Members = append(facts.Members, rule.RoleMember{Member: *member(m), Account: m.AccountID, Owner: m.IsOwner, Self: m.UserID != nil && *m.UserID == v.UserID})
	}
	practice, err := tx.Practice.Get(all, a.id)
	if err != nil {
		return fmt.Errorf("read practice %s: %w", a.id, err)
	}
	facts.Keeps = practice.ClientsKeepAnAdministrator
	facts.Others, err = administered(ctx, tx, facts.Before, a.id)
	return err
}

var administeredBy = schema.AdministeredBy()

// administered are the accounts of a practice that somebody with another role administers.
func administered(ctx context.Context, tx *store.Tx, r rule.Role, practice string) (map[string]bool, error) {
	found, err := idsOf(ctx, tx, administeredBy, practice, practice, r.ID, r.Kind.Administer())
	if err != nil {
		return nil, fmt.Errorf("read who administers the accounts of %s: %w", practice, err)
	}
	return found, nil
}

// idsOf are the ids that a text of its own asks for.
func idsOf(ctx context.Context, r reader, text string, args ...any) (map[string]bool, error) {
	rows, err := r.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		found[id] = true
	}
	return found, rows.Err()
}

// reach gives everybody who has the role what it allows now: one statement for all who had the same, and a line for each
// in the journal of their account.
func reach(ctx context.Context, tx *store.Tx, facts rule.RoleFacts, a account) error {
	groups := map[rule.Permissions][]rule.RoleMember{}
	for _, m := range facts.Members {
		if facts.Set(m) != m.Permissions {
			groups[m.Permissions] = append(groups[m.Permissions], m)
		}
	}
	var lines []journal.Entry
	for _, before := range slices.Sorted(maps.Keys(groups)) {
		after := facts.Set(groups[before][0])
		n, err := tx.Membership.Update().Where(membership.RoleID(facts.Before.ID), membership.StatusNEQ(rule.Removed), membership.Permissions(before)).
			SetPermissions(after).AddVersion(1).Save(ctx)
		if err != nil {
			return fmt.Errorf("change who has role %s: %w", facts.Before.ID, err)
		}
		if n != len(groups[before]) {
			return fmt.Errorf("change who has role %s: %d instead of %d", facts.Before.ID, n, len(groups[before]))
		}
		change := []journal.Change{journal.Turn("permissions", permissionNames(before), permissionNames(after))}
		for _, m := range groups[before] {
			lines = append(lines, journal.Entry{Verb: "roleUpdate", Account: m.Account, Membership: m.ID, Via: viaRole(m, a), Changes: change})
		}
	}
	return journal.WriteEach(ctx, tx, lines)
}

// viaRole: in a client's journal the practice did it.
func viaRole(m rule.RoleMember, a account) string {
	if m.Account == a.id {
		return ""
	}
	return a.id
}
