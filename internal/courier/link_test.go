package courier

import (
	"bytes"
	"strings"
	"testing"
)

func TestALinkIsTheSameAtARetryAndAnotherForEverythingElse(t *testing.T) {
	t.Parallel()
	l := testLinks("https://roster.example.com")

	token := l.InvitationToken("inv_1", 1)
	if got := l.InvitationToken("inv_1", 1); got != token {
		t.Errorf("the same sending made %q and %q", token, got)
	}
	if got, want := len(token), len("rit_")+43; got != want { // 256 bits in base64
		t.Errorf("token %q has %d characters, want %d", token, got, want)
	}

	seen := map[string]string{token: "inv_1, sending 1"}
	other := Links{Base: l.Base, Key: bytes.Repeat([]byte{8}, 32)}
	for what, token := range map[string]string{
		"inv_1, sending 2":              l.InvitationToken("inv_1", 2),
		"inv_1 and 1, sending 1":        l.InvitationToken("inv_11", 1),
		"another invitation":            l.InvitationToken("inv_2", 1),
		"another key":                   other.InvitationToken("inv_1", 1),
		"a verification of the same id": strings.Replace(l.VerificationToken("inv_1|1"), "rvt_", "rit_", 1),
	} {
		if before, ok := seen[token]; ok {
			t.Errorf("%s and %s have the same token", before, what)
		}
		seen[token] = what
	}

	if got, want := l.Invitation("inv_1", 1), "https://roster.example.com/accept/"+token; got != want {
		t.Errorf("invitation link %q, want %q", got, want)
	}
	if got, want := l.Verification("tok_1"), "https://roster.example.com/verify/"+l.VerificationToken("tok_1"); got != want {
		t.Errorf("verification link %q, want %q", got, want)
	}
}

func TestTheDatabaseKeepsTheHashOfAToken(t *testing.T) {
	t.Parallel()
	// FIPS 180-4, the example "abc".
	if got, want := Hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; got != want {
		t.Errorf("Hash(abc) = %s, want %s", got, want)
	}
}

// testLinks makes links as a courier in a test does.
func testLinks(base string) Links { return Links{Base: base, Key: bytes.Repeat([]byte{7}, 32)} }
