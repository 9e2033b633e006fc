package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"testing"
	"time"

	"roster/ent/membership"
	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

const addMany = `mutation($input: MembershipAddManyInput!) { membershipAddMany(input: $input) { added refused problems { code } } }`

// The server is killed at a random moment of adding many people: afterwards all of them are there or nobody is, the same
// call with the same key completes it, and nobody gets two different mails.
func TestAServerKilledWhileItAddsManyLeavesAllOrNobody(t *testing.T) {
	t.Parallel()
	kills, rows := 3, 500
	if os.Getenv("SOAK") != "" {
		kills, rows = 50, 5000
	}
	eachOffice(t, func(o *office) {
		server := newPost(o.T, secret)
		env := []string{"DATABASE_URL=" + o.url, "SMTP_URL=smtp://post:" + secret + "@" + server.address + "?tls=none"}
		took, before, after := time.Second, 0, 0
		for kill := range kills + 1 {
			client := fmt.Sprintf("cli_kill%d", kill)
			o.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.ClientAccount.Create().SetID(client).SetPracticeID(o.practice).SetName(client).SetNameKey(client).SetCreatedAt(tx.Now).Exec(ctx)
			})
			ada, list := &http.Client{Transport: bearer(o.token())}, many(client, kill, rows)
			serving := start(o.T, o.TempDir(), env, "serve")
			began := time.Now()
			if kill > 0 { // the first time it is only timed
				time.AfterFunc(rand.N(took+took/4), func() { _ = serving.command.Process.Kill() })
			}
			_, _ = serving.send(o.T, ada, list) // an answer may come, or none
			if kill == 0 {
				took = time.Since(began)
				serving.stop(o.T)
			}
			<-serving.done

			switch n := o.in(client); n {
			case 0:
				before++
			case rows:
				after++
			default:
				o.Fatalf("kill %d: %d of %d people are there", kill, n, rows)
			}
			serving = start(o.T, o.TempDir(), env, "serve")
			if added, err := serving.send(o.T, ada, list); err != nil || added != rows || o.in(client) != rows {
				o.Fatalf("kill %d: the same call again added %d, %v, and %d are there; want %d", kill, added, err, o.in(client), rows)
			}
			server.settled(o.T, kill, rows)
			serving.stop(o.T)
		}
		o.Logf("%d kills at a call of %s: %d left nobody, %d everybody; %d mails were handed over a second time", kills, took, before, after, server.again())
	})
}

// many is a list of people of whom every fiftieth is invited.
func many(client string, kill, rows int) map[string]any {
	list := make([]map[string]any, rows)
	for i := range list {
		list[i] = map[string]any{"firstName": "Robin", "lastName": fmt.Sprint("Marlow ", i), "loginAccess": i%50 == 0, "roleId": "rol_standard"}
		if i%50 == 0 {
			list[i]["email"] = fmt.Sprintf("robin%d.%d@example.com", kill, i)
		}
	}
	return map[string]any{"input": map[string]any{"accountId": client, "rows": list, "notifyByEmail": true, "idempotencyKey": client}}
}

// send sends a list, which a killed server does not answer.
func (r *running) send(t *testing.T, as *http.Client, list map[string]any) (added int, err error) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": addMany, "variables": list})
	if err != nil {
		t.Fatal(err)
	}
	response, err := as.Post(r.base+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var got struct {
		Data struct{ MembershipAddMany struct{ Added int } }
	}
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
		return 0, err
	}
	return got.Data.MembershipAddMany.Added, nil
}

// settled waits until everybody who was invited so far has their mail, each with one Message-ID only.
func (p *post) settled(t *testing.T, kill, rows int) {
	t.Helper()
	want := (kill + 1) * rows / 50
	var ids map[string]map[string]bool
	until(t, "everybody has a mail", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		ids = map[string]map[string]bool{}
		for _, m := range p.mails {
			if ids[m.to] == nil {
				ids[m.to] = map[string]bool{}
			}
			ids[m.to][m.id] = true
		}
		return len(ids) >= want
	})
	for to, different := range ids {
		if len(different) != 1 {
			t.Fatalf("kill %d: %s got %d different mails", kill, to, len(different))
		}
	}
	if len(ids) != want {
		t.Fatalf("kill %d: %d people got mail, want %d", kill, len(ids), want)
	}
}

// again is how many mails were handed over more than once, which a crash between the mail server's answer and writing
// it down brings about: they are the same mail, by their Message-ID.
func (p *post) again() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	ids := map[string]bool{}
	for _, m := range p.mails {
		ids[m.id] = true
	}
	return len(p.mails) - len(ids)
}

func (o *office) write(change func(ctx context.Context, tx *store.Tx) error) {
	o.Helper()
	if err := o.store.Tx(viewer.With(o.Context(), viewer.Viewer{}), change); err != nil {
		o.Fatal(err)
	}
}

func (o *office) in(client string) int {
	o.Helper()
	return o.store.Read().Membership.Query().Where(membership.AccountID(client)).CountX(store.Facts(o.Context()))
}

// token is an access token of Ada's.
func (o *office) token() (token string) {
	o.Helper()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		opened, err := login.New(o.store, courier.Links{}, login.Config{}).Open(ctx, tx, login.Person{ID: "usr_ada", Name: "Ada Okafor", Email: "ada@example.com", Verified: true}, rule.Mobile)
		if err == nil {
			token = opened.Tokens.AccessToken
		}
		return err
	})
	return token
}
