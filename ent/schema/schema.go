// Package schema describes what Roster keeps: one entity a file, each with the constraints that stand behind the
// rules and the policy that says which rows a viewer may see. It decides nothing about what may be done: that is
// roster/internal/rule. A constraint here that ever fires means that a rule has a hole.
package schema

import (
	"fmt"
	"strings"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"

	"roster/internal/rule"
)

// Epoch stands for "never" in columns that lists are ordered by, since those cannot be null.
var Epoch = time.Unix(0, 0).UTC()

// bytewise makes Postgres order and compare ids and keys as SQLite does, byte by byte.
func bytewise() schema.Annotation { return entsql.Annotation{Collation: "C"} }

// id is the primary key of every entity: a readable prefix and a UUIDv7, made in Go.
func id() ent.Field {
	return field.String("id").Immutable().NotEmpty().MaxLen(64).Annotations(bytewise())
}

// ref is a column that holds another row's id.
func ref(name string) *refField { return &refField{name} }

type refField struct{ name string }

func (r *refField) required() ent.Field {
	return field.String(r.name).Immutable().NotEmpty().Annotations(bytewise())
}

func (r *refField) optional() ent.Field {
	return field.String(r.name).Optional().Nillable().Annotations(bytewise())
}

// moment is a point in time, UTC, to the microsecond: what both databases keep.
func moment(name string) ent.Field {
	return field.Time(name).SchemaType(map[string]string{dialect.Postgres: "timestamptz"})
}

// maybe is a moment that may not have come yet.
func maybe(name string) ent.Field {
	return field.Time(name).Optional().Nillable().SchemaType(map[string]string{dialect.Postgres: "timestamptz"})
}

// checks adds named CHECK constraints, as name and condition in turn. Each condition is put into two pairs of
// parentheses: atlas takes one that begins and ends with a parenthesis for one that is inside a pair already.
func checks(table string, pairs ...string) schema.Annotation {
	named := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		named[table+"_"+pairs[i]] = "((" + pairs[i+1] + "))"
	}
	return entsql.Annotation{Table: table, Checks: named}
}

// oneOf is the condition that a column holds one of a closed list.
func oneOf(column string, values []string) string {
	return fmt.Sprintf("%s IN ('%s')", column, strings.Join(values, "', '"))
}

// only is the condition that a set of permissions makes sense in the row's kind of account.
func only() string {
	return fmt.Sprintf("kind = 'PRACTICE' AND (permissions & ~%d) = 0 OR kind = 'CLIENT' AND (permissions & ~%d) = 0",
		rule.Practice.Of(), rule.Client.Of())
}
