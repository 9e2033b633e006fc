package house_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/ent/user"
	"roster/internal/signon/signontest"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// Whoever has the cookie and the code of a journey that arrived gets nothing by them, even of a provider that takes a code
// again: of many at once one comes in.
func TestAJourneyArrivesOnce(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPort(t, s, clock)
		p.acme.Bend(signontest.Bend{Twice: true})
		for trial := range trials(5) {
			kit := p.traveller()
			back := kit.visit(p.acme, kit.depart("acme", nil), somebodyAt(p.fresh("kit")))
			var came [8]seen
			together(len(came), func(i int) {
				came[i] = (&traveller{p, map[string]string{"roster-sign-on": kit.cookies["roster-sign-on"]}}).ask(http.MethodGet, back, nil)
			})
			arrived := 0
			for _, one := range came {
				if one.status == http.StatusSeeOther {
					arrived++
				} else if !strings.Contains(one.body, "This was done already") {
					t.Errorf("trial %d: %d %s", trial, one.status, one.body)
				}
			}
			if arrived != 1 {
				t.Errorf("trial %d: %d came in by one journey, want 1", trial, arrived)
			}
		}
	}, storetest.WithClock(clock))
}

// Many who come for the first time as one person are one login.
func TestOneIdentityIsOneLoginHoweverManyArrive(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPort(t, s, clock)
		for trial := range trials(5) {
			sub := p.fresh("kit")
			var came [8]seen
			together(len(came), func(i int) { came[i] = p.traveller().travel(p.acme, nil, somebodyAt(sub)) })
			for _, one := range came {
				if one.status != http.StatusSeeOther {
					t.Errorf("trial %d: %d %s", trial, one.status, one.body)
				}
			}
			u, err := s.Read().User.Query().Where(user.Email(sub + "@example.com")).WithIdentities().WithSessions().Only(store.Facts(t.Context()))
			if must(t, u, err); len(u.Edges.Identities) != 1 || len(u.Edges.Sessions) != len(came) {
				t.Errorf("trial %d: %d identities and %d sessions, want 1 and %d", trial, len(u.Edges.Identities), len(u.Edges.Sessions), len(came))
			}
		}
	}, storetest.WithClock(clock))
}

// Two logins that link the same identity at once: one has it.
func TestOneIdentityIsLinkedOnce(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := newPort(t, s, clock)
		for trial := range trials(5) {
			sub := p.fresh("kit")
			var came [4]seen
			var browsers [4]*traveller
			for i := range browsers {
				browsers[i] = p.signedInAs(p.somebody())
			}
			together(len(came), func(i int) { came[i] = browsers[i].travel(p.acme, linking, signontest.Claims{"sub": sub}) })
			linked := 0
			for _, one := range came {
				if one.status == http.StatusSeeOther {
					linked++
				} else if !strings.Contains(one.body, "signs in to another login") {
					t.Errorf("trial %d: %d %s", trial, one.status, one.body)
				}
			}
			if linked != 1 {
				t.Errorf("trial %d: %d logins have one identity, want 1", trial, linked)
			}
		}
	}, storetest.WithClock(clock))
}
