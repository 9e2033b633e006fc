package house_test

import (
	"time"

	"roster/internal/rule"
)

// sight is what one person may see at a moment, said in Go and without SQL (RULES.md A5, B5, B6, L3). It is written
// from the promises, not from the policies.
type sight struct {
	*town
	user                  string
	byID                  map[string]townMember
	opens, manages, enter map[string]bool // by account; enter is by a membership of their own
	people                map[string]bool // the logins behind the memberships they see
	papers                map[string]bool // the accounts of which they see all documents
}

func (w *town) sight(user string, at time.Time) *sight {
	s := &sight{town: w, user: user, byID: map[string]townMember{}, opens: map[string]bool{}, manages: map[string]bool{}, enter: map[string]bool{}, people: map[string]bool{user: true}, papers: map[string]bool{}}
	mine := map[string]*rule.Member{} // whatever their status
	for i, m := range w.members {
		s.byID[m.ID] = m
		if m.user == user {
			mine[m.account] = &w.members[i].Member
		}
	}
	for _, p := range w.practices {
		s.mark(p, rule.Practice, mine[p], rule.AccessTo(mine[p], nil, false))
	}
	for _, c := range w.clients {
		colleague := mine[c.practice]
		s.mark(c.id, rule.Client, mine[c.id], rule.AccessTo(mine[c.id], colleague, colleague != nil && w.granted(colleague.ID, c.id, at)))
	}
	for _, m := range w.members {
		if s.member(m) {
			s.people[m.user] = true
		}
	}
	return s
}

func (s *sight) mark(account string, kind rule.Kind, own *rule.Member, may rule.Access) {
	s.opens[account] = may.Opens()
	s.manages[account] = may.Permissions.Has(kind.Manage())
	s.enter[account] = own != nil && own.Opens()
	s.papers[account] = may.Via == rule.ViaPractice || may.Permissions.Has(rule.DocumentsViewAll) || may.Permissions.Has(rule.DocumentsManageAll)
}

func (w *town) granted(member, client string, at time.Time) bool {
	for _, g := range w.grants {
		if g.member == member && g.client == client && (g.until.IsZero() || at.Before(g.until)) {
			return true
		}
	}
	return false
}

// member: managers see everybody; the others inside see themselves and the owner (L3).
func (s *sight) member(m townMember) bool {
	return s.manages[m.account] || (m.owner || m.user == s.user) && s.enter[m.account]
}

// practice: its colleagues see it, and the users of its clients, who see its name.
func (s *sight) practice(practice string) bool {
	for _, c := range s.clients {
		if c.practice == practice && s.enter[c.id] {
			return true
		}
	}
	return s.enter[practice]
}

// of: what belongs to one membership is for the managers and the person themselves.
func (s *sight) of(member string) bool {
	m := s.byID[member]
	return s.manages[m.account] || m.user == s.user && m.Opens()
}

// document: practice users and those who see or manage all of them, and its owner while they are in (K2).
func (s *sight) document(d townDocument) bool {
	owner := s.byID[d.owner]
	return s.papers[d.client] || d.owner != "" && owner.user == s.user && owner.Opens()
}

// address: a user's is like their other details, the client's own for everybody who opens it.
func (s *sight) address(a townAddress) bool {
	return a.member == "" && s.opens[a.client] || a.member != "" && s.of(a.member)
}

// event: managers see the account's journal, others who open it what they did and what was done to them; what concerns
// a login alone is that login's.
func (s *sight) event(e townEvent) bool {
	if e.account == "" {
		return e.user == s.user
	}
	about := e.actor == s.user || e.member != "" && s.byID[e.member].user == s.user
	return s.manages[e.account] || about && s.opens[e.account]
}
