package store

import "database/sql"

// Writers is the pool that transactions and the job queue have.
func (s *Store) Writers() *sql.DB { return s.writers }
