package ent

import (
	"strings"
	"time"

	"roster/internal/rule"
)

// BuiltInRole is one of the roles that every account has, as its row says it: nobody can change them, so nobody has to read
// them. It is nil for any other id.
func BuiltInRole(id string) *Role {
	for _, r := range rule.BuiltInRoles {
		if r.ID == id {
			return &Role{ID: r.ID, Kind: r.Kind, Name: r.Name, NameKey: strings.ToLower(r.Name), BuiltIn: true, Permissions: r.Permissions, CreatedAt: time.Unix(0, 0).UTC()}
		}
	}
	return nil
}
