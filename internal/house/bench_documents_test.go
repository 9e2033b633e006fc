package house_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// plantDocuments gives a client many documents, a thousand at each of many moments: every fifth is archived, every fourth has no
// owner, and the standard user has one in a thousand.
func (f *full) plantDocuments(t testing.TB, n int, mine string) {
	t.Helper()
	const rows = 1000
	for from := 0; from < n; from += rows {
		f.write(func(ctx context.Context, tx *store.Tx) error {
			r, err := tx.Query(ctx, `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
INSERT INTO documents (id, client_account_id, owner_id, submitted_by_name, channel, kind, file_name, search_key, content_type, size, sha256, status, blob_key, created_at)
SELECT 'doc_' || CAST(100000000 + i + CAST(? AS integer) AS text), CAST(? AS text), CASE WHEN i = 500 THEN CAST(? AS text) WHEN i % 4 = 0 THEN NULL ELSE 'mem_0000' || CAST(i % 4 AS text) END,
'Kit Vale', 'WEB', 'COSTS', 'receipt.pdf', 'receipt.pdf kit vale', 'application/pdf', 1, '00000000000000000000000000000000000000000000000000000' || CAST(10000000000 + i + CAST(? AS integer) AS text),
CASE WHEN i % 5 = 0 THEN 'ARCHIVED' ELSE 'TO_REVIEW' END, CAST(100000000 + i + CAST(? AS integer) AS text), ? FROM n RETURNING size`,
				from, f.client, mine, from, from, tx.Now.Add(time.Duration(from)*time.Second))
			if err != nil {
				return err
			}
			for r.Next() {
			}
			return errors.Join(r.Err(), r.Close())
		})
	}
	if f.store.Kind() == storetest.Postgres { // which Postgres does by itself within a minute
		f.write(func(ctx context.Context, tx *store.Tx) error {
			r, err := tx.Query(ctx, "ANALYZE documents")
			if err != nil {
				return err
			}
			return errors.Join(r.Err(), r.Close())
		})
	}
}

// standardUser is a login that is a standard user of the client, its cookie and its membership.
func (f *full) standardUser(t testing.TB) (cookie, member string) {
	t.Helper()
	u := f.somebody()
	f.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.Membership.UpdateOneID("mem_00004").SetUserID(u.ID).SetPermissions(rule.StandardPermissions).Exec(ctx)
	})
	return f.open(u, rule.Web).Cookie, "mem_00004"
}

const papers = `query($id:ID!,$filter:DocumentFilter,$before:String){clientAccount(id:$id){id documents(first:50,after:$before,filter:$filter){pageInfo{endCursor} nodes{row:id fileName status kind channel createdAt size
	submittedByName submittedBy{id} owner{id firstName lastName} account{id name} actions{assign{allowed} archive{allowed}} url}}}}`

const paperCount = `query($id:ID!){clientAccount(id:$id){documents{totalCount}}}`

// What a page of 50 documents costs, through the front door, in an account with a thousand of them and with a million:
//
//	go test ./internal/house -run - -bench Documents
func BenchmarkDocuments(b *testing.B) {
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		for _, n := range []int{1000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				f := newFull(b, storetest.Open(b, kind), new(storetest.Counter), 10)
				cookie, mine := f.standardUser(b)
				f.plantDocuments(b, n, mine)
				for _, c := range []struct {
					name, cookie string
					filter       map[string]any
					rows         int
				}{
					{"practice", f.owner, nil, 50},
					{"administrator", f.admin, nil, 50},
					{"own", cookie, nil, min(50, n/1000)},
					{"toReview", f.owner, map[string]any{"statuses": []string{"TO_REVIEW"}}, 50},
					{"withoutOwner", f.owner, map[string]any{"withoutOwner": true}, 50},
					{"ofOne", f.owner, map[string]any{"ownerIds": []string{"mem_00001"}}, 50},
					{"search", f.owner, map[string]any{"search": "receipt"}, 50},
				} {
					b.Run(c.name, func(b *testing.B) {
						for b.Loop() {
							if _, rows := f.statements(b, c.cookie, papers, map[string]any{"id": f.client, "filter": c.filter}); rows != c.rows {
								b.Fatalf("%d rows, want %d", rows, c.rows)
							}
						}
					})
				}
				b.Run("totalCount", func(b *testing.B) {
					for b.Loop() {
						f.statements(b, f.owner, paperCount, map[string]any{"id": f.client})
					}
				})
			})
		}
	}
}
