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

// SubmissionAddress is where documents are mailed to: a user's, or the client account's own (RULES.md K3). The row stays
// when the address is changed or its user removed, so that nobody else is ever given it.
type SubmissionAddress struct{ ent.Schema }

// Fields of an address.
func (SubmissionAddress) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("client_account_id").required(),
		ref("membership_id").optional(),
		field.Enum("kind").GoType(rule.SubmissionKind("")),
		field.String("local_part").NotEmpty().MaxLen(64).Immutable().Annotations(bytewise()).Comment("what stands before the @, in small letters"),
		moment("created_at"),
		maybe("retired_at"),
	}
}

// Edges of an address.
func (SubmissionAddress) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("client_account", ClientAccount.Type).Ref("submission_addresses").Field("client_account_id").Unique().Required().Immutable(),
		edge.From("membership", Membership.Type).Ref("submission_addresses").Field("membership_id").Unique(),
	}
}

// Indexes of an address: its local part is one person's or one account's in the whole system, for good.
func (SubmissionAddress) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("local_part").Unique().StorageKey("submission_addresses_one_for_ever"),
		index.Fields("membership_id", "kind").StorageKey("submission_addresses_of_member"),
		index.Fields("client_account_id", "kind").Annotations(entsql.IndexWhere("membership_id IS NULL")).StorageKey("submission_addresses_of_account"),
	}
}

// Annotations of an address.
func (SubmissionAddress) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("submission_addresses",
		"kind_known", oneOf("kind", rule.SubmissionKind("").Values()),
		"local_part_folded", "local_part = lower(local_part)")}
}
