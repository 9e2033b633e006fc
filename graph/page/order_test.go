package page

import (
	"bytes"
	"encoding/base64"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/ent"
)

var a = &ent.ClientAccount{ID: "cli_1", NameKey: "smith & <sons>", Version: 7, CreatedAt: base.Add(time.Microsecond)}

func TestACursorGivesBackItsPlaceExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		row := &ent.ClientAccount{
			ID:        rapid.StringMatching(`[a-z]{3}_[0-9a-f]{1,60}`).Draw(t, "id"),
			NameKey:   rapid.StringN(0, 400, -1).Filter(func(s string) bool { _, ok := text(s); return ok }).Draw(t, "name"),
			Version:   rapid.Int().Draw(t, "version"),
			CreatedAt: time.UnixMicro(rapid.Int64Range(-6e16, 2.5e17).Draw(t, "at")).UTC(),
		}
		o := clients("x", rapid.Bool().Draw(t, "desc"), byName, byVersion, byAge)
		got, ok := o.Decode(o.Cursor(row))
		want := []any{row.NameKey, int64(row.Version), row.CreatedAt, row.ID}
		if !ok || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, %v; want %v", got, ok, want)
		}
	})
}

func TestACursorOfAnotherListIsRefused(t *testing.T) {
	t.Parallel()
	mine := clients("cli_1", false, byName)
	if _, ok := mine.Decode(mine.Cursor(a)); !ok {
		t.Fatal("a list's own cursor is refused")
	}
	others := map[string]Order[account]{
		"another account's":    clients("cli_2", false, byName),
		"nobody's":             clients("", false, byName),
		"the other way round":  clients("cli_1", true, byName),
		"in another order":     clients("cli_1", false, Text("name", func(a account) string { return a.NameKey })),
		"ordered by more":      clients("cli_1", false, byName, byName),
		"of another type":      clients("cli_1", false, Number("name_key", func(a account) int64 { return 1 })),
		"of another name":      {List: "clients\" \"cli_1", By: mine.By, ID: mine.ID},
		"of other things":      {List: "memberships", Scope: "cli_1", By: mine.By, ID: mine.ID},
		"ordered by its id":    clients("cli_1", false),
		"with its names moved": {List: "client", Scope: "scli_1", By: mine.By, ID: mine.ID},
	}
	for name, o := range others {
		if place, ok := mine.Decode(o.Cursor(a)); ok {
			t.Errorf("a cursor of a list that is %s is taken for %v", name, place)
		}
	}
}

// TestACursorThatSomebodyChangedIsRefused holds that no single changed, lost or added character goes through.
func TestACursorThatSomebodyChangedIsRefused(t *testing.T) {
	t.Parallel()
	o := clients("cli_1", false, byName, byVersion, byAge)
	good := o.Cursor(a)
	refuse := func(what, cursor string) {
		if place, ok := o.Decode(cursor); ok {
			t.Errorf("%s: taken for %v", what, place)
		}
	}
	for i := range good {
		refuse("truncated", good[:i])
		for _, c := range "AZaz09-_+/= \n\x00\xff" {
			if changed := good[:i] + string(c) + good[i+1:]; changed != good {
				refuse("changed", changed)
			}
			refuse("with something put in", good[:i]+string(c)+good[i:])
		}
	}
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	refuse("padded", base64.URLEncoding.EncodeToString(append(raw, '\n')))
	refuse("twice", good+good)
	refuse("in the other alphabet", base64.RawStdEncoding.EncodeToString(append(raw, 0xfb, 0xff)))
	refuse("huge", strings.Repeat("A", 10<<20))
	refuse("empty", "")
	refuse("an offset as others make them", base64.StdEncoding.EncodeToString([]byte("arrayconnection:5")))
}

