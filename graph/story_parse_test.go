package graph_test

import (
	"fmt"
	"regexp"
	"strings"
)

// told is a story as it is written: a promise and the steps that prove it.
type told struct {
	file    string
	promise string
	steps   []step
}

// step begins in column 0; what is indented below it is its body.
type step struct {
	line int
	verb string // the first word
	rest string // the other words of the line
	body string
}

func parseStory(file, text string) (told, error) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	story := told{file: file, promise: strings.TrimPrefix(lines[0], "# ")}
	for i, line := range lines {
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		case line[0] != ' ' && line[0] != '\t':
			verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			story.steps = append(story.steps, step{line: i + 1, verb: verb, rest: strings.TrimSpace(rest)})
		case len(story.steps) == 0:
			return told{}, fmt.Errorf("%s:%d: an indented line before the first step", file, i+1)
		default:
			last := &story.steps[len(story.steps)-1]
			last.body += strings.TrimSpace(line) + "\n"
		}
	}
	if len(story.steps) == 0 {
		return told{}, fmt.Errorf("%s: nothing happens in it", file)
	}
	return story, nil
}

func (s step) String() string { return strings.TrimSpace(s.verb + " " + s.rest) }

// lines are those of the body.
func (s step) lines() []string {
	if s.body == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s.body, "\n"), "\n")
}

// names are what a story calls things by: {ivy} stands for an id, a token, a moment.
type names map[string]string

var name = regexp.MustCompile(`\{[a-z][A-Za-z0-9_-]*\}`)

// fill puts what is known in the place of its names; others stay as they are.
func (n names) fill(text string) string {
	return name.ReplaceAllStringFunc(text, func(found string) string {
		if value, ok := n[found]; ok {
			return value
		}
		return found
	})
}

// fillAll does the same where an unknown name can only be a mistake.
func (n names) fillAll(text string) (string, error) {
	text = n.fill(text)
	if unknown := name.FindString(text); unknown != "" {
		return "", fmt.Errorf("nothing is called %s so far", unknown)
	}
	return text, nil
}

// call gives a thing its name, once.
func (n names) call(name, value string) error {
	if old, ok := n[name]; ok && old != value {
		return fmt.Errorf("%s is the name of %s already, and cannot be that of %s", name, old, value)
	}
	n[name] = value
	return nil
}
