// Package zitadel is a provider of single sign-on that others wrote, on this machine, for tests: what it understands of the
// protocol is not what Roster does. People sign in there by a page with a name and a password.
package zitadel

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"roster/internal/signon"
)

// The client that it knows.
const (
	clientID     = "roster"
	clientSecret = "between the two of us"
)

// People are those who have an account there, by the names they sign in with; the password is everybody's.
type People map[string]*storage.User

// Password is everybody's there.
const Password = "open sesame"

// Person is somebody with an account there.
func Person(name, first, last, email string, verified bool) *storage.User {
	return &storage.User{ID: "id-of-" + name, Username: name, Password: Password, FirstName: first, LastName: last, Email: email, EmailVerified: verified}
}

// GetUserByID finds one of them.
func (p People) GetUserByID(id string) *storage.User {
	for _, u := range p {
		if u.ID == id {
			return u
		}
	}
	return nil
}

// GetUserByUsername finds one of them.
func (p People) GetUserByUsername(name string) *storage.User { return p[name] }

// ExampleClientID is of a part of the provider that is not used here.
func (p People) ExampleClientID() string { return "none" }

// Provider is one whose address is known before it starts, since Roster is told where it is and it where Roster is.
type Provider struct {
	server *httptest.Server
	issuer string
	name   string
}

// Reserve takes an address for a provider of a name; it is given back when the test ends.
func Reserve(t testing.TB, name string) *Provider {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	t.Cleanup(s.Close)
	return &Provider{s, "http://" + s.Listener.Addr().String(), name}
}

// Config is how Roster is to know it.
func (p *Provider) Config() signon.Config {
	return signon.Config{Name: p.name, Label: "Zitadel", Issuer: p.issuer, ClientID: clientID, ClientSecret: clientSecret, Scopes: []string{"openid", "email", "profile"}}
}

// Start starts it, for the Roster at an address.
func (p *Provider) Start(base string, people People) {
	clients := map[string]*storage.Client{clientID: storage.WebClient(clientID, clientSecret, base+"/sign-on/"+p.name+"/callback")}
	p.server.Config.Handler = exampleop.SetupServer(p.issuer, storage.NewStorageWithClients(people, clients), slog.New(slog.DiscardHandler), false)
	p.server.Start()
}
