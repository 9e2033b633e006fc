package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"roster/internal/rule"
)

// Token is a secret that may be used once, for one purpose, until a moment. Only its SHA-256 is kept.
type Token struct{ ent.Schema }

// Fields of a token.
func (Token) Fields() []ent.Field {
	return []ent.Field{
		id(),
		field.Enum("purpose").GoType(rule.Purpose("")).Immutable(),
		field.String("hash").NotEmpty().Sensitive().Immutable().Annotations(bytewise()),
		ref("user_id").required(),
		field.String("session_id").Optional().Nillable().Immutable().Annotations(bytewise()),
		field.String("email").Optional().Nillable().Immutable().Annotations(bytewise()).Comment("the address it proves"),
		field.String("former_email").Optional().Nillable().Annotations(bytewise()).Comment("the address that the proved one took the place of (J3)"),
		ref("other_id").optional(),
		field.Int("version").Optional().Nillable().Immutable().Comment("of the login when it was made (J4)"),
		field.Int("other_version").Optional().Nillable().Immutable().Comment("of the other login when it was made"),
		moment("created_at"),
		moment("expires_at"),
		maybe("used_at"),
		maybe("voided_at"),
	}
}

// Edges of a token.
func (Token) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable(),
		edge.To("session", Session.Type).Field("session_id").Unique().Immutable(),
	}
}

// Indexes of a token.
func (Token) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("hash").Unique().StorageKey("tokens_hash"),
		index.Fields("user_id", "purpose"),
		index.Fields("session_id"),
		index.Fields("other_id"),
	}
}

// Annotations of a token.
func (Token) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("tokens",
		"purpose_known", oneOf("purpose", rule.Purpose("").Values()),
		"of_a_session", "(purpose IN ('REFRESH', 'MERGE_PROOF')) = (session_id IS NOT NULL)",
		"merge_names_both", "(purpose = 'MERGE') = (other_id IS NOT NULL AND version IS NOT NULL AND other_version IS NOT NULL)",
		"used_or_voided", "used_at IS NULL OR voided_at IS NULL")}
}
