package schema

import (
	"context"
	"slices"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	generated "roster/ent"
	"roster/ent/privacy"
	"roster/internal/viewer"
)

// What the viewer may not see does not exist: every query is narrowed here, and only here (RULES.md A5, L3).
// privacy.DecisionContext lifts it for facts and for the system's own work.

// reads adds what support reads in this request (RULES.md G4): rows of the accounts whose reading was recorded.
func reads(seen string, args []any, account string, v viewer.Viewer) (string, []any) {
	for _, id := range v.Reads {
		seen, args = seen+" OR "+account+" = ?", append(args, id)
	}
	return seen, args
}

// readsPractice adds the practices behind those accounts, too: their name and roles, as a client's users see them.
func readsPractice(seen string, args []any, practice string, v viewer.Viewer) (string, []any) {
	for _, id := range v.Reads {
		seen, args = seen+" OR "+practice+" = (SELECT r.practice_id FROM client_accounts r WHERE r.id = ?)", append(args, id)
	}
	return reads(seen, args, practice, v)
}

// Policy shows a login to itself, and to those who see one of its memberships.
func (User) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.UserQueryRuleFunc(func(ctx context.Context, q *generated.UserQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			seen, args := membershipSeen(func(c string) string { return "x." + c }, v)
			return col("id") + " = ? OR EXISTS (SELECT 1 FROM memberships x WHERE x.user_id = " + col("id") + " AND (" + seen + "))",
				append([]any{v.UserID}, args...)
		})
	})}}
}

// Policy shows one's own sessions only.
func (Session) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.SessionQueryRuleFunc(func(ctx context.Context, q *generated.SessionQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			return col("user_id") + " = ?", []any{v.UserID}
		})
	})}}
}

// Policy shows one's own identities only.
func (Identity) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.IdentityQueryRuleFunc(func(ctx context.Context, q *generated.IdentityQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			return col("user_id") + " = ?", []any{v.UserID}
		})
	})}}
}

// Policy shows a practice to its colleagues, and to users of its clients, who see its name and nothing else of it.
func (Practice) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.PracticeQueryRuleFunc(func(ctx context.Context, q *generated.PracticeQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			return readsPractice(practiceSeen(col("id")), []any{v.UserID, v.UserID}, col("id"), v)
		})
	})}}
}

func practiceSeen(practice string) string {
	return "EXISTS (SELECT 1 FROM memberships m WHERE m.practice_id = " + practice + " AND " + open + ") OR " +
		"EXISTS (SELECT 1 FROM memberships m JOIN client_accounts c ON c.id = m.client_account_id WHERE c.practice_id = " + practice + " AND " + open + ")"
}

// Policy shows a client account to those who can open it.
func (ClientAccount) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.ClientAccountQueryRuleFunc(func(ctx context.Context, q *generated.ClientAccountQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			return reads(opensOf(col("practice_id"), col("id")), openedBy(v), col("id"), v)
		})
	})}}
}

// Policy shows the built-in roles to everybody signed in, a practice's own to those who see the practice.
func (Role) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.RoleQueryRuleFunc(func(ctx context.Context, q *generated.RoleQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			return readsPractice(col("practice_id")+" IS NULL OR "+practiceSeen(col("practice_id")), []any{v.UserID, v.UserID}, col("practice_id"), v)
		})
	})}}
}

// Policy shows a practice's applications to those who see the practice: its clients are offered them.
func (Application) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.ApplicationQueryRuleFunc(func(ctx context.Context, q *generated.ApplicationQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			return readsPractice(practiceSeen(col("practice_id")), []any{v.UserID, v.UserID}, col("practice_id"), v)
		})
	})}}
}

// Policy shows all memberships of an account to those who manage its people; to its other members their own and the
// owner's (L3).
func (Membership) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.MembershipQueryRuleFunc(func(ctx context.Context, q *generated.MembershipQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, membershipSeen)
	})}}
}

// membershipSeen: an own membership is seen only while it lets one in; otherwise the account does not exist for one.
func membershipSeen(col func(string) string, v viewer.Viewer) (string, []any) {
	return reads(manages(col("account_id"))+" OR ("+col("is_owner")+" OR "+col("user_id")+" = ?) AND EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = "+
		col("account_id")+" AND "+open+")", append(openedBy(v), v.UserID, v.UserID), col("account_id"), v)
}

