package courier

import (
	"strings"
	"testing"
)

func TestANameInAMailIsOneLineOfPlainText(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ sentence, name, want string }{
		{"an ordinary name stays", "Hill Bakery Ltd", "Hill Bakery Ltd"},
		{"letters of every language stay", "Zoë Ó Brádaigh 李小龙", "Zoë Ó Brádaigh 李小龙"},
		{"apostrophes and quotes stay", `O'Neil "Bob" & Sons`, `O'Neil "Bob" & Sons`},
		{"a slash between words stays", "Bed/Breakfast", "Bed/Breakfast"},
		{"a dot at the end stays", "Smith & Co.", "Smith & Co."},
		{"line breaks become spaces", "Hill\r\nBcc: victim", "Hill Bcc: victim"},
		{"invisible characters vanish", "Hi\u200bll \u202eyrekaB", "Hill yrekaB"},
		{"markup stays text, for the template to escape", "<b>Hill</b>", "<b>Hill</b>"},
		{"a URL is broken up", "http://evil.example/x", "http:/ /evil. example/x"},
		{"a bare host is broken up", "evil.example", "evil. example"},
		{"a host after www is broken up", "www.evil.example", "www. evil. example"},
		{"a host with foreign dots is broken up", "evil。example", "evil。 example"},
		{"an address is broken up", "me@evil.example", "me @ evil. example"},
		{"a scheme without slashes is broken up", "tel:0900", "tel: 0900"},
		{"nothing becomes the fallback", " \u200b\t", "a business"},
		{"a long name is cut", strings.Repeat("é", 200), strings.Repeat("é", 79) + "…"},
	} {
		if got := plain(row.name, "a business"); got != row.want {
			t.Errorf("%s: plain(%q) = %q, want %q", row.sentence, row.name, got, row.want)
		}
	}
}

func TestAGreetingLeavesOutWhatLooksLikeALink(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, want string }{
		{"Jane", "Hello Jane,"},
		{"J.P.", "Hello J. P.,"},
		{"Anne-Marie", "Hello Anne-Marie,"},
		{"http://evil.example", "Hello,"},
		{"evil.example", "Hello,"},
		{"Jane evil．example", "Hello,"},
		{"me@evil", "Hello,"},
		{"", "Hello,"},
		{"You have won a prize and should call this number", "Hello,"},
	} {
		if got := greeting(row.name); got != row.want {
			t.Errorf("greeting(%q) = %q, want %q", row.name, got, row.want)
		}
	}
}

func TestAMaskedAddressShowsOneLetterAndTheDomain(t *testing.T) {
	t.Parallel()
	for email, want := range map[string]string{
		"paul@example.com": "p•••@example.com",
		"é@example.com":    "é•••@example.com",
		"a@b@example.com":  "a•••@example.com",
		"@example.com":     "•••",
		"nobody":           "•••",
		"":                 "•••",
	} {
		if got := Mask(email); got != want {
			t.Errorf("Mask(%q) = %q, want %q", email, got, want)
		}
	}
}

func TestANameCannotBeAnEncodedWord(t *testing.T) {
	t.Parallel()
	if got := plain("=?utf-8?b?ZXZpbC5jb20gY2xpY2s=?=", ""); strings.Contains(got, "=?") {
		t.Errorf("a subject with %q is read as an encoded word (RFC 2047)", got)
	}
}
