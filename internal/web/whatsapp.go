package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strings"

	"roster/internal/document"
	"roster/internal/rule"
)

// maxWhatsApp is how long a connector's request may be.
const maxWhatsApp = rule.MaxFile + 1<<20

// connections is how many requests of connectors are read at a time: each may fill 21 MB of the disk before its signature can
// be told.
var connections = make(chan struct{}, 4)

// fromWhatsApp takes a file that somebody sent by WhatsApp, from the connector that fetched it: multipart/form-data with the
// fields message (WhatsApp's id), from (the number), kind (COSTS or SALES), account (only where the number has several) and
// file, signed as Meta signs its webhooks.
func (w *Server) fromWhatsApp(rw http.ResponseWriter, r *http.Request) {
	select {
	case connections <- struct{}{}:
		defer func() { <-connections }()
	default:
		rw.Header().Set("Retry-After", "1")
		answerConnector(rw, http.StatusTooManyRequests, nil)
		return
	}
	body, err := os.CreateTemp("", "roster-whatsapp-")
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	defer body.Close()
	if err := os.Remove(body.Name()); err != nil {
		w.fail(rw, r, err)
		return
	}
	mac := hmac.New(sha256.New, w.config.WhatsApp)
	if _, err := io.Copy(io.MultiWriter(body, mac), http.MaxBytesReader(rw, r.Body, maxWhatsApp)); err != nil {
		answerConnector(rw, http.StatusRequestEntityTooLarge, nil)
		return
	}
	given, _ := strings.CutPrefix(r.Header.Get("X-Hub-Signature-256"), "sha256=")
	if want := hex.EncodeToString(mac.Sum(nil)); !hmac.Equal([]byte(given), []byte(want)) {
		answerConnector(rw, http.StatusForbidden, nil)
		return
	}
	message, form, err := readConnector(r.Header.Get("Content-Type"), body)
	if form != nil {
		defer func() { _ = form.RemoveAll() }() // the system's folder for such files is emptied anyway
	}
	if err != nil {
		answerConnector(rw, http.StatusBadRequest, nil)
		return
	}
	done, err := w.papers.FromWhatsApp(r.Context(), message)
	var refused rule.Verdict
	switch {
	case errors.As(err, &refused):
		answerConnector(rw, http.StatusUnprocessableEntity, map[string]any{"code": refused[0].Code, "message": refused[0].Message, "accounts": refused[0].Related})
	case err != nil:
		w.fail(rw, r, err)
	default:
		answerConnector(rw, http.StatusOK, map[string]any{"document": done.Document, "before": done.Before})
	}
}

var errConnector = errors.New("not the fields of a connector")

// readConnector reads the fields of a connector's request, whose signature was right.
func readConnector(kind string, body *os.File) (m document.WhatsApp, form *multipart.Form, err error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return m, nil, err
	}
	media, params, err := mime.ParseMediaType(kind)
	if err != nil || media != manyParts {
		return m, nil, errConnector
	}
	if form, err = multipart.NewReader(body, params["boundary"]).ReadForm(inMemory); err != nil {
		return m, nil, err
	}
	field := func(name string) string {
		if values := form.Value[name]; len(values) == 1 {
			return values[0]
		}
		return ""
	}
	m = document.WhatsApp{MessageID: field("message"), From: field("from"), Account: field("account"), Kind: rule.SubmissionKind(field("kind"))}
	if m.MessageID == "" || m.From == "" || !slices.Contains(rule.SubmissionKinds, m.Kind) || len(form.File["file"]) != 1 || !storable(m.MessageID+m.From+m.Account) {
		return m, form, errConnector
	}
	header := form.File["file"][0]
	file, err := header.Open()
	m.File = document.File{Name: header.Filename, Content: file, Size: header.Size}
	return m, form, err
}

func answerConnector(rw http.ResponseWriter, status int, body map[string]any) {
	rw.Header().Set("Content-Type", plainJSON)
	rw.Header().Set("Cache-Control", "no-store")
	rw.WriteHeader(status)
	if body != nil {
		_ = json.NewEncoder(rw).Encode(body) // whoever cannot be written to cannot be told
	}
}
