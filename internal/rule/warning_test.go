package rule

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestEmailWarnings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence, email string
		want            []Code
	}{
		{"C7: one's own address", "jane.doe@marsh-bakery.example", nil},
		{"C7: an address that several people read", "info@marsh-bakery.example", []Code{EmailGeneric}},
		{"C7: so it is with a tag", "accounts+vat@marsh-bakery.example", []Code{EmailGeneric}},
		{"C7: a name that only begins like one", "infofreak@marsh-bakery.example", nil},
		{"C7: a letter left out", "jane@gmal.com", []Code{EmailLooksMistyped}},
		{"C7: a letter added", "jane@hotmaill.com", []Code{EmailLooksMistyped}},
		{"C7: a letter mistaken", "jane@outlool.com", []Code{EmailLooksMistyped}},
		{"C7: two letters swapped", "jane@gmial.com", []Code{EmailLooksMistyped}},
		{"C7: the last letter left out", "jane@gmail.co", []Code{EmailLooksMistyped}},
		{"C7: both", "sales@yaho.com", []Code{EmailGeneric, EmailLooksMistyped}},
		{"C7: a common domain", "jane@gmail.com", nil},
		{"C7: a common domain beside another", "jane@mail.com", nil},
		{"C7: a short domain is nobody's error", "jane@be.com", nil},
		{"C7: two errors are another domain", "jane@gmaal.cm", nil},
	} {
		if got := codes(EmailWarnings(c.email)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: %s: got %v, want %v", c.sentence, c.email, got, c.want)
		}
	}
}

func TestOneErrorApartIsTheDistanceOfDamerau(t *testing.T) {
	t.Parallel()
	word := rapid.StringOfN(rapid.RuneFrom([]rune("ab.")), 0, 6, -1)
	if oneErrorApart("abx", "bcx") || !oneErrorApart("abx", "bax") { // rare among random words
		t.Error("neighbours are swapped when each stands where the other stood")
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if got, want := oneErrorApart(a, b), damerau(a, b) == 1; got != want {
			t.Fatalf("oneErrorApart(%q, %q) = %v, want %v", a, b, got, want)
		}
	})
}

// damerau is the optimal string alignment distance, by the book.
func damerau(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
