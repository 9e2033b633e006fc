package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// Attempt counts what somebody tries with one address: failed sign-ins, mails asked for. It counts whether a login has
// the address or not, so that both are slowed alike. Its id is a hash: a list of what was tried would be worth stealing.
type Attempt struct{ ent.Schema }

// Fields of a count.
func (Attempt) Fields() []ent.Field {
	return []ent.Field{id(), field.Int("failures").Default(0), moment("blocked_until"), moment("updated_at")}
}
