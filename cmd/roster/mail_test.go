package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"roster/internal/store/storetest"
)

// Two passwords of people, told to nobody.
const (
	adas = "a kettle of quiet stars"
	gus  = "seven lamps over water"
)

// link is the link in a mail's text.
var link = regexp.MustCompile(`https?://\S+/(?:accept|verify)/(\S+)`)

func TestAnInvitationReachesAMailServerAndLetsInAndNoSecretIsSaid(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			server := newPost(t, secret)
			database := storetest.URL(t, kind)
			if address, err := url.Parse(database); kind == storetest.Postgres && err == nil && address.User != nil {
				if _, has := address.User.Password(); !has { // a server for tests trusts its socket and looks at no password
					address.User = url.UserPassword(address.User.Username(), secret)
					database = address.String()
				}
			}
			serving := start(t, t.TempDir(), []string{"DATABASE_URL=" + database, "SMTP_URL=smtp://post:" + secret + "@" + server.address + "?tls=none",
				"SECRET_KEY=" + secret, "BASE_URL=https://roster.example.com", "MODE=production", "MAIL_FROM=Post Room <post@example.com>"}, "serve")

			told := serving.tellTheStory(t, server)

			server.mu.Lock()
			if len(server.users) == 0 || server.users[0] != "post" {
				t.Errorf("signed in at the mail server: got %v, want post", server.users)
			}
			server.mu.Unlock()
			serving.stop(t)
			said := serving.out.String()
			if !strings.Contains(said, "mail sent") || !strings.Contains(said, `"route":"/accept/{token}"`) {
				t.Errorf("the log says neither that mail was sent nor that a link was opened:\n%s", said)
			}
			for name, hush := range map[string]string{"a secret of the settings": secret, "Ada's password": adas, "Gus's password": gus,
				"the link that confirms": told.verify, "the link that invites": told.accept, "a session": told.session} {
				if hush == "" || strings.Contains(said, hush) {
					t.Errorf("%s (%q) was said:\n%s", name, hush, said)
				}
			}
		})
	}
}

// hush is what the story brought about and nobody may read in a log.
type hush struct{ verify, accept, session string }

// tellTheStory signs Ada up, and has her add Gus, who accepts.
func (r *running) tellTheStory(t *testing.T, server *post) (told hush) {
	t.Helper()
	ada, client, told := r.begin(t, server)
	var added struct{ ID, Status string }
	read(t, r.must(t, ada, `mutation($a: ID!) { membershipAdd(input: {accountId: $a, firstName: "Gus", lastName: "Newman", email: "gus@example.com",
  loginAccess: true, roleId: "rol_standard"}) { membership { id status } problems { code } } }`, map[string]any{"a": client})["membership"], &added)
	if added.Status != "PENDING" {
		t.Errorf("C3: got %s, want PENDING until it is accepted", added.Status)
	}

	invitation := server.next(t, "gus@example.com", "invited you to Marsh Bakery")
	checkLetter(t, invitation)
	told.accept = tokenIn(t, invitation)
	r.accept(t, told.accept)
	r.accounts(t, "gus@example.com", "Marsh Bakery")
	return told
}

