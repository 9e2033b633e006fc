package house_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"roster/ent"
	"roster/ent/token"
	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// quarter is a small town with two practices, and somebody of every kind who asks. In the client "here" there is a
// member in every state; "next" is a client of the same practice, "far" one of the other practice.
type quarter struct {
	*town
	clock           *storetest.Clock
	firm, other     string // the practices
	here, next, far string // the clients
	folk            []*figure
	ids             map[string]bool     // all that were looked at
	tokens          map[string][]string // by what a token is for: those that work
	replaced        []string            // tokens of links that a newer one replaced
}

// figure is somebody who asks. What they see and what is hidden from them, by type, is worked out in Go from the
// promises: see sight.
type figure struct {
	name, user, cookie string
	own, unseen        map[string][]string
}

func newQuarter(h *home, clock *storetest.Clock) *quarter {
	h.Helper()
	w := &quarter{town: &town{home: h, began: h.store.Now()}, clock: clock, ids: map[string]bool{}, tokens: map[string][]string{}}
	w.firm, w.other = w.fresh("prc_firm"), w.fresh("prc_other")
	w.here, w.next, w.far = w.fresh("cli_here"), w.fresh("cli_next"), w.fresh("cli_far")
	w.practices = []string{w.firm, w.other}
	w.clients = []townClient{{w.here, w.firm}, {w.next, w.firm}, {w.far, w.other}}
	w.roles = []townRole{{w.fresh("rol_firm"), w.firm}, {w.fresh("rol_other"), w.other}}
	w.offers = []townRole{{w.fresh("app_firm"), w.firm}, {w.fresh("app_other"), w.other}}

	in := func(kind rule.Kind, account string, set rule.Permissions, status rule.Status, access bool) townMember {
		m := w.member(kind, account, w.user(), rule.Member{Status: status, LoginAccess: access, Permissions: set}, false)
		if status == rule.Pending {
			w.invitations = append(w.invitations, townInvitation{w.fresh("inv_"), m.ID})
		}
		return m
	}
	boss := w.ownerOf(rule.Client, w.here)
	business := in(rule.Client, w.here, rule.BusinessAdminPermissions, rule.Active, true)
	user := in(rule.Client, w.here, rule.UserAdminPermissions, rule.Active, true)
	standard := in(rule.Client, w.here, rule.StandardPermissions, rule.Active, true)
	none := in(rule.Client, w.here, rule.StandardPermissions, rule.Active, false)
	for _, status := range []rule.Status{rule.Pending, rule.AwaitingActivation, rule.Deactivated, rule.Removed} {
		in(rule.Client, w.here, rule.StandardPermissions, status, true)
	}
	owner := w.ownerOf(rule.Practice, w.firm)
	idle := in(rule.Practice, w.firm, 0, rule.Active, true)
	granted := in(rule.Practice, w.firm, 0, rule.Active, true)
	elsewhere := in(rule.Practice, w.other, 0, rule.Active, true)
	w.grants = []townGrant{{w.fresh("grt_"), granted.ID, w.here, time.Time{}}, {w.fresh("grt_"), elsewhere.ID, w.far, time.Time{}}}
	w.paper(w.here, "", boss.ID, standard.ID, none.ID)
	for _, client := range []string{w.next, w.far} {
		w.paper(client, "", w.ownerOf(rule.Client, client).ID)
		in(rule.Client, client, rule.StandardPermissions, rule.Pending, true)
		in(rule.Client, client, rule.StandardPermissions, rule.Active, true)
	}
	foreign := w.ownerOf(rule.Practice, w.other)
	stranger := w.user()
	for _, m := range w.members {
		w.event(m.account, m.ID, m.user, cmp.Or(m.user, w.ownerIn(m.account)))
	}
	w.event(w.here, standard.ID, standard.user, business.user) // the standard user sees the line and not who did it,
	w.event(w.here, business.ID, business.user, standard.user) // or not whom it concerns
	for _, u := range w.users {
		w.event("", "", u, u)
	}
	w.build()

	for _, one := range []struct{ name, user string }{
		{"nobody", ""}, {"the practice's owner", owner.user}, {"a colleague without clients", idle.user}, {"a colleague with a grant", granted.user},
		{"a business administrator", business.user}, {"a user administrator", user.user}, {"a standard user", standard.user},
		{"a document owner without login access", none.user}, {"a login in no account", stranger}, {"another practice's owner", foreign.user},
	} {
		w.folk = append(w.folk, w.figure(one.name, one.user))
	}
	for _, f := range w.folk {
		w.look(f)
	}
	w.mail(owner.user)
	clock.Advance(10 * time.Minute) // so that what was sent can be sent again
	for _, f := range w.folk {
		w.ask(f.cookie, `{viewer{id}}`, nil) // its session was seen now, and writes nothing when it asks again
	}
	return w
}

