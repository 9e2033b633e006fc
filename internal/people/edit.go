package people

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/ent/role"
	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
)

// Details is a change of a member's details; nil where one stays. An empty email or mobile takes it away.
type Details struct {
	FirstName, LastName, Email, Mobile *string
	Addresses                          *[]SubmissionAddress
	WhatsApp                           *WhatsApp
	ExpectedVersion                    *int // the version that was looked at; nil: whatever it is
}

// UpdateDetails changes a member's name, email, mobile, submission addresses and WhatsApp (RULES.md F1). A new email of somebody who is pending ends the
// old link and is invited like a new person (E9); so does a new number, where the link was sent to the old one.
func (p *People) UpdateDetails(ctx context.Context, id string, input Details) error {
	return p.manage(ctx, id, func(ctx context.Context, tx *store.Tx, t *target) error {
		next, facts, err := t.newDetails(ctx, tx, input)
		if err != nil {
			return err
		}
		sent, err := t.sent(ctx, tx)
		if err != nil {
			return err
		}
		submits, err := t.newSubmitting(ctx, tx, input, next.mobile, &facts)
		if err != nil {
			return err
		}
		anew := sent == rule.BySMS && (facts.EmailChanges || next.mobile != some(t.Mobile))
		if anew {
			if facts.Text, err = p.texting(ctx, tx, sent, next.mobile, next.verified()); err != nil {
				return err
			}
		}

		if verdict := rule.MayEditDetails(t.facts, facts); verdict.Refused() {
			return verdict
		}
		if changed := t.expects(input.ExpectedVersion); changed.Refused() {
			return changed
		}

		return p.saveDetails(ctx, tx, t, next, submits, facts.EmailChanges || anew, sent)
	})
}

// sent is how the pending invitation was sent; NotSent where it was not, or there is none.
func (t *target) sent(ctx context.Context, tx *store.Tx) (rule.Channel, error) {
	if t.Status != rule.Pending || !t.facts.Sent {
		return rule.NotSent, nil
	}
	i, err := t.pending(ctx, tx)
	if err != nil {
		return "", err
	}
	return i.Channel, nil
}

// newDetails are the details as they would be, and what the rule has to know of them.
func (t *target) newDetails(ctx context.Context, tx *store.Tx, input Details) (next details, f rule.Details, err error) {
	next = details{first: t.FirstName, last: t.LastName, email: some(t.Email), mobile: some(t.Mobile)}
	if input.FirstName != nil {
		next.first = address.Name(*input.FirstName)
		f.FirstName = &next.first
	}
	if input.LastName != nil {
		next.last = address.Name(*input.LastName)
		f.LastName = &next.last
	}
	if input.Mobile != nil {
		if next.mobile, err = mobile(*input.Mobile, t.account); err != nil {
			next.mobile, f.MobileBroken = some(t.Mobile), true
		}
	}
	if input.Email == nil {
		return next, f, nil
	}
	next.email = ""
	if *input.Email != "" {
		if next.email, err = address.Email(*input.Email); err != nil {
			f.EmailBroken = true
		}
	}
	f.EmailChanges = f.EmailBroken || next.email != some(t.Email)
	f.EmailEmpty = *input.Email == ""
	if !f.EmailChanges || f.EmailBroken || f.EmailEmpty {
		return next, f, nil
	}
	if next.login, err = loginOf(ctx, tx.Client, next.email); err != nil {
		return next, f, err
	}
	f.Existing, f.Colleague, f.ClientUser, err = elsewhere(ctx, tx, t.account, next.email, next.login)
	return next, f, err
}

// saveDetails writes the new details. reach: the person is reached otherwise from now on, so that a pending invitation is
// judged and sent anew, by the channel it was sent by.
func (p *People) saveDetails(ctx context.Context, tx *store.Tx, t *target, next details, submits submitting, reach bool, sent rule.Channel) error {
	changes := journal.Changes(
		journal.Turn("firstName", t.FirstName, next.first), journal.Turn("lastName", t.LastName, next.last),
		journal.Turn("email", some(t.Email), next.email), journal.Turn("mobile", some(t.Mobile), next.mobile))
	if changes = append(changes, submits.changes...); len(changes) == 0 {
		return nil
	}
	change := reached(tx.Membership.Update(), next.email, next.mobile).SetFirstName(next.first).SetLastName(next.last).
		SetNameKey(nameKey(next.first, next.last)).SetSearchKey(address.SearchKey(next.first, next.last, next.email))
	if err := submits.save(ctx, tx, change); err != nil {
		return err
	}
	if !reach || t.Status != rule.Pending {
		return t.write(ctx, tx, "membershipUpdateDetails", "", change, changes...)
	}

	if next.verified() {
		if err := t.endInvitation(ctx, tx); err != nil {
			return err
		}
		change.SetStatus(rule.Active).SetUserID(next.login.ID).SetJoinedAt(tx.Now)
		changes = append(changes, journal.Turn("status", t.Status, rule.Active))
		if err := t.write(ctx, tx, "membershipUpdateDetails", "", change, changes...); err != nil || sent == rule.NotSent {
			return err
		}
		return tx.Enqueue(ctx, courier.Notice{Notice: courier.AddedDirectly, UserID: next.login.ID, MembershipID: t.ID})
	}
	if err := t.write(ctx, tx, "membershipUpdateDetails", "", change, changes...); err != nil || sent == rule.NotSent {
		return err
	}
	return p.sendAnew(ctx, tx, t, sent)
}

