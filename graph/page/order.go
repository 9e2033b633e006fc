package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Order is the order of a list: columns that are never null (a row-value comparison with a null finds nothing, and a
// page would silently end there), all in one direction, and the id that breaks ties.
type Order[T any] struct {
	List  string // what is listed: "memberships"
	Scope string // whose list it is, such as an account's id: a cursor of one is refused by another's
	By    []Column[T]
	Desc  bool
	ID    func(T) string
}

// Column is one column of an order, and how a row tells its value.
type Column[T any] struct {
	name  string
	value func(T) any
	parse func(any) (any, bool)
}

// Text is a column of strings, compared byte by byte on both databases (COLLATE "C" on Postgres).
func Text[T any](name string, of func(T) string) Column[T] {
	return Column[T]{name, func(row T) any { return of(row) }, text}
}

// Number is a column of whole numbers.
func Number[T any](name string, of func(T) int64) Column[T] {
	return Column[T]{name, func(row T) any { return of(row) }, number}
}

// Moment is a column of moments, to the microsecond, which is what Postgres keeps. SQLite keeps them as text that sorts
// as long as it is all UTC and written by the same driver as the cursor's, which takes a time.Time.
func Moment[T any](name string, of func(T) time.Time) Column[T] {
	return Column[T]{name, func(row T) any { return of(row).UTC().Truncate(time.Microsecond) }, moment}
}

const (
	tagSize   = 8    // bytes of SHA-256 that tie a cursor to its list, its order and what it says
	maxCursor = 8192 // characters; the longest honest one holds a name of 400 characters
)

// Cursor is the place of a row in the list. It holds the row's values and not a row number, so it stays good when rows
// before it, or the row itself, disappear. It is no secret and gives no right: whoever makes one up reads a page of a
// list that they may read anyway.
func (o Order[T]) Cursor(row T) string {
	place := make([]any, 0, len(o.By)+1)
	for _, c := range o.By {
		place = append(place, c.value(row))
	}
	return o.encode(append(place, o.ID(row)))
}

// Decode gives the place that a cursor of this list stands for: a value for each column, then the id, ready to be
// compared with them in SQL. It refuses every text that Cursor would not have written for that place.
func (o Order[T]) Decode(cursor string) (place []any, ok bool) {
	if len(cursor) > maxCursor {
		return nil, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < tagSize {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(raw[tagSize:]))
	d.UseNumber()
	if d.Decode(&place) != nil || len(place) != len(o.By)+1 {
		return nil, false
	}
	for i, value := range place {
		parse := text
		if i < len(o.By) {
			parse = o.By[i].parse
		}
		if place[i], ok = parse(value); !ok {
			return nil, false
		}
	}
	return place, o.encode(place) == cursor
}

func (o Order[T]) encode(place []any) string {
	values := make([]any, len(place))
	for i, v := range place {
		if at, ok := v.(time.Time); ok {
			v = at.UnixMicro()
		}
		values[i] = v
	}
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	_ = e.Encode(values) // strings and int64s: cannot fail
	return base64.RawURLEncoding.EncodeToString(append(o.tag(body.Bytes()), body.Bytes()...))
}

// tag ties what a cursor says to this list and order. Each part is quoted, so that no two lists share a tag by the way
// their names join.
func (o Order[T]) tag(body []byte) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %t", o.List, o.Scope, o.Desc)
	for _, c := range o.By {
		fmt.Fprintf(h, " %q", c.name)
	}
	h.Write(body)
	return h.Sum(make([]byte, 0, sha256.Size+len(body)))[:tagSize]
}

// text takes a string that both databases can be asked for: Postgres answers a NUL with an error.
func text(v any) (any, bool) {
	s, ok := v.(string)
	return s, ok && utf8.ValidString(s) && !strings.Contains(s, "\x00")
}

func number(v any) (any, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return nil, false
	}
	i, err := strconv.ParseInt(n.String(), 10, 64)
	return i, err == nil
}

// moment takes the microseconds since 1970 of a year that has four digits: SQLite's text sorts no further, and
// Postgres knows no year below 4713 BC.
func moment(v any) (any, bool) {
	n, ok := number(v)
	if !ok {
		return nil, false
	}
	at := time.UnixMicro(n.(int64)).UTC()
	return at, at.Year() >= 1 && at.Year() <= 9999
}
