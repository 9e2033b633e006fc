package graph_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"roster/ent"
	"roster/ent/role"
	"roster/internal/rule"
	"roster/internal/store"
)

// given does in one line what other stories tell at length, by the same API:
//
//	given tom has a login
//	given ada adds tom to {bakery} as rol_standard    (names the membership {tom}; the body has other input fields)
//	given ada adds tom to {cafe} as rol_standard called {toms}
//	given tom accepts                                 (the invitation in his newest mail)
//	given sue is support                              also: given sue is no support
func (w *world) given(s step) error {
	sentence, called, _ := strings.Cut(s.rest, " called ")
	words := strings.Fields(sentence)
	switch {
	case len(words) == 4 && words[1] == "has":
		return w.makeLogin(words[0], "Example", true)
	case len(words) == 3 && words[1] == "is" && words[2] == "support":
		return w.logins.Appoint(w.Context(), words[0]+"@example.com", true)
	case len(words) == 4 && words[1] == "is" && words[3] == "support": // "sue is no support"
		return w.logins.Appoint(w.Context(), words[0]+"@example.com", false)
	case len(words) == 2 && words[1] == "accepts":
		return w.accepts(words[0])
	case len(words) == 7 && words[1] == "adds" && words[5] == "as":
		return w.adds(words[0], words[2], words[4], words[6], cmp.Or(called, "{"+words[2]+"}"), s.lines())
	}
	return errors.New("nothing like that can be given")
}

func (w *world) adds(who, whom, account, role, called string, others []string) error {
	input := map[string]string{"accountId": fmt.Sprintf("%q", w.names.fill(account)), "firstName": fmt.Sprintf("%q", capital(whom)), "lastName": `"Example"`,
		"email": fmt.Sprintf("%q", whom+"@example.com"), "loginAccess": "true", "roleId": fmt.Sprintf("%q", w.names.fill(role))}
	for _, line := range others {
		field, value, _ := strings.Cut(line, ": ")
		input[field] = w.names.fill(value)
	}
	var fields []string
	for _, field := range slices.Sorted(maps.Keys(input)) {
		fields = append(fields, field+": "+input[field])
	}
	document := "mutation { membershipAdd(input: {" + strings.Join(fields, ", ") + "}) { membership { id } problems { code message } } }"
	var answer struct {
		Data struct {
			MembershipAdd struct{ Membership struct{ ID string } }
		}
	}
	if err := w.done(who, document, &answer); err != nil {
		return err
	}
	return w.names.call(called, answer.Data.MembershipAdd.Membership.ID)
}

// done asks as somebody for something that must not be refused.
func (w *world) done(who, document string, answer any) error {
	c, err := w.app(who)
	if err != nil {
		return err
	}
	got, err := w.graphql(document, nil, c)
	if err != nil {
		return err
	}
	if wrong := refusals(got.raw); wrong != "" {
		return fmt.Errorf("it was refused: %s", wrong)
	}
	return json.Unmarshal(got.raw, answer)
}

func (w *world) accepts(who string) error {
	mails, err := w.unseen(who + "@example.com")
	if err != nil {
		return err
	}
	for _, mail := range mails {
		link := secretLink.FindStringSubmatch(mail.Text)
		if link == nil {
			continue
		}
		w.seen[mail.ID] = true
		var nothing any
		return w.done("nobody", fmt.Sprintf(`mutation { invitationAccept(input: {token: %q, password: %q, client: MOBILE}) { problems { code message } } }`,
			link[1], w.passwordOf(who)), &nothing)
	}
	return fmt.Errorf("%s has no invitation in the mail; the mailbox holds\n%s", who, w.mailbox())
}

