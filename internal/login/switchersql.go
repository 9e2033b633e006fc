package login

import (
	"context"
	"slices"
	"strings"

	"roster/ent/schema"
	"roster/internal/rule"
	"roster/internal/viewer"
)

// statement is a text that is put together, with its arguments. There are as many texts as there are ways to filter, so each
// stays a prepared statement.
type statement struct {
	strings.Builder
	args []any
}

func (t *statement) add(text string, args ...any) {
	t.WriteString(text)
	t.args = append(t.args, args...)
}

// page is the statement of one page: of each arm as many rows as the page has, in order, then the first of all of them, and only
// to those what a row shows. ok is false where the filters leave nothing.
func page(ctx context.Context, q Query) (t *statement, ok bool) {
	t = &statement{}
	t.Grow(4 << 10) // what most have in the end
	t.add(columns + " FROM (SELECT * FROM (")
	ok = q.arms(ctx, t)
	t.add(") every ORDER BY "+q.by("", "recency", "name_key", "id")+" LIMIT ?) a", q.Limit)
	v, _ := viewer.From(ctx)
	t.add(`
LEFT JOIN practices p ON a.kind = 'PRACTICE' AND p.id = a.id
LEFT JOIN client_accounts c ON a.kind = 'CLIENT' AND c.id = a.id
LEFT JOIN memberships m ON m.id = a.membership_id
LEFT JOIN roles r ON r.id = `+schema.OwnRole("m.role_id")+`
LEFT JOIN account_uses x ON x.user_id = ? AND x.account_id = a.id
ORDER BY `+q.by("a.", "recency", "name_key", "id"), v.UserID)
	return t, ok
}

// by are the columns that rows are ordered by; the first of three is for the last used alone.
func (q Query) by(table string, columns ...string) string {
	if q.Order != ByLastUsed && len(columns) == 3 {
		columns = columns[1:]
	}
	text := table + strings.Join(columns, ", "+table)
	if q.Back {
		text = strings.ReplaceAll(text, ",", " DESC,") + " DESC"
	}
	return text
}

// total is the statement that counts all pages.
func total(ctx context.Context, q Query) (t *statement, ok bool) {
	t = &statement{}
	q.Order, q.After, q.Before, q.Limit = ByName, nil, nil, 0
	t.add("SELECT count(*) FROM (")
	ok = q.arms(ctx, t)
	t.add(") every")
	return t, ok
}

// columns are all of an account's and a role's, so that nothing has to be read a second time, in the order of row.
const (
	columns = `SELECT a.via, p.name, p.name_key, p.country, p.clients_keep_an_administrator, p.version, p.created_at,
a.id, ` + clientColumns
	clientColumns = `m.id, x.recency, x.used_at, c.practice_id, c.name, c.name_key, c.country, c.version, c.created_at,
m.permissions, COALESCE(m.role_id, '` + rule.BusinessAdminRole + `'), r.practice_id, r.name, r.permissions, r.created_at`
)

// arms writes all arms that the filters leave, each in order and with as many rows as a page has, where there is a page.
func (q Query) arms(ctx context.Context, t *statement) (ok bool) {
	v, _ := viewer.From(ctx)
	end := func(columns ...string) {
		if q.Limit > 0 {
			t.add(" ORDER BY "+q.by("", columns...)+" LIMIT ?", q.Limit)
		}
		t.add(") s")
	}
	join := func() {
		if ok {
			t.add("\nUNION ALL\n")
		}
		ok = true
	}
	used := q.Order == ByLastUsed
	if used && !(q.After != nil && never(q.After)) {
		join()
		t.add("SELECT * FROM (SELECT * FROM ("+schema.AccountsUsed()+") u WHERE 1 = 1", v.UserID, v.UserID, v.UserID, v.UserID, v.At)
		if len(q.Kinds) > 0 {
			t.add(" AND kind IN (" + quoted(q.Kinds, rule.Practice, rule.Client) + ")")
		}
		if len(q.Via) > 0 {
			t.add(" AND via IN (" + quoted(q.Via, rule.ViaMembership, rule.ViaPractice) + ")")
		}
		q.narrow(t, "id", "name_key")
		q.between(t, "(recency, name_key, id)", "(?, ?, ?)", q.After, q.Before)
		end("recency", "name_key", "id")
	}
	if used && q.Before != nil && !never(q.Before) {
		return ok
	}
	for _, arm := range schema.Arms() {
		if len(q.Kinds) > 0 && !slices.Contains(q.Kinds, arm.Kind) || len(q.Via) > 0 && !slices.Contains(q.Via, arm.Via) ||
			q.OwnClients && (arm.Kind == rule.Practice || arm.Via == rule.ViaPractice) {
			continue
		}
		join()
		t.add("SELECT * FROM (SELECT "+arm.Account+" AS id, '"+string(arm.Kind)+"' AS kind, "+arm.Key+" AS name_key, '"+string(arm.Via)+"' AS via, "+
			arm.Membership+" AS membership_id, 0 AS recency FROM "+arm.From, arm.Args(v.UserID, v.At)...)
		q.narrow(t, arm.Account, arm.Key)
		after, before := q.After, q.Before
		if used {
			t.add(" AND "+arm.Unused(), v.UserID)
			after, before = rest(after), rest(before)
		}
		q.between(t, "("+arm.Key+", "+arm.Account+")", "(?, ?)", after, before)
		end(arm.Key, arm.Account)
	}
	return ok
}

// narrow leaves those that are searched for, and named.
func (q Query) narrow(t *statement, id, key string) {
	if q.Search != "" {
		t.add(" AND "+key+` LIKE ? ESCAPE '\'`, "%"+escape(q.Search)+"%")
	}
	if len(q.Accounts) > 0 {
		t.add(" AND " + id + " IN (?" + strings.Repeat(", ?", len(q.Accounts)-1) + ")")
		for _, account := range q.Accounts {
			t.args = append(t.args, account)
		}
	}
}

// between leaves those after and before positions in the list.
func (q Query) between(t *statement, row, places string, after, before []any) {
	if after != nil {
		t.add(" AND "+row+" > "+places, after...)
	}
	if before != nil {
		t.add(" AND "+row+" < "+places, before...)
	}
}

// never reports whether a position among the last used is one of those that were never used, which come last.
func never(position []any) bool { return position[0] == int64(0) }

// rest is a position among those that were never used; nil where all of them are on the asked side of it.
func rest(position []any) []any {
	if position == nil || !never(position) {
		return nil
	}
	return position[1:]
}

// quoted lists those of the known values that were asked for, as SQL; asking for none of them finds nothing.
func quoted[S ~string](asked []S, known ...S) string {
	list := []string{"''"}
	for _, k := range known {
		if slices.Contains(asked, k) {
			list = append(list, "'"+string(k)+"'")
		}
	}
	return strings.Join(list, ", ")
}

func escape(search string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(search)
}
