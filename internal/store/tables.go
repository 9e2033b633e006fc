package store

import (
	"slices"

	"entgo.io/ent/dialect/sql/schema"

	"roster/ent/migrate"
)

// keysOverTwo are the foreign keys over two columns, which ent cannot say. They keep a row's copy of a fact equal to
// the fact: a member's role is one of the account's kind, a grant joins a colleague and a client of one practice, a user has
// applications of the practice that looks after their account, and a document's owner and an address's user are in its account.
// Each is a name, a table, its two columns, and the table and the two columns they point to, which a unique index
// covers.
func keysOverTwo() [][]string {
	return [][]string{
		{"memberships_role_of_kind", "memberships", "role_id", "kind", "roles", "id", "kind"},
		{"client_grants_own_client", "client_grants", "client_account_id", "practice_id", "client_accounts", "id", "practice_id"},
		{"client_grants_own_colleague", "client_grants", "membership_id", "practice_id", "memberships", "id", "practice_id"},
		{"application_uses_own_client", "application_uses", "client_account_id", "practice_id", "client_accounts", "id", "practice_id"},
		{"application_uses_own_user", "application_uses", "membership_id", "client_account_id", "memberships", "id", "client_account_id"},
		{"application_uses_own_application", "application_uses", "application_id", "practice_id", "applications", "id", "practice_id"},
		{"documents_own_owner", "documents", "owner_id", "client_account_id", "memberships", "id", "client_account_id"},
		{"documents_own_beneficiary", "documents", "submitted_for_id", "client_account_id", "memberships", "id", "client_account_id"},
		{"submission_addresses_own_user", "submission_addresses", "membership_id", "client_account_id", "memberships", "id", "client_account_id"},
	}
}

// Tables are the tables as the migrations must leave them: those of the entities, with the foreign keys over two
// columns, and without any that would delete or change a row because another one is deleted. Each call gives a copy.
func Tables() []*schema.Table {
	tables := make([]*schema.Table, len(migrate.Tables))
	for i, t := range migrate.Tables {
		tables[i] = copyTable(t)
	}
	for i, t := range migrate.Tables {
		for _, key := range t.ForeignKeys {
			addKey(tables, key.Symbol, tables[i].Name, names(key.Columns), key.RefTable.Name, names(key.RefColumns))
		}
	}
	for _, key := range keysOverTwo() {
		addKey(tables, key[0], key[1], key[2:4], key[4], key[5:7])
	}
	return tables
}

func copyTable(t *schema.Table) *schema.Table {
	c := &schema.Table{Name: t.Name, Schema: t.Schema, Annotation: t.Annotation, Comment: t.Comment, View: t.View, Pos: t.Pos}
	for _, column := range t.Columns {
		copied := *column
		c.Columns = append(c.Columns, &copied)
	}
	c.PrimaryKey = columns(c, names(t.PrimaryKey))
	for _, index := range t.Indexes {
		copied := *index
		copied.Columns = columns(c, names(index.Columns))
		c.Indexes = append(c.Indexes, &copied)
	}
	return c
}

func addKey(tables []*schema.Table, symbol, from string, fromColumns []string, to string, toColumns []string) {
	table, other := find(tables, from), find(tables, to)
	table.ForeignKeys = append(table.ForeignKeys, &schema.ForeignKey{
		Symbol:  symbol,
		Columns: columns(table, fromColumns), RefTable: other, RefColumns: columns(other, toColumns),
		OnUpdate: schema.NoAction, OnDelete: schema.NoAction,
	})
}

func find(tables []*schema.Table, name string) *schema.Table {
	return tables[slices.IndexFunc(tables, func(t *schema.Table) bool { return t.Name == name })]
}

func columns(t *schema.Table, names []string) []*schema.Column {
	var list []*schema.Column
	for _, name := range names {
		i := slices.IndexFunc(t.Columns, func(c *schema.Column) bool { return c.Name == name })
		list = append(list, t.Columns[i])
	}
	return list
}

func names(columns []*schema.Column) []string {
	var list []string
	for _, column := range columns {
		list = append(list, column.Name)
	}
	return list
}
