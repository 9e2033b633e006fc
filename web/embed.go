// Package web holds what npm brings: GraphiQL, when it was built before the program was. It holds nothing of ours.
package web

import "embed"

// Files holds GraphiQL in the folder dist/graphiql, which `npm ci && npm run build` fills; without npm there is only a
// marker in dist.
//
//go:embed all:dist
var Files embed.FS
