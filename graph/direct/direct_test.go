package direct

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
)

// Whatever a text holds, it is written as gqlgen writes it, and a client reads back the same.
func FuzzATextIsWrittenAsGqlgenWritesIt(f *testing.F) {
	for _, text := range []string{"", "plain", `"quoted\"`, "tab\tand\nline\r", "\x00\x01\x1f\x7f", "Ünïcödé 🏊 \u2028\u2029", "<b>&amp;</b>", "\xff broken \xc3"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var theirs bytes.Buffer
		graphql.MarshalString(text).MarshalGQL(&theirs)
		ours := String([]byte("before "), text)[len("before "):]
		if !bytes.Equal(ours, theirs.Bytes()) {
			t.Errorf("%q is %s, by gqlgen %s", text, ours, theirs.Bytes())
		}
		var read string
		if utf8.ValidString(text) && (json.Unmarshal(ours, &read) != nil || read != text) {
			t.Errorf("%q is read back as %q", text, read)
		}
	})
}

// An answer that is written a second time would be what stands in its room by then: somebody else's.
func TestAnAnswerIsWrittenOnce(t *testing.T) {
	t.Parallel()
	mine := []byte("mine")
	a := &written{&mine}
	var out bytes.Buffer
	a.MarshalGQL(&out)
	if out.String() != "mine" {
		t.Errorf("got %q", out.String())
	}
	defer func() {
		if recover() == nil {
			t.Errorf("it was written again: %q", out.String())
		}
	}()
	a.MarshalGQL(&out)
}
