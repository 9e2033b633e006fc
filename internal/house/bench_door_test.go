//go:build unix

package house_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"roster/internal/store/storetest"
)

// What two questions cost behind the front door, in time and in allocations: the switcher of somebody with one account, and a
// page of fifty users with all that their menus say.
//
//	go test ./internal/house -run - -bench Door -benchmem
func BenchmarkDoor(b *testing.B) {
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		f := newFull(b, storetest.Open(b, kind), nil, 60)
		for what, query := range map[string]string{
			"switcher": `query($first:Int!){viewer{accounts(first:$first){nodes{id via lastUsedAt role{id name} account{__typename id name}}}}}`,
			"menus": `query($id:ID!,$first:Int!){clientAccount(id:$id){memberships(first:$first){pageInfo{hasNextPage endCursor} nodes{id firstName lastName email status loginAccess isOwner createdAt lastActiveAt
				role{id name} user{id email} actions{` + everyAction + `}}}}} fragment may on Action{allowed problems{code message field} effects{code message count}}`,
		} {
			b.Run(kind+"/"+what, func(b *testing.B) {
				body, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"id": f.client, "first": 50}})
				if err != nil {
					b.Fatal(err)
				}
				began := processor(b)
				for b.Loop() {
					r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
					r.Header.Set("Content-Type", "application/json")
					r.AddCookie(&http.Cookie{Name: "roster", Value: f.admin})
					w := httptest.NewRecorder()
					f.door.ServeHTTP(w, r)
					if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "_") || strings.Contains(w.Body.String(), "errors") {
						b.Fatalf("%d %.300s", w.Code, w.Body)
					}
				}
				b.ReportMetric(float64((processor(b)-began).Microseconds())/float64(b.N), "processor-µs/op")
			})
		}
	}
}

// processor is the time that this process has used.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const everyAction = `editDetails{...may} changeEmail{...may} editPrivileges{...may} setLoginAccess{...may} sendPasswordReset{...may} deactivate{...may} enable{...may} remove{...may}
	leave{...may} transferOwnershipTo{...may} activate{...may} sendWelcome{...may} editClientAccess{...may}`
