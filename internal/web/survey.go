package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// survey measures a document. Each fragment is measured once, however often it is spread.
type survey struct {
	doc       *ast.QueryDocument
	lone      []string          // Limits.Alone
	fragments map[string]*shape // nil while it is being measured
	marks     int               // directives
	circular  bool
	deferred  bool
}

// shape is the size of a set of selections with everything below it, and what stands on its first level.
type shape struct {
	depth, selections, widest int
	fields, alone             int  // on the first level, as are
	schema, data              bool // __schema or __type, and fields of the schema's own
}

// plenty keeps the sizes of fragments that spread fragments from overflowing.
const plenty = 1 << 20

func (s *survey) measure(set ast.SelectionSet) (all shape) {
	for _, selection := range set {
		var inner shape
		switch x := selection.(type) {
		case *ast.Field:
			s.directives(x.Directives)
			below := s.measure(x.SelectionSet)
			inner = shape{depth: below.depth + 1, selections: below.selections, widest: below.widest, fields: 1}
			inner.schema, inner.data = x.Name == "__schema" || x.Name == "__type", !strings.HasPrefix(x.Name, "__")
			if slices.Contains(s.lone, x.Name) {
				inner.alone = 1
			}
		case *ast.InlineFragment:
			s.directives(x.Directives)
			inner = s.measure(x.SelectionSet)
		case *ast.FragmentSpread:
			s.directives(x.Directives)
			inner = s.fragment(x.Name)
		}
		all = shape{
			depth: max(all.depth, inner.depth), selections: min(all.selections+1+inner.selections, plenty),
			widest: max(all.widest, inner.widest, all.fields+inner.fields), fields: min(all.fields+inner.fields, plenty),
			alone: min(all.alone+inner.alone, plenty), schema: all.schema || inner.schema, data: all.data || inner.data,
		}
	}
	return all
}

func (s *survey) fragment(name string) shape {
	known, begun := s.fragments[name]
	def := s.doc.Fragments.ForName(name)
	switch {
	case known != nil:
		return *known
	case begun:
		s.circular = true
		return shape{}
	case def == nil:
		return shape{} // validation says so
	}
	s.fragments[name] = nil
	size := s.measure(def.SelectionSet)
	s.fragments[name] = &size
	return size
}

func (s *survey) directives(list ast.DirectiveList) {
	s.marks += len(list)
	s.deferred = s.deferred || list.ForName("defer") != nil
}

func atMost(most, got int, what string) *gqlerror.Error {
	if got <= most {
		return nil
	}
	return refusal(codeTooComplex, fmt.Sprintf("the operation is too complex: it has more than %d %s", most, what))
}
