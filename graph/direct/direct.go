// Package direct writes what was read already straight to JSON. gqlgen answers each field by itself, which costs 1.6 µs and 17
// allocations a field, whatever is behind it; a page of fifty rows has thousands of fields that are nothing but a value in
// hand. An Object lists how those are written. Where a client asks for one that it does not list, or a value is not in
// hand, it steps aside, and gqlgen answers as always: both ways answer byte for byte the same, or the first does not
// answer. It decides nothing, reads nothing and shows nothing that gqlgen would not show.
package direct

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Write appends one value's JSON. ok is false where the value is not in hand; then nothing that was appended counts.
type Write[T any] func(b []byte, v T) (out []byte, ok bool)

// Field makes, of how a client asks for a field, what writes it; nil where only gqlgen can.
type Field[T any] func(p *Plan, selections ast.SelectionSet) Write[T]

// Object is one GraphQL type: its name, its interfaces, and those of its fields that can be written.
type Object[T any] struct {
	Name       string
	Interfaces []string
	Fields     map[string]Field[T]
}

// Plan is how one answer is written, or where it has no context any number of them.
type Plan struct {
	Context   context.Context // nil for a plan that lasts: what needs one cannot be in it
	operation *graphql.OperationContext
	made      map[made]any // what writes a selection that a fragment repeats
}

type made struct {
	of    any
	first *ast.Selection
	count int
}

// write makes what writes an object as a client selected it; nil where only gqlgen can.
func (o *Object[T]) write(p *Plan, selections ast.SelectionSet) Write[T] {
	if len(selections) == 0 {
		return nil
	}
	if f, ok := selections[0].(*ast.FragmentSpread); ok && len(selections) == 1 && len(f.Directives) == 0 && f.Definition.TypeCondition == o.Name {
		return o.write(p, f.Definition.SelectionSet) // so that all who ask by this fragment share what writes it
	}
	key := made{o, &selections[0], len(selections)}
	if known, ok := p.made[key]; ok {
		return known.(Write[T])
	}
	w := o.make(p, selections)
	p.made[key] = w
	return w
}

type step[T any] struct {
	key   string
	write Write[T]
}

func (o *Object[T]) make(p *Plan, selections ast.SelectionSet) Write[T] {
	fields := graphql.CollectFields(p.operation, selections, append([]string{o.Name}, o.Interfaces...))
	if len(fields) == 0 { // all that is asked is of another type that stands in its place
		return func(b []byte, _ T) ([]byte, bool) { return append(b, "{}"...), true }
	}
	steps := make([]step[T], len(fields))
	for i, f := range fields {
		field := o.Fields[f.Name]
		switch {
		case len(f.Deferrables) > 0 || len(f.Arguments) > 0:
			return nil
		case f.Name == "__typename":
			name := strconv.Quote(o.Name)
			steps[i].write = func(b []byte, _ T) ([]byte, bool) { return append(b, name...), true }
		case field == nil:
			return nil
		default:
			if steps[i].write = field(p, f.Selections); steps[i].write == nil {
				return nil
			}
		}
		steps[i].key = `,"` + f.Alias + `":`
	}
	steps[0].key = "{" + steps[0].key[1:]
	return func(b []byte, v T) ([]byte, bool) {
		for i := range steps {
			var ok bool
			if b, ok = steps[i].write(append(b, steps[i].key...), v); !ok {
				return b, false
			}
		}
		return append(b, '}'), true
	}
}

// Leaf is a field without fields of its own.
func Leaf[T any](w Write[T]) Field[T] {
	return func(*Plan, ast.SelectionSet) Write[T] { return w }
}

// Text is a string, an id or an enum.
func Text[T any, S ~string](get func(T) S) Field[T] {
	return Leaf(func(b []byte, v T) ([]byte, bool) { return String(b, string(get(v))), true })
}

// Maybe is a Text that may be null.
func Maybe[T any, S ~string](get func(T) *S) Field[T] {
	return Leaf(func(b []byte, v T) ([]byte, bool) {
		if s := get(v); s != nil {
			return String(b, string(*s)), true
		}
		return append(b, "null"...), true
	})
}

