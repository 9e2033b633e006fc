package rule

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A password is as good as the least number of guesses that finds it. What people do to lengthen one that everybody knows
// is known as well: they repeat it, write it backwards, put a year or a row of keys behind it, write 0 for o. So the password
// is cut into such parts in the way that is guessed soonest, and the guesses of its parts, in bits, are added up. The idea is
// that of zxcvbn (Wheeler, USENIX Security 2016), in the small that a rule about long passwords needs.

// The bits that parts are guessed by.
const (
	charBits    = 3.3 // a character that is part of nothing known: ten to try, as in zxcvbn, far fewer than there are
	againBits   = 2   // something that stands in the password before
	rowBits     = 5   // letters or figures in their order or all the same, or keys in a row
	yearBits    = 7
	dateBits    = 15
	contextBits = 1
	variedBits  = 1   // written backwards, or with figures for letters
	signBits    = 2   // a sign between parts
	spaceBits   = 0.5 // a space, or one more of the same sign
)

// part is what a piece of a password is made of.
type part int

const (
	partChar part = iota
	partCommon
	partContext
	partRow
	partDate
	partAgain
)

// guess is how a password, or the beginning of one, is guessed soonest.
type guess struct {
	bits float64
	part part // its last part
	from int  // where that begins
}

// guessed says how many bits it takes to guess a password, and of which parts it is made then. context are words that
// somebody who knows the person tries first.
func guessed(password string, context []string) (bits float64, parts map[part]bool) {
	text, between := gathered(password)
	p := newPattern(text, context)
	best := make([]guess, len(p.text)+1)
	for to := 1; to <= len(p.text); to++ {
		best[to] = guess{best[to-1].bits + charBits, partChar, to - 1}
		for from := to - 2; from >= 0; from-- {
			if bits, is := p.known(from, to); bits > 0 && best[from].bits+bits < best[to].bits {
				best[to] = guess{best[from].bits + bits, is, from}
			}
		}
	}
	parts = map[part]bool{}
	for at := len(p.text); at > 0; at = best[at].from {
		parts[best[at].part] = true
	}
	return best[len(p.text)].bits + between, parts
}

// gathered is a password in small letters without what stands between its parts, and the bits that takes to guess.
func gathered(password string) (text []rune, bits float64) {
	seen := map[rune]bool{}
	for _, r := range password {
		if r >= 0xff01 && r <= 0xff5e { // ASCII as wide letters
			r -= 0xfee0
		}
		switch {
		case !unicode.IsSpace(r) && !strings.ContainsRune("-_.,/:;|+", r):
			text = append(text, unicode.ToLower(r))
		case unicode.IsSpace(r) || seen[r]:
			bits += spaceBits
		default:
			seen[r] = true
			bits += signBits
		}
	}
	return text, bits
}

// pattern is a password that is looked at for parts.
type pattern struct {
	text       []rune
	written    []writing
	context    map[string]bool
	longest    int   // of the words to look for
	again, row []int // how long a piece that begins at a place may be to have stood before, or to be in a row
}

// writing is the text in one way of reading it, with where each of its characters begins.
type writing struct {
	text     string
	at       []int
	backward bool
	varied   bool
}

// known are the bits by which a piece is guessed as a whole, as the part it is guessed soonest as; 0 when it is none.
func (p *pattern) known(from, to int) (bits float64, is part) {
	least := func(b float64, as part) {
		if bits == 0 || b < bits {
			bits, is = b, as
		}
	}
	if to-from <= p.longest {
		common := commonPasswords()
		for _, w := range p.written {
			word, more := w.piece(from, to), 0.0
			if w.varied || w.backward {
				more = variedBits
			}
			if p.context[word] {
				least(contextBits+more, partContext)
			}
			if b := common.bits[word]; b > 0 {
				least(b+more, partCommon)
			}
		}
	}
	if n := to - from; n >= 3 && n <= p.again[from] {
		least(againBits, partAgain)
	}
	if n := to - from; n >= 3 && n <= p.row[from] {
		least(rowBits, partRow)
	}
	if b := dated(p.text[from:to]); b > 0 {
		least(b, partDate)
	}
	return bits, is
}

func (w writing) piece(from, to int) string {
	if n := len(w.at) - 1; w.backward {
		from, to = n-to, n-from
	}
	return w.text[w.at[from]:w.at[to]]
}

// The figures and signs that are written for letters, and those that come from the keys of figures with the shift key down.
var (
	figures  = strings.NewReplacer("@", "a", "4", "a", "3", "e", "0", "o", "1", "l", "!", "i", "$", "s", "5", "s", "7", "t", "8", "b", "9", "g")
	figuresI = strings.NewReplacer("@", "a", "4", "a", "3", "e", "0", "o", "1", "i", "!", "l", "$", "s", "5", "s", "7", "t", "8", "b", "9", "g")
	shifted  = strings.NewReplacer("!", "1", "@", "2", "#", "3", "$", "4", "%", "5", "^", "6", "&", "7", "*", "8", "(", "9", ")", "0")
)

