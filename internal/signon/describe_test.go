package signon_test

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/rule"
	"roster/internal/signon"
	"roster/internal/signon/signontest"
	"roster/internal/store/storetest"
)

// port is one provider and the clock of both sides.
func port(t *testing.T) (*signon.Providers, *signontest.Provider, *storetest.Clock) {
	t.Helper()
	clock := new(storetest.Clock)
	acme := signontest.New(t, "acme", clock.Now)
	p, err := signon.New([]signon.Config{acme.Config()}, signon.Options{BaseURL: "https://roster.example.com", Key: bytes.Repeat([]byte("k"), 32), Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	return p, acme, clock
}

// depart sets out, and says whether the provider was there.
func depart(t *testing.T, p *signon.Providers) bool {
	t.Helper()
	_, err := p.Depart(t.Context(), "acme", signon.Asked{Purpose: signon.SignIn})
	var trouble *signon.Trouble
	if err != nil && (!errors.As(err, &trouble) || !trouble.Down || !strings.Contains(trouble.Sentence, "Acme does not answer just now")) {
		t.Fatalf("got %v, want a provider that is down", err)
	}
	return err == nil
}

func TestAProviderIsAskedWhenItIsNeededAndOnceAnHour(t *testing.T) {
	t.Parallel()
	p, acme, clock := port(t)
	if acme.Asked() != 0 {
		t.Errorf("asked %d times before anybody came", acme.Asked())
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { depart(t, p) })
	}
	all.Wait()
	clock.Advance(59 * time.Minute)
	depart(t, p)
	if acme.Asked() != 1 {
		t.Errorf("within an hour: asked %d times, want 1", acme.Asked())
	}
	clock.Advance(time.Minute)
	if depart(t, p); acme.Asked() != 2 {
		t.Errorf("after an hour: asked %d times, want 2", acme.Asked())
	}
}

func TestAProviderThatIsDownIsLeftAloneForAMoment(t *testing.T) {
	t.Parallel()
	p, acme, clock := port(t)
	acme.Bend(signontest.Bend{Description: func(d map[string]any) { d["issuer"] = "https://elsewhere.example" }})
	for range 3 {
		if depart(t, p) {
			t.Error("one that describes itself as another was taken")
		}
	}
	if acme.Asked() != 1 {
		t.Errorf("asked %d times within five seconds, want 1", acme.Asked())
	}
	acme.Bend(signontest.Bend{})
	clock.Advance(5 * time.Second)
	if !depart(t, p) || acme.Asked() != 2 {
		t.Errorf("asked %d times after five seconds, want 2, and to get on", acme.Asked())
	}
}

func TestTheLastGoodDescriptionServesWhileThereIsNoBetter(t *testing.T) {
	t.Parallel()
	p, acme, clock := port(t)
	depart(t, p)
	acme.Bend(signontest.Bend{Description: func(d map[string]any) { d["jwks_uri"] = "file:///etc/passwd" }})
	clock.Advance(2 * time.Hour)
	first, second := depart(t, p), depart(t, p)
	if !first || !second || acme.Asked() != 2 {
		t.Errorf("asked %d times, want 2, and to get on by what is known", acme.Asked())
	}
}

func TestWhoeverLeavesKeepsNobodyElseWaiting(t *testing.T) {
	t.Parallel()
	p, _, _ := port(t)
	gone, leave := context.WithCancel(t.Context())
	leave()
	_, _ = p.Depart(gone, "acme", signon.Asked{Purpose: signon.SignIn}) // may get on or not
	if !depart(t, p) {
		t.Error("the next one does not get on")
	}
}

func TestTheAddressOfADeparture(t *testing.T) {
	t.Parallel()
	p, acme, _ := port(t)
	for _, c := range []struct {
		asked       signon.Asked
		prompt, age string
	}{
		{signon.Asked{Purpose: signon.SignIn}, "", ""},
		{signon.Asked{Purpose: signon.Link, Session: "ses_1", MaxAge: 10 * time.Minute}, "login", "600"},
	} {
		d, err := p.Depart(t.Context(), "acme", c.asked)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(d.Address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		for name, want := range map[string]string{"prompt": c.prompt, "max_age": c.age, "scope": "openid email profile", "response_type": "code", "code_challenge_method": "S256",
			"redirect_uri": "https://roster.example.com/sign-on/acme/callback", "client_id": signontest.ClientID} {
			if q.Get(name) != want {
				t.Errorf("%s: got %s %q, want %q", c.asked.Purpose, name, q.Get(name), want)
			}
		}
		if !strings.HasPrefix(d.Address, acme.Issuer+"/authorize?") || d.Label != "Acme" {
			t.Errorf("got %s and %s", d.Address, d.Label)
		}
		for _, secret := range []string{q.Get("state"), q.Get("nonce"), "ses_1", "LINK"} {
			if strings.Contains(d.Cookie, secret) {
				t.Errorf("the cookie can be read: %s holds %s", d.Cookie, secret)
			}
		}
		if strings.Contains(d.Address, "hush") || strings.Contains(d.Address, "ses_1") {
			t.Errorf("the address tells a secret: %s", d.Address)
		}
	}
	if _, err := p.Depart(t.Context(), "nowhere", signon.Asked{}); !errors.Is(err, rule.ErrNotFound) {
		t.Errorf("to nowhere: %v", err)
	}
}

func TestWithoutProvidersThereIsNothing(t *testing.T) {
	t.Parallel()
	var none *signon.Providers
	if _, err := none.Depart(t.Context(), "acme", signon.Asked{}); !errors.Is(err, rule.ErrNotFound) {
		t.Errorf("depart: %v", err)
	}
	if _, err := none.Arrive(t.Context(), "acme", "", nil); !errors.Is(err, rule.ErrNotFound) {
		t.Errorf("arrive: %v", err)
	}
	if len(none.Buttons()) != 0 || none.Has("https://id.example.com") || none.Label("acme") != "acme" {
		t.Error("there are providers")
	}
}

func TestCheckIssuer(t *testing.T) {
	t.Parallel()
	for issuer, want := range map[string]struct{ production, development bool }{
		"https://id.example.com":          {true, true},
		"https://id.example.com/tenant/":  {true, true},
		"http://127.0.0.1:5556":           {false, true},
		"http://[::1]:5556/dex":           {false, true},
		"http://localhost:5556":           {false, true},
		"http://id.example.com":           {false, false},
		"http://127.0.0.1.example.com":    {false, false},
		"http://localhost.example.com":    {false, false},
		"":                                {false, false},
		"id.example.com":                  {false, false},
		"ftp://id.example.com":            {false, false},
		"https://":                        {false, false},
		"https://user@id.example.com":     {false, false},
		"https://id.example.com#top":      {false, false},
		"https://id.example.com?tenant=1": {false, false},
		"https://id.example.com/" + strings.Repeat("a", 500): {false, false},
	} {
		if got := signon.CheckIssuer(issuer, false) == nil; got != want.production {
			t.Errorf("in production %.60q: got %v", issuer, got)
		}
		if got := signon.CheckIssuer(issuer, true) == nil; got != want.development {
			t.Errorf("in development %.60q: got %v", issuer, got)
		}
	}
}
