package house_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"roster/ent"
	"roster/ent/membership"
	"roster/internal/courier"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// E2, E7: while the last moment passes, many accept. One of them was in time, or none was.
func TestAcceptingWhileTheLinkExpiresHasOneWinner(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		won := 0
		for range trials(10) {
			i := newInvited(h, owner, practice)
			as := h.as(h.loginOf(i.email, false))
			clock.Advance(14*24*time.Hour - time.Microsecond)
			list := make([]string, atOnce)
			together(atOnce, func(n int) {
				if n == atOnce/2 {
					clock.Advance(time.Second)
				}
				_, err := h.people.Accept(as, i.link, "", rule.Web)
				list[n] = codes(err)
			})
			inTime := 0
			for _, code := range list {
				switch code {
				case "":
					inTime++
				case "INVITATION_EXPIRED", "INVITATION_ALREADY_ACCEPTED":
				default:
					t.Fatalf("accept × expiry: %q", list)
				}
			}
			status, member := i.accepted(i.id)
			switch {
			case inTime == 1 && status == rule.InvitationIsAccepted && member == rule.Active:
				won++
			case inTime != 0 || status != rule.InvitationIsPending || member != rule.Pending || slices.Contains(list, "INVITATION_ALREADY_ACCEPTED"):
				t.Fatalf("%d were in time, the invitation is %s and the member %s: %q", inTime, status, member, list)
			}
		}
		t.Logf("somebody was in time %d times", won)
		h.sound(t)
	}, storetest.WithClock(clock))
}

// companyLink is a person invited into three companies by one mail.
type companyLink struct {
	members, invitations []string
	link, email          string
}

func newSeveral(h *home, owner context.Context, practice string) companyLink {
	h.Helper()
	var companies []string
	for range 3 {
		companies = append(companies, h.client(owner, practice))
	}
	x := companyLink{email: h.fresh("several") + "@example.com"}
	made, err := h.people.CreateClientUser(owner, people.ClientUser{Practice: practice, Billable: companies[0], FirstName: "Tom", LastName: "Ash", Email: x.email,
		Role: rule.BusinessAdminRole, Companies: companies, SendWelcome: true})
	x.members = must(h, made, err).Memberships
	list, err := h.store.Read().Membership.Query().Where(membership.IDIn(x.members...)).WithInvitations().Order(ent.Asc(membership.FieldID)).All(store.Facts(h.Context()))
	for _, m := range must(h, list, err) {
		i := m.Edges.Invitations[0]
		x.invitations, x.link = append(x.invitations, i.ID), h.links.InvitationToken(i.LinkID, 1)
		if courier.Hash(x.link) != *i.TokenHash {
			h.Fatal("the three do not share the link")
		}
	}
	return x
}

// I1, E7: while one accepts, one company takes its invitation back, and another sends its own again. What was pending when
// it was accepted is open, and nothing else.
func TestAcceptingSeveralWhileTheyAreTakenBackTakesWhatIsLeft(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(10) {
			x := newSeveral(h, owner, practice)
			clock.Advance(6 * time.Minute)
			as, by := h.as(h.loginOf(x.email, false)), owner
			var accepts [2]people.Accepted
			var codesOf [4]string
			together(4, func(n int) {
				var err error
				switch n {
				case 0, 1:
					accepts[n], err = h.people.Accept(as, x.link, "", rule.Web)
				case 2:
					err = h.people.Cancel(by, x.invitations[0])
				case 3:
					err = h.people.Resend(by, x.invitations[1], nil)
				}
				codesOf[n] = codes(err)
			})
			if (codesOf[0] == "") == (codesOf[1] == "") {
				t.Fatalf("of two accepts: %q", codesOf)
			}
			var opened []string
			for n, a := range accepts {
				if codesOf[n] == "" {
					opened = a.Memberships
				}
			}
			for n, id := range x.members {
				now, in := h.row(id), slices.Contains(opened, id)
				want := rule.Active
				switch {
				case in:
				case n == 0:
					want = rule.Removed
				default:
					want = rule.Pending
				}
				if now.Status != want || n == 2 && !in || n < 2 && (codesOf[n+2] == "") == in {
					t.Fatalf("company %d is %s, opened: %v; %q", n, now.Status, in, codesOf)
				}
			}
		}
		h.sound(t)
	}, storetest.WithClock(clock))
}

// C6, I1: the same person into overlapping companies by many at once: each company has them once, and whoever was too
// late added nobody anywhere.
func TestOnePersonIntoOverlappingCompaniesIsInEachOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		for range trials(6) {
			var companies []string
			for range 4 {
				companies = append(companies, h.client(owner, practice))
			}
			email := h.fresh("overlap") + "@example.com"
			var made [atOnce]int
			together(atOnce, func(n int) {
				mine := []string{companies[n%4], companies[(n+1)%4]}
				done, err := h.people.CreateClientUser(owner, people.ClientUser{Practice: practice, Billable: mine[0], FirstName: "Tom", LastName: "Ash", Email: email,
					Role: rule.BusinessAdminRole, Companies: mine})
				if code := codes(err); code != "" && code != "INVITATION_ALREADY_PENDING" && code != "INVITATION_ALREADY_PENDING INVITATION_ALREADY_PENDING" {
					t.Errorf("it is answered %s", code)
				}
				made[n] = len(done.Memberships)
			})
			sum := 0
			for _, n := range made {
				if n != 0 && n != 2 {
					t.Fatalf("one added %d of 2", n)
				}
				sum += n
			}
			there := h.store.Read().Membership.Query().Where(membership.AccountIDIn(companies...), membership.Email(email)).CountX(store.Facts(t.Context()))
			if sum != there || sum == 0 || sum > 4 {
				t.Fatalf("%d were added, %d are there", sum, there)
			}
		}
		h.sound(t)
	})
}
