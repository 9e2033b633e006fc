package house_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"roster/ent"
	"roster/ent/schema"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// errUndo takes a transaction back after its rows were accepted.
var errUndo = errors.New("taken back")

// place is a practice, a client and a login to make rows with.
type place struct {
	*home
	practice, client, user, other string
}

func newPlace(t *testing.T, s *store.Store) *place {
	p := &place{home: newHome(t, s), practice: "prc_1", client: "cli_1", user: "usr_1", other: "usr_2"}
	p.write(func(ctx context.Context, tx *store.Tx) error {
		user := func(id string) *ent.UserCreate {
			return tx.User.Create().SetID(id).SetEmail(id + "@example.com").SetFirstName("Kit").SetLastName("Vale").SetCreatedAt(tx.Now)
		}
		return errors.Join(user(p.user).Exec(ctx), user(p.other).Exec(ctx),
			tx.Practice.Create().SetID(p.practice).SetName("Practice").SetNameKey("practice").SetCreatedAt(tx.Now).Exec(ctx),
			tx.ClientAccount.Create().SetID(p.client).SetName("Client").SetNameKey("client").SetPracticeID(p.practice).SetCreatedAt(tx.Now).Exec(ctx))
	})
	return p
}

// columns are the columns of one row, by name.
type columns map[string]any

// member is a row that may exist, to be spoiled in one place.
func (p *place) member(r rule.Row) columns {
	row := columns{"id": store.NewID("mem"), "kind": r.Kind, "account_id": p.client, "client_account_id": p.client, "practice_id": nil, "user_id": nil, "email": nil,
		"role_id": rule.StandardRole, "permissions": 0, "first_name": "Kit", "last_name": "Vale", "name_key": "vale", "search_key": "kit", "login_access": r.LoginAccess,
		"status": r.Status, "is_owner": r.Owner, "version": 1, "created_at": p.store.Now(), "last_active_at": schema.Epoch, "deactivated_at": nil, "removed_at": nil}
	if r.Kind == rule.Practice {
		row["account_id"], row["practice_id"], row["client_account_id"], row["role_id"] = p.practice, p.practice, nil, rule.PracticeStandardRole
	}
	if r.Email {
		row["email"] = p.user + "@example.com"
	}
	if r.User {
		row["user_id"] = p.user
	}
	switch r.Status {
	case rule.Deactivated:
		row["deactivated_at"] = p.store.Now()
	case rule.Removed:
		row["removed_at"] = p.store.Now()
	}
	return row
}

// refused is the constraint that refuses some rows, inserted by raw SQL one after the other; "" when all are taken.
// Nothing stays.
func (p *place) refused(table string, rows ...columns) string {
	p.Helper()
	err := p.store.Tx(p.Context(), func(ctx context.Context, tx *store.Tx) error {
		for _, row := range rows {
			if err := insert(ctx, tx, table, row); err != nil {
				return err
			}
		}
		return errUndo
	})
	if errors.Is(err, errUndo) {
		return ""
	}
	name := store.Constraint(err)
	if name == "" {
		p.Fatalf("insert into %s: %v", table, err)
	}
	return strings.TrimPrefix(name, table+"_")
}

func insert(ctx context.Context, tx *store.Tx, table string, row columns) error {
	var names, marks []string
	var args []any
	for name, value := range row {
		names, marks, args = append(names, name), append(marks, "?"), append(args, plain(value))
	}
	text := "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ") RETURNING id"
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
	}
	return errors.Join(rows.Err(), rows.Close())
}

// plain is a value as a driver takes it.
func plain(value any) any {
	switch v := value.(type) {
	case rule.Kind:
		return string(v)
	case rule.Status:
		return string(v)
	case rule.InvitationStatus:
		return string(v)
	case rule.Permissions:
		return int64(v)
	}
	return value
}

func TestRuleAndDatabaseAgreeWhichMembershipsMayExist(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPlace(t, s)
		possible, n := 0, 0
		for row := range everyRow() {
			n++
			refusal := p.refused("memberships", p.member(row))
			if got, want := refusal == "", rule.Possible(row); got != want {
				t.Errorf("%+v: the database takes it: %v (%s), the rule: %v", row, got, refusal, want)
			}
			if refusal == "" {
				possible++
			}
		}
		if n != 2*5*2*2*2*2 || possible == 0 || possible == n {
			t.Errorf("%d of %d rows are possible: the table shows nothing", possible, n)
		}
	})
}