// ownerIn is the login of an account's owner.
func (w *quarter) ownerIn(account string) string {
	i := slices.IndexFunc(w.members, func(m townMember) bool { return m.account == account && m.owner })
	return w.members[i].user
}

// figure is somebody who asks, in a session of their own; without a login it is nobody.
func (w *quarter) figure(name, user string) *figure {
	w.Helper()
	f := &figure{name: name, user: user, own: map[string][]string{}, unseen: map[string][]string{}}
	if user != "" {
		u, err := w.store.Read().User.Get(store.Facts(w.Context()), user)
		f.cookie = w.open(must(w, u, err), rule.Web).Cookie
	}
	return f
}

// look sorts all there is into what somebody sees and what is hidden from them.
func (w *quarter) look(f *figure) {
	w.Helper()
	add := func(thing, id string, sees bool) {
		w.ids[id] = true
		if sees && f.user != "" {
			f.own[thing] = append(f.own[thing], id)
		} else {
			f.unseen[thing] = append(f.unseen[thing], id)
		}
	}
	s := w.sight(cmp.Or(f.user, "nobody"), w.store.Now())
	for _, p := range w.practices {
		add("Practice", p, s.practice(p))
		add("AccountAccess", login.AccessID(p), s.opens[p])
	}
	for _, c := range w.clients {
		add("ClientAccount", c.id, s.opens[c.id])
		add("AccountAccess", login.AccessID(c.id), s.opens[c.id])
	}
	for _, m := range w.members {
		add("Membership", m.ID, s.member(m))
	}
	for _, i := range w.invitations {
		add("Invitation", i.id, s.of(i.member))
	}
	for _, e := range w.events {
		add("Event", e.id, s.event(e))
	}
	for _, g := range w.grants {
		add("ClientGrant", g.id, s.of(g.member) && s.opens[g.client])
	}
	for _, d := range w.documents {
		add("Document", d.id, s.document(d))
	}
	for _, r := range w.roles {
		add("Role", r.id, s.practice(r.practice))
	}
	for _, o := range w.offers {
		add("Application", o.id, s.practice(o.practice))
	}
	for _, id := range []string{rule.StandardRole, rule.BusinessAdminRole, rule.PracticeStandardRole} {
		add("Role", id, true)
	}
	for _, u := range w.users {
		add("User", u, s.people[u])
		add("Viewer", "vwr_"+strings.TrimPrefix(u, "usr_"), u == f.user)
	}
	sessions, err := w.store.Read().Session.Query().All(store.Facts(w.Context()))
	for _, one := range must(w, sessions, err) {
		add("Session", one.ID, one.UserID == f.user)
	}
}

// mail makes a link and a token of every kind, and ones that a newer one replaced.
func (w *quarter) mail(owner string) {
	w.Helper()
	u, err := w.store.Read().User.Get(store.Facts(w.Context()), owner)
	added, link := w.invite(w.as(must(w, u, err)), w.here, rule.StandardRole, w.fresh("asked")+"@example.com")
	unproved := w.loginOf(w.fresh("unproved")+"@example.com", false)
	var verification [2]string
	for i := range verification {
		if err := w.logins.ResendVerification(w.as(unproved)); err != nil {
			w.Fatal(err)
		}
		id, err := w.store.Read().Token.Query().Where(token.UserID(unproved.ID), token.VoidedAtIsNil()).OnlyID(store.Facts(w.Context()))
		verification[i] = w.links.VerificationToken(must(w, id, err))
		w.clock.Advance(2 * time.Minute)
	}
	var reset [2]string
	for i := range reset {
		if err := w.logins.RequestReset(w.as(nil), unproved.Email); err != nil {
			w.Fatal(err)
		}
		id, err := w.store.Read().Token.Query().Where(token.UserID(unproved.ID), token.PurposeEQ(rule.ResetPassword), token.VoidedAtIsNil()).OnlyID(store.Facts(w.Context()))
		reset[i] = w.links.ResetToken(must(w, id, err))
	}
	asker := w.somebody()
	var another [2]string
	for i := range another {
		if err := w.logins.RequestNewEmail(w.as(asker), w.fresh("another")+"@example.com", ""); err != nil {
			w.Fatal(err)
		}
		id, err := w.store.Read().Token.Query().Where(token.UserID(asker.ID), token.VoidedAtIsNil()).OnlyID(store.Facts(w.Context()))
		another[i] = w.links.NewEmailToken(must(w, id, err))
	}
	refreshed := w.open(unproved, rule.Mobile).Tokens
	merge, proof := w.plan(must(w, u, err), w.somebody())
	w.tokens = map[string][]string{"merge": {merge}, "sign-on": {proof}, "invitation": {link}, "verification": {verification[1]}, "reset": {reset[1]}, "new email": {another[1]}, "refresh": {refreshed.RefreshToken}, "access": {refreshed.AccessToken}}
	w.replaced = []string{w.links.InvitationToken(added.Invitation, 2), verification[0], reset[0], another[0]}
}

