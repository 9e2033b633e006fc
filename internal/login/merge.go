package login

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"roster/ent"
	"roster/ent/accountuse"
	"roster/ent/identity"
	"roster/ent/token"
	"roster/ent/user"
	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// MergeFor is how long the plan of a merge can be confirmed (RULES.md J4).
const MergeFor = 10 * time.Minute

const mergePrefix = "rmt_"

// MayMerge judges whether the viewer may merge another login into theirs, before the other one is looked at.
func (l *Logins) MayMerge(ctx context.Context) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	if verdict := rule.MayMerge(v.EmailVerified, v.At.Sub(v.Session.SignedInAt), l.config.FreshFor); verdict.Refused() {
		return verdict
	}
	return nil
}

// ProveOther finds the login that an address and a password prove, to be merged into the viewer's. Guessed here, it counts
// like a guess at signing in as that login.
func (l *Logins) ProveOther(ctx context.Context, email, password string) (*ent.User, error) {
	v, _ := viewer.From(ctx)
	if normal, err := address.Email(email); err == nil && normal == v.Email {
		return nil, rule.SameLogin("input", "email")
	}
	u, err := l.guess(ctx, email, password)
	var refused rule.Verdict
	if errors.As(err, &refused) {
		for i := range refused {
			refused[i].Field = []string{"input", "password"}
		}
	}
	return u, err
}

// PlanMerge makes the token that confirms the merge of a login, which was just proved, into the viewer's. It dies when either
// login's credentials change.
func (l *Logins) PlanMerge(ctx context.Context, tx *store.Tx, ours, theirs *ent.User) (value string, until time.Time, err error) {
	if err := guessed(ctx, tx, theirs); err != nil {
		return "", time.Time{}, err
	}
	if err := void(ctx, tx, ours.ID, rule.Merge); err != nil {
		return "", time.Time{}, err
	}
	value, until = secret(mergePrefix), tx.Now.Add(MergeFor)
	err = tx.Token.Create().SetID(store.NewID("tok")).SetPurpose(rule.Merge).SetHash(courier.Hash(value)).SetUserID(ours.ID).SetOtherID(theirs.ID).
		SetVersion(ours.Version).SetOtherVersion(theirs.Version).SetCreatedAt(tx.Now).SetExpiresAt(until).Exec(ctx)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("make merge token: %w", err)
	}
	err = errors.Join(journal.Write(ctx, tx, journal.Entry{Verb: "loginMergeStart", User: ours.ID}),
		journal.Write(ctx, tx, journal.Entry{Verb: "loginMergeStart", User: theirs.ID}))
	return value, until, err
}

// Confirmed spends the token of a plan, and answers the login that is to end.
func (l *Logins) Confirmed(ctx context.Context, tx *store.Tx, ours *ent.User, value string) (theirs *ent.User, err error) {
	if !strings.HasPrefix(value, mergePrefix) || len(value) > 100 {
		return nil, badToken("token")
	}
	t, err := tx.Token.Query().Where(token.Hash(courier.Hash(value)), token.PurposeEQ(rule.Merge), token.UserID(ours.ID)).Only(store.Facts(ctx))
	if t, err = alive(t, err, tx.Now); err != nil {
		return nil, err
	}
	if err := tx.InTurn(ctx, ours.ID, *t.OtherID); err != nil { // before the first write, since they may be merged the other way round
		return nil, err
	}
	if theirs, err = tx.User.Get(store.Facts(ctx), *t.OtherID); err != nil {
		return nil, fmt.Errorf("find login %s: %w", *t.OtherID, err)
	}
	used, err := use(ctx, tx, t.ID)
	if err != nil {
		return nil, err
	}
	if !used || ours.Version != *t.Version || theirs.Version != *t.OtherVersion {
		return nil, badToken("token")
	}
	return theirs, nil
}

