package ent

// again reads all rows of a query into the values that were made for its first: what a row says is copied out of them before
// the next one is read. One for each column of each row was a quarter of all that a page of people allocated.
func again(make func(columns []string) ([]any, error)) func([]string) ([]any, error) {
	var values []any
	return func(columns []string) (_ []any, err error) {
		if values == nil {
			values, err = make(columns)
		}
		return values, err
	}
}