// byHand changes the database as mutations will that there are none of yet:
//
//	by hand {tom} is DEACTIVATED                    also REMOVED
//	by hand {tom} has no login access
//	by hand {tom} has the role rol_user_admin       with what the role allows
//	by hand {tom} has the email tom@okafor.example
//	by hand {invitation} is CANCELLED               also DECLINED
//	by hand {helper} is a role of {practice} with DOCUMENTS_SUBMIT USERS_MANAGE
func (w *world) byHand(s step) error {
	words := strings.Fields(s.rest)
	if len(words) < 4 || words[0] != "hand" {
		return errors.New("nobody can do that by hand")
	}
	what := strings.Join(words[2:], " ")
	if kind, rest, ok := strings.Cut(what, " of "); ok && kind == "is a role" {
		return w.makeRole(words[1], strings.Fields(w.names.fill(rest)))
	}
	id, err := w.names.fillAll(words[1])
	if err != nil {
		return err
	}
	return w.store.Tx(w.system(), func(ctx context.Context, tx *store.Tx) error {
		if strings.HasPrefix(id, "inv_") {
			return endInvitation(ctx, tx, id, words[3])
		}
		return w.changeMember(ctx, tx, id, what)
	})
}

func (w *world) changeMember(ctx context.Context, tx *store.Tx, id, what string) error {
	m := tx.Membership.UpdateOneID(id).AddVersion(1)
	switch {
	case what == "is DEACTIVATED":
		return m.SetStatus(rule.Deactivated).SetDeactivatedAt(tx.Now).Exec(ctx)
	case what == "is REMOVED":
		return m.SetStatus(rule.Removed).SetRemovedAt(tx.Now).ClearDeactivatedAt().Exec(ctx)
	case what == "has no login access":
		return m.SetLoginAccess(false).Exec(ctx)
	case strings.HasPrefix(what, "has the email "):
		return m.SetEmail(strings.TrimPrefix(what, "has the email ")).Exec(ctx)
	case strings.HasPrefix(what, "has the role "):
		r, err := tx.Role.Query().Where(role.ID(w.names.fill(strings.TrimPrefix(what, "has the role ")))).Only(ctx)
		if err != nil {
			return err
		}
		return m.SetRoleID(r.ID).SetPermissions(r.Permissions).Exec(ctx)
	}
	return fmt.Errorf("nobody can do that by hand: %s", what)
}

func endInvitation(ctx context.Context, tx *store.Tx, id, status string) error {
	i := tx.Invitation.UpdateOneID(id)
	if status == "DECLINED" {
		i.SetStatus(rule.InvitationIsDeclined).SetDeclinedAt(tx.Now)
	} else {
		i.SetStatus(rule.InvitationIsCancelled).SetCancelledAt(tx.Now)
	}
	invitation, err := i.Save(ctx)
	if err != nil {
		return err
	}
	m, err := tx.Membership.Get(ctx, invitation.MembershipID)
	if err != nil {
		return err
	}
	return endMember(ctx, tx, m)
}

// endMember does what cancelling does to the membership (RULES.md E4).
func endMember(ctx context.Context, tx *store.Tx, m *ent.Membership) error {
	return tx.Membership.UpdateOne(m).SetStatus(rule.Removed).SetRemovedAt(tx.Now).SetIsOwner(false).AddVersion(1).Exec(ctx)
}

// makeRole makes a practice's own role for users of its clients: the practice's id, "with", the permissions.
func (w *world) makeRole(name string, words []string) error {
	var list []rule.Permission
	for _, permission := range words[2:] {
		list = append(list, rule.Permission(permission))
	}
	set, id := rule.SetOf(list), store.NewID("rol")
	err := w.store.Tx(w.system(), func(ctx context.Context, tx *store.Tx) error {
		return tx.Role.Create().SetID(id).SetPracticeID(words[0]).SetName(capital(strings.Trim(name, "{}"))).SetNameKey(strings.Trim(name, "{}")).SetKind(rule.Client).SetBuiltIn(false).
			SetPermissions(set).SetCreatedAt(tx.Now).Exec(ctx)
	})
	if err != nil {
		return err
	}
	return w.names.call(name, id)
}
