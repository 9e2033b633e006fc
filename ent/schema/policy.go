package schema

import (
	"context"
	"errors"
	"strings"

	"entgo.io/ent/dialect/sql"

	"roster/internal/viewer"
)

// errNobody means that a query came without anybody having said who asks: a mistake in wiring, answered with nothing.
var errNobody = errors.New("schema: no viewer in the context")

// filter narrows a query to what the viewer may see. condition gives a text with ? for each argument; column quotes
// a column of the table asked.
func filter(ctx context.Context, where func(func(*sql.Selector)), condition func(column func(string) string, v viewer.Viewer) (string, []any)) error {
	v, ok := viewer.From(ctx)
	if !ok {
		return errNobody
	}
	where(func(s *sql.Selector) {
		if !v.SignedIn() {
			s.Where(sql.False())
			return
		}
		text, args := condition(s.C, v)
		s.Where(sql.P(func(b *sql.Builder) {
			b.WriteByte('(')
			for i, part := range strings.Split(text, "?") {
				if i > 0 {
					b.Arg(args[i-1])
				}
				b.WriteString(part)
			}
			b.WriteByte(')')
		}))
	})
	return nil
}
