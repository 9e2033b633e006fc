package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// AccountUse remembers when a login last switched to an account, for the switcher's order (RULES.md J6).
type AccountUse struct{ ent.Schema }

// Fields of a use.
func (AccountUse) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("user_id").required(),
		ref("account_id").required(),
		moment("used_at"),
		field.Int64("recency").Negative().Comment("minus the microseconds of used_at: ascending is last used first, and never used is 0"),
	}
}

// Edges of a use.
func (AccountUse) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable()}
}

// Indexes of a use.
func (AccountUse) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("user_id", "account_id").Unique().StorageKey("account_uses_one"),
		index.Fields("user_id", "recency").StorageKey("account_uses_by_recency"),
	}
}