// everyRow are all combinations of what rule.Possible looks at.
func everyRow() func(yield func(rule.Row) bool) {
	bools := []bool{false, true}
	return func(yield func(rule.Row) bool) {
		for _, kind := range []rule.Kind{rule.Practice, rule.Client} {
			for _, status := range rule.Statuses {
				for i := range 16 {
					bit := func(n int) bool { return bools[i>>n&1] }
					if !yield(rule.Row{Kind: kind, Status: status, LoginAccess: bit(0), Email: bit(1), User: bit(2), Owner: bit(3)}) {
						return
					}
				}
			}
		}
	}
}

func TestMembershipsThatContradictThemselvesAreRefused(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)
	active := rule.Row{Kind: rule.Client, Status: rule.Active, LoginAccess: true, Email: true, User: true}
	colleague, gone, off := active, active, active
	colleague.Kind, gone.Status, off.Status = rule.Practice, rule.Removed, rule.Deactivated
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPlace(t, s)
		for _, c := range []struct {
			what   string
			row    rule.Row
			change columns
			want   string // "kind" foreign keys have no name on SQLite
		}{
			{"an active user", active, nil, ""},
			{"an active colleague", colleague, nil, ""},
			{"a removed user", gone, nil, ""},
			{"a deactivated user", off, nil, ""},
			{"a deactivated user without the moment", off, columns{"deactivated_at": nil}, "deactivated_at"},
			{"an active user with the moment of a deactivation", active, columns{"deactivated_at": now}, "deactivated_at"},
			{"a removed user without the moment", gone, columns{"removed_at": nil}, "removed_at"},
			{"an active user with the moment of a removal", active, columns{"removed_at": now}, "removed_at"},
			{"a removed user that was deactivated before", gone, columns{"deactivated_at": now}, "deactivated_at"},
			{"a user of no account", active, columns{"client_account_id": nil}, "one_account"},
			{"a user in a practice", active, columns{"client_account_id": nil, "practice_id": p.practice, "account_id": p.practice}, "one_account"},
			{"a user of two accounts", active, columns{"practice_id": p.practice}, "one_account"},
			{"a user whose account is another", active, columns{"account_id": p.practice}, "one_account"},
			{"a colleague in a client", colleague, columns{"practice_id": nil, "client_account_id": p.client, "account_id": p.client}, "one_account"},
			{"a colleague whose account is another", colleague, columns{"account_id": p.client}, "one_account"},
			{"a user with a colleague's permission", active, columns{"permissions": rule.ClientsAll}, "permissions_fit"},
			{"a colleague with a user's permission", colleague, columns{"permissions": rule.DocumentsSubmit}, "permissions_fit"},
			{"a permission that does not exist", active, columns{"permissions": 1 << 40}, "permissions_fit"},
			{"a user with everything that is a user's", active, columns{"permissions": rule.Client.Of()}, ""},
			{"a colleague with everything that is a colleague's", colleague, columns{"permissions": rule.Practice.Of()}, ""},
			{"a user with a colleague's role", active, columns{"role_id": rule.PracticeAdminRole}, "role_of_kind"},
			{"a colleague with a user's role", colleague, columns{"role_id": rule.StandardRole}, "role_of_kind"},
			{"a role that does not exist", active, columns{"role_id": "rol_none"}, "role_of_kind"},
			{"a kind that does not exist", active, columns{"kind": "SHOP"}, "kind_known"},
			{"a status that does not exist", active, columns{"status": "EXPIRED"}, "status_known"},
			{"a login that does not exist", active, columns{"user_id": "usr_none"}, "foreign_key"},
		} {
			row := p.member(c.row)
			for name, value := range c.change {
				row[name] = value
			}
			if got := p.refused("memberships", row); !sameConstraint(got, c.want) {
				t.Errorf("%s: refused by %q, want %q", c.what, got, c.want)
			}
		}
	})
}

// sameConstraint allows for what SQLite does not tell: which foreign key it was; and for a row that two refuse.
func sameConstraint(got, want string) bool {
	foreign := map[string]bool{"role_of_kind": true, "foreign_key": true, "roles_role": true, "users_memberships": true, "users_user": true}
	second := map[string]string{"kind_known": "one_account", "status_known": "status_known"}
	return got == want || foreign[got] && foreign[want] || got != "" && got == second[want]
}