// End makes a login nobody's: its password, sessions, identities, links and pending changes end, its address is free, and what
// the other login remembers of its accounts becomes the survivor's. The survivor's pending links end as well, and a browser
// gets a new session in place of its own.
func (l *Logins) End(ctx context.Context, tx *store.Tx, theirs, ours *ent.User) (Opened, error) {
	v, _ := viewer.From(ctx)
	if err := remember(ctx, tx, theirs.ID, ours.ID); err != nil {
		return Opened{}, err
	}
	opened, err := l.instead(ctx, tx, v, ours, false)
	if err != nil {
		return Opened{}, err
	}
	if opened.Viewer.SessionID != v.SessionID {
		err = end(ctx, tx, tx.Now, ours.ID, v.SessionID, "")
	}
	_, unlinked := tx.Identity.Delete().Where(identity.UserID(theirs.ID)).Exec(ctx)
	err = errors.Join(err, unlinked,
		end(ctx, tx, tx.Now, theirs.ID, "", ""), voidAll(ctx, tx, theirs.ID), voidAll(ctx, tx, ours.ID),
		tx.User.Update().Where(user.MergedIntoID(theirs.ID)).SetMergedIntoID(ours.ID).Exec(ctx), // who was merged into this one before
		tx.User.UpdateOneID(theirs.ID).SetEmail(theirs.ID).SetEndedEmail(theirs.Email).SetEndedAt(tx.Now).SetMergedIntoID(ours.ID).
			ClearPasswordHash().ClearMobile().ClearMobileVerifiedAt().SetSupport(false).AddVersion(1).Exec(store.Facts(ctx)),
		tx.User.UpdateOneID(ours.ID).AddVersion(1).Exec(store.Facts(ctx)))
	if err != nil {
		return Opened{}, fmt.Errorf("end login %s: %w", theirs.ID, err)
	}
	if err := forgive(ctx, tx, theirs.Email); err != nil {
		return Opened{}, err
	}
	return opened, nil
}

// atOnce is how many rows one statement writes: below what either database takes of arguments.
const atOnce = 500

// remember makes the last uses of one login another's, where they are later than its own.
func remember(ctx context.Context, tx *store.Tx, from, to string) error {
	uses, err := tx.AccountUse.Query().Where(accountuse.UserIDIn(from, to)).All(store.Facts(ctx))
	if err != nil {
		return fmt.Errorf("read uses of %s: %w", from, err)
	}
	later := map[string]*ent.AccountUse{}
	for _, u := range uses {
		if known := later[u.AccountID]; known == nil || u.Recency < known.Recency {
			later[u.AccountID] = u
		}
	}
	var rows []*ent.AccountUseCreate
	for _, u := range uses {
		if u.UserID == from && later[u.AccountID] == u {
			rows = append(rows, tx.AccountUse.Create().SetID(store.NewID("use")).SetUserID(to).SetAccountID(u.AccountID).SetUsedAt(u.UsedAt).SetRecency(u.Recency))
		}
	}
	for len(rows) > 0 {
		n := min(len(rows), atOnce)
		err := tx.AccountUse.CreateBulk(rows[:n]...).OnConflictColumns("user_id", "account_id").
			Update(func(u *ent.AccountUseUpsert) { u.UpdateUsedAt(); u.UpdateRecency() }).Exec(ctx)
		if err != nil {
			return fmt.Errorf("move uses of %s: %w", from, err)
		}
		rows = rows[n:]
	}
	if _, err := tx.AccountUse.Delete().Where(accountuse.UserID(from)).Exec(ctx); err != nil {
		return fmt.Errorf("move uses of %s: %w", from, err)
	}
	return nil
}

// Everything lists all that the viewer could open if a transaction was committed.
func Everything(ctx context.Context, tx *store.Tx) ([]*Access, error) {
	return accounts(ctx, tx, Query{Limit: maxEverything})
}

// maxEverything is more accounts than anybody opens.
const maxEverything = 1_000_000

// ProvedBySignOn spends the proof that a sign-on round trip gave to the viewer's session, and answers the login it is of.
func (l *Logins) ProvedBySignOn(ctx context.Context, tx *store.Tx, proof string) (*ent.User, error) {
	id, err := spendProof(ctx, tx, proof)
	var refused rule.Verdict
	if errors.As(err, &refused) {
		refused[0].Field = []string{"input", "ssoProof"}
	}
	if err != nil {
		return nil, err
	}
	u, err := tx.User.Get(store.Facts(ctx), id)
	if err != nil {
		return nil, fmt.Errorf("find login %s: %w", id, err)
	}
	return u, nil
}
