package rule

import (
	"bufio"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	context := []string{"ada.okafor@marsh-bakery.example", "Ada", "Okafor", "Okafor & Partners"}
	for _, row := range []struct{ sentence, password, want string }{
		{"there must be one", "", "REQUIRED"},
		{"fourteen characters are too few", "velvet harbour", "PASSWORD_TOO_WEAK"},
		{"characters are counted, not bytes", "žluťoučký kůň!", "PASSWORD_TOO_WEAK"},
		{"256 characters are enough", strings.Repeat("kettle velvet ", 18) + "harb", ""},
		{"257 are too many", strings.Repeat("kettle velvet ", 18) + "harbo", "TOO_LONG"},
		{"what is no text is none", "velvet harbour \xff ninety", "INVALID"},

		{"the demo's password", "correct horse battery", ""},
		{"four words", "velvet harbour ninety lanterns", ""},
		{"four words in one", "kettlegingerlanternmoss", ""},
		{"a sentence", "my cat sleeps on the radiator", ""},
		{"one in German", "der Zug kommt heute später an", ""},
		{"one in Greek", "το τρένο αργεί πάλι σήμερα", ""},
		{"one in Russian", "поезд сегодня опять опоздал", ""},
		{"one in Arabic", "القطار متأخر مرة أخرى اليوم", ""},
		{"one in Japanese", "今日も電車が遅れて困りますね本当に", ""},
		{"one in Chinese", "今天火车又晚点了我只好走路去上班", ""},
		{"one in Hindi", "आज ट्रेन फिर देर से आई", ""},
		{"small letters by chance", "xkqvbdwmzrtplhc", ""},
		{"what a password manager makes", "G7#tz!pQ4v&Lm2x", ""},
		{"figures by chance", "839204761593027", ""},
		{"a common password before enough else", "password velvet harbour lanterns", ""},

		{"a common password twice", "passwordpassword", "PASSWORD_TOO_WEAK"},
		{"with a space", "password password", "PASSWORD_TOO_WEAK"},
		{"with figures for letters", "P@ssw0rdP@ssw0rd!", "PASSWORD_TOO_WEAK"},
		{"forwards and backwards", "passworddrowssap", "PASSWORD_TOO_WEAK"},
		{"three times with a figure", "monkeymonkeymonkey1", "PASSWORD_TOO_WEAK"},
		{"in another case each time", "PassWordPASSWORDpassword", "PASSWORD_TOO_WEAK"},
		{"in wide letters", "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ", "PASSWORD_TOO_WEAK"},
		{"a letter at a time", "p-a-s-s-w-o-r-d-1-2-3", "PASSWORD_TOO_WEAK"},
		{"a sentence that many use", "iloveyouiloveyou1", "PASSWORD_TOO_WEAK"},
		{"with a year", "letmeinletmein2026", "PASSWORD_TOO_WEAK"},
		{"three that everybody uses", "dragonmonkeysunshine", "PASSWORD_TOO_WEAK"},
		{"a season and years", "Summer2025Summer2026", "PASSWORD_TOO_WEAK"},
		{"filled up with signs", "welcome!!!!!!!!!!", "PASSWORD_TOO_WEAK"},
		{"filled up with spaces", "qwerty              ", "PASSWORD_TOO_WEAK"},
		{"filled up with different signs", "123456-_.,/:;|+", "PASSWORD_TOO_WEAK"},
		{"one long common one", "123456789987654321", "PASSWORD_TOO_WEAK"},
		{"keys in a row, and figures", "qwertyuiop123456", "PASSWORD_TOO_WEAK"},
		{"keys in columns", "1qaz2wsx3edc4rfv5tgb", "PASSWORD_TOO_WEAK"},
		{"with the shift key", "!QAZ@WSX#EDC$RFV", "PASSWORD_TOO_WEAK"},
		{"keys in zigzag", "q1w2e3r4t5y6u7i8", "PASSWORD_TOO_WEAK"},
		{"keys of other countries", "qwertzuiopasdfghjkl", "PASSWORD_TOO_WEAK"},
		{"keys from right to left", "poiuytrewqlkjhgfdsa", "PASSWORD_TOO_WEAK"},
		{"figures in order", "123456789012345", "PASSWORD_TOO_WEAK"},
		{"figures backwards", "987654321098765", "PASSWORD_TOO_WEAK"},
		{"figures in order with signs between", "1-2-3-4-5-6-7-8", "PASSWORD_TOO_WEAK"},
		{"the alphabet", "abcdefghijklmnopqrstuvwxyz", "PASSWORD_TOO_WEAK"},
		{"the alphabet in Greek", "αβγδεζηθικλμνξοπρ", "PASSWORD_TOO_WEAK"},
		{"one letter", "aaaaaaaaaaaaaaa", "PASSWORD_TOO_WEAK"},
		{"one letter in Chinese", "好好好好好好好好好好好好好好好", "PASSWORD_TOO_WEAK"},
		{"three letters", "abcabcabcabcabcabc", "PASSWORD_TOO_WEAK"},
		{"any short thing again and again", "x7k2x7k2x7k2x7k2", "PASSWORD_TOO_WEAK"},
		{"spaces", "               ", "PASSWORD_TOO_WEAK"},
		{"a date and a year", "31.12.1999-1999", "PASSWORD_TOO_WEAK"},

		{"the person's address", "ada.okafor@marsh-bakery.example", "PASSWORD_TOO_WEAK"},
		{"the person's name twice", "AdaOkaforAdaOkafor", "PASSWORD_TOO_WEAK"},
		{"with figures for letters", "0kaf0rB@keryM@rsh1", "PASSWORD_TOO_WEAK"},
		{"the name and a year", "ada okafor 1984 2026", "PASSWORD_TOO_WEAK"},
		{"the practice's name", "okafor & partners", "PASSWORD_TOO_WEAK"},
		{"ours", "rosterrosterroster1", "PASSWORD_TOO_WEAK"},
		{"ours with a password", "Roster-Password-2026", "PASSWORD_TOO_WEAK"},
		{"the person's name and enough else", "ada likes velvet lanterns", ""},
	} {
		got := codesText(Password(row.password, context...))
		if got != row.want {
			bits, parts := guessed(row.password, context)
			t.Errorf("%s: %q is answered %q, want %q: %.1f bits of %v", row.sentence, row.password, got, row.want, bits, parts)
		}
	}
}