func TestAnAccountHasOneOwnerAndEachPersonOnce(t *testing.T) {
	t.Parallel()
	active := rule.Row{Kind: rule.Client, Status: rule.Active, LoginAccess: true, Email: true, User: true}
	gone := active
	gone.Status = rule.Removed
	owner := active
	owner.Owner = true
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPlace(t, s)
		with := func(r rule.Row, user, email string) columns {
			row := p.member(r)
			row["user_id"], row["email"] = user, email
			return row
		}
		for _, c := range []struct {
			what string
			rows []columns
			want string
		}{
			{"two people", []columns{with(active, p.user, "a@example.com"), with(active, p.other, "b@example.com")}, ""},
			{"one person twice", []columns{with(active, p.user, "a@example.com"), with(active, p.user, "b@example.com")}, "one_per_login"},
			{"one address twice", []columns{with(active, p.user, "a@example.com"), with(active, p.other, "a@example.com")}, "one_per_email"},
			{"added anew after a removal", []columns{with(gone, p.user, "a@example.com"), with(active, p.user, "a@example.com")}, ""},
			{"removed twice", []columns{with(gone, p.user, "a@example.com"), with(gone, p.user, "a@example.com")}, ""},
			{"an owner", []columns{with(owner, p.user, "a@example.com"), with(active, p.other, "b@example.com")}, ""},
			{"two owners", []columns{with(owner, p.user, "a@example.com"), with(owner, p.other, "b@example.com")}, "one_owner"},
		} {
			if got := p.refused("memberships", c.rows...); got != c.want {
				t.Errorf("%s: refused by %q, want %q", c.what, got, c.want)
			}
		}
	})
}

func TestRolesThatContradictThemselvesAreRefused(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPlace(t, s)
		p.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Practice.Create().SetID("prc_2").SetName("Other").SetNameKey("other").SetCreatedAt(tx.Now).Exec(ctx)
		})
		role := func(change columns) columns {
			row := columns{"id": store.NewID("rol"), "practice_id": p.practice, "kind": rule.Client, "name": "Keeper", "name_key": "keeper", "built_in": false,
				"permissions": rule.DocumentsSubmit, "created_at": now, "deleted_at": nil}
			for name, value := range change {
				row[name] = value
			}
			return row
		}
		for _, c := range []struct {
			what string
			rows []columns
			want string
		}{
			{"a practice's own role", []columns{role(nil)}, ""},
			{"one for colleagues", []columns{role(columns{"kind": rule.Practice, "permissions": rule.Practice.Of()})}, ""},
			{"one that allows all there is for users", []columns{role(columns{"permissions": rule.Client.Of()})}, ""},
			{"one that allows nothing", []columns{role(columns{"permissions": 0})}, ""},
			{"B3: a user's role with a colleague's permission", []columns{role(columns{"permissions": rule.ClientsAll})}, "permissions_fit"},
			{"B3: a colleague's role with a user's permission", []columns{role(columns{"kind": rule.Practice})}, "permissions_fit"},
			{"a permission that does not exist", []columns{role(columns{"permissions": 1 << 40})}, "permissions_fit"},
			{"a kind that does not exist", []columns{role(columns{"kind": "SHOP"})}, "kind_known"},
			{"a role of nobody's", []columns{role(columns{"practice_id": nil})}, "built_in_or_own"},
			{"a built-in role of one practice", []columns{role(columns{"built_in": true})}, "built_in_or_own"},
			{"a built-in role that is gone", []columns{role(columns{"built_in": true, "practice_id": nil, "deleted_at": now})}, "built_in_stays"},
			{"a role of a practice that does not exist", []columns{role(columns{"practice_id": "prc_none"})}, "foreign_key"},
			{"B3: one name twice", []columns{role(nil), role(columns{"name": "KEEPER"})}, "one_name"},
			{"one name for users and for colleagues", []columns{role(nil), role(columns{"kind": rule.Practice, "permissions": 0})}, ""},
			{"one name in two practices", []columns{role(nil), role(columns{"practice_id": "prc_2"})}, ""},
			{"a name that is free again", []columns{role(columns{"deleted_at": now}), role(columns{"deleted_at": now}), role(nil)}, ""},
		} {
			got := p.refused("roles", c.rows...)
			if c.want == "foreign_key" { // Postgres names it
				got = strings.Replace(got, "practices_custom_roles", c.want, 1)
			}
			if got != c.want {
				t.Errorf("%s: refused by %q, want %q", c.what, got, c.want)
			}
		}
	})
}
