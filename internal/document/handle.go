package document

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/ent/document"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// handled is a document that the viewer sees, and what they may do with it.
type handled struct {
	*ent.Document
	target target
	facts  rule.Handling
}

// handle runs a change of a document that the viewer sees.
func (d *Documents) handle(ctx context.Context, id string, change func(ctx context.Context, tx *store.Tx, h handled) error) error {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return rule.ErrUnauthenticated
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, err := tx.Document.Query().Where(document.ID(id)).Only(ctx)
		if err != nil {
			return notFound("document", err)
		}
		t, err := into(ctx, tx, row.ClientAccountID)
		if err != nil {
			return err
		}
		return change(ctx, tx, handled{row, t, Handling(t.actor, row)})
	})
}

// Handling are the facts of what somebody may do with a document.
func Handling(actor rule.Access, row *ent.Document) rule.Handling {
	return rule.Handling{Actor: actor, Mine: actor.Via == rule.ViaMembership && some(row.OwnerID) == actor.Membership}
}

// Assign gives a document to another owner, or, without one, to nobody (RULES.md K2).
func (d *Documents) Assign(ctx context.Context, id, owner string) error {
	return d.handle(ctx, id, func(ctx context.Context, tx *store.Tx, h handled) error {
		var next *rule.Member
		if owner != "" && owner != some(h.OwnerID) {
			m, err := h.target.possibleOwner(ctx, tx, owner)
			if err != nil {
				return err
			}
			next = member(m)
		}

		if verdict := rule.Assign(h.facts, next); verdict.Refused() {
			return verdict
		}

		if owner == some(h.OwnerID) {
			return nil
		}
		change := tx.Document.UpdateOneID(id).SetOwnerID(owner)
		if owner == "" {
			change = tx.Document.UpdateOneID(id).ClearOwnerID()
		}
		if err := change.Exec(store.Facts(ctx)); err != nil {
			return fmt.Errorf("assign document %s: %w", id, err)
		}
		return h.record(ctx, tx, "documentAssign", owner, journal.Turn("documentOwner", some(h.OwnerID), owner))
	})
}

// Archive puts a document away.
func (d *Documents) Archive(ctx context.Context, id string) error {
	return d.handle(ctx, id, func(ctx context.Context, tx *store.Tx, h handled) error {
		if verdict := rule.MayHandle(h.facts); verdict.Refused() {
			return verdict
		}

		if h.Status == rule.Archived {
			return nil
		}
		if err := tx.Document.UpdateOneID(id).SetStatus(rule.Archived).Exec(store.Facts(ctx)); err != nil {
			return fmt.Errorf("archive document %s: %w", id, err)
		}
		return h.record(ctx, tx, "documentArchive", some(h.OwnerID), journal.Turn("status", h.Status, rule.Archived))
	})
}

// record tells the journal, as something about its owner.
func (h handled) record(ctx context.Context, tx *store.Tx, verb, owner string, change journal.Change) error {
	return journal.Write(ctx, tx, journal.Entry{Verb: verb, Account: h.ClientAccountID, Membership: owner, Via: h.target.through(),
		Changes: []journal.Change{journal.Set("document", h.ID), journal.Set("fileName", h.FileName), change}})
}