// Privileges is a change of a member's role and permissions; nil where one stays.
type Privileges struct {
	Role            *string
	Permissions     *[]rule.Permission // the whole resulting set
	Applications    *[]string          // all of them
	ExpectedVersion *int
}

// UpdatePrivileges changes what a member may do (F2). A new role without permissions resets them (B7).
func (p *People) UpdatePrivileges(ctx context.Context, id string, input Privileges) error {
	return p.manage(ctx, id, func(ctx context.Context, tx *store.Tx, t *target) error {
		next, err := t.newPrivileges(ctx, tx, input)
		if err != nil {
			return err
		}
		uses, err := t.newApplications(ctx, tx, input, &next)
		if err != nil {
			return err
		}

		if verdict := rule.MayEditPrivileges(t.facts, next); verdict.Refused() {
			return verdict
		}
		if changed := t.expects(input.ExpectedVersion); changed.Refused() {
			return changed
		}

		set := next.Set(t.facts)
		changes := journal.Changes(journal.Turn("role", t.RoleID, next.Role.ID), journal.Turn("permissions", permissionNames(t.Permissions), permissionNames(set)),
			journal.Turn("applications", listed(uses.before), listed(uses.after)))
		if len(changes) == 0 {
			return nil
		}
		if err := t.swap(ctx, tx, uses); err != nil {
			return err
		}
		return t.write(ctx, tx, "membershipUpdatePrivileges", "", tx.Membership.Update().SetRoleID(next.Role.ID).SetPermissions(set), changes...)
	})
}

func (t *target) newPrivileges(ctx context.Context, tx *store.Tx, input Privileges) (next rule.Privileges, err error) {
	id := t.RoleID
	if input.Role != nil {
		id = *input.Role
	}
	if next.Role, err = roleOf(ctx, tx, id); err != nil {
		return next, err
	}
	next.Practice, next.Another = t.account.practice, id != t.RoleID
	if input.Permissions != nil {
		set := rule.SetOf(*input.Permissions)
		next.Permissions, next.Unknown = &set, !t.Kind.Of().Has(set)
	}
	return next, nil
}

// roleOf finds a role that the viewer can see.
func roleOf(ctx context.Context, tx *store.Tx, id string) (rule.Role, error) {
	r, err := tx.Role.Query().Where(role.ID(id), role.DeletedAtIsNil()).Only(ctx)
	if err != nil {
		return rule.Role{}, notFound("role", err)
	}
	return Role(r), nil
}

// Role is a role as the rules know it.
func Role(r *ent.Role) rule.Role {
	return rule.Role{ID: r.ID, Name: r.Name, Kind: r.Kind, Practice: some(r.PracticeID), Permissions: r.Permissions}
}

// mobile reads a phone number as it is written in the account's country; empty stays empty.
func mobile(text string, a account) (string, error) {
	if text == "" {
		return "", nil
	}
	return address.Mobile(text, a.country)
}

// verified reports whether the address belongs to a login whose email was proved.
func (d details) verified() bool { return d.login != nil && d.login.EmailVerifiedAt != nil }

func some(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// reached sets how a person is reached; empty takes it away.
func reached(change *ent.MembershipUpdate, email, mobile string) *ent.MembershipUpdate {
	if email == "" {
		change.ClearEmail()
	} else {
		change.SetEmail(email)
	}
	if mobile == "" {
		return change.ClearMobile()
	}
	return change.SetMobile(mobile)
}

// pending finds the invitation of a member who has not accepted.
func (t *target) pending(ctx context.Context, tx *store.Tx) (*ent.Invitation, error) {
	i, err := tx.Invitation.Query().Where(pendingOf(t.ID)...).Only(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("find pending invitation of %s: %w", t.ID, err)
	}
	return i, nil
}
