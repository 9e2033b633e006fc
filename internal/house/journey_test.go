package house_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"roster/ent"
	"roster/ent/token"
	"roster/ent/user"
	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/signon"
	"roster/internal/signon/signontest"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// refused holds that somebody came back in vain: told so, signed in as nobody, and nothing written.
func (b *traveller) refused(what string, before string, got seen, sentence string) {
	b.Helper()
	if got.status < 400 || !strings.Contains(got.body, sentence) {
		b.Errorf("%s: is answered %d %s, want %q", what, got.status, got.body, sentence)
	}
	if b.snapshot() != before {
		b.Errorf("%s: it made us write", what)
	}
}

// A journey is its browser's own, once, and for ten minutes.
func TestAJourneyToAProviderIsItsBrowsersOwn(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPort(t, s, clock)
		p.traveller().travel(p.acme, nil, somebodyAt("kit"))
		const begun = "This was not begun in this browser, or too long ago."

		kit, mallory := p.traveller(), p.traveller()
		address := kit.depart("acme", nil)
		theirs := mallory.depart("acme", nil)
		before := p.snapshot()
		back := kit.visit(p.acme, address, somebodyAt("kit"))
		stolen := mallory.visit(p.acme, theirs, somebodyAt("mallory"))

		mallory.refused("the address in another browser, on a journey of its own", before, mallory.ask(http.MethodGet, back, nil), begun)
		p.traveller().refused("the address in a browser that never left", before, p.traveller().ask(http.MethodGet, back, nil), begun)
		lured := &traveller{p, map[string]string{"roster-sign-on": kit.cookies["roster-sign-on"]}}
		lured.refused("somebody else's address in a browser that left", before, lured.ask(http.MethodGet, stolen, nil), begun)
		at := &traveller{p, map[string]string{"roster-sign-on": kit.cookies["roster-sign-on"]}}
		at.refused("at another provider", before, at.ask(http.MethodGet, strings.Replace(back, "/acme/", "/globe/", 1), nil), begun)
		for what, cookie := range map[string]string{
			"empty": "", "invented": "zebra", "short": kit.cookies["roster-sign-on"][:20], "changed": other(kit.cookies["roster-sign-on"][:1]) + kit.cookies["roster-sign-on"][1:], "longer": kit.cookies["roster-sign-on"] + "AAAA",
		} {
			broken := &traveller{p, map[string]string{"roster-sign-on": cookie}}
			broken.refused("a cookie that is "+what, before, broken.ask(http.MethodGet, back, nil), begun)
		}
		head := &traveller{p, map[string]string{"roster-sign-on": kit.cookies["roster-sign-on"]}}
		if got := head.ask(http.MethodHead, back, nil); got.status != http.StatusMethodNotAllowed || p.snapshot() != before {
			t.Errorf("HEAD: %d, want 405", got.status)
		}
		late := &traveller{p, map[string]string{"roster-sign-on": kit.cookies["roster-sign-on"]}}
		clock.Advance(signon.Lasts)
		late.refused("after ten minutes", before, late.ask(http.MethodGet, back, nil), begun)
		clock.Advance(-signon.Lasts)

		if got := kit.ask(http.MethodGet, back, nil); got.status != http.StatusSeeOther || kit.signedIn() != "kit@example.com" {
			t.Errorf("in its own browser: %d %s", got.status, got.body)
		}
		if kit.cookies["roster-sign-on"] != "" {
			t.Error("the cookie of the journey stays after it")
		}
	}, storetest.WithClock(clock))
}

var linking, proving = url.Values{"purpose": {"LINK"}}, url.Values{"purpose": {"PROVE"}}

// signedInAs is a browser in which somebody is signed in.
func (p *port) signedInAs(u *ent.User) *traveller {
	p.Helper()
	return &traveller{p, map[string]string{"roster": p.home.open(u, rule.Web).Cookie}}
}