// Texts is a list of strings or enums. Null is a list that is nil, where null may be.
func Texts[T any, S ~string](get func(T) []S, null bool) Field[T] {
	return Leaf(func(b []byte, v T) ([]byte, bool) {
		list := get(v)
		if list == nil && null {
			return append(b, "null"...), true
		}
		b = append(b, '[')
		for i, s := range list {
			if i > 0 {
				b = append(b, ',')
			}
			b = String(b, string(s))
		}
		return append(b, ']'), true
	})
}

// Bool is true or false.
func Bool[T any](get func(T) bool) Field[T] {
	return Leaf(func(b []byte, v T) ([]byte, bool) { return strconv.AppendBool(b, get(v)), true })
}

// Int is a whole number.
func Int[T any](get func(T) int) Field[T] {
	return Leaf(func(b []byte, v T) ([]byte, bool) { return strconv.AppendInt(b, int64(get(v)), 10), true })
}

// Count is a whole number that may be null.
func Count[T any](get func(T) *int) Field[T] {
	return Leaf(func(b []byte, v T) ([]byte, bool) {
		if n := get(v); n != nil {
			return strconv.AppendInt(b, int64(*n), 10), true
		}
		return append(b, "null"...), true
	})
}

// Moment is a DateTime, in RFC 3339 and UTC; nil is null.
func Moment[T any](get func(T) *time.Time) Field[T] {
	return Leaf(func(b []byte, v T) ([]byte, bool) {
		if t := get(v); t != nil {
			return append(t.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"'), true
		}
		return append(b, "null"...), true
	})
}

// One is a field with fields of its own. some is false where it is null, and ok where it is not in hand.
func One[T, U any](o *Object[U], get func(T) (u U, some, ok bool)) Field[T] {
	return func(p *Plan, selections ast.SelectionSet) Write[T] {
		w := o.write(p, selections)
		if w == nil {
			return nil
		}
		return func(b []byte, v T) ([]byte, bool) {
			u, some, ok := get(v)
			if !ok || !some {
				return append(b, "null"...), ok
			}
			return w(b, u)
		}
	}
}

// Is is One that is always there.
func Is[T, U any](o *Object[U], get func(T) U) Field[T] {
	return One(o, func(v T) (U, bool, bool) { return get(v), true, true })
}

// Alike is One for what is written alike whenever its key is: of each key the first is written, and repeated for the others.
// A key that is not ok is one of what is not in hand.
func Alike[T, U any, K comparable](o *Object[U], get func(T) U, key func(T) (k K, ok bool)) Field[T] {
	return func(p *Plan, selections ast.SelectionSet) Write[T] {
		w := o.write(p, selections)
		if w == nil || p.Context == nil {
			return nil
		}
		written := map[K][]byte{}
		return func(b []byte, v T) ([]byte, bool) {
			k, ok := key(v)
			if !ok {
				return b, false
			}
			if before, ok := written[k]; ok {
				return append(b, before...), true
			}
			from := len(b)
			if b, ok = w(b, get(v)); ok {
				written[k] = b[from:len(b):len(b)] // what was appended stays as it is
			}
			return b, ok
		}
	}
}

// Either is a field of an interface that two types implement. Anything else is not in hand.
func Either[T, A, B any](a *Object[A], b *Object[B], get func(T) any) Field[T] {
	return func(p *Plan, selections ast.SelectionSet) Write[T] {
		writeA, writeB := a.write(p, selections), b.write(p, selections)
		if writeA == nil || writeB == nil {
			return nil
		}
		return func(out []byte, v T) ([]byte, bool) {
			switch x := get(v).(type) {
			case A:
				return writeA(out, x)
			case B:
				return writeB(out, x)
			}
			return out, false
		}
	}
}

// Many is a list of things with fields. ok is false where it is not in hand.
func Many[T, U any](o *Object[U], get func(T) (list []U, ok bool)) Field[T] {
	return func(p *Plan, selections ast.SelectionSet) Write[T] {
		w := o.write(p, selections)
		if w == nil {
			return nil
		}
		return func(b []byte, v T) ([]byte, bool) {
			list, ok := get(v)
			if !ok {
				return b, false
			}
			b = append(b, '[')
			for i, u := range list {
				if i > 0 {
					b = append(b, ',')
				}
				if b, ok = w(b, u); !ok {
					return b, false
				}
			}
			return append(b, ']'), true
		}
	}
}

// Answer is a value's JSON as it was selected in the field that is being resolved; ok is false where gqlgen has to answer.
func Answer[T any](ctx context.Context, o *Object[T], v T) (m graphql.Marshaler, ok bool) {
	p := &Plan{Context: ctx, operation: graphql.GetOperationContext(ctx), made: map[made]any{}}
	w := o.write(p, graphql.GetFieldContext(ctx).Field.Selections)
	if w == nil {
		return nil, false
	}
	room := rooms.Get().(*[]byte)
	b, ok := w((*room)[:front], v)
	*room = b
	if !ok {
		giveBack(room)
		return nil, false
	}
	*room = slices.Grow(b, behind)[:len(b)]
	loan, _ := ctx.Value(loanKey{}).(*Loan)
	return &written{room, loan}, true
}

// Lasting is what writes a selection of an object in any number of answers, at the same time, too; nil where there is no such thing. In
// the selection must be no directives, by which one request would differ from another.
func Lasting[T any](op *graphql.OperationContext, o *Object[T], selections ast.SelectionSet) Write[T] {
	return o.write(&Plan{operation: op, made: map[made]any{}}, selections)
}

// Whole is an answer in which stands, between two texts, what w writes. Under a context of Lend it is read where it was written.
func Whole[T any](ctx context.Context, w Write[T], v T, before, behind string) (data []byte, ok bool) {
	room := rooms.Get().(*[]byte)
	data, ok = w(append((*room)[:0], before...), v)
	data = append(data, behind...)
	*room = data[:max(len(data), front)] // behind front another answer begins
	loan, _ := ctx.Value(loanKey{}).(*Loan)
	if !ok || loan == nil {
		data = slices.Clone(data)
		giveBack(room)
		return data, ok
	}
	loan.rooms = append(loan.rooms, room)
	return data, true
}

// rooms are where answers are written, for the next ones: a page of people with all that their menus say has 300 KB.
var rooms = sync.Pool{New: func() any { b := make([]byte, front); return &b }}

// In a room there is place for what gqlgen writes around an answer: the names of the fields that it is in.
const front, behind = 512, 64

// giveBack keeps room for the next answer, but not what one was that is larger than any page.
func giveBack(room *[]byte) {
	if cap(*room) <= 1<<20 {
		rooms.Put(room)
	}
}

// Loan are the rooms of answers that somebody reads where they were written.
type Loan struct{ rooms []*[]byte }

type loanKey struct{}

// Lend lets answers under ctx be read where they were written, which spares copying them. Whoever gets them calls Back once
// nobody reads them any more, and never where somebody might; then the rooms are garbage like everything else.
func Lend(ctx context.Context) (context.Context, *Loan) {
	l := &Loan{}
	return context.WithValue(ctx, loanKey{}, l), l
}

// Back gives the rooms to the next answers.
func (l *Loan) Back() {
	for _, room := range l.rooms {
		giveBack(room)
	}
	l.rooms = nil
}

type written struct {
	room *[]byte
	loan *Loan // nil where the answer has to be copied
}

// MarshalGQL writes it, once: after that the room holds somebody else's answer. Into a buffer that holds little so far it is not
// copied: the buffer goes on in the room, with what it held in front.
func (a *written) MarshalGQL(w io.Writer) {
	room := a.room
	a.room = nil // so that a second time panics
	if b, ok := w.(*bytes.Buffer); ok && a.loan != nil && b.Len() <= front {
		from := front - b.Len()
		copy((*room)[from:], b.Bytes())
		*b = *bytes.NewBuffer((*room)[from:])
		a.loan.rooms = append(a.loan.rooms, room)
		return
	}
	_, _ = w.Write((*room)[front:]) // into memory, which never fails
	giveBack(room)
}

// escaped are the characters that do not stand for themselves in JSON.
var escaped = func() (set [256]bool) {
	for c := range byte(0x20) {
		set[c] = true
	}
	set['"'], set['\\'] = true, true
	return set
}()

const hex = "0123456789ABCDEF"

// String appends a string's JSON as gqlgen writes it: it escapes what it must and nothing else.
func String(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !escaped[c] {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\t':
			b = append(b, '\\', 't')
		case '\r':
			b = append(b, '\\', 'r')
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(b, s[from:]...), '"')
}
