package people

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"roster/ent/event"
	"roster/ent/membership"
	"roster/ent/role"
	"roster/internal/address"
	"roster/internal/once"
	"roster/internal/rule"
	"roster/internal/sheet"
	"roster/internal/store"
	"roster/internal/viewer"
)

// AddMany is a list of people to add to a client account: typed in, or as a file.
type AddMany struct {
	Account     string
	Rows        *[]Row
	CSV         *string
	DefaultRole string // the role of rows without one; may be empty
	Notify      bool   // send the invitations, or leave them to be sent later
	DryRun      bool   // judge and answer, write nothing
	SkipRows    bool   // write the good rows although others are refused

	IdempotencyKey string
	Progress       func(done, of int) `json:"-"` // told as rows are written, and again from the start when that is repeated; may be nil
}

// Row is one person of a list.
type Row struct {
	FirstName, LastName, Email, Mobile string
	LoginAccess                        bool
	Role                               string
}

// ManyAdded is what adding a list came to. The problems are those of the list as a whole.
type ManyAdded struct {
	Rows           []RowAdded
	Added, Refused int
	Problems       rule.Verdict
}

// RowAdded is how one row ended.
type RowAdded struct {
	Line       int
	Outcome    rule.Outcome
	Email      string // normalised, or as it was typed when it is none
	Membership string // empty where nothing was written
	Problems   rule.Verdict
}

// AddMany adds the people of a list, each judged like a single add (RULES.md D). All rows are judged before the first
// is written, so that a refused list leaves nothing behind.
func (p *People) AddMany(ctx context.Context, input AddMany) (answer ManyAdded, err error) {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return ManyAdded{}, rule.ErrUnauthenticated
	}
	l := &list{input: input, viewer: v}
	l.read()
	call := once.Call{User: v.UserID, Mutation: "membershipAddMany", Key: input.IdempotencyKey, Input: input}
	if input.DryRun {
		call.Key = ""
	}
	err = p.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		var err error
		if l.account, err = visible(ctx, tx.Client, input.Account); err != nil {
			return err
		}
		if before, found, err := call.Recall(ctx, tx); found || err != nil {
			if err == nil {
				answer, err = l.recalled(before)
			}
			return err
		}
		if err := l.facts(ctx, tx); err != nil {
			return err
		}

		answer = l.judged()
		if input.DryRun || answer.Problems.Refused() {
			return nil
		}

		if err := p.write(ctx, tx, l, answer.Rows); err != nil {
			return err
		}
		remembered, err := json.Marshal(answer.Rows)
		if err != nil {
			return fmt.Errorf("remember what was added: %w", err)
		}
		return call.Remember(ctx, tx, string(remembered))
	})
	return answer, err
}

// list is a list of people on its way in.
type list struct {
	input   AddMany
	viewer  viewer.Viewer
	rows    []row
	whole   rule.ManyFacts
	account account
}

// row is one row of it, with what is known and was decided.
type row struct {
	sheet.Row
	facts   rule.RowFacts
	person  details
	verdict rule.Verdict
}

// read takes the rows from the input, before the transaction: it turns on nothing but what was typed.
func (l *list) read() {
	if l.whole.Unclear = (l.input.Rows == nil) == (l.input.CSV == nil); l.whole.Unclear {
		return
	}
	if l.input.CSV != nil {
		var found []sheet.Row
		found, l.whole.File = sheet.Read(*l.input.CSV, rule.MaxRows)
		l.rows = make([]row, len(found))
		for i, r := range found {
			l.rows[i].Row = r
		}
	} else {
		l.rows = make([]row, len(*l.input.Rows))
		for i, r := range *l.input.Rows {
			l.rows[i].Row = sheet.Row{Line: i + 1, FirstName: r.FirstName, LastName: r.LastName, Email: r.Email, Mobile: r.Mobile, LoginAccess: r.LoginAccess, Role: r.Role}
		}
	}
	l.whole.Rows = len(l.rows)
}

// facts reads what the rules have to know of the list and of each row, in a number of statements that hardly grows with
// the rows.
func (l *list) facts(ctx context.Context, tx *store.Tx) (err error) {
	a := l.account
	if l.whole.Actor, err = access(ctx, tx, tx.Now, l.viewer.UserID, a.id); err != nil {
		return err
	}
	l.whole.Kind = a.kind
	l.whole.Today, err = tx.Event.Query().Where(event.AccountID(a.id), event.Verb("membershipAddMany"), event.AtGT(tx.Now.Add(-rule.RowsCountFor))).Count(store.Facts(ctx))
	if err != nil {
		return fmt.Errorf("count the rows of today: %w", err)
	}
	if rule.AddMany(l.whole).Refused() {
		return nil
	}
	for i := range l.rows {
		l.rows[i].facts = rule.RowFacts{} // the transaction may be run again
	}
	if err := l.roles(ctx, tx); err != nil {
		return err
	}

	var emails, names []string
	for i := range l.rows {
		r := &l.rows[i]
		f := &r.facts.Add
		f.Actor, f.LoginAccess = l.whole.Actor, r.LoginAccess
		r.facts.LoginAccessBroken, r.facts.Extra = r.LoginAccessBroken, r.Extra
		r.person = written(f, a, r.FirstName, r.LastName, r.Email, r.Mobile)
		emails = append(emails, r.person.emails()...)
		if r.nameless() {
			names = append(names, nameKey(r.person.first, r.person.last))
		}
	}
	k, err := know(ctx, tx, near(a), distinct(emails))
	if err != nil {
		return err
	}
	namesakes, err := namesakes(ctx, tx, a, distinct(names))
	if err != nil {
		return err
	}
	seen := map[string]int{}
	for i := range l.rows {
		r := &l.rows[i]
		k.of(a, &r.facts.Add, &r.person)
		who := r.person.email
		if r.nameless() {
			who = nameKey(r.person.first, r.person.last)
			r.facts.Namesake = namesakes[who]
		}
		if r.facts.Earlier = seen[who]; who != "" && r.facts.Earlier == 0 {
			seen[who] = r.Line
		}
	}
	return nil
}

