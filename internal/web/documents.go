package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// remembered is how many texts of documents are kept for those who send only their hash, and longestKept how long such a
// text may be, in bytes: 8 MB in all.
const (
	remembered  = 500
	longestKept = 16 << 10
)

// notRemembered is the message by which every client of automatic persisted queries knows that it has to send the text.
const notRemembered = "PersistedQueryNotFound"

type documentKey struct{}

// Documents finds the text of an operation for a client that sends only its hash or id: one of those that this server
// was given at its start, or, unless only those may run, one that a client sent before (automatic persisted queries).
// A text is kept once it proved to be an operation of this schema, so that nonsense cannot push out what others use.
type Documents struct {
	trusted map[string]string // by id; nil when everything may run
	texts   map[string]bool   // the same, by text
	sent    graphql.Cache[string]
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
	graphql.OperationContextMutator
} = (*Documents)(nil)

// NewDocuments lets everything run when trusted is nil, else only what is in it: texts by their ids.
func NewDocuments(trusted map[string]string) *Documents {
	d := &Documents{trusted: trusted, texts: map[string]bool{}, sent: lru.New[string](remembered)}
	for _, text := range trusted {
		d.texts[text] = true
	}
	return d
}

// ExtensionName names it to gqlgen.
func (*Documents) ExtensionName() string { return "Documents" }

// Validate accepts every schema; the texts were held against it by ReadDocuments.
func (*Documents) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters puts the text in the place of its hash or id.
func (d *Documents) MutateOperationParameters(ctx context.Context, p *graphql.RawParams) *gqlerror.Error {
	id, _ := ctx.Value(documentKey{}).(string)
	hash, err := hashOf(p.Extensions["persistedQuery"])
	switch {
	case err != nil:
		return err
	case id != "" && hash != "":
		return refusal(codeBadRequest, "send either a documentId or the extension persistedQuery, not both")
	case hash != "" && p.Query != "" && sum(p.Query) != hash:
		return refusal(codeBadRequest, "the hash is not that of the query: it must be its SHA-256 in lower-case hexadecimal")
	case d.trusted != nil:
		return d.onlyTrusted(p, strings.TrimPrefix(id, "sha256:")+hash)
	case id != "":
		hash = strings.TrimPrefix(id, "sha256:")
	}
	if hash == "" || p.Query != "" {
		return nil
	}
	text, known := d.sent.Get(ctx, hash)
	if !known {
		return refusal(codeNotFound, notRemembered)
	}
	p.Query = text
	return nil
}

func (d *Documents) onlyTrusted(p *graphql.RawParams, id string) *gqlerror.Error {
	if p.Query == "" {
		p.Query = d.trusted[id]
	}
	if !d.texts[p.Query] {
		return refusal(codeBadRequest, "this server runs only the operations that its own apps were built with: send the documentId of one of them, or its text to the letter")
	}
	return nil
}

// MutateOperationContext keeps a text that came with its hash and is an operation.
func (d *Documents) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if hash, _ := hashOf(op.Extensions["persistedQuery"]); hash != "" && d.trusted == nil && len(op.RawQuery) <= longestKept {
		if _, known := d.sent.Get(ctx, hash); !known {
			d.sent.Add(ctx, hash, op.RawQuery)
		}
	}
	return nil
}

// hashOf reads the extension; empty when there is none.
func hashOf(extension any) (string, *gqlerror.Error) {
	if extension == nil {
		return "", nil
	}
	fields, _ := extension.(map[string]any)
	hash, _ := fields["sha256Hash"].(string)
	if fmt.Sprint(fields["version"]) != "1" || len(hash) != 2*sha256.Size || strings.Trim(hash, "0123456789abcdef") != "" {
		return "", refusal(codeBadRequest, `the extension persistedQuery must be {"version":1,"sha256Hash":"…"} with a SHA-256 in lower-case hexadecimal`)
	}
	return hash, nil
}

func sum(text string) string {
	hash := sha256.Sum256([]byte(text))
	return hex.EncodeToString(hash[:])
}

// ReadDocuments reads a file of trusted documents as relay-compiler and graphql-codegen write it: one JSON object of
// texts by their ids. Each is held against the schema and the guard, so that an app that was built against another
// schema stops the start and not its users.
func ReadDocuments(file string, schema *ast.Schema) (map[string]string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var given map[string]any
	unclear := fmt.Errorf("%s is not one JSON object of documents by their ids, each id once", file)
	if decode(content, &given) != nil || given == nil {
		return nil, unclear
	}
	trusted := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		id := strings.TrimPrefix(key, "sha256:") // as a client's id may come with it or without
		text, ok := given[key].(string)
		switch {
		case !ok || id == "":
			return nil, fmt.Errorf("%s: the document %q is not a text", file, key)
		case trusted[id] != "":
			return nil, unclear
		}
		if err := fits(id, text, schema); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		trusted[id] = text
	}
	if len(trusted) == 0 {
		return nil, fmt.Errorf("%s holds no document", file)
	}
	return trusted, nil
}

func fits(id, text string, schema *ast.Schema) error {
	limits := DefaultLimits()
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, limits.Tokens)
	if err != nil {
		return fmt.Errorf("the document %q cannot be read: %w", id, err)
	}
	if len(doc.Operations) == 0 {
		return fmt.Errorf("the document %q holds no operation", id)
	}
	if err := (Guard{Limits: limits}).judge(doc); err != nil {
		return fmt.Errorf("the document %q would be refused: %s", id, err.Message)
	}
	wrong := validator.ValidateWithRules(schema, doc, rules.NewDefaultRules())
	if i := slices.IndexFunc(wrong, func(e *gqlerror.Error) bool { return e != nil }); i >= 0 {
		return fmt.Errorf("the document %q does not fit the schema: %s", id, wrong[i].Message)
	}
	return nil
}
