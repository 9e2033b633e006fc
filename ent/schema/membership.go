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

// Membership is one person in one account: a user of a client account, or a colleague in a practice. It keeps the
// person's details as this account knows them, and is never deleted.
type Membership struct{ ent.Schema }

// Fields of a membership.
func (Membership) Fields() []ent.Field {
	return []ent.Field{
		id(),
		field.Enum("kind").GoType(rule.Kind("")).Immutable(),
		field.String("account_id").NotEmpty().Immutable().Annotations(bytewise()).Comment("the practice's or the client account's id"),
		field.String("practice_id").Optional().Nillable().Immutable().Annotations(bytewise()),
		field.String("client_account_id").Optional().Nillable().Immutable().Annotations(bytewise()),
		ref("user_id").optional(),
		field.String("role_id").NotEmpty().Annotations(bytewise()),
		field.Int64("permissions").GoType(rule.Permissions(0)).Comment("the whole resulting set: the role's and this member's options"),
		field.String("first_name").MaxRuneLen(200),
		field.String("last_name").MaxRuneLen(200),
		field.String("name_key").Annotations(bytewise()).Comment("last and first name without letter case, for order"),
		field.String("search_key").Annotations(bytewise()).Comment("first name, last name and email without letter case, for search"),
		field.String("email").Optional().Nillable().MaxRuneLen(320).Annotations(bytewise()),
		field.String("mobile").Optional().Nillable().MaxRuneLen(32),
		field.String("whats_app_mobile").Optional().Nillable().MaxRuneLen(32).Annotations(bytewise()).Comment("the number that documents come from by WhatsApp"),
		field.Bool("whats_app_active").Default(false),
		ref("billable_account_id").optional(),
		field.Bool("login_access"),
		field.Enum("status").GoType(rule.Status("")),
		field.Bool("is_owner").Default(false),
		field.Int("version").Default(1),
		moment("created_at"),
		moment("last_active_at"),
		maybe("joined_at"),
		maybe("deactivated_at"),
		maybe("removed_at"),
	}
}

// Edges of a membership.
func (Membership) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("practice", Practice.Type).Ref("colleagues").Field("practice_id").Unique().Immutable(),
		edge.From("client_account", ClientAccount.Type).Ref("users").Field("client_account_id").Unique().Immutable(),
		edge.From("user", User.Type).Ref("memberships").Field("user_id").Unique(),
		edge.To("billable_account", ClientAccount.Type).Field("billable_account_id").Unique(),
		edge.To("role", Role.Type).Field("role_id").Unique().Required(),
		edge.To("invitations", Invitation.Type),
		edge.To("grants", ClientGrant.Type),
		edge.To("submission_addresses", SubmissionAddress.Type),
		edge.To("applications", Application.Type).Through("application_uses", ApplicationUse.Type),
	}
}

// Indexes of a membership: one owner an account, one live membership a person and account, and what the lists need.
func (Membership) Indexes() []ent.Index {
	live := entsql.IndexWhere("status <> 'REMOVED'")
	return []ent.Index{
		index.Fields("id", "practice_id").Unique().StorageKey("memberships_id_practice"),
		index.Fields("id", "client_account_id").Unique().StorageKey("memberships_id_client"),
		index.Fields("account_id").Unique().Annotations(entsql.IndexWhere("is_owner")).StorageKey("memberships_one_owner"),
		index.Fields("account_id", "user_id").Unique().Annotations(live).StorageKey("memberships_one_per_login"),
		index.Fields("account_id", "email").Unique().Annotations(live).StorageKey("memberships_one_per_email"),
		index.Fields("account_id").Annotations(entsql.IndexWhere(administrator(""))).StorageKey("memberships_administrators"),
		index.Fields("account_id", "name_key", "id").StorageKey("memberships_by_name"),
		index.Fields("account_id", "created_at", "id").StorageKey("memberships_by_age"),
		index.Fields("account_id", "last_active_at", "id").StorageKey("memberships_by_activity"),
		index.Fields("user_id"),
		index.Fields("email"),
		index.Fields("role_id"),
		index.Fields("whats_app_mobile").Annotations(entsql.IndexWhere("whats_app_active")).StorageKey("memberships_by_whats_app"),
	}
}

// Annotations of a membership. rule.Possible states the same conditions; the truth-table test holds the two together.
func (Membership) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("memberships",
		"kind_known", oneOf("kind", rule.Kind("").Values()),
		"status_known", oneOf("status", rule.Status("").Values()),
		"one_account", "(kind = 'PRACTICE' AND practice_id IS NOT NULL AND practice_id = account_id AND client_account_id IS NULL) OR "+
			"(kind = 'CLIENT' AND client_account_id IS NOT NULL AND client_account_id = account_id AND practice_id IS NULL)",
		"permissions_fit", only(),
		"colleague_has_login_access", "kind = 'CLIENT' OR login_access",
		"login_access_has_email", "NOT login_access OR email IS NOT NULL",
		"active_login_has_user", "NOT (status = 'ACTIVE' AND login_access) OR user_id IS NOT NULL",
		"not_yet_in", "NOT (status IN ('PENDING', 'AWAITING_ACTIVATION')) OR (user_id IS NULL AND login_access)",
		"whats_app_has_number", "NOT whats_app_active OR (kind = 'CLIENT' AND whats_app_mobile IS NOT NULL)",
		"owner_stays", "NOT is_owner OR status NOT IN ('DEACTIVATED', 'REMOVED')",
		"deactivated_at", "(status = 'DEACTIVATED') = (deactivated_at IS NOT NULL)",
		"removed_at", "(status = 'REMOVED') = (removed_at IS NOT NULL)",
	)}
}