func TestARefusedPasswordIsToldWhy(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"passwordpassword":     "passwords that many people use",
		"letmeinletmein2026":   "passwords that many people use, a year or a date and the same again",
		"ada okafor 123456789": "passwords that many people use and names that belong to you or to Roster",
		"x7k2x7k2x7k2x7k2":     "the same again",
		"bcdefghijklmnopq":     "letters, figures or keys in a row",
		"                    ": "spaces and signs",
	} {
		v := Password(password, "Ada Okafor")
		if len(v) != 1 || !strings.Contains(v[0].Message, "it is little but "+want+".") {
			t.Errorf("%q is answered %+v, want %q in it", password, v, want)
		}
	}
}

// listed are the 2,048 common English words of BIP 39 (MIT), which wallets make phrases of.
func listed(t testing.TB) (words []string) {
	file, err := os.Open("testdata/words.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		words = append(words, lines.Text())
	}
	if len(words) != 2048 {
		t.Fatalf("there are %d words", len(words))
	}
	return words
}

// Words that were drawn by lot make a good password, however common each of them is.
func TestWordsDrawnByLotAreNotRefused(t *testing.T) {
	t.Parallel()
	words, dice := listed(t), rand.New(rand.NewPCG(1, 0))
	for _, row := range []struct {
		words int
		most  int // refused in 4,000
	}{{4, 2}, {5, 0}, {6, 0}} {
		refused := 0
		for range 4_000 {
			list := make([]string, row.words)
			for i := range list {
				list[i] = words[dice.IntN(len(words))]
			}
			phrase := strings.Join(list, []string{" ", "-", "", "."}[dice.IntN(4)])
			if utf8.RuneCountInString(phrase) < MinPassword {
				continue
			}
			if Password(phrase, "ada.okafor@marsh-bakery.example", "Ada Okafor").Refused() {
				refused++
				bits, _ := guessed(phrase, nil)
				t.Logf("%q: %.1f bits", phrase, bits)
			}
		}
		if refused > row.most {
			t.Errorf("%d of 4,000 phrases of %d words are refused, want at most %d", refused, row.words, row.most)
		}
		t.Logf("%d of 4,000 phrases of %d words are refused", refused, row.words)
	}
}