// plan makes the token of a merge of two logins, and a proof of the second that is not spent.
func (w *quarter) plan(ours, theirs *ent.User) (merge, proof string) {
	w.Helper()
	as := w.as(ours)
	asking, _ := viewer.From(as)
	err := w.store.Tx(as, func(ctx context.Context, tx *store.Tx) (err error) {
		proof = "rsp_" + w.fresh("proof")
		err = tx.Token.Create().SetID(store.NewID("tok")).SetPurpose(rule.MergeProof).SetHash(courier.Hash(proof)).SetUserID(theirs.ID).SetSessionID(asking.SessionID).SetVersion(theirs.Version).
			SetCreatedAt(tx.Now).SetExpiresAt(tx.Now.Add(login.MergeFor)).Exec(ctx)
		if err != nil {
			return err
		}
		merge, _, err = w.logins.PlanMerge(ctx, tx, ours, theirs)
		return err
	})
	return must(w, merge, err), proof
}

// pick gives the id of a thing that somebody sees, for a slot that is not the one under test; whoever sees none takes
// one of the practice's owner.
func (w *quarter) pick(q question, f *figure) func(slot) string {
	return func(s slot) string {
		if s.name() == "ColleagueId" {
			return w.grants[0].member
		}
		for _, whose := range []*figure{f, w.folk[1]} {
			for _, thing := range taken(w.TB, q, s) {
				if ids := whose.own[thing]; len(ids) > 0 {
					return ids[0]
				}
			}
		}
		w.Fatalf("%v: nobody has an id for %v", q, s)
		return ""
	}
}

// taken are the types of thing whose ids a slot takes, by its name: "roleIds" takes roles, and "id" what the field
// answers.
func taken(t testing.TB, q question, s slot) (list []string) {
	name := strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(s.name(), "s"), "Id"))
	if s.name() == "id" || s.name() == "ids" {
		name = strings.ToLower(q.field.Type.Name())
	}
	switch name {
	case "actor":
		name = "user"
	case "owner": // of documents
		name = "membership"
	}
	longest := 0
	for _, d := range q.schema.Types {
		if kind := strings.ToLower(d.Name); strings.HasSuffix(name, kind) && len(kind) > longest && (d.Kind == ast.Object || d.Kind == ast.Interface) {
			longest, list = len(kind), nil
			for _, possible := range q.schema.GetPossibleTypes(d) {
				if slices.Contains(things(q.schema), possible.Name) {
					list = append(list, possible.Name)
				}
			}
		}
	}
	slices.Sort(list)
	if len(list) == 0 {
		t.Fatalf("%v takes an id as %v: of what? Teach taken", q, s)
	}
	return list
}

// tables are all there are, but for the counts of failed sign-ins.
func tables() []string {
	names := []string{"river_job"}
	for _, t := range store.Tables() {
		if t.Name != "attempts" {
			names = append(names, t.Name)
		}
	}
	return names
}

// snapshot is a hash of everything that is stored, but for the counts of failed sign-ins.
func (h *home) snapshot() string {
	h.Helper()
	sum := sha256.New()
	for _, table := range tables() {
		sum.Write([]byte(h.rows("SELECT * FROM " + table + " ORDER BY id")))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// rows are all rows of a query as one text.
func (h *home) rows(query string) string {
	h.Helper()
	rows, err := h.store.Query(h.Context(), query)
	must(h, rows, err)
	defer rows.Close()
	columns, err := rows.Columns()
	row := make([]any, len(must(h, columns, err)))
	for i := range row {
		row[i] = new(any)
	}
	var text strings.Builder
	for rows.Next() {
		if err := rows.Scan(row...); err != nil {
			h.Fatal(err)
		}
		for _, v := range row {
			fmt.Fprintf(&text, "%v\x00", *v.(*any))
		}
	}
	if err := rows.Err(); err != nil {
		h.Fatal(err)
	}
	return text.String()
}
