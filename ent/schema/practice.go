package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
)

// Practice is an accounting firm that looks after client accounts.
type Practice struct{ ent.Schema }

// Fields of a practice.
func (Practice) Fields() []ent.Field {
	return []ent.Field{
		id(),
		field.String("name").NotEmpty().MaxRuneLen(200),
		field.String("name_key").NotEmpty().Annotations(bytewise()).Comment("the name without letter case, for order and search"),
		field.String("country").MaxLen(2).MinLen(2).Default("GB"),
		field.Bool("clients_keep_an_administrator").Default(false),
		field.Int("version").Default(1),
		moment("created_at"),
	}
}

// Edges of a practice.
func (Practice) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("clients", ClientAccount.Type),
		edge.To("colleagues", Membership.Type),
		edge.To("custom_roles", Role.Type),
		edge.To("applications", Application.Type),
	}
}

// Annotations of a practice.
func (Practice) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("practices", "name_present", "name <> '' AND name_key <> ''", "country_code", "length(country) = 2")}
}
