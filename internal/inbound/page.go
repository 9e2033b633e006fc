package inbound

import (
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is what a person reads of HTML: words, lines, and where links lead. None of its markup stays.
func page(r io.Reader) io.Reader {
	tokens := html.NewTokenizer(r)
	tokens.SetMaxBuf(maxLetter)
	return &pageReader{tokens: tokens, line: true}
}

type pageReader struct {
	tokens *html.Tokenizer
	ready  []byte
	hidden int      // elements that nobody sees
	links  []string // where the open links lead
	line   bool     // a line begins
	space  bool     // a space is due
	err    error
}

// breaks are elements that begin a line.
var breaks = map[atom.Atom]bool{atom.P: true, atom.Br: true, atom.Div: true, atom.Tr: true, atom.Li: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true,
	atom.H6: true, atom.Table: true, atom.Ul: true, atom.Ol: true, atom.Hr: true, atom.Blockquote: true, atom.Pre: true, atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true}

// unseen are elements whose text nobody sees.
var unseen = map[atom.Atom]bool{atom.Style: true, atom.Script: true, atom.Head: true, atom.Title: true, atom.Template: true, atom.Noscript: true, atom.Textarea: true}

// Read reads on.
func (p *pageReader) Read(b []byte) (int, error) {
	for len(p.ready) == 0 {
		if p.err != nil {
			return 0, p.err
		}
		p.next()
	}
	n := copy(b, p.ready)
	p.ready = p.ready[n:]
	return n, nil
}

const white = " \t\r\n"

// next reads one token.
func (p *pageReader) next() {
	switch p.tokens.Next() {
	case html.ErrorToken:
		if p.err = p.tokens.Err(); errors.Is(p.err, html.ErrBufferExceeded) {
			p.err = io.EOF // a page of one sign; what came before it is kept
		}
	case html.TextToken:
		if p.hidden == 0 {
			p.words(string(p.tokens.Text()))
		}
	case html.StartTagToken:
		p.begin(p.tokens.Token())
	case html.SelfClosingTagToken:
		if breaks[p.tokens.Token().DataAtom] {
			p.newLine()
		}
	case html.EndTagToken:
		p.end(p.tokens.Token().DataAtom)
	}
}

func (p *pageReader) words(text string) {
	for i, word := range strings.Fields(text) {
		if (i > 0 || p.space || strings.ContainsAny(text[:1], white)) && !p.line {
			p.ready = append(p.ready, ' ')
		}
		p.ready = append(p.ready, word...)
		p.line, p.space = false, false
	}
	if text != "" && strings.ContainsAny(text[len(text)-1:], white) {
		p.space = true
	}
}

func (p *pageReader) begin(t html.Token) {
	switch {
	case unseen[t.DataAtom]:
		p.hidden++
	case t.DataAtom == atom.Body:
		p.hidden = 0 // a head that nobody closed
	case t.DataAtom == atom.A:
		to := ""
		for _, a := range t.Attr {
			if a.Key == "href" && (strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Val, "http://")) {
				to = a.Val
			}
		}
		p.links = append(p.links, to)
	case t.DataAtom == atom.Td || t.DataAtom == atom.Th:
		p.space = true
	case breaks[t.DataAtom]:
		p.newLine()
	}
}

func (p *pageReader) end(a atom.Atom) {
	switch {
	case unseen[a]:
		p.hidden = max(p.hidden-1, 0)
	case a == atom.A && len(p.links) > 0:
		if to := p.links[len(p.links)-1]; to != "" && p.hidden == 0 {
			p.words(" <" + to + "> ")
		}
		p.links = p.links[:len(p.links)-1]
	case a != atom.Br && breaks[a]:
		p.newLine()
	}
}

func (p *pageReader) newLine() {
	if !p.line {
		p.ready = append(p.ready, '\n')
	}
	p.line, p.space = true, false
}
