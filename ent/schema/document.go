package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"roster/internal/rule"
)

// Document is a file in a client account: whose it is, and who submitted it, for whom and how (RULES.md K1). The file itself
// lies outside the database, under its key, and was there before the row was. A document is never deleted.
type Document struct{ ent.Schema }

// Fields of a document.
func (Document) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("client_account_id").required(),
		ref("owner_id").optional(),
		field.String("submitted_by_id").Optional().Nillable().Immutable().Annotations(bytewise()).Comment("the membership that submitted it, of the account or of its practice; null where a mail's sender is nobody we know"),
		field.String("submitted_by_name").NotEmpty().MaxRuneLen(401).Immutable(),
		field.String("submitted_for_id").Optional().Nillable().Immutable().Annotations(bytewise()).Comment("on whose behalf, where that was somebody else"),
		field.String("via_practice_id").Optional().Nillable().Immutable().Annotations(bytewise()),
		field.Enum("channel").GoType(rule.SubmissionChannel("")).Immutable(),
		field.Enum("kind").GoType(rule.SubmissionKind("")).Immutable(),
		field.String("file_name").NotEmpty().MaxRuneLen(rule.MaxFileName).Immutable(),
		field.String("search_key").Immutable().Annotations(bytewise()).Comment("file name and submitter without letter case, for search"),
		field.String("content_type").NotEmpty().Immutable(),
		field.Int("size").Positive().Immutable(),
		field.String("sha256").MinLen(64).MaxLen(64).Immutable().Annotations(bytewise()),
		field.Enum("status").GoType(rule.DocumentStatus("")),
		field.String("blob_key").NotEmpty().Immutable().Annotations(bytewise()),
		moment("created_at"),
	}
}

// Edges of a document.
func (Document) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("account", ClientAccount.Type).Field("client_account_id").Unique().Required().Immutable(),
		edge.To("owner", Membership.Type).Field("owner_id").Unique(),
		edge.To("submitted_by", Membership.Type).Field("submitted_by_id").Unique().Immutable(),
		edge.To("submitted_for", Membership.Type).Field("submitted_for_id").Unique().Immutable(),
		edge.To("via_practice", Practice.Type).Field("via_practice_id").Unique().Immutable(),
	}
}

// Indexes of a document: a page of an account's, of one owner's or of one status's is read from one place on.
func (Document) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("client_account_id", "created_at", "id").StorageKey("documents_by_age"),
		index.Fields("client_account_id", "status", "created_at", "id").StorageKey("documents_by_status"),
		index.Fields("client_account_id", "owner_id", "created_at", "id").StorageKey("documents_by_owner"),
		index.Fields("client_account_id", "sha256").StorageKey("documents_same_file"),
		index.Fields("owner_id").StorageKey("documents_owned"),
		index.Fields("submitted_by_id"),
		index.Fields("blob_key").Unique().StorageKey("documents_one_file"),
	}
}

// Annotations of a document.
func (Document) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("documents",
		"channel_known", oneOf("channel", rule.SubmissionChannel("").Values()),
		"kind_known", oneOf("kind", rule.SubmissionKind("").Values()),
		"status_known", oneOf("status", rule.DocumentStatus("").Values()),
		"whole", "size > 0 AND length(sha256) = 64 AND file_name <> '' AND submitted_by_name <> ''")}
}
