package login

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"roster/ent"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// What is kept of a switcher is a text: a form, and behind ownForm the accounts, as many as a page and one more shows at most. A
// form has another number when what stands behind it changes: then no server reads what another version wrote.
const (
	practiceForm = "1p" // in a practice, and nothing more: others' work decides what such a login opens
	ownForm      = "1o" // in no practice, so its own clients are all it opens
	keptAccounts = 101
)

// keep puts together what the viewer's switcher begins with, and keeps it until something changes what it shows; it gives nothing
// where it would have had to wait for others. It is written in the transaction that reads it, and whatever changes it writes the same
// row, so that of two at one time one begins anew, or leaves it.
func (l *Logins) keep(ctx context.Context, v viewer.Viewer) (kept string, err error) {
	done, err := l.store.IfFree(viewer.With(ctx, v), func(ctx context.Context, tx *store.Tx) error {
		text, err := ahead(ctx, tx, v.UserID)
		if err != nil {
			return err
		}
		kept = text
		return tx.KeptSwitcher.Create().SetID(v.UserID).SetPage(kept).OnConflictColumns("id").UpdateNewValues().Exec(ctx)
	})
	if err != nil {
		return "", fmt.Errorf("keep the switcher of %s: %w", v.UserID, err)
	}
	if !done {
		return "", nil
	}
	return kept, nil
}

// Forget forgets the switchers of logins that are about to come in somewhere, in one order for all. With each membership a trigger
// does, in the order in which they come; two lists of the same people in other orders would wait for each other.
func (l *Logins) Forget(ctx context.Context, tx *store.Tx, users []string) error {
	for part := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(users))), forgotten) {
		rows := make([]*ent.KeptSwitcherCreate, len(part))
		for i, user := range part {
			rows[i] = tx.KeptSwitcher.Create().SetID(user)
		}
		if err := tx.KeptSwitcher.CreateBulk(rows...).OnConflictColumns("id").ClearPage().Exec(ctx); err != nil {
			return fmt.Errorf("forget %d switchers: %w", len(part), err)
		}
	}
	return nil
}

// forgotten is how many switchers one statement forgets.
const forgotten = 500

// ahead is what is to be kept of a login's switcher.
func ahead(ctx context.Context, tx *store.Tx, user string) (string, error) {
	var alone bool
	rows, err := tx.Query(ctx, "SELECT "+noPractice+" FROM users u WHERE u.id = ?", user)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&alone); err != nil {
			return "", err
		}
	}
	if err := rows.Err(); err != nil || !alone {
		return practiceForm, err
	}
	text := []byte(ownForm)
	err = each(ctx, tx, Query{OwnClients: true, Order: ByName, Limit: keptAccounts}, func(one *row) { text = one.write(text) })
	return string(text), err
}

// scope is what a kept switcher says about what its login opens.
type scope int

const (
	unread  scope = iota // it says nothing, or something that is not understood
	ownOnly              // the clients it is a user of, and no other accounts
	more                 // a practice, and perhaps that practice's clients
)

// aheadOf reads what is kept of somebody's switcher, as far as a first page of that size needs it.
func aheadOf(kept, user string, size int) (scope, *Ahead) {
	if kept == practiceForm {
		return more, nil
	}
	text, ok := strings.CutPrefix(kept, ownForm)
	if !ok {
		return unread, nil
	}
	a, one := &Ahead{user: user, size: size}, row{via: rule.ViaMembership}
	for to := one.toClient(); text != "" && len(a.list) <= size; {
		for _, value := range to {
			if text, ok = read(text, value); !ok {
				return unread, nil
			}
		}
		a.list = append(a.list, one.access())
	}
	return ownOnly, a
}

// write adds what a row says of a client to a text: of each column its length in bytes, a colon and what it holds, or - for NULL.
func (r *row) write(text []byte) []byte {
	for _, from := range r.toClient() {
		value, valid := "", true
		switch from := from.(type) {
		case *string:
			value = *from
		case *sql.NullString:
			value, valid = from.String, from.Valid
		case *sql.NullInt64:
			value, valid = strconv.FormatInt(from.Int64, 10), from.Valid
		case *sql.NullTime:
			value, valid = strconv.FormatInt(from.Time.UnixMicro(), 10), from.Valid
		default:
			panic(fmt.Sprintf("login: a column that is a %T cannot be kept", from))
		}
		if !valid {
			text = append(text, '-')
			continue
		}
		text = append(append(strconv.AppendInt(text, int64(len(value)), 10), ':'), value...)
	}
	return text
}

// read takes a column from a text that write wrote.
func read(text string, to any) (rest string, ok bool) {
	value, valid := "", true
	if rest, ok = strings.CutPrefix(text, "-"); ok {
		valid = false
	} else {
		size, behind, _ := strings.Cut(text, ":")
		n, err := strconv.Atoi(size)
		if err != nil || n < 0 || n > len(behind) {
			return "", false
		}
		value, rest = behind[:n], behind[n:]
	}
	var err error
	var number int64
	switch to := to.(type) {
	case *string:
		*to = value
	case *sql.NullString:
		to.String, to.Valid = value, valid
	case *sql.NullInt64:
		if to.Int64, to.Valid = 0, valid; valid {
			to.Int64, err = strconv.ParseInt(value, 10, 64)
		}
	case *sql.NullTime:
		if to.Time, to.Valid = (time.Time{}), valid; valid {
			number, err = strconv.ParseInt(value, 10, 64)
			to.Time = time.UnixMicro(number).UTC()
		}
	}
	return rest, err == nil
}