// nameless is a row that only its name tells from others.
func (r *row) nameless() bool { return r.Email == "" && !r.LoginAccess }

// roles finds the roles that the rows name: by id, or, in a file, by name too. An id that the viewer cannot see is not
// found; what a file has instead is told in its row.
func (l *list) roles(ctx context.Context, tx *store.Tx) error {
	byID, byName, err := offered(ctx, tx, l.account)
	if err != nil {
		return err
	}
	find := func(id string) (rule.Role, error) {
		if r, ok := byID[id]; ok {
			return r, nil
		}
		r, err := roleOf(ctx, tx, id) // of another kind, or of another practice of theirs: the rule says what is wrong with it
		if err == nil {
			byID[id] = r
		}
		return r, err
	}
	for i := range l.rows {
		r := &l.rows[i]
		wanted := r.Role
		if wanted == "" {
			wanted = l.input.DefaultRole
		}
		named, ok := byName[address.Key(wanted)]
		switch {
		case wanted == "":
			r.facts.RoleMissing = true
		case l.input.CSV == nil || r.Role == "":
			if r.facts.Add.Role, err = find(wanted); err != nil {
				return err
			}
		case ok:
			r.facts.Add.Role = named
		default:
			if r.facts.Add.Role, ok = byID[wanted]; !ok {
				r.facts.RoleUnknown = shortened(wanted)
			}
		}
	}
	if l.input.DefaultRole != "" {
		_, err = find(l.input.DefaultRole)
	}
	return err
}

// offered are the roles that an account's people can have, by id and by name.
func offered(ctx context.Context, tx *store.Tx, a account) (byID, byName map[string]rule.Role, err error) {
	where := role.PracticeIDIsNil()
	if a.practice != "" {
		where = role.Or(where, role.PracticeID(a.practice))
	}
	found, err := tx.Role.Query().Where(role.KindEQ(a.kind), role.DeletedAtIsNil(), where).All(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read roles of %s: %w", a.id, err)
	}
	byID, byName = map[string]rule.Role{}, map[string]rule.Role{}
	for _, r := range found {
		byID[r.ID], byName[r.NameKey] = Role(r), Role(r)
	}
	return byID, byName, nil
}

// namesakes are the members without login access and without email who have one of some names (D3).
func namesakes(ctx context.Context, tx *store.Tx, a account, names []string) (map[string]string, error) {
	found := map[string]string{}
	for some := range slices.Chunk(names, lookUp) {
		list, err := tx.Membership.Query().Where(membership.AccountID(a.id), membership.NameKeyIn(some...), membership.EmailIsNil(), membership.LoginAccess(false),
			membership.StatusNEQ(rule.Removed)).Select(membership.FieldID, membership.FieldNameKey).All(store.Facts(ctx))
		if err != nil {
			return nil, fmt.Errorf("find people by name: %w", err)
		}
		for _, m := range list {
			found[m.NameKey] = m.ID
		}
	}
	return found, nil
}

// firstLines is how many refused lines the list's own problem names.
const firstLines = 10

// judged is the answer: of the list as a whole, and of each row.
func (l *list) judged() ManyAdded {
	if verdict := rule.AddMany(l.whole); verdict.Refused() {
		return ManyAdded{Problems: verdict}
	}
	answer := ManyAdded{Rows: make([]RowAdded, len(l.rows))}
	var lines []int
	for i := range l.rows {
		r := &l.rows[i]
		r.verdict = rule.AddRow(r.facts)
		one := RowAdded{Line: r.Line, Outcome: rule.OutcomeOf(r.facts.Add), Email: r.person.email}
		if one.Email == "" {
			one.Email = shortened(r.Email)
		}
		if r.verdict.Refused() {
			one.Outcome, one.Problems = rule.OutcomeRefused, l.placed(i, r.verdict)
			answer.Refused++
			if len(lines) < firstLines {
				lines = append(lines, r.Line)
			}
		}
		answer.Rows[i] = one
	}
	if answer.Refused > 0 && !l.input.SkipRows {
		answer.Problems = rule.Verdict{rule.RowsRefused(answer.Refused, len(l.rows), lines, l.field()...)}
		return answer
	}
	answer.Added = len(l.rows) - answer.Refused
	return answer
}

// field is the input that the rows came in.
func (l *list) field() []string {
	if l.input.CSV != nil {
		return []string{"input", "csv"}
	}
	return []string{"input", "rows"}
}

// placed says which row of the input a problem is about, as the client wrote it.
func (l *list) placed(i int, verdict rule.Verdict) rule.Verdict {
	for n, problem := range verdict {
		field := l.field()
		if l.input.CSV == nil {
			field = append(field, strconv.Itoa(i))
		}
		verdict[n].Field = append(field, problem.Field[min(1, len(problem.Field)):]...)
	}
	return verdict
}

// recalled is the answer that was given to the same list before.
func (l *list) recalled(before string) (answer ManyAdded, err error) {
	if err := json.Unmarshal([]byte(before), &answer.Rows); err != nil {
		return ManyAdded{}, fmt.Errorf("remember what was added: %w", err)
	}
	for _, r := range answer.Rows {
		if r.Outcome == rule.OutcomeRefused {
			answer.Refused++
		} else {
			answer.Added++
		}
	}
	return answer, nil
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// shortened is a text that somebody typed, short enough to be said back.
func shortened(text string) string {
	const longest = 320
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest])
}
