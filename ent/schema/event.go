package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Event is one line of the journal: who changed what, when, and why (RULES.md L1). It is written in the
// transaction of the change and never touched again; the migrations refuse it to everyone.
type Event struct{ ent.Schema }

// Fields of an event.
func (Event) Fields() []ent.Field {
	return []ent.Field{
		id(),
		field.Time("at").Immutable(),
		field.String("verb").NotEmpty().Immutable().Comment("the name of the mutation"),
		field.String("account_id").Optional().Nillable().Immutable().Annotations(bytewise()),
		field.String("practice_id").Optional().Nillable().Immutable().Annotations(bytewise()),
		field.String("client_account_id").Optional().Nillable().Immutable().Annotations(bytewise()),
		field.String("membership_id").Optional().Nillable().Immutable().Annotations(bytewise()),
		field.String("user_id").Optional().Nillable().Immutable().Annotations(bytewise()).Comment("the login it is about"),
		field.String("actor_id").Optional().Nillable().Immutable().Annotations(bytewise()),
		field.String("actor_name").NotEmpty().Immutable(),
		field.String("via_practice_id").Optional().Nillable().Immutable().Annotations(bytewise()),
		field.String("reason").Optional().Nillable().Immutable(),
		field.Text("changes").Default("[]").Immutable().Comment("a JSON list of field, before and after"),
		field.String("request_id").Optional().Nillable().Immutable(),
	}
}

// Edges of an event.
func (Event) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("practice", Practice.Type).Field("practice_id").Unique().Immutable(),
		edge.To("client_account", ClientAccount.Type).Field("client_account_id").Unique().Immutable(),
		edge.To("membership", Membership.Type).Field("membership_id").Unique().Immutable(),
		edge.To("user", User.Type).Field("user_id").Unique().Immutable(),
		edge.To("actor", User.Type).Field("actor_id").Unique().Immutable(),
		edge.To("via_practice", Practice.Type).Field("via_practice_id").Unique().Immutable(),
	}
}

// Indexes of an event.
func (Event) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("account_id", "at", "id").StorageKey("events_by_account"),
		index.Fields("membership_id"),
		index.Fields("user_id"),
	}
}
