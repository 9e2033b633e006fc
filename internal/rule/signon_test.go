package rule

import (
	"testing"
	"time"
)

func TestSignOn(t *testing.T) {
	for _, row := range []struct {
		sentence string
		a        Arriving
		want     string
	}{
		{"J7: an identity opens the login that has it", Arriving{Known: true}, ""},
		{"J7: whatever address the provider tells by now", Arriving{Known: true, Email: true, Taken: true}, ""},
		{"J4: a login that was merged away is not reached", Arriving{Known: true, Ended: true, Email: true}, "CREDENTIALS_INCORRECT"},
		{"J7: an unknown identity with an address of its own makes a login", Arriving{Email: true}, ""},
		{"J7: a login needs an address", Arriving{}, "EMAIL_REQUIRED"},
		{"J7: the same address opens nobody's login", Arriving{Email: true, Taken: true}, "EMAIL_TAKEN"},
	} {
		if got := codesText(SignOn(row.a)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}

func TestLink(t *testing.T) {
	for _, row := range []struct {
		sentence string
		l        Linking
		want     string
	}{
		{"J7: a proved login gets another way in", Linking{Verified: true}, ""},
		{"J7: the same again changes nothing", Linking{Verified: true, Own: true}, ""},
		{"J7: one identity is one login's", Linking{Verified: true, Other: true}, "INVALID"},
		{"J7: a login has one identity with each provider", Linking{Verified: true, Has: true}, "INVALID"},
		{"J2: what the first proof would drop is not added", Linking{}, "EMAIL_NOT_VERIFIED"},
	} {
		if got := codesText(Link(row.l)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}

func TestUnlink(t *testing.T) {
	for _, row := range []struct {
		sentence string
		rest     WaysIn
		want     string
	}{
		{"J7: a password is left", WaysIn{Verified: true, Password: true}, ""},
		{"J7: another identity is left", WaysIn{Verified: true, Identities: 1}, ""},
		{"J7: nothing is left", WaysIn{Verified: true}, "LAST_SIGN_IN_METHOD"},
		{"J2: before the address is proved nothing is taken away by hand", WaysIn{Password: true}, "EMAIL_NOT_VERIFIED"},
	} {
		if got := codesText(Unlink(row.rest)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}

func TestProvingAnotherLogin(t *testing.T) {
	for _, row := range []struct {
		sentence    string
		known, same bool
		want        string
	}{
		{"J4: another login is proved by its identity", true, false, ""},
		{"J4: an identity of nobody's proves nothing", false, false, "INVALID"},
		{"J4: oneself is not merged", true, true, "MERGE_SAME_LOGIN"},
	} {
		if got := codesText(Proving("Acme", row.known, row.same)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}

func TestFreshThere(t *testing.T) {
	for _, row := range []struct {
		sentence string
		since    time.Duration
		want     string
	}{
		{"J8: signed in there just now", 0, ""},
		{"J8: to the last second", 10 * time.Minute, ""},
		{"J8: an old session there is no sign-in", 10*time.Minute + time.Microsecond, "FRESH_SIGN_IN_REQUIRED"},
	} {
		if got := codesText(FreshThere("Acme", row.since, 10*time.Minute)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}
