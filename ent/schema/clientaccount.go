package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// ClientAccount is a business: looked after by a practice, or standing on its own.
type ClientAccount struct{ ent.Schema }

// Fields of a client account.
func (ClientAccount) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("practice_id").optional(),
		field.String("name").NotEmpty().MaxRuneLen(200),
		field.String("name_key").NotEmpty().Annotations(bytewise()).Comment("the name without letter case, for order and search"),
		field.String("country").MaxLen(2).MinLen(2).Default("GB"),
		field.Int("version").Default(1),
		moment("created_at"),
	}
}

// Edges of a client account.
func (ClientAccount) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("practice", Practice.Type).Ref("clients").Field("practice_id").Unique(),
		edge.To("users", Membership.Type),
		edge.To("submission_addresses", SubmissionAddress.Type),
	}
}

// Indexes of a client account.
func (ClientAccount) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("id", "practice_id").Unique().StorageKey("client_accounts_id_practice"),
		index.Fields("practice_id", "name_key", "id").StorageKey("client_accounts_by_name"),
	}
}

// Annotations of a client account.
func (ClientAccount) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("client_accounts", "name_present", "name <> '' AND name_key <> ''", "country_code", "length(country) = 2")}
}
