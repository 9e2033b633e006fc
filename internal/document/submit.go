package document

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/ent/document"
	"roster/ent/membership"
	"roster/ent/session"
	"roster/internal/once"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Submit is a document that somebody submits who is signed in.
type Submit struct {
	Account        string
	File           File
	Owner          string // whose it is to be; empty: whoever submits, and through a practice nobody's
	Kind           rule.SubmissionKind
	IdempotencyKey string
}

// Submitted is what became of it. Before tells that the same file was there, of the same owner and kind: then that document is
// answered, and none was made.
type Submitted struct {
	Document string
	Before   bool
}

// Submit takes a document in (RULES.md A2, B5, K1, K2). It judges twice: before the file is kept, so that nobody fills the
// disk who may not submit, and again in the transaction that makes the document.
func (d *Documents) Submit(ctx context.Context, input Submit) (done Submitted, err error) {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return Submitted{}, rule.ErrUnauthenticated
	}
	file, err := look(input.File)
	if err != nil {
		return Submitted{}, err
	}
	call := once.Call{User: v.UserID, Mutation: "documentSubmit", Key: input.IdempotencyKey,
		Input: []any{input.Account, input.Owner, input.Kind, file.Name, file.fact, file.sha256}}
	err = d.take(ctx, func(ctx context.Context, tx *store.Tx) ([]arrival, error) {
		done = Submitted{}
		t, err := into(ctx, tx, input.Account)
		if err != nil {
			return nil, err
		}
		before, err := call.Before(ctx, tx)
		if err != nil {
			return nil, err
		}
		if before != nil {
			done = Submitted{before[0], len(before) > 1}
			return nil, nil
		}
		one, err := t.submission(ctx, tx, v, input, file)
		return []arrival{one}, err
	}, func(ctx context.Context, tx *store.Tx, made []Submitted) error {
		done = made[0]
		remembered := []string{done.Document}
		if done.Before {
			remembered = append(remembered, "before")
		}
		return call.Done(ctx, tx, remembered...)
	})
	return done, err
}

// submission is the document as it would be, judged.
func (t target) submission(ctx context.Context, tx *store.Tx, v viewer.Viewer, input Submit, file incoming) (arrival, error) {
	one := arrival{file: file, account: t.ID, kind: input.Kind, by: t.actor.Membership, byName: v.Name, via: t.through(), channel: rule.FromWeb}
	id := input.Owner
	if id == "" && t.actor.Via == rule.ViaMembership {
		id = t.actor.Membership
	}
	facts := rule.Submission{Actor: t.actor, Self: id == t.actor.Membership, File: file.fact}
	if id != "" {
		owner, err := t.possibleOwner(ctx, tx, id)
		if err != nil {
			return one, err
		}
		facts.Owner, one.owner = member(owner), id
	}

	if verdict := rule.Submit(facts); verdict.Refused() {
		return one, verdict
	}

	if !facts.Self {
		one.on = id
	}
	if v.SessionID == "" {
		return one, nil
	}
	app, err := tx.Session.Query().Where(session.ID(v.SessionID), session.KindEQ(rule.Mobile)).Exist(store.Facts(ctx))
	if err != nil {
		return one, fmt.Errorf("find session %s: %w", v.SessionID, err)
	}
	if app {
		one.channel = rule.FromMobile
	}
	return one, nil
}

// possibleOwner finds a user of the account by id. Who manages all documents may name any of them, since all of them can own
// documents (A4); others only whom they see.
func (t target) possibleOwner(ctx context.Context, tx *store.Tx, id string) (*ent.Membership, error) {
	if t.actor.Permissions.Has(rule.DocumentsManageAll) {
		ctx = store.Facts(ctx)
	}
	m, err := tx.Membership.Query().Where(membership.ID(id), membership.ClientAccountID(t.ID)).Only(ctx)
	if err != nil {
		return nil, notFound("document owner", err)
	}
	return m, nil
}

// same finds the document of the same owner and kind that holds the same file.
func same(ctx context.Context, tx *store.Tx, a arrival) (Submitted, error) {
	owner := document.OwnerIDIsNil()
	if a.owner != "" {
		owner = document.OwnerID(a.owner)
	}
	found, err := tx.Document.Query().Where(document.ClientAccountID(a.account), document.Sha256(a.file.sha256), document.KindEQ(a.kind), owner).
		Order(document.ByCreatedAt(), document.ByID()).First(store.Facts(ctx))
	if ent.IsNotFound(err) {
		return Submitted{}, nil
	}
	if err != nil {
		return Submitted{}, fmt.Errorf("look for the same file: %w", err)
	}
	return Submitted{found.ID, true}, nil
}
