package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// User is a login: one person's way in, one per email address (RULES.md J1). One that was merged into another stays as a
// row, since the journal names it; it lets nobody in and its address is free (J4).
type User struct{ ent.Schema }

// Fields of a login.
func (User) Fields() []ent.Field {
	return []ent.Field{
		id(),
		field.String("email").NotEmpty().MaxRuneLen(320).Annotations(bytewise()).Comment("normalised by address.Email, so that equality is sameness"),
		field.String("first_name").MaxRuneLen(200),
		field.String("last_name").MaxRuneLen(200),
		field.String("password_hash").Optional().Nillable().Sensitive().Comment("argon2id; null while no password was set"),
		maybe("email_verified_at"),
		field.String("mobile").Optional().Nillable().MaxRuneLen(32),
		maybe("mobile_verified_at"),
		maybe("last_sign_in_at"),
		field.Bool("support").Default(false).Comment("appointed on the command line (RULES.md G4)"),
		field.Int("version").Default(1).Comment("counts every change of credentials"),
		maybe("ended_at"),
		ref("merged_into_id").optional(),
		field.String("ended_email").Optional().Nillable().MaxRuneLen(320).Annotations(bytewise()).Comment("the address it had; since then its email is its id, so that no look-up by address finds it"),
		moment("created_at"),
	}
}

// Edges of a login.
func (User) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("memberships", Membership.Type),
		edge.To("sessions", Session.Type),
		edge.To("identities", Identity.Type),
	}
}

// Indexes of a login.
func (User) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("email").Unique().StorageKey("users_one_login_per_email"),
		index.Fields("ended_email"),
		index.Fields("merged_into_id"),
	}
}

// Annotations of a login.
func (User) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("users",
		"email_present", "email <> ''",
		"ended_whole", "(ended_at IS NULL) = (merged_into_id IS NULL) AND (ended_at IS NULL) = (ended_email IS NULL)",
		"ended_frees_address", "(ended_at IS NOT NULL) = (email = id)",
		"ended_lets_nobody_in", "ended_at IS NULL OR password_hash IS NULL")}
}