func TestCharactersDrawnByLotAreNotRefused(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(2, 0))
	for _, alphabet := range []string{"abcdefghijklmnopqrstuvwxyz", "0123456789", "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
		"!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~", "абвгдежзийклмнопрстуфхцчшщъыьэюя"} {
		letters, refused := []rune(alphabet), 0
		for range 4_000 {
			text := make([]rune, MinPassword+dice.IntN(5))
			for i := range text {
				text[i] = letters[dice.IntN(len(letters))]
			}
			if Password(string(text)).Refused() {
				refused++
			}
		}
		if refused > 1 { // fifteen figures have the fewest bits, and dates in them by chance
			t.Errorf("%d of 4,000 passwords of %.20s… are refused", refused, alphabet)
		}
	}
}

// A fifth of the passwords of the list, all through it: each is refused, however it is made long enough.
func TestCommonPasswordsThatAreMadeLongerAreRefused(t *testing.T) {
	t.Parallel()
	longer := map[string]func(string) string{
		"again and again":   func(p string) string { return strings.Repeat(p, 1+MinPassword/len(p)) },
		"with figures":      func(p string) string { return p + "123456789012345"[:max(0, MinPassword-len(p))] },
		"with one sign":     func(p string) string { return p + strings.Repeat("!", max(0, MinPassword-len(p))) },
		"again and a year":  func(p string) string { return strings.Repeat(p, 2+10/len(p)) + "2026" },
		"backwards as well": func(p string) string { return fill(p+reversed(p), "1") },
		"with a space":      func(p string) string { return fill(p+" "+p, " ") },
	}
	all := slices.Sorted(maps.Keys(commonPasswords().bits))
	var fifth []string
	for i := 0; i < len(all); i += 5 {
		fifth = append(fifth, all[i])
	}
	for how, longer := range longer {
		passed := 0
		for _, p := range fifth {
			if text := longer(p); utf8.RuneCountInString(text) >= MinPassword && !Password(text).Refused() {
				if passed++; passed < 5 {
					bits, _ := guessed(text, nil)
					t.Errorf("%s: %q passes with %.1f bits", how, text, bits)
				}
			}
		}
		if passed > 0 {
			t.Errorf("%s: %d common passwords pass", how, passed)
		}
	}
}

func fill(text, with string) string {
	for utf8.RuneCountInString(text) < MinPassword {
		text += with
	}
	return text
}

func reversed(text string) string {
	var b strings.Builder
	for i := len(text) - 1; i >= 0; i-- {
		b.WriteByte(text[i])
	}
	return b.String()
}

func FuzzPassword(f *testing.F) {
	for _, seed := range []string{"", "correct horse battery", "passwordpassword", "p@ssw0rd\xff", "İİİİİİİİİİİİİİİİ", "1qaz2wsx", "ﬀﬀﬀ", strings.Repeat("é", 256)} {
		f.Add(seed, "ada@example.com")
	}
	f.Fuzz(func(t *testing.T, password, context string) {
		v := Password(password, context)
		if len(v) > 1 {
			t.Fatalf("%q is answered %v", password, v)
		}
		n := utf8.RuneCountInString(password)
		if (n < MinPassword || n > MaxPassword || !utf8.ValidString(password)) && !v.Refused() {
			t.Fatalf("%q passes", password)
		}
		if n > MaxPassword {
			return
		}
		bits, _ := guessed(password, nil)
		if more, _ := guessed(password, []string{context}); more > bits+1e-9 {
			t.Fatalf("%q takes %f bits with %q known, and %f without", password, more, context, bits)
		}
		if bits < 0 || bits > charBits*float64(n)+1e-9 {
			t.Fatalf("%q takes %f bits", password, bits)
		}
	})
}

func BenchmarkPassword(b *testing.B) {
	for name, password := range map[string]string{"four words": "velvet harbour ninety lanterns", "as long as can be": fmt.Sprintf("%0256d", 7), "long and mixed": strings.Repeat("velvet h4rbour! ", 16)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Password(password, "ada.okafor@marsh-bakery.example", "Ada Okafor")
			}
		})
	}
}
