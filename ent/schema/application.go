package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Application is a program that a practice offers its clients, such as one for receipts or for expenses (RULES.md I3).
// Roster knows its name, and who has it. When it is deleted the row goes; the journal keeps who had it.
type Application struct{ ent.Schema }

// Fields of an application.
func (Application) Fields() []ent.Field {
	return []ent.Field{
		id(),
		ref("practice_id").required(),
		field.String("name").NotEmpty().MaxRuneLen(200).Immutable(),
		field.String("name_key").NotEmpty().Immutable().Annotations(bytewise()).Comment("the name without letter case: one a practice"),
		moment("created_at"),
	}
}

// Edges of an application.
func (Application) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("practice", Practice.Type).Ref("applications").Field("practice_id").Unique().Required().Immutable(),
		edge.From("members", Membership.Type).Ref("applications").Through("uses", ApplicationUse.Type),
	}
}

// Indexes of an application.
func (Application) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("id", "practice_id").Unique().StorageKey("applications_id_practice"),
		index.Fields("practice_id", "name_key").Unique().StorageKey("applications_one_name"),
	}
}

// Annotations of an application.
func (Application) Annotations() []schema.Annotation {
	return []schema.Annotation{checks("applications", "name_present", "name <> '' AND name_key <> ''")}
}
