package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Received is that a message came for somebody: the same message again adds nothing.
type Received struct{ ent.Schema }

// Fields of it.
func (Received) Fields() []ent.Field {
	return []ent.Field{
		id(),
		field.String("recipient").NotEmpty().Immutable().Annotations(bytewise()).Comment("the id of a submission address, or of the membership whose number it came from"),
		field.String("message").NotEmpty().Immutable().Annotations(bytewise()).Comment("a hash of what the sender calls the message"),
		moment("created_at"),
	}
}

// Indexes of it.
func (Received) Indexes() []ent.Index {
	return []ent.Index{index.Fields("recipient", "message").Unique().StorageKey("received_once")}
}
