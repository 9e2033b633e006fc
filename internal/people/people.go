// Package people brings persons into accounts and keeps them in order: practices and client accounts are made, people
// added and invited, invitations accepted. Each use case is one transaction: facts, verdict, writes, journal, mail. It
// decides nothing itself: what may be done is roster/internal/rule.
package people

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"roster/ent"
	"roster/ent/schema"
	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Config is how long invitations last, and whether they can go out as text messages.
type Config struct {
	Texts        Texts
	ClientDays   time.Duration // INVITATION_DAYS_CLIENT; 14 days when zero (RULES.md E2)
	PracticeDays time.Duration // INVITATION_DAYS_PRACTICE; 7 days when zero
	ResendAfter  time.Duration // RESEND_AFTER; 5 minutes when zero (E3)
	SinglesADay  int           // how many people are added to one account, or invited again, one at a time; 200 when zero
}

// People are the use cases. Make one with New.
type People struct {
	store  *store.Store
	logins *login.Logins
	links  courier.Links
	config Config
}

// New makes the use cases.
func New(s *store.Store, logins *login.Logins, links courier.Links, c Config) *People {
	const day = 24 * time.Hour
	if c.ClientDays == 0 {
		c.ClientDays = 14 * day
	}
	if c.PracticeDays == 0 {
		c.PracticeDays = 7 * day
	}
	if c.ResendAfter == 0 {
		c.ResendAfter = 5 * time.Minute
	}
	if c.SinglesADay == 0 {
		c.SinglesADay = rule.MaxSinglesADay
	}
	return &People{store: s, logins: logins, links: links, config: c}
}

// ResendAfter is how long after a sending an invitation can be sent again (E3).
func (p *People) ResendAfter() time.Duration { return p.config.ResendAfter }

// lasts is how long an invitation into an account of a kind is valid.
func (p *People) lasts(kind rule.Kind) time.Duration {
	if kind == rule.Practice {
		return p.config.PracticeDays
	}
	return p.config.ClientDays
}

// account are the facts of a practice or client account that use cases turn on.
type account struct {
	id, name, country string
	kind              rule.Kind
	practice          string // the practice itself, or the one that looks after the client; empty when none does
}

// visible finds an account as the viewer in ctx sees it; what they do not see is not found.
func visible(ctx context.Context, c *ent.Client, id string) (account, error) {
	if strings.HasPrefix(id, "prc_") {
		p, err := c.Practice.Get(ctx, id)
		if err != nil {
			return account{}, notFound("practice", err)
		}
		return account{p.ID, p.Name, p.Country, rule.Practice, p.ID}, nil
	}
	client, err := c.ClientAccount.Get(ctx, id)
	if err != nil {
		return account{}, notFound("client account", err)
	}
	a := account{id: client.ID, name: client.Name, country: client.Country, kind: rule.Client}
	if client.PracticeID != nil {
		a.practice = *client.PracticeID
	}
	return a, nil
}

// Access is what the viewer may do in an account that they can see, for those who only read.
func (p *People) Access(ctx context.Context, id string) (rule.Access, error) {
	v, _ := viewer.From(ctx)
	if _, err := visible(ctx, p.store.Read(), id); err != nil {
		return rule.Access{}, err
	}
	return access(ctx, p.store, v.At, v.UserID, id)
}

// Place is a client account as somebody finds it who brings a document there.
type Place struct{ ID, Name, Practice, Country string }

// Enter finds an account that the viewer in ctx can open, and what they may do there, in the transaction it is judged for.
func Enter(ctx context.Context, tx *store.Tx, id string) (Place, rule.Access, error) {
	v, _ := viewer.From(ctx)
	a, err := visible(ctx, tx.Client, id)
	if err != nil {
		return Place{}, rule.Access{}, err
	}
	may, err := access(ctx, tx, tx.Now, v.UserID, id)
	if err == nil && !may.Opens() { // seen by support alone
		err = rule.ErrNotFound
	}
	return Place{a.id, a.name, a.practice, a.country}, may, err
}

// reader reads by a text of its own: the store, or a transaction.
type reader interface {
	Query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// waysIn and waysInto ask how a login may open one account, and a page of them.
var waysIn, waysInto = schema.WaysIn(), schema.WaysInto(pageful)

// access are the facts and the rule of what a login may do in an account at a moment.
func access(ctx context.Context, r reader, now time.Time, user, account string) (rule.Access, error) {
	rows, err := r.Query(ctx, waysIn, account, now, user, account, account)
	if err != nil {
		return rule.Access{}, fmt.Errorf("read access to %s: %w", account, err)
	}
	defer rows.Close()
	var found ways
	for rows.Next() {
		if err := found.scan(rows, account); err != nil {
			return rule.Access{}, fmt.Errorf("read access to %s: %w", account, err)
		}
	}
	return found.access(), rows.Err()
}

// ways are the memberships by which a login may open an account.
type ways struct {
	own, colleague *rule.Member
	granted        bool
}

func (w *ways) access() rule.Access { return rule.AccessTo(w.own, w.colleague, w.granted) }

// scan reads one membership that may open the account, after other columns.
func (w *ways) scan(rows *sql.Rows, account string, before ...any) error {
	var m rule.Member
	var of string
	var reaches bool
	if err := rows.Scan(append(before, &m.ID, &of, &m.Status, &m.LoginAccess, &m.Permissions, &reaches)...); err != nil {
		return err
	}
	if account == "" {
		account = *before[0].(*string)
	}
	if of == account {
		w.own = &m
	} else {
		w.colleague, w.granted = &m, reaches
	}
	return nil
}

// AccessEach sets what the viewer may do in each of some client accounts: in one statement for a page of them.
func (p *People) AccessEach(ctx context.Context, list []*ent.ClientAccount) error {
	v, _ := viewer.From(ctx)
	for len(list) > 0 {
		n := min(len(list), pageful)
		if err := accessEach(ctx, p.store, v.UserID, v.At, list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

func accessEach(ctx context.Context, r reader, user string, now time.Time, list []*ent.ClientAccount) error {
	args := []any{now, user}
	for i := range pageful {
		args = append(args, list[min(i, len(list)-1)].ID)
	}
	rows, err := r.Query(ctx, waysInto, args...)
	if err != nil {
		return fmt.Errorf("read access to accounts: %w", err)
	}
	defer rows.Close()
	found := map[string]*ways{}
	for rows.Next() {
		var id string
		var one ways
		if err := one.scan(rows, "", &id); err != nil {
			return fmt.Errorf("read access to accounts: %w", err)
		}
		if before := found[id]; before != nil {
			one = before.and(one)
		}
		found[id] = &one
	}
	for _, a := range list {
		var may rule.Access
		if w := found[a.ID]; w != nil {
			may = w.access()
		}
		a.Access = &may
	}
	return rows.Err()
}

// and joins what two rows say of one account.
func (w *ways) and(other ways) ways {
	if other.own == nil {
		other.own = w.own
	}
	if other.colleague == nil {
		other.colleague, other.granted = w.colleague, w.granted
	}
	return other
}

func member(m *ent.Membership) *rule.Member {
	return &rule.Member{ID: m.ID, Status: m.Status, LoginAccess: m.LoginAccess, Permissions: m.Permissions}
}

// through is the practice that an access acts through; empty for one's own membership.
func through(a rule.Access, of account) string {
	if a.Via == rule.ViaPractice {
		return of.practice
	}
	return ""
}

func notFound(what string, err error) error {
	if ent.IsNotFound(err) {
		return rule.ErrNotFound
	}
	return fmt.Errorf("find %s: %w", what, err)
}
