// Command lean takes out of what gqlgen generated what every request would pay for and nothing here uses: a map of how each
// input is read, which only UnmarshalInputFromContext asks for. gqlgen's template for it cannot be replaced.
package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
)

const generated = "generated/exec.go" // go generate runs in graph

var unused = []struct {
	what *regexp.Regexp
	many int // how often it is there
}{
	{regexp.MustCompile(`(?s)\tinputUnmarshalMap := graphql\.BuildUnmarshalerMap\(\n.*?\n\t\)\n`), 1},
	{regexp.MustCompile(`\t+ctx = graphql\.WithUnmarshalerMap\(ctx, inputUnmarshalMap\)\n`), 2},
}

func main() {
	if err := trim(generated); err != nil {
		fmt.Fprintln(os.Stderr, "lean:", err)
		os.Exit(1)
	}
}

func trim(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, u := range unused {
		if n := len(u.what.FindAllIndex(text, -1)); n != u.many {
			return fmt.Errorf("%s has %q %d times, want %d: look at what the new gqlgen generates", file, u.what, n, u.many)
		}
		text = u.what.ReplaceAll(text, nil)
	}
	if bytes.Contains(text, []byte("inputUnmarshalMap")) || bytes.Contains(text, []byte("UnmarshalInputFromContext")) {
		return fmt.Errorf("%s still reads the map: look at what the new gqlgen generates", file)
	}
	return os.WriteFile(file, text, 0o644)
}
