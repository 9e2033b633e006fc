package view

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"path"
	"time"
)

//go:embed roster.css
var stylesheet []byte

//go:embed roster.svg
var icon []byte

var (
	stylesheetURL = "/static/roster.css?v=" + version(stylesheet)
	iconURL       = "/static/roster.svg?v=" + version(icon)
)

// Static serves what the pages load, to be mounted at /static/: the stylesheet roster.css and the icon roster.svg. Pages name them with the
// version of their content, and those answers may be kept for a year; without a version a browser asks each time and gets 304 by the ETag.
func Static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path.Base(r.URL.Path) {
		case "roster.css":
			serveAsset(w, r, "text/css; charset=utf-8", stylesheet)
		case "roster.svg":
			serveAsset(w, r, "image/svg+xml", icon)
		default:
			Problem(w, http.StatusNotFound, "Page not found", "There is nothing at this address.", "")
		}
	})
}

func serveAsset(w http.ResponseWriter, r *http.Request, contentType string, content []byte) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this address is read only", http.StatusMethodNotAllowed)
		return
	}

	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+version(content)+`"`)
	if r.URL.Query().Get("v") == version(content) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "public, no-cache")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// version is a short name for a content: it changes when a byte does.
func version(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// IconURL is where the sign in the browser's tab is, for pages that are not rendered here.
func IconURL() string { return iconURL }