// Whoever sets out to link comes back into the very session that asked, which still lives and is still fresh.
func TestLinkingEndsInTheSessionThatBeganIt(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPort(t, s, clock)
		const began = "You are not signed in any more as when you began this"
		for what, meanwhile := range map[string]func(b *traveller, u *ent.User){
			"signed out":                   func(b *traveller, _ *ent.User) { b.ask(http.MethodPost, "/sign-out", nil) },
			"signed in as somebody else":   func(b *traveller, _ *ent.User) { b.cookies["roster"] = p.home.open(p.somebody(), rule.Web).Cookie },
			"signed in in another session": func(b *traveller, u *ent.User) { b.cookies["roster"] = p.home.open(u, rule.Web).Cookie },
			"the session was revoked": func(b *traveller, u *ent.User) {
				if err := p.logins.RevokeOthers(p.as(u)); err != nil {
					t.Fatal(err)
				}
			},
		} {
			for _, purpose := range []url.Values{linking, proving} {
				u := p.somebody()
				b := p.signedInAs(u)
				back := b.visit(p.acme, b.depart("acme", purpose), signontest.Claims{"sub": p.fresh("kit")})
				meanwhile(b, u)
				before := p.snapshot()
				b.refused(purpose.Get("purpose")+", but meanwhile "+what, before, b.ask(http.MethodGet, back, nil), began)
			}
		}

		b := p.signedInAs(p.somebody())
		clock.Advance(9 * time.Minute)
		back := b.visit(p.acme, b.depart("acme", linking), signontest.Claims{"sub": "kit"})
		clock.Advance(2 * time.Minute)
		b.ask(http.MethodGet, "/accounts", nil) // notes that the session was used
		b.refused("eleven minutes after signing in", p.snapshot(), b.ask(http.MethodGet, back, nil), "You signed in a while ago")

		b = p.signedInAs(p.somebody())
		if got := b.travel(p.acme, linking, signontest.Claims{"sub": "kit"}); got.status != http.StatusSeeOther || got.to != "/account/sign-in" {
			t.Errorf("undisturbed: %d %s", got.status, got.body)
		}
	}, storetest.WithClock(clock))
}

// other is another letter.
func other(letter string) string {
	if letter == "A" {
		return "B"
	}
	return "A"
}

// No other site begins a journey, and no address in a mail.
func TestAJourneyBeginsHere(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPort(t, s, clock)
		b := p.signedInAs(p.somebody())
		if got := b.ask(http.MethodGet, "/sign-on/acme?purpose=LINK", nil); got.status != http.StatusMethodNotAllowed || b.cookies["roster-sign-on"] != "" {
			t.Errorf("GET: %d, want 405", got.status)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, p.base+"/sign-on/acme", strings.NewReader("purpose=LINK"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if got := b.do(r); got.status != http.StatusForbidden || b.cookies["roster-sign-on"] != "" {
			t.Errorf("from another site: %d, want 403", got.status)
		}
		for _, name := range []string{"nowhere", "ACME", "%2e%2e", "acme%00"} {
			if got := b.ask(http.MethodPost, "/sign-on/"+name, linking); got.status != http.StatusNotFound {
				t.Errorf("to %s: %d, want 404", name, got.status)
			}
		}
		if got := b.ask(http.MethodPost, "/sign-on/acme", url.Values{"purpose": {"TAKE_OVER"}}); got.status != http.StatusOK {
			t.Errorf("for what there is not: %d, want a plain sign-in", got.status)
		}
		for _, next := range []string{"//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "evil"} {
			if got := p.traveller().travel(p.acme, url.Values{"next": {next}}, somebodyAt("kit")); got.status != http.StatusSeeOther || got.to != "/accounts" {
				t.Errorf("next %q: %d to %q, want /accounts", next, got.status, got.to)
			}
		}

		r = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://evil.example/sign-on/acme", nil)
		r.Header.Set("X-Forwarded-Host", "evil.example")
		r.Header.Set("Forwarded", "host=evil.example;proto=https")
		to := onward.FindStringSubmatch(b.do(r).body)
		if to == nil || !strings.Contains(to[1], "redirect_uri="+url.QueryEscape(p.base+"/sign-on/acme/callback")) || strings.Contains(to[1], "evil") {
			t.Errorf("another Host: sent to %v, want to come back to %s", to, p.base)
		}
	}, storetest.WithClock(clock))
}

// Under https the cookie of a journey is one that nothing but this host over https can set.
func TestTheCookieOfAJourney(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPortAt(t, s, clock, "https://roster.example.com")
		got := p.traveller().ask(http.MethodPost, "/sign-on/acme", nil)
		cookie := got.header.Get("Set-Cookie")
		for _, want := range []string{"__Host-roster-sign-on=", "; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Expires=Mon, 05 Jan 2026 09:10:00 GMT"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("got %s, want %s in it", cookie, want)
			}
		}
		if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("got %v", got.header)
		}
		kit := p.traveller()
		if got := kit.travel(p.acme, nil, somebodyAt("kit")); got.status != http.StatusSeeOther || kit.cookies["__Host-roster"] == "" || kit.signedIn() != "kit@example.com" {
			t.Errorf("got %d %v", got.status, kit.cookies)
		}
	}, storetest.WithClock(clock))
}

