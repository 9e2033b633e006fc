package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	assets "roster/web"

	"roster/internal/web/view"
)

//go:embed graphiql
var graphiqlFiles embed.FS

var graphiqlPage = template.Must(template.ParseFS(graphiqlFiles, "graphiql/page.html"))

// cdn is where GraphiQL comes from when npm was not there to bring it: the same packages, held to their hashes.
const cdn = "https://unpkg.com"

// file is a script or stylesheet of GraphiQL.
type file struct{ name, path, Hash, URL string }

// The files in the order the page needs them. The hashes are those of the npm packages in web/package-lock.json.
var (
	graphiqlStyle   = file{"graphiql.min.css", "/graphiql@3.8.3/graphiql.min.css", "sha384-Mq3vbRBY71jfjQAt/DcjxUIYY33ksal4cgdRt9U/hNPvHBCaT2JfJ/PTRiPKf0aM", ""}
	graphiqlScripts = []file{
		{"react.production.min.js", "/react@18.3.1/umd/react.production.min.js", "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z", ""},
		{"react-dom.production.min.js", "/react-dom@18.3.1/umd/react-dom.production.min.js", "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1", ""},
		{"graphiql.min.js", "/graphiql@3.8.3/graphiql.min.js", "sha384-HbRVEFG0JGJZeAHCJ9Xm2+tpknBQ7QZmNlO/DgZtkZ0aJSypT96YYGRNod99l9Ie", ""},
	}
)

// Tab is one tab that GraphiQL opens with.
type Tab struct {
	Query     string `json:"query"`
	Variables string `json:"variables,omitempty"`
}

// GraphiQL serves the explorer of the API under /graphiql: by itself when its files were built in, otherwise from the
// public CDN, which the page says. It asks no other host.
func GraphiQL(endpoint string, tabs []Tab) http.Handler {
	built, err := fs.Sub(assets.Files, "dist")
	if err != nil {
		panic(err) // the name is a constant
	}
	return graphiQL(endpoint, tabs, built)
}

func graphiQL(endpoint string, tabs []Tab, built fs.FS) http.Handler {
	own, err := fs.Sub(graphiqlFiles, "graphiql")
	if err != nil {
		panic(err) // the name is a constant
	}
	page := explorer{local: isBuiltIn(built), config: graphiqlConfig(endpoint, tabs)}
	mux := http.NewServeMux()
	mux.Handle("GET /graphiql", page)
	mux.Handle("GET /graphiql/boot.js", http.StripPrefix("/graphiql/", http.FileServerFS(own)))
	mux.Handle("GET /graphiql/page.css", http.StripPrefix("/graphiql/", http.FileServerFS(own)))
	mux.Handle("GET /graphiql/assets/", kept(http.StripPrefix("/graphiql/assets/", http.FileServerFS(built))))
	return mux
}

// kept lets a browser keep what it asks for by its hash: four megabytes need to travel once.
func kept(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") { // a file server would list the folder
			http.NotFound(w, r)
			return
		}
		if r.URL.RawQuery != "" {
			w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
		}
		next.ServeHTTP(w, r)
	})
}

func isBuiltIn(built fs.FS) bool {
	for _, f := range append(graphiqlScripts, graphiqlStyle) {
		if _, err := fs.Stat(built, f.name); err != nil {
			return false
		}
	}
	return true
}

// graphiqlConfig is what boot.js is told. The edition changes with the examples.
func graphiqlConfig(endpoint string, tabs []Tab) string {
	examples, _ := json.Marshal(tabs) // strings cannot fail
	sum := sha256.Sum256(examples)
	config, _ := json.Marshal(map[string]any{"endpoint": endpoint, "tabs": tabs, "edition": hex.EncodeToString(sum[:6])})
	return string(config)
}

// explorer is the page.
type explorer struct {
	local  bool
	config string
}

// ServeHTTP writes it.
func (e explorer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	data := struct {
		Config, Elsewhere, Icon string
		Style                   file
		Scripts                 []file
	}{Config: e.config, Icon: view.IconURL(), Style: e.place(graphiqlStyle)}
	for _, f := range graphiqlScripts {
		data.Scripts = append(data.Scripts, e.place(f))
	}
	from := "'self'"
	if !e.local {
		data.Elsewhere, from = cdn, "'self' "+cdn
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	// GraphiQL's editor sets styles on its elements; scripts are only those named here.
	h.Set("Content-Security-Policy", "default-src 'none'; script-src "+from+"; style-src "+from+" 'unsafe-inline'; img-src 'self' data:; "+
		"font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	_ = graphiqlPage.Execute(w, data) // whoever cannot be written to cannot be told
}

func (e explorer) place(f file) file {
	if e.local {
		return file{URL: "/graphiql/assets/" + f.name + "?" + url.Values{"v": {f.Hash}}.Encode()}
	}
	f.URL = cdn + f.path
	return f
}
