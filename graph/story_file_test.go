package graph_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"path"
	"strings"

	"roster/internal/rule"
)

// whatsAppSecret is what a connector signs with.
const whatsAppSecret = "a connector's secret of some length"

// beginnings are how files of a kind begin.
var beginnings = map[string]string{".pdf": "%PDF-1.7\n", ".png": "\x89PNG\r\n\x1a\n", ".jpg": "\xff\xd8\xff\xe0", ".html": "<!doctype html><script>", ".svg": `<svg xmlns="http://www.w3.org/2000/svg">`,
	".exe": "MZ\x90\x00\x03\x00", ".csv": "date;amount\n", ".txt": "Dear Sir or Madam,\n", ".xml": `<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>`}

// holding is what a file of some name holds: each name its own. big.pdf is larger than what is taken.
func holding(name string) string {
	text := beginnings[path.Ext(name)] + name
	switch {
	case path.Ext(name) == ".xml":
		text += "</ID></Invoice>"
	case strings.HasPrefix(name, "big."):
		text += strings.Repeat("x", rule.MaxFile)
	case strings.HasPrefix(name, "empty."):
		return ""
	}
	return text
}

// file is a file of a story: "receipt.pdf", or "page.html called invoice.pdf".
func file(text string) (name, content string) {
	source, name, called := strings.Cut(text, " called ")
	if !called {
		name = source
	}
	return name, holding(source)
}

// upload asks the API with a file, which stands where the document has $file.
func (w *world) upload(document string, variables map[string]any, c caller, text string) (exchange, error) {
	variables["file"] = nil
	operations, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return exchange{}, err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	name, content := file(text)
	part := func(p interface{ Write([]byte) (int, error) }, text string, e error) error {
		_, err := p.Write([]byte(text))
		return errors.Join(e, err)
	}
	first, err1 := form.CreateFormField("operations")
	err = part(first, string(operations), err1)
	second, err2 := form.CreateFormField("map")
	err = errors.Join(err, part(second, `{"0":["variables.file"]}`, err2))
	third, err3 := form.CreateFormFile("0", name)
	err = errors.Join(err, part(third, content, err3), form.Close())
	if err != nil {
		return exchange{}, err
	}
	c.parts = true
	return w.send("POST", "/graphql", form.FormDataContentType(), body.Bytes(), c)
}

// submits does in one line what k1 tells at length: "given tom submits receipt.pdf to {bakery}", also "… for {nell} to
// {bakery}"; the body may say the kind.
func (w *world) submits(who, what, whom, account, called string, others []string) error {
	c, err := w.app(who)
	if err != nil {
		return err
	}
	input := fmt.Sprintf("accountId: %q, file: $file", w.names.fill(account))
	if whom != "" {
		input += fmt.Sprintf(", ownerMembershipId: %q", w.names.fill(whom))
	}
	kind := "kind: COSTS"
	if len(others) > 0 {
		kind = others[0]
	}
	got, err := w.upload("mutation($file: Upload!) { documentSubmit(input: {"+input+", "+kind+"}) { document { id } problems { code message } } }", map[string]any{}, c, what)
	if err != nil {
		return err
	}
	if wrong := refusals(got.raw); wrong != "" {
		return fmt.Errorf("it was refused: %s", wrong)
	}
	var answer struct {
		Data struct {
			DocumentSubmit struct{ Document struct{ ID string } }
		}
	}
	if err := json.Unmarshal(got.raw, &answer); err != nil {
		return err
	}
	return w.names.call(called, answer.Data.DocumentSubmit.Document.ID)
}
