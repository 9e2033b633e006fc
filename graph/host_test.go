package graph_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"roster/internal/store"
	"roster/internal/store/storetest"
)

var secretOrPage = regexp.MustCompile(`https?://\S+`)

func quoted(text string) string {
	b, _ := json.Marshal(text) // a text always has a form in JSON
	return string(b)
}

// SECURITY.md, Taking over somebody: whatever a request says of the host it was sent to, links lead to BASE_URL, and mail goes to
// the stored address.
func TestLinksLeadToTheBaseURLWhateverTheRequestSays(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, clock)
		c, err := w.app("ada")
		w.must(err)
		ask := func(document string) func(*http.Request) {
			return func(r *http.Request) {
				r.URL.Path, r.Body = "/graphql", io.NopCloser(strings.NewReader(`{"query":`+quoted(document)+`}`))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Authorization", "Bearer "+c.token)
			}
		}
		form := func(path string, fields url.Values) func(*http.Request) {
			return func(r *http.Request) {
				r.URL.Path, r.Body = path, io.NopCloser(strings.NewReader(fields.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
		}
		for name, mail := range map[string]struct {
			to   string
			send func(*http.Request)
		}{
			"a sign-up":                    {"new@example.com", ask(`mutation{signUp(input:{firstName:"N",lastName:"N",email:"new@example.com",password:"quiet river stone window",client:WEB}){problems{code}}}`)},
			"a sign-up of somebody known":  {"bea@example.com", ask(`mutation{signUp(input:{firstName:"N",lastName:"N",email:"bea@example.com",password:"quiet river stone window",client:WEB}){problems{code}}}`)},
			"a new password":               {"nora@example.com", ask(`mutation{passwordResetRequest(input:{email:"nora@example.com"}){problems{code}}}`)},
			"a new password, by the page":  {"sam@example.com", form("/forgot", url.Values{"email": {"sam@example.com"}})},
			"an address in place of one's": {"ada@okafor.example", ask(`mutation{emailChangeRequest(input:{newEmail:"ada@okafor.example"}){problems{code}}}`)},
			"an invitation":                {"ivy@example.com", ask(`mutation{membershipAdd(input:{accountId:"` + w.names["{bakery}"] + `",firstName:"I",lastName:"V",email:"ivy@example.com",loginAccess:true,roleId:"rol_standard"}){problems{code}}}`)},
			"two addresses in one form":    {"lone@example.com", form("/forgot", url.Values{"email": {"lone@example.com", "ada@example.com"}})},
		} {
			if name == "two addresses in one form" {
				w.must(w.makeLogin("lone", "Example", true))
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL, new(bytes.Buffer))
			w.must(err)
			mail.send(r)
			r.Host = "evil.example"
			for _, header := range []string{"X-Forwarded-Host", "X-Host", "X-Original-Host", "X-Forwarded-Server", "X-Real-Host", "X-Original-URL", "X-Rewrite-URL"} {
				r.Header.Set(header, "evil.example")
			}
			r.Header.Set("Forwarded", `for=192.0.2.1;host=evil.example;proto=https`)
			r.Header.Set("X-Forwarded-Proto", "https")
			resp, err := w.server.Client().Transport.RoundTrip(r)
			w.must(err)
			body, err := io.ReadAll(resp.Body)
			w.must(err)
			w.must(resp.Body.Close())
			if resp.StatusCode != http.StatusOK || bytes.Contains(body, []byte(`"code"`)) || bytes.Contains(body, []byte("evil.example")) {
				t.Fatalf("%s is answered %d %.300s", name, resp.StatusCode, body)
			}
			found, err := w.unseen("")
			w.must(err)
			if len(found) != 1 || !strings.Contains(found[0].To, mail.to) {
				t.Fatalf("%s: %d mails came, want one to %s:\n%s", name, len(found), mail.to, w.mailbox())
			}
			w.seen[found[0].ID] = true
			links := secretOrPage.FindAllString(found[0].Text, -1)
			if len(links) == 0 || strings.Contains(found[0].Text+found[0].HTML, "evil") {
				t.Errorf("%s: the mail says\n%s", name, found[0].Text)
			}
			for _, link := range links {
				if !strings.HasPrefix(link, w.server.URL+"/") {
					t.Errorf("%s: a link leads to %s", name, link)
				}
			}
		}
	}, storetest.WithClock(clock))
}
