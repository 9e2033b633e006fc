package inbound

import (
	"image"
	_ "image/gif" // what logos are
	_ "image/jpeg"
	_ "image/png"
	"io"

	"roster/internal/document"
)

// How small a picture within a text is that nobody can read a receipt on: logos in signatures, signs of networks, the single
// point that tells who has read a mail.
const (
	smallSide  = 200     // pixels, of the shorter side
	smallBytes = 8 << 10 // where the sides cannot be told
)

// decoration reports whether a picture within a text is too small to be a document.
func decoration(f document.File) bool {
	size, _, err := image.DecodeConfig(io.NewSectionReader(f.Content, 0, f.Size))
	if err != nil {
		return f.Size < smallBytes
	}
	return min(size.Width, size.Height) < smallSide
}
