package rule

import "time"

// ClientAccessChange is a change of which clients a colleague opens (RULES.md B6).
type ClientAccessChange struct {
	Role   Role  // the member's
	All    *bool // every client, or selected ones; nil: as it is
	Grants []GrantedClient
	Revoke []string // ids of clients
	Now    time.Time
}

// GrantedClient is one client to open, for good or until a moment.
type GrantedClient struct {
	Client    string
	ExpiresAt *time.Time
	Reason    string     // tidied; may be empty
	Until     *time.Time // when the actor's own access to it ends; nil: not by itself
}

// outlasts reports whether it would be open to them longer than to whoever gives it.
func (g GrantedClient) outlasts() bool {
	return g.Until != nil && (g.ExpiresAt == nil || g.ExpiresAt.After(*g.Until))
}

// Set is the resulting set of permissions: ALL means having CLIENTS_ALL, and one sets the other (B7).
func (c ClientAccessChange) Set(f Managed) Permissions {
	switch {
	case c.All == nil:
		return f.Member.Permissions
	case *c.All:
		return f.Member.Permissions | ClientsAll
	}
	return f.Member.Permissions &^ ClientsAll
}

// MayEditClientAccess judges it. Which clients the actor can open is not judged here: others do not exist for them.
func MayEditClientAccess(f Managed, c ClientAccessChange) Verdict {
	stands := f.Manage(EditClientAccess)
	if stands.alone() {
		return stands
	}
	if f.Kind == Client {
		return append(Verdict{invalid("Only colleagues of a practice are given access to clients.", "input", "membershipId")}, stands...)
	}
	set := c.Set(f)
	var v Verdict
	switch {
	case c.Role.Permissions.Has(ClientsAll) && !set.Has(ClientsAll):
		v = append(v, invalid("The role "+c.Role.Name+" opens all clients, so none can be selected. Give another role first.", "input", "scope"))
	case set != f.Member.Permissions:
		for _, p := range fits(f.Actor, c.Role, set, false) {
			p.Field = []string{"input", "scope"}
			v = append(v, p)
		}
	}
	if set.Has(ClientsAll) && len(c.Grants) > 0 {
		v = append(v, invalid("All clients are opened already, so none can be selected.", "input", "grant"))
	}
	v = append(v, c.clients()...)
	v = append(v, stands...)
	if f.Self && !set.Has(f.Member.Permissions) {
		v = append(v, because(CannotActOnYourself))
	}
	return v
}

// clients judges each client that is named. Nobody gives one for longer than they have it themselves (B4).
func (c ClientAccessChange) clients() Verdict {
	var v Verdict
	named := map[string]bool{}
	twice := false
	for _, g := range c.Grants {
		twice = twice || named[g.Client]
		named[g.Client] = true
		if g.ExpiresAt != nil && !g.ExpiresAt.After(c.Now) {
			v = append(v, invalid("The end of the access must lie in the future.", "input", "grant", "expiresAt"))
		}
		if g.outlasts() {
			v = append(v, Problem{Code: PermissionNotGrantable, Field: []string{"input", "grant", "expiresAt"},
				Message: "Your own access to this client ends on " + g.Until.UTC().Format("2 January 2006 15:04 UTC") + ", so you cannot give it for longer."})
		}
		if g.Reason != "" {
			v = append(v, Text("The reason", g.Reason, MaxReason, "input", "grant", "reason")...)
		}
	}
	for _, client := range c.Revoke {
		twice = twice || named[client]
		named[client] = true
	}
	if twice {
		v = append(v, invalid("A client is named twice. Name each once, to grant or to revoke it.", "input", "grant"))
	}
	return v
}
