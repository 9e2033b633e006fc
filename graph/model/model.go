// Package model holds the Go side of GraphQL types that are neither an entity nor a use case's own: the two
// interfaces, the viewer, the pages and the scalar for moments. It knows nothing of how they are found.
package model

import (
	"io"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"roster/ent"
	"roster/graph/page"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/viewer"
)

// Node is anything with an id: an entity, *Viewer or *login.Access.
type Node any

// Account is *ent.Practice or *ent.ClientAccount.
type Account any

// Viewer is the person who is asking.
type Viewer struct{ viewer.Viewer }

// ID differs from the login's, so that a client's cache keeps the two apart.
func (v *Viewer) ID() string { return ViewerID(v.UserID) }

// EmailVerificationRequired is whether to show the banner (RULES.md J2).
func (v *Viewer) EmailVerificationRequired() bool { return !v.EmailVerified }

// IsSupport is whether Roster's operators appointed them (RULES.md G4).
func (v *Viewer) IsSupport() bool { return v.Support }

// ViewerID is the viewer's id for a login.
func ViewerID(user string) string { return "vwr_" + strings.TrimPrefix(user, "usr_") }

// ClientAccess is which clients a colleague opens.
type ClientAccess struct{ Membership *ent.Membership }

// The pages of the lists there are.
type (
	MembershipConnection    = page.Connection[*ent.Membership]
	MembershipEdge          = page.Edge[*ent.Membership]
	ClientAccountConnection = page.Connection[*ent.ClientAccount]
	ClientAccountEdge       = page.Edge[*ent.ClientAccount]
	ClientGrantConnection   = page.Connection[*ent.ClientGrant]
	ClientGrantEdge         = page.Edge[*ent.ClientGrant]
	EventConnection         = page.Connection[*ent.Event]
	EventEdge               = page.Edge[*ent.Event]
	AccountAccessConnection = page.Connection[*login.Access]
	AccountAccessEdge       = page.Edge[*login.Access]
	DocumentConnection      = page.Connection[*ent.Document]
	DocumentEdge            = page.Edge[*ent.Document]
)

// MarshalDateTime writes a moment in RFC 3339, in UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		b := append(t.UTC().AppendFormat([]byte{'"'}, time.RFC3339Nano), '"')
		_, _ = w.Write(b)
	})
}

// UnmarshalDateTime reads RFC 3339 and nothing else.
func UnmarshalDateTime(v any) (time.Time, error) {
	text, ok := v.(string)
	if ok {
		t, err := time.Parse(time.RFC3339, text)
		if t = t.UTC(); err == nil && t.Year() > 0 && t.Year() < 10000 { // in UTC, or 9999 in the west is 10000
			return t, nil
		}
	}
	return time.Time{}, rule.BadRequest("a DateTime is written in RFC 3339, such as 2026-12-06T14:05:00Z")
}
