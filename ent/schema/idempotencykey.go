package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// IdempotencyKey remembers for a day what a mutation answered, so that a client that never saw the answer can ask
// again without doing it twice.
type IdempotencyKey struct{ ent.Schema }

// Fields of a key.
func (IdempotencyKey) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("user_id").required(),
		field.String("mutation").NotEmpty().Immutable(),
		field.String("key").NotEmpty().MaxRuneLen(255).Immutable().Annotations(bytewise()),
		field.String("input_hash").NotEmpty().Immutable(),
		field.String("result").Immutable().Comment("the ids that were made, separated by spaces"),
		moment("created_at"),
	}
}

// Edges of a key.
func (IdempotencyKey) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable()}
}

// Indexes of a key.
func (IdempotencyKey) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("user_id", "mutation", "key").Unique().StorageKey("idempotency_keys_once"),
		index.Fields("created_at"),
	}
}
