package rule

import (
	"testing"
	"time"
)

func TestInvitations(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 6, 14, 5, 0, 0, time.UTC)
	in := func(change ...func(*Invited)) Invited {
		f := Invited{Managed: managed("pending"), Status: InvitationIsPending, ResendAfter: 5 * time.Minute, Now: now, LastSentAt: new(now.Add(-5 * time.Minute))}
		for _, c := range change {
			c(&f)
		}
		return f
	}
	status := func(s InvitationStatus) func(*Invited) { return func(f *Invited) { f.Status = s } }
	for _, c := range []struct {
		sentence string
		judge    func(Invited) Verdict
		facts    Invited
		want     string
	}{
		{"E3: five minutes later it can be sent again", MayResend, in(), ""},
		{"E3: a moment before it cannot", MayResend, in(func(f *Invited) { f.LastSentAt = new(now.Add(-5*time.Minute + time.Second)) }), "RESEND_TOO_SOON"},
		{"E3: an expired one comes to life again", MayResend, in(status(InvitationIsExpired)), ""},
		{"E3: an unsent one can be sent this way, too", MayResend, in(func(f *Invited) { f.LastSentAt = nil }), ""},
		{"E3: an accepted one is over", MayResend, in(status(InvitationIsAccepted)), "INVITATION_NOT_PENDING"},
		{"E4: so is a declined one", MayCancel, in(status(InvitationIsDeclined)), "INVITATION_NOT_PENDING"},
		{"E4: nothing is cancelled twice", MayCancel, in(status(InvitationIsCancelled)), "INVITATION_NOT_PENDING"},
		{"E4: a pending one is cancelled", MayCancel, in(), ""},
		{"E4: an expired one, too", MayCancel, in(status(InvitationIsExpired)), ""},
		{"B4: nobody sends again what lets in somebody above them", MayResend, in(func(f *Invited) {
			f.Actor, f.Member.Permissions = Access{ViaMembership, "m", UserAdminPermissions}, BusinessAdminPermissions
		}), "NOT_PERMITTED"},
		{"B4: nor cancels it", MayCancel, in(func(f *Invited) { f.Actor = Access{ViaMembership, "m", StandardPermissions} }), "NOT_PERMITTED"},
		{"by NONE nothing is sent", MayResend, in(func(f *Invited) { f.NotByMail = true }), "INVALID"},
	} {
		if got := codesText(c.judge(c.facts)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.sentence, got, c.want)
		}
	}
	for sentence, c := range map[string]struct {
		facts Invited
		stays bool
	}{
		"E4: a cancelled person disappears":                    {in(), false},
		"E4: who was a document owner before stays one":        {in(func(f *Invited) { f.Before = true }), true},
		"E4: so does the owner, while there are other users":   {in(func(f *Invited) { f.Owner = true }), true},
		"E4: a sole owner disappears":                          {in(func(f *Invited) { f.Owner, f.Alone = true, true }), false},
		"C1: a colleague is no document owner, and disappears": {in(func(f *Invited) { f.Owner, f.Kind = true, Practice }), false},
	} {
		if got := c.facts.StaysWhenCancelled(); got != c.stays {
			t.Errorf("%s: stays %v", sentence, got)
		}
	}
}
