package view

import (
	"net/url"
	"regexp"
	"strings"
)

// part is a run of a text message; with a URL it is shown as a link.
type part struct {
	Text string
	URL  string
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// linkify cuts a plain text into runs and links, for the template to escape each in its own way. Only http and https addresses with a host
// become links; a full stop, comma or closing bracket at the end belongs to the sentence, not to the address.
func linkify(text string) []part {
	var parts []part
	from := 0
	for _, found := range address.FindAllStringIndex(text, -1) {
		link := trimLink(text[found[0]:found[1]])
		if u, err := url.Parse(link); err != nil || u.Host == "" {
			continue
		}
		if found[0] > from {
			parts = append(parts, part{Text: text[from:found[0]]})
		}
		parts = append(parts, part{Text: link, URL: link})
		from = found[0] + len(link)
	}
	if from < len(text) {
		parts = append(parts, part{Text: text[from:]})
	}
	return parts
}

// trimLink takes the sentence's punctuation off the end of an address. A bracket stays when it was opened inside the address.
func trimLink(link string) string {
	for link != "" {
		last := link[len(link)-1]
		switch {
		case strings.IndexByte(".,;:!?'*_", last) >= 0:
		case last == ')' && strings.Count(link, ")") > strings.Count(link, "("):
		case last == ']' && strings.Count(link, "]") > strings.Count(link, "["):
		default:
			return link
		}
		link = link[:len(link)-1]
	}
	return link
}
