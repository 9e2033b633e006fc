package main

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What gqlgen generates for one operation, as far as it concerns the map.
const (
	made   = "\tinputUnmarshalMap := graphql.BuildUnmarshalerMap(\n\t\tec.unmarshalInputA,\n\t\tec.unmarshalInputB,\n\t)\n\tfirst := true\n"
	query  = "\t\tctx = graphql.WithUnmarshalerMap(ctx, inputUnmarshalMap)\n\t\tdata := ec._Query(ctx)\n"
	writes = "\t\t\tctx = graphql.WithUnmarshalerMap(ctx, inputUnmarshalMap)\n\t\t\tdata := ec._Mutation(ctx)\n"
)

// The map goes and all else stays; where gqlgen generates something else, nothing is written and the sentence says where to look.
func TestTheMapThatNobodyReadsGoes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want, fault string }{ // no want: the text as it was
		"as it is":               {made + query + writes, "\tfirst := true\n\t\tdata := ec._Query(ctx)\n\t\t\tdata := ec._Mutation(ctx)\n", ""},
		"it is gone already":     {"\tfirst := true\n", "", "0 times, want 1"},
		"one more reads it":      {made + query + writes + query, "", "3 times, want 2"},
		"another way of reading": {made + query + writes + "graphql.UnmarshalInputFromContext(ctx, x, &y)\n", "", "still reads the map"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "exec.go")
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			err := trim(file)
			if got, readErr := os.ReadFile(file); readErr != nil || string(got) != cmp.Or(c.want, c.text) {
				t.Errorf("left %q, %v", got, readErr)
			}
			if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("got %v, want %q", err, c.fault)
			}
		})
	}
}
