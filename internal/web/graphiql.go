package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	assets "roster/web"

	"roster/internal/web/view"
)

//go:embed graphiql
var graphiqlFiles embed.FS

//go:embed graphiql/begin.graphql
var begin string

var graphiqlPage = template.Must(template.ParseFS(graphiqlFiles, "graphiql/page.html"))

// graphiqlEntry is the module that starts GraphiQL, as the manifest of its build calls it.
const graphiqlEntry = "src/main.js"

// cdn is where GraphiQL comes from when npm was not there to build it.
const cdn = "https://unpkg.com"

// source is a script or stylesheet of the page.
type source struct {
	URL, Hash string
	Module    bool
}

// What comes from the CDN, in the order the page needs it, held to its hash. GraphiQL 5 is published as modules that have
// to be built, and a CDN that builds them answers bytes that nobody has seen before; GraphiQL 4 is the last that is
// published as files. The browser test loads these from npm's packages.
var (
	graphiqlStyle   = source{URL: "/graphiql@4.1.2/graphiql.min.css", Hash: "sha384-1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr"}
	graphiqlScripts = []source{
		{URL: "/react@18.3.1/umd/react.production.min.js", Hash: "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z"},
		{URL: "/react-dom@18.3.1/umd/react-dom.production.min.js", Hash: "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1"},
		{URL: "/graphiql@4.1.2/graphiql.min.js", Hash: "sha384-9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B"},
	}
)

// Tab is one tab that GraphiQL opens with.
type Tab struct {
	Query     string `json:"query"`
	Variables string `json:"variables,omitempty"` // as JSON
}

// GraphiQL serves the explorer of the API under /graphiql: by itself when it was built in, otherwise from the public CDN,
// which the page says. It asks no other host. Above it one signs in, also as one of signIns. Without tabs it opens with the
// account switcher.
func GraphiQL(endpoint string, tabs []Tab, signIns []view.DemoSignIn) http.Handler {
	built, err := fs.Sub(assets.Files, "dist/graphiql")
	if err != nil {
		panic(err) // the name is a constant
	}
	return graphiQL(endpoint, tabs, signIns, built)
}

func graphiQL(endpoint string, tabs []Tab, signIns []view.DemoSignIn, built fs.FS) http.Handler {
	own, err := fs.Sub(graphiqlFiles, "graphiql")
	if err != nil {
		panic(err) // the name is a constant
	}
	if len(tabs) == 0 {
		tabs = []Tab{{Query: begin}}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /graphiql", newExplorer(endpoint, tabs, signIns, built))
	for _, name := range []string{"explorer.js", "session.js", "elsewhere.js", "page.css"} {
		mux.Handle("GET /graphiql/"+name, http.StripPrefix("/graphiql/", http.FileServerFS(own)))
	}
	mux.Handle("GET /graphiql/assets/", kept(http.StripPrefix("/graphiql/assets/", http.FileServerFS(built))))
	return mux
}

// kept lets a browser keep what was built: its name changes with its content, and seven megabytes need to travel once.
func kept(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") { // a file server would list the folder
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable") // an error takes it off again
		next.ServeHTTP(w, r)
	})
}

// explorer is the page.
type explorer struct {
	Endpoint, Config, Elsewhere, Icon string
	SignIns                           []view.DemoSignIn
	Styles, Scripts                   []source
}

func newExplorer(endpoint string, tabs []Tab, signIns []view.DemoSignIn, built fs.FS) explorer {
	e := explorer{Endpoint: endpoint, Config: graphiqlConfig(endpoint, tabs), Icon: view.IconURL(), SignIns: signIns}
	var ok bool
	if e.Styles, e.Scripts, ok = builtIn(built); ok {
		return e
	}
	e.Elsewhere = cdn
	for _, s := range graphiqlScripts {
		e.Scripts = append(e.Scripts, source{URL: cdn + s.URL, Hash: s.Hash})
	}
	e.Styles = []source{{URL: cdn + graphiqlStyle.URL, Hash: graphiqlStyle.Hash}}
	return e
}

// builtIn is what the page names of the GraphiQL that was built, as its manifest tells; ok is false when none was.
func builtIn(built fs.FS) (styles, scripts []source, ok bool) {
	var manifest map[string]struct {
		File string
		CSS  []string
	}
	content, err := fs.ReadFile(built, "manifest.json")
	if err != nil || json.Unmarshal(content, &manifest) != nil || manifest[graphiqlEntry].File == "" {
		return nil, nil, false
	}
	const under = "/graphiql/assets/"
	for _, file := range manifest[graphiqlEntry].CSS {
		styles = append(styles, source{URL: under + file})
	}
	return styles, []source{{URL: under + manifest[graphiqlEntry].File, Module: true}}, true
}

// graphiqlConfig is what explorer.js is told. The edition changes with the examples.
func graphiqlConfig(endpoint string, tabs []Tab) string {
	examples, _ := json.Marshal(tabs) // strings cannot fail
	sum := sha256.Sum256(examples)
	config, _ := json.Marshal(map[string]any{"endpoint": endpoint, "tabs": tabs, "edition": hex.EncodeToString(sum[:6])})
	return string(config)
}

// ServeHTTP writes the page.
func (e explorer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	from := "'self'"
	if e.Elsewhere != "" {
		from += " " + e.Elsewhere
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	// GraphiQL's editor sets styles on its elements; scripts and workers are only those of the page.
	h.Set("Content-Security-Policy", "default-src 'none'; script-src "+from+"; worker-src 'self'; style-src "+from+" 'unsafe-inline'; "+
		"img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	_ = graphiqlPage.Execute(w, e) // whoever cannot be written to cannot be told
}
