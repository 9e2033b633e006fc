package house_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/lib/pq"

	"roster/ent/schema"
	"roster/internal/store/storetest"
)

// aHouse is a house in which reading a whole table takes longer than looking rows up.
const aHouse = `SET session_replication_role = replica; SET plan_cache_mode = force_generic_plan;
INSERT INTO users (id, email, first_name, last_name, email_verified_at, created_at) SELECT 'usr_' || i, i || '@example.com', 'Robin', 'Marlow', now(), now() FROM generate_series(1, 4000) i;
INSERT INTO practices (id, name, name_key, created_at) SELECT 'prc_' || i, 'Practice', 'practice', now() FROM generate_series(1, 20) i;
INSERT INTO client_accounts (id, name, name_key, practice_id, created_at) SELECT 'cli_' || i, 'Client', 'client', 'prc_' || 1 + i % 20, now() FROM generate_series(1, 1000) i;
INSERT INTO memberships (id, kind, account_id, client_account_id, user_id, role_id, permissions, first_name, last_name, name_key, search_key, email, login_access, status, created_at, last_active_at)
	SELECT 'mem_' || i, 'CLIENT', 'cli_' || 1 + i / 10, 'cli_' || 1 + i / 10, 'usr_' || 1 + i % 4000, 'rol_' || i % 50, 0, 'Robin', 'Marlow', 'marlow', 'marlow', 1 + i % 4000 || '@example.com', TRUE, 'ACTIVE',
	now(), now() FROM generate_series(1, 9000) i;
INSERT INTO memberships (id, kind, account_id, practice_id, user_id, role_id, permissions, first_name, last_name, name_key, search_key, email, login_access, status, created_at, last_active_at)
	SELECT 'mem_p' || i, 'PRACTICE', 'prc_' || 1 + i % 20, 'prc_' || 1 + i % 20, 'usr_' || i, 'rol_' || i % 50, 0, 'Robin', 'Marlow', 'marlow', 'marlow', i || '@example.com', TRUE, 'ACTIVE',
	now(), now() FROM generate_series(1, 200) i;
INSERT INTO client_grants (id, practice_id, client_key, granted_at, client_account_id, membership_id)
	SELECT 'grt_' || i, 'prc_' || 1 + i % 20, 'client', now(), 'cli_' || i % 1000, 'mem_p' || 1 + (i + i / 1000) % 200 FROM generate_series(1, 3000) i;
ANALYZE; SET session_replication_role = origin`

// What menus turn on is looked up, row by row. Postgres plans a prepared statement without its arguments, and read all logins
// and all clients of a house of this size for a page of ten people, and all clients of a practice for each of its colleagues.
func TestMenusReadNoWholeTable(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("postgres", storetest.URL(t, storetest.Postgres))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // a prepared statement is its connection's
	if _, err := db.Exec(aHouse); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 50, 100} {
		text, count := schema.PeopleFacts(n), 0
		for strings.Contains(text, "?") {
			count++
			text = strings.Replace(text, "?", fmt.Sprintf("$%d", count), 1)
		}
		if _, err := db.Exec(fmt.Sprintf("PREPARE facts_%d AS %s", n, text)); err != nil {
			t.Fatal(err)
		}
		rows, err := db.Query(fmt.Sprintf("EXPLAIN EXECUTE facts_%d(NULL%s)", n, strings.Repeat(", NULL", count-1)))
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var plan strings.Builder
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan.WriteString(line + "\n")
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"users", "client_accounts", "client_grants", "memberships"} {
			if strings.Contains(plan.String(), "Seq Scan on "+table) {
				t.Errorf("the facts of %d people read all of %s:\n%s", n, table, plan.String())
			}
		}
		if strings.Contains(plan.String(), "client_accounts_by_name") {
			t.Errorf("the facts of %d people read all clients of a practice:\n%s", n, plan.String())
		}
	}
}

// Whoever's switcher shows a client or a role that changes is looked up, too. What a trigger does is shown by auto_explain only,
// which tells it to whoever changes something.
func TestWhatForgetsSwitchersReadsNoWholeTable(t *testing.T) {
	t.Parallel()
	plain, err := pq.NewConnector(storetest.URL(t, storetest.Postgres))
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	db := sql.OpenDB(pq.ConnectorWithNoticeHandler(plain, func(n *pq.Error) { told.WriteString(n.Message + "\n") }))
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(aHouse + `; UPDATE memberships SET role_id = 'rol_standard' WHERE id = 'mem_17'`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;
SET auto_explain.log_level = notice; SET default_transaction_isolation = 'serializable'`); err != nil {
		t.Fatal(err)
	}
	for change, by := range map[string]string{
		"UPDATE client_accounts SET name = 'Other' WHERE id = 'cli_5'": "(account_id)::text = ",
		"UPDATE roles SET name = 'Other' WHERE id = 'rol_standard'":    "(role_id)::text = ",
	} {
		told.Reset()
		if _, err := db.Exec(change); err != nil {
			t.Fatal(err)
		}
		plans := told.String()
		if !strings.Contains(plans, "Conflict Resolution: UPDATE") || !strings.Contains(plans, "Index Cond: ("+by) || strings.Contains(plans, "Seq Scan on memberships") {
			t.Errorf("%s does not look memberships up by %s:\n%s", change, by, plans)
		}
	}
}