func newPattern(text []rune, context []string) *pattern {
	p := &pattern{text: text, context: map[string]bool{}, longest: commonPasswords().longest}
	plain := string(text)
	p.written = append(p.written, read(plain, false, false), read(plain, true, true))
	for _, varied := range []string{figures.Replace(plain), figuresI.Replace(plain)} {
		if varied != plain && (len(p.written) == 2 || varied != p.written[2].text) {
			p.written = append(p.written, read(varied, false, true))
		}
	}
	for _, words := range context {
		for _, word := range contextWords(words) {
			p.context[word] = true
			p.longest = max(p.longest, utf8.RuneCountInString(word))
		}
	}
	p.again, p.row = stoodBefore(text), inARow(text)
	return p
}

func read(text string, backward, varied bool) writing {
	runes := []rune(text)
	if backward {
		slices.Reverse(runes)
	}
	w := writing{text: string(runes), at: make([]int, 0, len(runes)+1), backward: backward, varied: varied}
	for i := range w.text {
		w.at = append(w.at, i)
	}
	w.at = append(w.at, len(w.text))
	return w
}

// contextWords are the words of a name or an address, and all of them together.
func contextWords(text string) (list []string) {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	for _, word := range append(words, strings.Join(words, "")) {
		if utf8.RuneCountInString(word) >= 3 {
			list = append(list, word)
		}
	}
	return list
}

// stoodBefore says for each place how long what begins there stands before it already: also what runs on into itself, as
// aaaa does, and what stood there backwards.
func stoodBefore(text []rune) []int {
	n := len(text)
	longest, same, mirror := make([]int, n), make([]int, n+1), make([]int, n+1)
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ { // same[j+1] is still that of i+1
			same[j] = 0
			if text[i] == text[j] {
				same[j] = same[j+1] + 1
			}
			longest[j] = max(longest[j], same[j])
		}
		for end := i; end >= 1; end-- { // mirror[end] is for what ends there; that of end-1 is still of i+1
			mirror[end] = 0
			if text[end-1] == text[i] {
				mirror[end] = mirror[end-1] + 1
			}
			longest[i] = max(longest[i], mirror[end])
		}
	}
	return longest
}

// inARow says for each place how many letters or figures follow each other from there one by one, or keys that lie in a row.
func inARow(text []rune) []int {
	longest, keys := make([]int, len(text)), []rune(shifted.Replace(string(text)))
	for from := range text {
		to := from + 1
		for to < len(text) && follows(text[from:to+1]) {
			to++
		}
		longest[from] = to - from
		for to = from + 4; to <= len(keys) && onKeys(keys[from:to]); to++ {
			longest[from] = max(longest[from], to-from)
		}
	}
	return longest
}

// follows reports whether the last of some characters goes on as the others began: up, down, or the same again; after 9 comes 0.
func follows(piece []rune) bool {
	turn := func(a, b rune) rune {
		switch {
		case a == '9' && b == '0':
			return 1
		case a == '0' && b == '9':
			return -1
		}
		return b - a
	}
	step, n := turn(piece[0], piece[1]), len(piece)
	return step >= -1 && step <= 1 && turn(piece[n-2], piece[n-1]) == step
}

// rows are how the keys lie, on English, German and French keyboards, in rows, in columns and in zigzag, and on a phone.
var rows = []string{
	"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiopü", "yxcvbnm", "asdfghjklöä", "azertyuiop", "qsdfghjklm", "wxcvbn",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "1qay2wsx3edc4rfv5tgb6zhn7ujm8ik9ol0p", "zaq1xsw2cde3vfr4bgt5nhy6mju7ki8lo9p0",
	"1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6z7u8i9o0p", "147258369", "159357", "741852963", "poiuytrewqlkjhgfdsamnbvcxz", "qwertyuiopasdfghjklzxcvbnm",
}

// onKeys reports whether some characters follow the keys, one way or the other.
func onKeys(piece []rune) bool {
	back := slices.Clone(piece)
	slices.Reverse(back)
	for _, row := range rows {
		if strings.Contains(row, string(piece)) || strings.Contains(row, string(back)) {
			return true
		}
	}
	return false
}

// dated are the bits of a year from 1900 to 2099, or of a day written in figures; 0 for anything else.
func dated(piece []rune) float64 {
	if len(piece) != 4 && len(piece) != 6 && len(piece) != 8 {
		return 0
	}
	n := make([]int, len(piece))
	for i, r := range piece {
		if r < '0' || r > '9' {
			return 0
		}
		n[i] = int(r - '0')
	}
	two := func(at int) int { return n[at]*10 + n[at+1] }
	day := func(a, b int) bool {
		return a >= 1 && a <= 31 && b >= 1 && b <= 12 || b >= 1 && b <= 31 && a >= 1 && a <= 12
	}
	year := func(at int) bool { return two(at) == 19 || two(at) == 20 }
	switch {
	case len(n) == 4 && year(0):
		return yearBits
	case len(n) == 6 && (day(two(0), two(2)) || day(two(2), two(4))),
		len(n) == 8 && (year(4) && day(two(0), two(2)) || year(0) && day(two(4), two(6))):
		return dateBits
	}
	return 0
}

// leastBits is what a password must take to guess: 2^24 guesses. At the pace that a login can be tried (SECURITY.md), some
// 35,000 times a year, they take some 480 years; with a stolen database, at 26 ms each, five days of one processor for each
// login. Every password of the list that was doubled and given a year stays below it; four words, which is what people are
// advised to use, take about 50 bits.
const leastBits = 24

// weak reports whether a password is guessed too soon, and by which parts.
func weak(password string, context []string) (bool, map[part]bool) {
	bits, parts := guessed(password, context)
	return bits < leastBits, parts
}
