package house_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rooms are all packages, and of our own those that each may import. Adding a line here is a decision about the
// design, not a way to make the test pass.
var rooms = map[string][]string{
	"internal/rule":   {},
	"internal/viewer": {},

	"ent/schema":                      {"ent", "ent/privacy", "internal/rule", "internal/viewer"},
	"internal/store":                  {"ent", "ent/*", "internal/viewer"},
	"internal/store/diff":             {"internal/store", "internal/store/throwaway"},
	"internal/store/storetest":        {"internal/store", "internal/store/throwaway"},
	"internal/store/storetest/withpg": {"internal/store/throwaway"},
	"internal/store/throwaway":        {},

	"internal/watch":   {"internal/viewer"},
	"internal/address": {},
	"internal/journal": {"ent", "internal/store", "internal/viewer"},
	"internal/once":    {"ent", "ent/*", "internal/rule", "internal/store"},
	"internal/sheet":   {"internal/rule"},
	"internal/courier": {"ent", "ent/*", "internal/rule", "internal/store", "internal/watch"},
	"internal/signon":  {"internal/rule"},
	"internal/login": {"ent", "ent/*", "internal/address", "internal/courier", "internal/journal", "internal/rule", "internal/signon", "internal/store",
		"internal/viewer"},
	"internal/signon/signontest":         {"internal/signon"},
	"internal/signon/signontest/zitadel": {"internal/signon"},
	"internal/people": {"ent", "ent/*", "internal/address", "internal/courier", "internal/journal", "internal/login", "internal/once",
		"internal/rule", "internal/sheet", "internal/store", "internal/viewer"},

	"internal/document": {"ent", "ent/*", "internal/address", "internal/journal", "internal/once", "internal/people", "internal/rule", "internal/store",
		"internal/viewer"},

	"internal/inbound": {"internal/address", "internal/document", "internal/rule", "internal/store", "internal/viewer", "internal/watch"},

	"graph/page":      {},
	"graph/direct":    {},
	"graph/lean":      {},
	"graph/model":     {"ent", "graph/page", "internal/login", "internal/rule", "internal/viewer"},
	"graph/generated": {"ent", "graph/model", "graph/page", "internal/journal", "internal/login", "internal/people", "internal/rule"},
	"graph": {"ent", "ent/*", "graph/direct", "graph/generated", "graph/model", "graph/page", "internal/address", "internal/document", "internal/journal", "internal/login",
		"internal/people", "internal/rule", "internal/store", "internal/viewer"},

	"web":               {},
	"internal/web/view": {},
	"internal/web": {"ent", "graph", "graph/generated", "internal/address", "internal/courier", "internal/document", "internal/login", "internal/people",
		"internal/rule", "internal/sheet", "internal/signon", "internal/store", "internal/viewer", "internal/watch", "internal/web/view", "web"},
	"internal/web/browser": {},
	"internal/house":       {},
	"internal/bench":       {"internal/rule", "internal/store", "internal/store/throwaway"},
	"cmd/roster":           {"ent", "ent/*", "graph/generated", "internal/*", "internal/web/view", "web"},
}

// drivers are known to the store alone, so that nothing else can know which database it is.
var drivers = []string{"github.com/lib/pq", "modernc.org/sqlite", "ariga.io/atlas", "github.com/pressly/goose", "github.com/riverqueue/river/riverdriver"}

type roomImports struct {
	ImportPath string
	Imports    []string
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	list := packages(t)
	if len(list) < 20 {
		t.Fatalf("only %d packages were found", len(list))
	}
	for _, p := range list {
		room := strings.TrimPrefix(p.ImportPath, "roster/")
		if room != "ent/schema" && (room == "ent" || strings.HasPrefix(room, "ent/")) {
			continue // generated
		}
		may, known := rooms[room]
		if !known {
			t.Errorf("%s is a new room: say here which of the others it may import", room)
		}
		for _, path := range p.Imports {
			if ours, ok := strings.CutPrefix(path, "roster/"); ok && !among(may, ours) {
				t.Errorf("%s imports %s, which it must not know", room, ours)
			}
			if !strings.HasPrefix(room, "internal/store") && room != "internal/bench" && among(drivers, path) { // the benchmark fills both
				t.Errorf("%s imports %s: only the store knows the database", room, path)
			}
			if (room == "internal/rule" || room == "internal/viewer") && strings.Contains(strings.Split(path, "/")[0], ".") {
				t.Errorf("%s imports %s: it gets along with the standard library", room, path)
			}
		}
	}
}

func TestTheImportsTestSeesAWrongImport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		room, path string
		want       bool
	}{
		{"internal/people", "internal/web", false},
		{"internal/people", "ent/membership", true},
		{"graph", "internal/courier", false},
		{"ent/schema", "internal/store", false},
		{"cmd/roster", "internal/web", true},
		{"graph", "graphs", false},
	} {
		if got := among(rooms[c.room], c.path); got != c.want {
			t.Errorf("%s may import %s: got %v, want %v", c.room, c.path, got, c.want)
		}
	}
}

// among reports whether a path is one of a list, in which x/* stands for what lies directly in x. A driver's own
// subpackages count as the driver.
func among(list []string, path string) bool {
	return slices.ContainsFunc(list, func(one string) bool {
		if folder, ok := strings.CutSuffix(one, "/*"); ok {
			rest, in := strings.CutPrefix(path, folder+"/")
			return in && !strings.Contains(rest, "/")
		}
		return path == one || strings.Contains(one, ".") && strings.HasPrefix(path, one)
	})
}

func packages(t *testing.T) (list []roomImports) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	c.Dir = filepath.Join("..", "..")
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p roomImports
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestResolversAndPagesHoldNoTransaction(t *testing.T) {
	t.Parallel()
	for _, room := range []string{"graph", "internal/web"} {
		calls := callsOf(t, filepath.Join("..", "..", room), "Tx")
		for _, at := range calls {
			t.Errorf("%s begins a transaction: that is the use cases' work", at)
		}
	}
	if calls := callsOf(t, filepath.Join("..", "people"), "Tx"); len(calls) == 0 {
		t.Error("no transaction was found in people, so this test sees nothing")
	}
}

// callsOf are the places in a folder's own code where a method of this name is called.
func callsOf(t *testing.T, folder, method string) (places []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if to, ok := call.Fun.(*ast.SelectorExpr); ok && to.Sel.Name == method {
					places = append(places, set.Position(call.Pos()).String())
				}
			}
			return true
		})
	}
	return places
}
