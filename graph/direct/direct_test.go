package direct

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
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
	for _, loan := range []*Loan{nil, {}} {
		a := &written{roomWith("mine"), loan}
		var out bytes.Buffer
		a.MarshalGQL(&out)
		if out.String() != "mine" {
			t.Errorf("got %q", out.String())
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("it was written again: %q", out.String())
				}
			}()
			a.MarshalGQL(&out)
		}()
	}
}

// What stands around an answer stays around it, whether the buffer goes on in the answer's room or the answer is copied: behind
// much, in what is no buffer, and where nobody said when it was read.
func TestAnAnswerIsReadWhereItWasWritten(t *testing.T) {
	t.Parallel()
	for _, before := range []string{"", `{"a":`, strings.Repeat("b", front), strings.Repeat("c", front+1)} {
		for _, after := range []string{"", "}", strings.Repeat("d", 2*behind)} {
			loan := &Loan{}
			first, second := &written{roomWith("first"), loan}, &written{roomWith("second"), loan}
			mine := first.room
			var out bytes.Buffer
			out.WriteString(before)
			first.MarshalGQL(&out)
			out.WriteString(",")
			second.MarshalGQL(&out)
			out.WriteString(after)
			if got, want := out.String(), before+"first,second"+after; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if lent, want := len(loan.rooms) > 0 && loan.rooms[0] == mine, len(before) <= front; lent != want {
				t.Errorf("behind %d bytes the room was lent: %v, want %v", len(before), lent, want)
			}
		}
	}
	var out strings.Builder
	loan := &Loan{}
	(&written{roomWith("mine"), loan}).MarshalGQL(&out)
	if out.String() != "mine" || len(loan.rooms) > 0 {
		t.Errorf("got %q, %d rooms lent", out.String(), len(loan.rooms))
	}
}

// A whole answer stays what it is while others are written, until it was given back: where nobody lent its room it is a copy.
func TestAWholeAnswerIsNobodyElses(t *testing.T) {
	t.Parallel()
	text := func(b []byte, s string) ([]byte, bool) { return append(b, s...), true }
	for n := range 100 {
		lent, loan := Lend(t.Context())
		for _, ctx := range []context.Context{t.Context(), lent} {
			long := strings.Repeat("x", n*20)
			first, ok := Whole(ctx, text, long, "{", "}")
			second, ok2 := Whole(ctx, text, "other", "<", ">")
			if string(first) != "{"+long+"}" || string(second) != "<other>" || !ok || !ok2 {
				t.Fatalf("got %q, %q", first, second)
			}
			if data, ok := Whole(ctx, func(b []byte, _ int) ([]byte, bool) { return append(b, "half"...), false }, 0, "", ""); ok {
				t.Fatalf("what could not be written is %q", data)
			}
		}
		if len(loan.rooms) != 2 {
			t.Fatalf("%d rooms are lent", len(loan.rooms))
		}
		loan.Back()
		room := rooms.Get().(*[]byte)
		if len(*room) < front {
			t.Fatalf("the next answer has a room of %d bytes", len(*room))
		}
		rooms.Put(room)
	}
}

// What remembers within one answer what it wrote, or asks who reads it, is in no plan that lasts.
func TestWhatIsOfOneAnswerDoesNotLast(t *testing.T) {
	t.Parallel()
	o := &Object[string]{Name: "Text", Fields: map[string]Field[string]{"text": Text(func(s string) string { return s })}}
	field := Alike(o, func(s string) string { return s }, func(s string) (string, bool) { return s, true })
	asked := ast.SelectionSet{&ast.Field{Name: "text", Alias: "text", ObjectDefinition: &ast.Definition{Name: "Text"}}}
	op := &graphql.OperationContext{}
	for _, ctx := range []context.Context{nil, t.Context()} {
		if lasts := field(&Plan{Context: ctx, operation: op, made: map[made]any{}}, asked) != nil; lasts != (ctx != nil) {
			t.Errorf("with the context %v it is written: %v", ctx, lasts)
		}
	}
	if Lasting(op, o, asked) == nil {
		t.Error("a text does not last")
	}
}

func roomWith(text string) *[]byte {
	b := append(make([]byte, front), text...)
	b = slices.Grow(b, behind)
	return &b
}
