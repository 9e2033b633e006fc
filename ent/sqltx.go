package ent

import (
	stdsql "database/sql"
	"fmt"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
)

// SQLTx is the database transaction under this one, for those who write beside ent in it: the job queue. It fails
// on a client that is not in a transaction.
func (tx *Tx) SQLTx() (*stdsql.Tx, error) {
	driver, ok := tx.config.driver.(*txDriver)
	if !ok {
		return nil, fmt.Errorf("ent: not a transaction: %T", tx.config.driver)
	}
	for under := driver.tx; ; {
		switch t := under.(type) {
		case *dialect.DebugTx:
			under = t.Tx
		case *entsql.Tx:
			if sqlTx, ok := t.Tx.(*stdsql.Tx); ok {
				return sqlTx, nil
			}
			return nil, fmt.Errorf("ent: not an sql transaction: %T", t.Tx)
		default:
			return nil, fmt.Errorf("ent: unknown transaction: %T", under)
		}
	}
}
