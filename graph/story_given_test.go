package graph_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

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
//	given ada deactivates {tom}                       also: enables, removes; cancels {invitation}
//	given ada gives {tom} rol_user_admin
//	given ada gives login access to {tom}             also: takes login access from {tom}
//	given tom submits receipt.pdf to {bakery}         (names the document {receipt}; also: submits receipt.pdf for {nell} to {bakery})
//	given ada makes {helper} a role of {practice} with DOCUMENTS_SUBMIT USERS_MANAGE
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
	case len(words) == 5 && words[1] == "submits":
		return w.submits(words[0], words[2], "", words[4], cmp.Or(called, "{"+strings.TrimSuffix(words[2], path.Ext(words[2]))+"}"), s.lines())
	case len(words) == 7 && words[1] == "submits":
		return w.submits(words[0], words[2], words[4], words[6], cmp.Or(called, "{"+strings.TrimSuffix(words[2], path.Ext(words[2]))+"}"), s.lines())
	case len(words) == 7 && words[1] == "adds" && words[5] == "as":
		return w.adds(words[0], words[2], words[4], words[6], cmp.Or(called, "{"+words[2]+"}"), s.lines())
	}
	return w.manages(words)
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

// managing are the mutations behind the short sentences, for the id they end with.
var managing = map[string]string{
	"deactivates": `membershipDeactivate(input: {membershipId: %q})`, "enables": `membershipEnable(input: {membershipId: %q})`,
	"removes": `membershipRemove(input: {membershipId: %q})`, "cancels": `invitationCancel(input: {invitationId: %q})`,
	"gives login access to":   `membershipSetLoginAccess(input: {membershipId: %q, loginAccess: true})`,
	"takes login access from": `membershipSetLoginAccess(input: {membershipId: %q, loginAccess: false})`,
}

func (w *world) manages(words []string) error {
	if len(words) < 3 {
		return errors.New("nothing like that can be given")
	}
	who, what := words[0], strings.Join(words[1:len(words)-1], " ")
	if words[1] == "makes" && len(words) > 8 {
		return w.makesRole(who, words[2], words[6], words[8:])
	}
	id, err := w.names.fillAll(words[len(words)-1])
	if err != nil {
		return err
	}
	var mutation string
	switch {
	case managing[what] != "":
		mutation = fmt.Sprintf(managing[what], id)
	case len(words) == 4 && words[1] == "gives":
		mutation = fmt.Sprintf(`membershipUpdatePrivileges(input: {membershipId: %q, roleId: %q})`, w.names.fill(words[2]), id)
	default:
		return errors.New("nothing like that can be given")
	}
	var nothing any
	return w.done(who, "mutation { "+mutation+" { problems { code message } } }", &nothing)
}

// makesRole makes a practice's own role for users of its clients.
func (w *world) makesRole(who, name, practice string, permissions []string) error {
	var answer struct {
		Data struct {
			RoleCreate struct{ Role struct{ ID string } }
		}
	}
	err := w.done(who, fmt.Sprintf(`mutation { roleCreate(input: {practiceId: %q, kind: CLIENT, name: %q, permissions: [%s]}) { role { id } problems { code message } } }`,
		w.names.fill(practice), capital(strings.Trim(name, "{}")), strings.Join(permissions, ", ")), &answer)
	if err != nil {
		return err
	}
	return w.names.call(name, answer.Data.RoleCreate.Role.ID)
}

// byHand changes the database as mutations will that there are none of yet:
//
//	by hand {tom} has the email tom@okafor.example
//	by hand {invitation} is DECLINED
func (w *world) byHand(s step) error {
	words := strings.Fields(s.rest)
	if len(words) < 4 || words[0] != "hand" {
		return errors.New("nobody can do that by hand")
	}
	id, err := w.names.fillAll(words[1])
	if err != nil {
		return err
	}
	return w.store.Tx(w.system(), func(ctx context.Context, tx *store.Tx) error {
		switch what := strings.Join(words[2:len(words)-1], " "); {
		case what == "has the email":
			return tx.Membership.UpdateOneID(id).AddVersion(1).SetEmail(words[len(words)-1]).Exec(ctx)
		case what == "is" && words[3] == "DECLINED":
			return declined(ctx, tx, id)
		}
		return errors.New("nobody can do that by hand")
	})
}

// declined does what declining does: the membership disappears (RULES.md E4).
func declined(ctx context.Context, tx *store.Tx, id string) error {
	i, err := tx.Invitation.UpdateOneID(id).SetStatus(rule.InvitationIsDeclined).SetDeclinedAt(tx.Now).Save(ctx)
	if err != nil {
		return err
	}
	return tx.Membership.UpdateOneID(i.MembershipID).SetStatus(rule.Removed).SetRemovedAt(tx.Now).SetIsOwner(false).AddVersion(1).Exec(ctx)
}
