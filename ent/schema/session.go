package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"roster/internal/rule"
)

// Session is one signed-in browser or app. Its secret is kept as a SHA-256 only.
type Session struct{ ent.Schema }

// Fields of a session.
func (Session) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("user_id").required(),
		field.Enum("kind").GoType(rule.SessionKind("")).Immutable(),
		field.String("secret_hash").NotEmpty().Sensitive().Annotations(bytewise()).Comment("of the cookie, or of the current access token"),
		moment("secret_expires_at"),
		moment("expires_at"),
		moment("created_at"),
		moment("signed_in_at"),
		moment("last_seen_at"),
		maybe("ended_at"),
		field.String("user_agent").Optional().Nillable().MaxRuneLen(512),
		field.String("ip_address").Optional().Nillable().MaxRuneLen(64),
		ref("current_account_id").optional(),
		field.String("identity_id").Optional().Nillable().Immutable().Annotations(bytewise()).Comment("the identity it was opened with; null when that was a password"),
	}
}

// Edges of a session.
func (Session) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("sessions").Field("user_id").Unique().Required().Immutable()}
}

// Indexes of a session.
func (Session) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("secret_hash").Unique().StorageKey("sessions_secret"),
		index.Fields("user_id"),
	}
}

// Annotations of a session.
func (Session) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("sessions",
		"kind_known", oneOf("kind", rule.SessionKind("").Values()),
		"secret_within", "secret_expires_at <= expires_at")}
}
