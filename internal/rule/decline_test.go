package rule

import (
	"slices"
	"testing"
)

func TestDecline(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		facts    AcceptFacts
		want     []Code
	}{
		{"E4: the invited person declines by the link", AcceptFacts{Found: true, Status: InvitationIsPending}, nil},
		{"E4: or signed in", AcceptFacts{Found: true, Status: InvitationIsPending, SignedIn: true, AsInvited: true}, nil},
		{"E6: nobody else does", AcceptFacts{Found: true, Status: InvitationIsPending, SignedIn: true}, []Code{InvitationWrongPerson}},
		{"E4: though whoever invited can no longer let them in", AcceptFacts{Found: true, Status: InvitationIsPending, Kind: Client}, nil},
		{"E3: a link that was replaced", AcceptFacts{}, []Code{InvitationInvalid}},
		{"E2: an expired one", AcceptFacts{Found: true, Status: InvitationIsExpired}, []Code{InvitationExpired}},
		{"E7: an accepted one", AcceptFacts{Found: true, Status: InvitationIsAccepted}, []Code{InvitationAlreadyAccepted}},
		{"E4: a cancelled one", AcceptFacts{Found: true, Status: InvitationIsCancelled}, []Code{InvitationCancelled}},
		{"E4: one that was declined", AcceptFacts{Found: true, Status: InvitationIsDeclined}, []Code{InvitationDeclined}},
	} {
		if got := codes(Decline(c.facts)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}

func TestRequestNew(t *testing.T) {
	t.Parallel()
	expired := AcceptFacts{Found: true, Status: InvitationIsExpired}
	for _, c := range []struct {
		sentence string
		facts    RequestFacts
		want     []Code
	}{
		{"E6: an expired link asks for a new one", RequestFacts{AcceptFacts: expired, Host: true}, nil},
		{"E6: once a day", RequestFacts{AcceptFacts: expired, Host: true, Asked: true}, []Code{ResendTooSoon}},
		{"E6: where somebody is left to be asked", RequestFacts{AcceptFacts: expired}, []Code{NotPermitted}},
		{"E6: not as somebody else", RequestFacts{AcceptFacts: AcceptFacts{Found: true, Status: InvitationIsExpired, SignedIn: true}, Host: true}, []Code{InvitationWrongPerson}},
		{"E6: one that still works needs none", RequestFacts{AcceptFacts: AcceptFacts{Found: true, Status: InvitationIsPending}, Host: true}, []Code{Invalid}},
		{"E3: a link that was replaced", RequestFacts{Host: true}, []Code{InvitationInvalid}},
		{"E7: an accepted one", RequestFacts{AcceptFacts: AcceptFacts{Found: true, Status: InvitationIsAccepted}, Host: true}, []Code{InvitationAlreadyAccepted}},
		{"E4: a declined one", RequestFacts{AcceptFacts: AcceptFacts{Found: true, Status: InvitationIsDeclined}, Host: true}, []Code{InvitationDeclined}},
	} {
		if got := codes(RequestNew(c.facts)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}

func TestInvitationsOfOneLinkStandTogether(t *testing.T) {
	for _, row := range []struct {
		sentence string
		all      []InvitationStatus
		want     InvitationStatus
	}{
		{"I1: a link works while one of its invitations is pending", []InvitationStatus{InvitationIsCancelled, InvitationIsAccepted, InvitationIsPending}, InvitationIsPending},
		{"E6: one of them has expired, so a new one can be asked for", []InvitationStatus{InvitationIsAccepted, InvitationIsExpired}, InvitationIsExpired},
		{"I1: taken as far as it could be", []InvitationStatus{InvitationIsCancelled, InvitationIsAccepted}, InvitationIsAccepted},
		{"I1: declined, but for one that was taken back before", []InvitationStatus{InvitationIsCancelled, InvitationIsDeclined}, InvitationIsDeclined},
		{"E4: all of them were taken back", []InvitationStatus{InvitationIsCancelled, InvitationIsCancelled}, InvitationIsCancelled},
	} {
		if got := StandTogether(row.all); got != row.want {
			t.Errorf("%s: got %s, want %s", row.sentence, got, row.want)
		}
	}
}
