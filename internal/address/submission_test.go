package address

import (
	"strings"
	"testing"
)

func TestALocalPartIsFoldedOrRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Robin.Marlow": "robin.marlow", " abc ": "abc", "a-b_c.9": "a-b_c.9", strings.Repeat("a", 64): strings.Repeat("a", 64),
		"": "", "ab": "", strings.Repeat("a", 65): "", ".abc": "", "abc.": "", "-abc": "", "abc_": "", "a..b": "", "a b": "", "a+b": "", "a@b": "", "zoë": "", "a\u0000b": "",
		"аbc": "", "ＡＢＣ": "", "İbc": "", "postmaster": "", "PostMaster": "", "abuse": "", "roster": "", "no-reply": "",
	} {
		got, err := LocalPart(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("LocalPart(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestALocalPartIsDerivedFromNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		names []string
		want  string
	}{
		{[]string{"Robin", "Marlow"}, "robin.marlow.7k3f9x"},
		{[]string{"Zoë", "D'Arcy Saint-Clair"}, "zoe.d-arcy-saint-c.7k3f9x"},
		{[]string{"王", "芳"}, "7k3f9x"},
		{[]string{"Marsh Bakery & Sons (Holdings) International"}, "marsh-bakery-s.7k3f9x"},
		{[]string{"-", "Ng"}, "ng.7k3f9x"},
	} {
		got := Derive(c.names, "7k3f9x")
		if again, err := LocalPart(got); got != c.want || err != nil || again != got {
			t.Errorf("Derive(%q) = %q, want %q; as a local part %q, %v", c.names, got, c.want, again, err)
		}
	}
}
