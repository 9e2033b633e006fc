package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/index"
)

// ApplicationUse is that a user of a client account has one of the applications that the account's practice offers. It
// ends with the application, and when the practice is disconnected; the journal keeps it.
type ApplicationUse struct{ ent.Schema }

// Fields of a use.
func (ApplicationUse) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("membership_id").required(),
		ref("application_id").required(),
		ref("client_account_id").required(),
		ref("practice_id").required(),
	}
}

// Edges of a use.
func (ApplicationUse) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("membership", Membership.Type).Field("membership_id").Unique().Required().Immutable(),
		edge.To("application", Application.Type).Field("application_id").Unique().Required().Immutable(),
	}
}

// Indexes of a use.
func (ApplicationUse) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("membership_id", "application_id").Unique().StorageKey("application_uses_once"),
		index.Fields("application_id"),
		index.Fields("client_account_id"),
	}
}
