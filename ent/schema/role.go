package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"roster/internal/rule"
)

// Role is a named set of permissions in one kind of account. The built-in ones are rows with fixed ids, written by
// the first migration; the others belong to a practice. A deleted one stays as a row: removed members still name it.
type Role struct{ ent.Schema }

// Fields of a role.
func (Role) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("practice_id").optional(),
		field.Enum("kind").GoType(rule.Kind("")).Immutable(),
		field.String("name").NotEmpty().MaxRuneLen(200),
		field.String("name_key").NotEmpty().Annotations(bytewise()).Comment("the name without letter case: one a practice and kind"),
		field.Bool("built_in").Default(false).Immutable(),
		field.Int64("permissions").GoType(rule.Permissions(0)),
		moment("created_at"),
		maybe("deleted_at"),
	}
}

// Edges of a role.
func (Role) Edges() []ent.Edge {
	return []ent.Edge{edge.From("practice", Practice.Type).Ref("custom_roles").Field("practice_id").Unique()}
}

// Indexes of a role.
func (Role) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("id", "kind").Unique().StorageKey("roles_id_kind"),
		index.Fields("practice_id", "kind", "name_key").Unique().Annotations(entsql.IndexWhere("deleted_at IS NULL")).StorageKey("roles_one_name"),
	}
}

// Annotations of a role.
func (Role) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("roles",
		"kind_known", oneOf("kind", rule.Kind("").Values()),
		"built_in_or_own", "built_in = (practice_id IS NULL)",
		"built_in_stays", "NOT built_in OR deleted_at IS NULL",
		"permissions_fit", only())}
}
