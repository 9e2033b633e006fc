package main

import (
	"context"
	"fmt"

	"roster/ent/clientaccount"
	"roster/ent/membership"
	"roster/internal/store"
	"roster/internal/web"
)

// demoTabs are what GraphiQL opens with: the whole of the main job, ready to run from top to bottom, the Manage menu, and a list
// of people.
func demoTabs(ctx context.Context, s *store.Store) ([]web.Tab, error) {
	// The first client ever made: somebody may have given it another name since.
	bakery, err := s.Read().ClientAccount.Query().Order(clientaccount.ByCreatedAt(), clientaccount.ByID()).First(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("find the demo's bakery: %w", err)
	}
	owner, err := s.Read().Membership.Query().Where(membership.AccountID(bakery.ID), membership.IsOwner(true)).First(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("find the bakery's owner: %w", err)
	}
	return []web.Tab{{Query: mainJob(bakery.ID)}, {Query: manageMenu(bakery.ID, owner.ID)}, {Query: manyPeople(bakery.ID)}}, nil
}

func mainJob(bakery string) string {
	return `# Roster knows who may open which account, and as what.
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
  clientAccount(id: "` + bakery + `") {
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
    accountId: "` + bakery + `", firstName: "Gus", lastName: "Newman", email: "gus@example.com",
    loginAccess: true, roleId: "rol_standard"
  }) {
    membership { id status }
    invitation { status expiresAt }
    problems { code message remedy }
  }
}

# 5. What happened, and who did it.
query Journal {
  clientAccount(id: "` + bakery + `") {
    events(first: 10) { nodes { at verb actorName changes { field before after } } }
  }
}
`
}

func manageMenu(bakery, owner string) string {
	return `# What may be done with each user, why not, and what would happen. Sign in in the first tab.

# 1. The Manage menu of the Users page.
query ManageMenu {
  clientAccount(id: "` + bakery + `") {
    memberships(first: 20, filter: { statuses: [AWAITING_ACTIVATION, PENDING, ACTIVE, DEACTIVATED] }) {
      nodes {
        firstName lastName status
        actions {
          setLoginAccess { allowed problems { code } effects { message } }
          deactivate { allowed problems { code } effects { message } }
          enable { allowed problems { code } }
          remove { allowed problems { code message remedy } effects { message count } }
        }
      }
    }
  }
}

# 2. Why can Bea not be removed, and what to do instead?
query WhyNot {
  membership(id: "` + owner + `") {
    firstName isOwner
    actions { remove { allowed problems { code message remedy } } }
  }
}

# 3. The mutation gives the same answer, and writes nothing.
mutation RemoveTheOwner {
  membershipRemove(input: { membershipId: "` + owner + `" }) {
    membership { id }
    problems { code message remedy }
  }
}
`
}

func manyPeople(bakery string) string {
	return `# Many people at once, from a file as a spreadsheet saves it. Sign in in the first tab.

# 1. The review step: every row is judged and answers for itself; nothing is written.
mutation Review {
  membershipAddMany(input: {
    accountId: "` + bakery + `", dryRun: true, notifyByEmail: true, defaultRoleId: "rol_standard"
    csv: """
    First name;Last name;Email;Mobile;Login access;Role
    Ivy;Larch;ivy@example.com;07400 123456;yes;
    Max;Underhill;;;no;Standard
    Bea;Marsh;bea@example.com;;yes;
    Orla;Finch;orla@gmial.com;;yes;User administrator
    """
  }) {
    added refused problems { code message }
    rows { line outcome email warnings { code message } problems { code message remedy } }
  }
}

# 2. Add the good rows and leave the others out. Then open /mailbox.
mutation AddThem {
  membershipAddMany(input: {
    accountId: "` + bakery + `", notifyByEmail: true, onProblem: SKIP_ROWS, defaultRoleId: "rol_standard"
    idempotencyKey: "the list of Monday"
    csv: """
    First name;Last name;Email;Mobile;Login access;Role
    Ivy;Larch;ivy@example.com;07400 123456;yes;
    Max;Underhill;;;no;Standard
    Bea;Marsh;bea@example.com;;yes;
    """
  }) {
    added refused problems { code message }
    rows { line outcome membership { id status invitation { delivery } } problems { code } }
  }
}
`
}
