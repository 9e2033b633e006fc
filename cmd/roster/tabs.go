package main

import (
	"context"
	"fmt"

	"roster/ent/clientaccount"
	"roster/internal/store"
	"roster/internal/web"
)

// demoTabs are what GraphiQL opens with: the whole of the main job, ready to run from top to bottom.
func demoTabs(ctx context.Context, s *store.Store) ([]web.Tab, error) {
	bakery, err := s.Read().ClientAccount.Query().Where(clientaccount.Name(adasClients[0])).Only(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("find the demo's bakery: %w", err)
	}
	query := `# Roster knows who may open which account, and as what.
# Run these from top to bottom: put the cursor into one and press Ctrl+Enter.

# 1. Sign in. The session is a cookie; nothing has to be copied.
mutation SignIn {
  signIn(input: { email: "` + people[0].email + `", password: "` + demoPassword + `", client: WEB }) {
    viewer { user { firstName email } }
    problems { code message }
  }
}

# 2. The account switcher: everything Ada can open.
query Switcher {
  viewer {
    accounts(first: 20) {
      nodes { account { id name kind } via role { name } }
    }
  }
}

# 3. The users of one client.
query Users {
  clientAccount(id: "` + bakery.ID + `") {
    name
    owner { firstName lastName }
    memberships(first: 20) {
      totalCount
      nodes { firstName lastName email status loginAccess isOwner role { name } invitation { status expiresAt delivery } }
    }
  }
}

# 4. Add somebody. Then open /mailbox, follow the link in the mail, and choose a password.
mutation AddUser {
  membershipAdd(input: {
    accountId: "` + bakery.ID + `", firstName: "Gus", lastName: "Newman", email: "gus@example.com",
    loginAccess: true, roleId: "rol_standard"
  }) {
    membership { id status }
    invitation { status expiresAt }
    problems { code message remedy }
  }
}

# 5. What happened, and who did it.
query Journal {
  clientAccount(id: "` + bakery.ID + `") {
    events(first: 10) { nodes { at verb actorName changes { field before after } } }
  }
}
`
	return []web.Tab{{Query: query}}, nil
}
