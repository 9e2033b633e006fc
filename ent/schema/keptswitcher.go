package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// KeptSwitcher is what the switcher of a login begins with, put together once so that nobody has to join it each time it is
// looked at. Its id is the login's. Whatever changes what a page shows forgets it in the same transaction, by triggers
// (internal/store/migrations), so no way of writing can leave it out; who next looks puts it together again (internal/login).
type KeptSwitcher struct{ ent.Schema }

// Fields of a kept switcher.
func (KeptSwitcher) Fields() []ent.Field {
	return []ent.Field{
		id(),
		field.Text("page").Optional().Nillable().Comment("the accounts, as internal/login writes them; null once they have changed"),
	}
}
