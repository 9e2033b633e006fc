package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Identity lets a login sign in with a provider of single sign-on. It is known by issuer and subject alone (RULES.md J7): the
// address that the provider told is for people to read, and decides nothing.
type Identity struct{ ent.Schema }

// Fields of an identity.
func (Identity) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("user_id").required(),
		field.String("provider").NotEmpty().MaxLen(100).Immutable().Annotations(bytewise()).Comment("the name under which the provider is configured"),
		field.String("issuer").NotEmpty().MaxLen(500).Immutable().Annotations(bytewise()),
		field.String("subject").NotEmpty().MaxLen(255).Immutable().Annotations(bytewise()),
		field.String("email").Optional().Nillable().MaxRuneLen(320).Comment("as the provider told it when it was linked"),
		moment("linked_at"),
	}
}

// Edges of an identity.
func (Identity) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("identities").Field("user_id").Unique().Required().Immutable()}
}

// Indexes of an identity: it is one login's, and a login has one with each provider.
func (Identity) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("issuer", "subject").Unique().StorageKey("identities_one_login"),
		index.Fields("user_id", "provider").Unique().StorageKey("identities_one_per_provider"),
	}
}

// Annotations of an identity.
func (Identity) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("identities", "subject_present", "subject <> ''")}
}
