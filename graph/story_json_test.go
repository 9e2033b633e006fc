package graph_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// differences tells, place by place, where an answer is not what a story wants. "{*}" wants anything at all, "{name}"
// gives what came a name, or wants what has it.
func (n names) differences(place string, want, got any) []string {
	switch w := want.(type) {
	case string:
		return n.differentText(place, w, got)
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			break
		}
		var all []string
		for _, key := range slices.Sorted(maps.Keys(w)) {
			value, there := g[key]
			if !there {
				all = append(all, fmt.Sprintf("%s: did not come", in(place, key)))
				continue
			}
			all = append(all, n.differences(in(place, key), w[key], value)...)
		}
		for _, key := range slices.Sorted(maps.Keys(g)) {
			if _, wanted := w[key]; !wanted {
				all = append(all, fmt.Sprintf("%s: came without being wanted: %s", in(place, key), oneLine(g[key])))
			}
		}
		return all
	case []any:
		g, ok := got.([]any)
		if !ok {
			break
		}
		return n.differentList(place, w, g)
	default:
		if want == got {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: wanted %s, came %s", place, oneLine(want), oneLine(got))}
}

func (n names) differentText(place, want string, got any) []string {
	if want == "{*}" {
		return nil
	}
	text, ok := got.(string)
	if full := name.FindString(want); ok && full == want && n[want] == "" {
		n[want] = text
		return nil
	}
	if filled := n.fill(want); !ok || filled != text {
		return []string{fmt.Sprintf("%s: wanted %s, came %s", place, oneLine(filled), oneLine(got))}
	}
	return nil
}

func (n names) differentList(place string, want, got []any) []string {
	var all []string
	for i := range want {
		at := fmt.Sprintf("%s[%d]", place, i)
		if i >= len(got) {
			all = append(all, fmt.Sprintf("%s: did not come, wanted %s", at, oneLine(want[i])))
			continue
		}
		all = append(all, n.differences(at, want[i], got[i])...)
	}
	for i := len(want); i < len(got); i++ {
		all = append(all, fmt.Sprintf("%s[%d]: came without being wanted: %s", place, i, oneLine(got[i])))
	}
	return all
}

func in(place, key string) string { return strings.TrimPrefix(place+"."+key, ".") }

// readJSON reads one value and nothing behind it, keeping numbers as they are written.
func readJSON(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands behind the JSON")
	}
	return v, nil
}

func oneLine(v any) string {
	text, err := encode(v, "")
	if err != nil {
		return err.Error()
	}
	return text
}

func pretty(v any) string {
	text, err := encode(v, "  ")
	if err != nil {
		return err.Error()
	}
	return text
}

func encode(v any, indent string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	err := e.Encode(v)
	return strings.TrimSpace(b.String()), err
}
