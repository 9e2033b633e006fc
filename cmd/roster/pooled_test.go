package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// Two servers share four sessions of Postgres, through PgBouncer in transaction mode, which also migrated the database;
// everybody gets their own answers, and jobs are done.
func TestBehindPgBouncerEverybodyGetsTheirOwnAnswers(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.Postgres)
	pooled := []string{"DATABASE_URL=" + storetest.Pooled(t, o.url, storetest.Ini), "PGBOUNCER_READ_DATABASE=" + storetest.Reads}
	if got := roster(t, t.TempDir(), pooled, "migrate"); got.code != 0 {
		t.Fatalf("migrate: got code %d and %q", got.code, got.log)
	}
	s := serversOf(o, append(pooled, "REQUESTS_A_MINUTE=100000")...)

	const people, rounds = 12, 40
	tokens := make([]string, people)
	for i := range tokens {
		tokens[i] = o.bookkeeper(i)
	}
	var all sync.WaitGroup
	for i, token := range tokens {
		all.Go(func() {
			as := &http.Client{Transport: bearer(token)}
			for round := range rounds {
				at := []*running{s.one, s.other}[(i+round)%2]
				got, err := at.put(as, `{ viewer { user { id } accounts(first: 5) { nodes { account { id } } } } }`, nil)
				want := fmt.Sprintf(`{"viewer":{"user":{"id":"usr_%d"},"accounts":{"nodes":[{"account":{"id":"cli_own%d"}}]}}}`, i, i)
				if err != nil || got != want {
					t.Errorf("round %d of %d: got %s, %v, want %s", round, i, got, err, want)
					return
				}
				if round%4 != 0 {
					continue
				}
				input := map[string]any{"input": map[string]any{"accountId": fmt.Sprint("cli_own", i), "firstName": "Robin", "lastName": fmt.Sprint("Marlow ", round),
					"email": fmt.Sprintf("robin%d.%d@example.com", i, round), "loginAccess": true, "roleId": "rol_standard"}}
				if got, err := at.put(as, addOne, input); err != nil || !strings.Contains(got, `"problems":[]`) {
					t.Errorf("round %d of %d: got %s, %v", round, i, got, err)
					return
				}
			}
		})
	}
	all.Wait()
	if t.Failed() {
		for _, r := range []*running{s.one, s.other} {
			for line := range strings.Lines(r.out.String()) {
				if strings.Contains(line, `"level":"ERROR"`) {
					t.Log(line)
				}
			}
		}
		return
	}
	for i := range people {
		if got, want := o.in(fmt.Sprint("cli_own", i)), 1+rounds/4; got != want {
			t.Errorf("%d people are in the account of %d, want %d", got, i, want)
		}
	}
	until(t, "everybody is invited", func() bool {
		return o.count("SELECT count(*) FROM river_job WHERE kind = 'invitation' AND state = 'completed'") == people*rounds/4
	})
	s.one.stop(t)
	s.other.stop(t)
	for _, r := range []*running{s.one, s.other} {
		for _, bad := range []string{"level=ERROR", `"level":"ERROR"`, "internal error"} {
			if strings.Contains(r.out.String(), bad) {
				t.Errorf("a server said %s", r.out.String())
			}
		}
	}
}

// bookkeeper makes a login with an account of its own, and gives an access token of it.
func (o *office) bookkeeper(i int) (token string) {
	o.Helper()
	user, client := fmt.Sprint("usr_", i), fmt.Sprint("cli_own", i)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		tx.User.Create().SetID(user).SetEmail(user + "@example.com").SetFirstName("Kit").SetLastName("Vale").SetEmailVerifiedAt(tx.Now).SetCreatedAt(tx.Now).SaveX(ctx)
		tx.ClientAccount.Create().SetID(client).SetName(client).SetNameKey(client).SetCreatedAt(tx.Now).SaveX(ctx)
		tx.Membership.Create().SetID(fmt.Sprint("mem_own", i)).SetKind(rule.Client).SetAccountID(client).SetClientAccountID(client).SetRoleID(rule.BusinessAdminRole).
			SetPermissions(rule.Client.Of()).SetFirstName("Kit").SetLastName("Vale").SetNameKey("vale").SetSearchKey("kit").SetEmail(user + "@example.com").
			SetUserID(user).SetLoginAccess(true).SetStatus(rule.Active).SetIsOwner(true).SetJoinedAt(tx.Now).SetCreatedAt(tx.Now).SetLastActiveAt(tx.Now).SaveX(ctx)
		opened, err := login.New(o.store, courier.Links{}, login.Config{}).Open(ctx, tx, login.Person{ID: user, Name: "Kit Vale", Email: user + "@example.com", Verified: true}, rule.Mobile)
		if err == nil {
			token = opened.Tokens.AccessToken
		}
		return err
	})
	return token
}

// put asks and gives the data as it came, for goroutines, which may not end a test.
func (r *running) put(as *http.Client, query string, variables map[string]any) (string, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return "", err
	}
	response, err := as.Post(r.base+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var got answer
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
		return "", err
	}
	if len(got.Errors) > 0 {
		return string(got.Data), fmt.Errorf("%+v", got.Errors)
	}
	return string(got.Data), nil
}
