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

// Invitation asks one person to come into one account. Its link is never kept: only the SHA-256 of the secret in
// it, which the courier derives again when it sends.
type Invitation struct{ ent.Schema }

// Fields of an invitation.
func (Invitation) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("membership_id").required(),
		field.Enum("channel").GoType(rule.Channel("")),
		field.Enum("status").GoType(rule.InvitationStatus("")),
		field.Enum("delivery").GoType(rule.Delivery("")),
		field.String("delivery_error").Optional().Nillable().MaxRuneLen(1000),
		field.String("link_id").NotEmpty().Annotations(bytewise()).Comment("what the link is derived from: the invitation's own id, or one that those share that were sent together (I1)"),
		field.String("token_hash").Optional().Nillable().Sensitive().Annotations(bytewise()),
		field.Bool("was_document_owner").Default(false).Immutable().Comment("the person was in without login access before, and stays so when it is cancelled (E4)"),
		field.Int("sent_count").Default(0).NonNegative(),
		field.String("sent_to").Optional().Nillable().MaxRuneLen(320),
		field.String("sent_from").Optional().Nillable().MaxRuneLen(320),
		field.String("invited_by_id").NotEmpty().Annotations(bytewise()), // whoever sent it last
		field.String("invited_by_name").NotEmpty().MaxRuneLen(401),
		field.String("via_practice_id").Optional().Nillable().Annotations(bytewise()),
		moment("created_at"),
		maybe("last_sent_at"),
		maybe("expires_at"),
		maybe("accepted_at"),
		maybe("declined_at"),
		maybe("cancelled_at"),
	}
}

// Edges of an invitation.
func (Invitation) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("membership", Membership.Type).Ref("invitations").Field("membership_id").Unique().Required().Immutable(),
		edge.To("invited_by", User.Type).Field("invited_by_id").Unique().Required(),
		edge.To("via_practice", Practice.Type).Field("via_practice_id").Unique(),
	}
}

// Indexes of an invitation.
func (Invitation) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("membership_id").Unique().Annotations(entsql.IndexWhere("status = 'PENDING'")).StorageKey("invitations_one_pending"),
		index.Fields("token_hash").StorageKey("invitations_token"),
		index.Fields("link_id"),
		index.Fields("invited_by_id"),
		index.Fields("membership_id", "created_at"),
	}
}

// Annotations of an invitation.
func (Invitation) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("invitations",
		"channel_known", oneOf("channel", rule.Channel("").Values()),
		"status_known", oneOf("status", rule.InvitationStatus("").Values()),
		"delivery_known", oneOf("delivery", rule.Delivery("").Values()),
		"unsent_never_expires", "(last_sent_at IS NULL) = (expires_at IS NULL)",
		"sent_has_link", "(sent_count = 0) = (token_hash IS NULL)",
		"accepted_at", "(status = 'ACCEPTED') = (accepted_at IS NOT NULL)",
		"declined_at", "(status = 'DECLINED') = (declined_at IS NOT NULL)",
		"cancelled_at", "(status = 'CANCELLED') = (cancelled_at IS NOT NULL)")}
}