// begin signs Ada up, who makes a practice and a client of it.
func (r *running) begin(t *testing.T, server *post) (ada *http.Client, client string, told hush) {
	t.Helper()
	nobody := http.DefaultClient
	r.must(t, nobody, signUp, map[string]any{"email": "ada@example.com", "password": adas})
	told.verify = tokenIn(t, server.next(t, "ada@example.com", "Confirm"))
	r.must(t, nobody, `mutation($token: String!, $password: String!) { emailVerify(input: {token: $token, password: $password}) { problems { code } } }`,
		map[string]any{"token": told.verify, "password": adas})

	signedIn := r.must(t, nobody, strings.ReplaceAll(signIn, "client: WEB}) {", "client: MOBILE}) { tokens { accessToken }"),
		map[string]any{"email": "ada@example.com", "password": adas})
	var tokens struct{ AccessToken string }
	read(t, signedIn["tokens"], &tokens)
	told.session = tokens.AccessToken
	ada = &http.Client{Transport: bearer(tokens.AccessToken)}

	var practice, made struct{ ID string }
	read(t, r.must(t, ada, `mutation { practiceCreate(input: {name: "Okafor & Partners"}) { practice { id } problems { code } } }`, nil)["practice"], &practice)
	read(t, r.must(t, ada, `mutation($p: ID!) { clientAccountCreate(input: {practiceId: $p, name: "Marsh Bakery"}) { clientAccount { id } problems { code } } }`,
		map[string]any{"p": practice.ID})["clientAccount"], &made)
	return ada, made.ID, told
}

func checkLetter(t *testing.T, m letter) {
	t.Helper()
	if m.from != "post@example.com" || !strings.HasSuffix(m.id, "@roster.example.com") {
		t.Errorf("got a mail from %q with the id %q, want it from MAIL_FROM with an id of the host of BASE_URL", m.from, m.id)
	}
	want := link.FindString(m.parts["text/plain"])
	if !strings.HasPrefix(want, "https://roster.example.com/accept/rit_") || !strings.Contains(m.parts["text/html"], want) {
		t.Errorf("got parts %q, want the same link under BASE_URL in both", m.parts)
	}
}

// accept opens the link as Gus does: looks, looks again, and accepts with a password.
func (r *running) accept(t *testing.T, token string) {
	t.Helper()
	page := r.base + "/accept/" + token
	for range 2 { // E1: looking consumes nothing
		response, err := http.Get(page)
		if err != nil {
			t.Fatal(err)
		}
		if body := text(t, response); response.StatusCode != http.StatusOK || !strings.Contains(body, "Okafor &amp; Partners invites you to Marsh Bakery") {
			t.Fatalf("got %d, want the page to say who invites into what:\n%s", response.StatusCode, body)
		}
	}
	response, err := http.PostForm(page, url.Values{"password": {gus}})
	if err != nil {
		t.Fatal(err)
	}
	if body := text(t, response); response.StatusCode != http.StatusOK || !strings.Contains(body, "you have accepted") {
		t.Fatalf("got %d, want to be let in:\n%s", response.StatusCode, body)
	}
}

// accounts signs somebody in on the API and compares what they can open.
func (r *running) accounts(t *testing.T, email, want string) {
	t.Helper()
	signedIn := r.must(t, http.DefaultClient, strings.ReplaceAll(signIn, "client: WEB}) {", "client: MOBILE}) { tokens { accessToken }"), map[string]any{"email": email, "password": gus})
	var tokens struct{ AccessToken string }
	read(t, signedIn["tokens"], &tokens)
	var data struct {
		Viewer struct {
			Accounts struct {
				Nodes []struct{ Account struct{ Name string } }
			}
		}
	}
	r.askAs(t, &http.Client{Transport: bearer(tokens.AccessToken)}, `{ viewer { accounts(first: 10) { nodes { account { name } } } } }`, nil).into(t, &data)
	if nodes := data.Viewer.Accounts.Nodes; len(nodes) != 1 || nodes[0].Account.Name != want {
		t.Errorf("the switcher of %s: got %+v, want %s", email, nodes, want)
	}
}

func tokenIn(t *testing.T, m letter) string {
	t.Helper()
	found := link.FindStringSubmatch(m.parts["text/plain"])
	if found == nil {
		t.Fatalf("no link in %q", m.parts["text/plain"])
	}
	return found[1]
}

func read(t *testing.T, from json.RawMessage, into any) {
	t.Helper()
	if err := json.Unmarshal(from, into); err != nil {
		t.Fatalf("%s: %v", from, err)
	}
}

// bearer sends an app's access token along.
type bearer string

// RoundTrip adds the header.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}
