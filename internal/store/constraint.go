package store

import (
	"errors"
	"strings"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"roster/ent/migrate"
)

// Constraint is the name of the constraint that err says was violated: of the CHECK, unique index, or trigger; of a
// primary key "users_pkey", of a column that may not be null "users_email_not_null". It is empty where err is none.
// SQLite does not say which foreign key it was: there it is "foreign_key".
func Constraint(err error) string {
	if e, ok := errors.AsType[*pq.Error](err); ok && e.Code.Class() == pqerror.ClassIntegrityConstraintViolation {
		if e.Code == pqerror.NotNullViolation {
			return e.Table + "_" + e.Column + "_not_null"
		}
		return e.Constraint
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return sqliteConstraint(e)
	}
	return ""
}

// sqliteConstraint goes by the result code; only then the message is looked at, since SQLite gives what was violated
// nowhere else: "constraint failed: UNIQUE constraint failed: users.email (2067)".
func sqliteConstraint(e *sqlite.Error) string {
	detail := strings.TrimPrefix(e.Error(), "constraint failed: ")
	if i := strings.LastIndex(detail, " ("); i >= 0 {
		detail = detail[:i]
	}
	_, subject, _ := strings.Cut(detail, " constraint failed: ")

	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return subject
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return uniqueIndex(subject)
	case sqlite3.SQLITE_CONSTRAINT_NOTNULL:
		return strings.ReplaceAll(subject, ".", "_") + "_not_null"
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return "foreign_key"
	case sqlite3.SQLITE_CONSTRAINT_TRIGGER: // ours say "name: what is refused"
		name, _, _ := strings.Cut(detail, ":")
		return name
	default:
		return ""
	}
}

// uniqueIndex is the name of the unique index on these columns, "users.email" or "roles.id, roles.kind".
func uniqueIndex(columns string) string {
	for _, table := range migrate.Tables {
		if len(table.PrimaryKey) == 1 && columns == table.Name+"."+table.PrimaryKey[0].Name {
			return table.Name + "_pkey"
		}
		for _, index := range table.Indexes {
			names := make([]string, len(index.Columns))
			for i, column := range index.Columns {
				names[i] = table.Name + "." + column.Name
			}
			if index.Unique && columns == strings.Join(names, ", ") {
				return index.Name
			}
		}
	}
	return columns
}
