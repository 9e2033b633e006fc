package web

import (
	"mime"
	"strconv"
	"strings"
)

// negotiate picks the type of the answer: of what a client accepts the one with the higher quality, then the one named
// more exactly, then the one named first. Who says nothing, and who accepts neither, is answered in plain JSON.
func negotiate(accept string) (kind string, ok bool) {
	if strings.TrimSpace(accept) == "" {
		return plainJSON, true
	}
	kind, best := plainJSON, wished(accept, plainJSON)
	if w := wished(accept, graphqlJSON); w.quality > best.quality || w.quality == best.quality &&
		(w.exact > best.exact || w.exact == best.exact && w.position < best.position) {
		kind, best = graphqlJSON, w
	}
	if best.quality == 0 {
		return plainJSON, false
	}
	return kind, true
}

// wish is how much a client wants one type: by its name (3), as one of application/* (2) or of */* (1).
type wish struct {
	quality         float64
	exact, position int
}

func wished(accept, offer string) (w wish) {
	exactness := map[string]int{offer: 3, "application/*": 2, "*/*": 1}
	for i, part := range strings.Split(accept, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil || exactness[kind] <= w.exact || !isUTF8(params) {
			continue
		}
		quality := 1.0
		if q, given := params["q"]; given {
			quality, err = strconv.ParseFloat(q, 64)
		}
		if err == nil && quality >= 0 && quality <= 1 {
			w = wish{quality, exactness[kind], i}
		}
	}
	return w
}
