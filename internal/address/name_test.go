package address

import "testing"

func TestANameIsWhatAReaderSees(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"  Zoë   Marsh ":   "Zoë Marsh",
		"Zoe\u0308":        "Zoë",
		"a\u202eb\u200bc":  "abc",
		"می\u200cخواهم":    "می\u200cخواهم",
		"\u200d":           "",
		"\u2800":           "",
		"\u0301":           "",
		" \t\u00a0":        "",
		"4 Oak & Co. (UK)": "4 Oak & Co. (UK)",
		"\xff":             "",
	} {
		if got := Name(text); got != want {
			t.Errorf("Name(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestAKeyOfAKeyIsItself(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"ſ́", "ẞ", "ΐ", "Émile", "İstanbul", "ﬃ", "Ǆ"} {
		once := Key(text)
		if twice := Key(once); twice != once {
			t.Errorf("Key(%q) = %q, and again %q", text, once, twice)
		}
	}
}
