package main

import (
	"bytes"
	"fmt"
	"html"
)

// bar is one server's rate beside the bare handler's.
type bar struct {
	work, who string
	ratio     float64
}

var colours = map[string]string{bareOne: "#9aa5b1", ours: "#0b6e4f", graphile: "#c46a2b"}

// plot draws the ratios, as SVG.
func plot(bars []bar) []byte {
	const left, width, row = 190, 420, 22
	most := 1.0
	for _, b := range bars {
		most = max(most, b.ratio)
	}
	height, last := 10, ""
	var b bytes.Buffer
	for _, one := range bars {
		if one.work != last {
			height += row
			fmt.Fprintf(&b, `<text x="8" y="%d" font-weight="bold">%s</text>`+"\n", height, html.EscapeString(one.work))
			last = one.work
		}
		height += row
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text><rect x="%d" y="%d" width="%.0f" height="14" fill="%s"/><text x="%.0f" y="%d">%.2f</text>`+"\n",
			left-8, height, html.EscapeString(one.who), left, height-12, one.ratio/most*width, colours[one.who], left+one.ratio/most*width+6, height, one.ratio)
	}
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13" role="img">`+"\n"+
		"<title>Requests a second beside a bare handler</title>\n"+`<rect width="100%%" height="100%%" fill="white"/>`+"\n", left+width+60, height+16)
	return append([]byte(head), append(b.Bytes(), "</svg>\n"...)...)
}
