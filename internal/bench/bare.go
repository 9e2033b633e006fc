package main

import (
	"context"
	"database/sql"
	"io"
	"net"
	"net/http"
	"strconv"

	_ "github.com/lib/pq"
)

// bareSwitcher is what Roster's switcher answers to whoever opens accounts by their own memberships, made by Postgres.
const bareSwitcher = `SELECT json_build_object('data', json_build_object('viewer', json_build_object('accounts', json_build_object('nodes', coalesce(json_agg(
json_build_object('id', 'acs_' || c.id, 'via', 'MEMBERSHIP', 'lastUsedAt', x.used_at, 'role', json_build_object('id', r.id, 'name', r.name),
'account', json_build_object('__typename', 'ClientAccount', 'id', c.id, 'name', c.name)) ORDER BY c.name_key, c.id), '[]')))))::text
FROM memberships m JOIN client_accounts c ON c.id = m.client_account_id JOIN roles r ON r.id = m.role_id
LEFT JOIN account_uses x ON x.user_id = m.user_id AND x.account_id = c.id
WHERE m.user_id = $1 AND m.status = 'ACTIVE' AND m.login_access`

// bare is what the others are measured against: net/http, and one prepared statement with which Postgres makes the JSON. It
// asks nobody who they are, limits nothing and writes no log.
func bare(ctx context.Context, database, listen string) error {
	db, err := sql.Open("postgres", database)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	statement, err := db.PrepareContext(ctx, bareSwitcher)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		var text []byte
		if err := statement.QueryRowContext(r.Context(), string(user)).Scan(&text); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text)
	})}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}
