package rule

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed" // for the list
	"math"
	"sync"
)

// commonFile lists passwords that many people use, the most used first: the first 10,000 of at least four characters among
// those that the npm package @zxcvbn-ts/language-common 4.1.3 has in src/passwords.json (MIT, see common.LICENSE), one a
// line, by `gzip -9n`.
//
//go:embed common.txt.gz
var commonFile []byte

// common are passwords that many people use, and the bits that it takes to guess each: the logarithm of its place.
type common struct {
	bits    map[string]float64
	longest int
}

// commonPasswords reads the list once. Its passwords are kept as gathered leaves them.
var commonPasswords = sync.OnceValue(func() common {
	c := common{bits: make(map[string]float64, 10_000)}
	file, err := gzip.NewReader(bytes.NewReader(commonFile))
	if err != nil {
		panic(err) // it is part of the program
	}
	lines := bufio.NewScanner(file)
	for place := 1; lines.Scan(); place++ {
		text, _ := gathered(lines.Text())
		if _, before := c.bits[string(text)]; !before && len(text) >= 3 {
			c.bits[string(text)] = max(1, math.Log2(float64(place)))
			c.longest = max(c.longest, len(text))
		}
	}
	if lines.Err() != nil {
		panic(lines.Err())
	}
	return c
})