// TestACursorMadeUpByWhoKnowsTheTagIsRefusedWhenADatabaseWouldNotTakeIt forges cursors with a right tag: it is no
// secret. Postgres would answer a NUL or a year beyond its own with an error.
func TestACursorMadeUpByWhoKnowsTheTagIsRefusedWhenADatabaseWouldNotTakeIt(t *testing.T) {
	t.Parallel()
	o := clients("cli_1", false, byName, byVersion, byAge)
	forge := func(body string) string {
		return base64.RawURLEncoding.EncodeToString(append(o.tag([]byte(body)), body...))
	}
	if _, ok := o.Decode(forge(`["n",7,1774749599500001,"cli_1"]` + "\n")); !ok {
		t.Fatal("a cursor like our own is refused: the others prove nothing")
	}
	for _, body := range []string{
		``, `null`, `{}`, `"n"`, `7`, `[]`, `[[]]`, `["n",7,1,"cli_1"`, "[\"n\",7,1,\"cli_1\"]", "[\"n\",7,1]\n",
		"[\"n\",7,1,\"cli_1\",\"cli_1\"]\n", "[7,7,1,\"cli_1\"]\n", "[null,7,1,\"cli_1\"]\n", "[\"n\",\"7\",1,\"cli_1\"]\n",
		"[\"n\",7.0,1,\"cli_1\"]\n", "[\"n\",7e0,1,\"cli_1\"]\n", "[\"n\",1e999,1,\"cli_1\"]\n", "[\"n\",9223372036854775808,1,\"cli_1\"]\n",
		"[\"n\",-0,1,\"cli_1\"]\n", "[\"n\",7,\"2026-01-01T00:00:00Z\",\"cli_1\"]\n", "[\"n\",7,true,\"cli_1\"]\n", "[\"n\",7,1,2]\n",
		"[\"n\",7,1,{\"a\":1}]\n", "[\"\\u0000\",7,1,\"cli_1\"]\n", "[\"n\",7,1,\"\\u0000\"]\n", "[\"\\ud800\",7,1,\"cli_1\"]\n",
		"[\"\xff\",7,1,\"cli_1\"]\n", "[\"\\u006e\",7,1,\"cli_1\"]\n", " [\"n\",7,1,\"cli_1\"]\n", "[\"n\", 7,1,\"cli_1\"]\n",
		"[\"n\",7,1,\"cli_1\"]\n\n", "[\"n\",7,1,\"cli_1\"]\n[]", "[\"n\",7,253402300800000000,\"cli_1\"]\n", "[\"n\",7,-62135596800000001,\"cli_1\"]\n",
		"[\"n\",7,9223372036854775807,\"cli_1\"]\n", "[\"n\",7,-9223372036854775808,\"cli_1\"]\n",
		strings.Repeat("[", 5000) + "\n",
	} {
		if place, ok := o.Decode(forge(body)); ok {
			t.Errorf("%q is taken for %v", body, place)
		}
	}
}

func FuzzNoTextMakesDecodePanicOrGiveAnotherPlace(f *testing.F) {
	o := clients("cli_1", false, byName, byVersion, byAge)
	f.Add(o.Cursor(a))
	f.Add("")
	f.Fuzz(func(t *testing.T, cursor string) {
		if place, ok := o.Decode(cursor); ok && o.encode(place) != cursor {
			t.Errorf("%q is taken for %v", cursor, place)
		}
	})
}

func TestTheLongestNameFitsIntoACursor(t *testing.T) {
	t.Parallel()
	o := clients("cli_1", false, byName, byVersion, byAge)
	row := &ent.ClientAccount{ID: strings.Repeat("x", 64), NameKey: strings.Repeat("\U0001f3ca", 401), Version: math.MinInt, CreatedAt: base}
	if _, ok := o.Decode(o.Cursor(row)); !ok {
		t.Errorf("a cursor of %d characters is refused", len(o.Cursor(row)))
	}
}

func TestAMomentIsKeptToTheMicrosecondWhateverItsZone(t *testing.T) {
	t.Parallel()
	o := clients("", false, byAge)
	there := &ent.ClientAccount{ID: "cli_1", CreatedAt: base.Add(1999 * time.Nanosecond).In(time.FixedZone("", 3600))}
	here := &ent.ClientAccount{ID: "cli_1", CreatedAt: base.Add(time.Microsecond)}
	if !bytes.Equal([]byte(o.Cursor(there)), []byte(o.Cursor(here))) {
		t.Error("the same moment gives two cursors")
	}
}