// RULES.md J4: a login that was merged into another is not entered by what was left of it.
func TestALoginThatEndedIsNotEnteredWithAProvider(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPort(t, s, clock)
		p.traveller().travel(p.acme, nil, somebodyAt("kit"))
		stays := p.somebody()
		p.write(func(ctx context.Context, tx *store.Tx) error {
			u, err := tx.User.Query().Where(user.Email("kit@example.com")).Only(ctx)
			if err != nil {
				return err
			}
			return tx.User.UpdateOneID(u.ID).SetEmail(u.ID).SetEndedEmail(u.Email).SetEndedAt(tx.Now).SetMergedIntoID(stays.ID).Exec(ctx)
		})
		b, before := p.traveller(), p.snapshot()
		b.refused("an ended login", before, b.travel(p.acme, nil, somebodyAt("kit")), "was merged into another one")
		proves := p.signedInAs(stays)
		before = p.snapshot()
		proves.refused("an ended login as a proof", before, proves.travel(p.acme, proving, signontest.Claims{"sub": "kit"}), "No login is signed in to")
	}, storetest.WithClock(clock))
}

// RULES.md J7: a provider that is not configured any more is no way in that is left.
func TestAProviderThatIsGoneIsNoWayIn(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPort(t, s, clock)
		again := url.Values{"again": {"1"}}
		kit := p.traveller()
		kit.travel(p.acme, again, somebodyAt("kit"))
		kit.travel(p.globe, linking, signontest.Claims{"sub": "kit"})
		without := p.open(t, s, p.acme)
		kit.port = without
		unlink := url.Values{"provider": {"acme"}}
		before := p.snapshot()
		kit.refused("the last that works", before, kit.ask(http.MethodPost, "/account/sign-in/unlink", unlink), "This is the only way you can sign in.")
		kit.port = p
		if got := kit.ask(http.MethodPost, "/account/sign-in/unlink", unlink); got.status != http.StatusSeeOther {
			t.Errorf("while there is another: %d %s", got.status, got.body)
		}
	}, storetest.WithClock(clock))
}

// What the ID token leaves out is asked for where the provider tells it.
func TestAnAddressThatIsToldElsewhereCounts(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPort(t, s, clock)
		kit := p.traveller()
		got := kit.travel(p.acme, nil, signontest.Claims{"sub": "kit", "elsewhere": signontest.Claims{"email": "kit@example.com", "email_verified": true, "nonce": "zebra"}})
		if got.status != http.StatusSeeOther || kit.signedIn() != "kit@example.com" {
			t.Errorf("got %d %s", got.status, got.body)
		}
	}, storetest.WithClock(clock))
}

// RULES.md J4: whoever proved another login goes on to the page that merges it, with what proves it in the path, and nowhere else.
func TestProvingAnotherLoginLeadsToItsMerge(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPort(t, s, clock)
		p.traveller().travel(p.acme, nil, somebodyAt("kit"))
		me := p.somebody()
		b := p.signedInAs(me)
		got := b.travel(p.acme, proving, signontest.Claims{"sub": "kit"})
		proof := strings.TrimPrefix(got.to, "/merge/")
		if got.status != http.StatusSeeOther || !strings.HasPrefix(proof, "rsp_") || b.signedIn() != me.Email {
			t.Fatalf("got %d to %s, want the page of the merge, still signed in as %s", got.status, got.to, me.Email)
		}
		proved, err := s.Read().Token.Query().Where(token.Hash(courier.Hash(proof)), token.PurposeEQ(rule.MergeProof)).WithUser().WithSession().Only(store.Facts(t.Context()))
		if must(t, proved, err); proved.Edges.User.Email != "kit@example.com" || proved.Edges.Session.UserID != me.ID {
			t.Errorf("it proves %s to %s", proved.Edges.User.Email, proved.Edges.Session.UserID)
		}
		if strings.Contains(p.log.String(), proof) || strings.Contains(p.rows("SELECT * FROM events"), proof) {
			t.Error("the proof was written down")
		}
	}, storetest.WithClock(clock))
}
