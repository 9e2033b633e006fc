package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// ClientGrant lets one colleague open one of the practice's clients, for good or until a day (RULES.md B6). It is
// deleted when it ends; the journal keeps what it was.
type ClientGrant struct{ ent.Schema }

// Fields of a grant.
func (ClientGrant) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("membership_id").required(),
		ref("client_account_id").required(),
		ref("practice_id").required(),
		field.String("client_key").Annotations(bytewise()).Comment("the client's name_key, so that the switcher reads a page of many grants in order"),
		ref("granted_by_id").optional(),
		moment("granted_at"),
		maybe("expires_at"),
		field.String("reason").Optional().Nillable().MaxRuneLen(1000),
	}
}

// Edges of a grant.
func (ClientGrant) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("membership", Membership.Type).Ref("grants").Field("membership_id").Unique().Required().Immutable(),
		edge.To("client_account", ClientAccount.Type).Field("client_account_id").Unique().Required().Immutable(),
		edge.To("granted_by", Membership.Type).Field("granted_by_id").Unique(),
	}
}

// Indexes of a grant.
func (ClientGrant) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("membership_id", "client_account_id").Unique().StorageKey("client_grants_one_per_client"),
		index.Fields("membership_id", "granted_at", "id").StorageKey("client_grants_by_age"),
		index.Fields("membership_id", "client_key", "client_account_id").StorageKey("client_grants_by_name"),
		index.Fields("client_account_id"),
	}
}

// Annotations of a grant.
func (ClientGrant) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("client_grants", "ends_later", "expires_at IS NULL OR expires_at > granted_at")}
}
