package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Upload is a file that is on its way: the row is there before the file is, and goes in the transaction that makes the
// document. One that is left over is of a transaction that never was; the sweep takes its file away.
type Upload struct{ ent.Schema }

// Fields of an upload; the id is the file's key.
func (Upload) Fields() []ent.Field {
	return []ent.Field{id(), field.Bool("swept").Default(false).Comment("the sweep takes the file, so no document may be made of it any more"), moment("created_at")}
}

// Indexes of an upload.
func (Upload) Indexes() []ent.Index { return []ent.Index{index.Fields("created_at")} }