// Policy shows grants to those who manage the practice's people, and to the colleague they are for; and only those for
// clients that the viewer can open.
func (ClientGrant) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.ClientGrantQueryRuleFunc(func(ctx context.Context, q *generated.ClientGrantQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			text, args := ofPeople(col, v)
			client, more := reads(opens(col("client_account_id")), openedBy(v), col("client_account_id"), v)
			return "(" + text + ") AND (" + client + ")", append(args, more...)
		})
	})}}
}

// Policy shows invitations to those who manage the account's people, and to the person they were for.
func (Invitation) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.InvitationQueryRuleFunc(func(ctx context.Context, q *generated.InvitationQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, ofPeople)
	})}}
}

// ofPeople is for what belongs to one membership and is nobody else's business.
func ofPeople(col func(string) string, v viewer.Viewer) (string, []any) {
	seen, args := reads(manages("x.account_id")+" OR x.user_id = ? AND x.status = 'ACTIVE' AND x.login_access", append(openedBy(v), v.UserID), "x.account_id", v)
	return "EXISTS (SELECT 1 FROM memberships x WHERE x.id = " + col("membership_id") + " AND (" + seen + "))", args
}

// Policy shows the journal of an account to those who manage its people; to its other members what they did and what
// was done to them; and to every login what concerns the login alone (L3).
func (Event) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.EventQueryRuleFunc(func(ctx context.Context, q *generated.EventQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			account := col("account_id")
			return reads(manages(account)+" OR "+account+" IS NULL AND "+col("user_id")+" = ? OR ("+col("actor_id")+" = ? OR EXISTS (SELECT 1 FROM memberships x WHERE x.id = "+
				col("membership_id")+" AND x.user_id = ?)) AND "+opens(account),
				slices.Concat(openedBy(v), []any{v.UserID, v.UserID, v.UserID}, openedBy(v)), account, v)
		})
	})}}
}

// Policy shows when one used which account to oneself only.
func (AccountUse) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.AccountUseQueryRuleFunc(func(ctx context.Context, q *generated.AccountUseQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			return col("user_id") + " = ?", []any{v.UserID}
		})
	})}}
}

// Policy shows the documents of a client account to its practice, to those who see or manage all of them, and to their
// owner (K2). Support reads no documents (G4).
func (Document) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.DocumentQueryRuleFunc(func(ctx context.Context, q *generated.DocumentQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			return documentSeen(col("client_account_id"), col("owner_id")), openedBy(v)
		})
	})}}
}

// Policy shows a user's addresses as their membership's other details, an account's own to all who open it.
func (SubmissionAddress) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.SubmissionAddressQueryRuleFunc(func(ctx context.Context, q *generated.SubmissionAddressQuery) error {
		return filter(ctx, func(p func(*sql.Selector)) { q.Where(p) }, func(col func(string) string, v viewer.Viewer) (string, []any) {
			own, args := reads(opens(col("client_account_id")), openedBy(v), col("client_account_id"), v)
			theirs, more := ofPeople(col, v)
			return col("membership_id") + " IS NULL AND (" + own + ") OR " + theirs, append(args, more...)
		})
	})}}
}

// Uses, tokens, idempotency keys, attempts, uploads, messages and kept switchers are read by the use cases alone.

// Policy shows uses to nobody: who has an application is asked of the membership.
func (ApplicationUse) Policy() ent.Policy { return hidden() }

// Policy shows tokens to nobody.
func (Token) Policy() ent.Policy { return hidden() }

// Policy shows idempotency keys to nobody.
func (IdempotencyKey) Policy() ent.Policy { return hidden() }

// Policy shows attempts to nobody.
func (Attempt) Policy() ent.Policy { return hidden() }

// Policy shows uploads to nobody.
func (Upload) Policy() ent.Policy { return hidden() }

// Policy shows messages to nobody.
func (Received) Policy() ent.Policy { return hidden() }

// Policy shows kept switchers to nobody.
func (KeptSwitcher) Policy() ent.Policy { return hidden() }

func hidden() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.AlwaysDenyRule()}}
}
