// Package web holds what npm brings: the files of GraphiQL, when they were there as the program was built. It holds
// nothing of ours.
package web

import "embed"

// Files are the files of GraphiQL in the folder dist, which `npm ci && npm run collect` fills; without npm it is empty
// but for a marker.
//
//go:embed all:dist
var Files embed.FS
