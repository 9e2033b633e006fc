// Package journal writes the record of who changed what (RULES.md L1): in the transaction of the change, append-only.
// It never takes a secret: passwords, tokens and links have no business here, not even as "changed".
package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"roster/ent"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Entry is one line: what was done, where, to whom, by whom.
type Entry struct {
	Verb       string // the mutation's name
	Account    string // id of the practice or client account; empty for what concerns a login alone
	Membership string
	User       string // the login it is about
	Actor      Actor  // the viewer, unless said
	Via        string // id of the practice it was done through
	Reason     string
	Changes    []Change
}

// Actor is who did it.
type Actor struct{ ID, Name string }

// Change is one field, before and after; nil where there was or is nothing.
type Change struct {
	Field  string  `json:"field"`
	Before *string `json:"before"`
	After  *string `json:"after"`
}

// Set is a change from nothing to a value; empty values are left out by Changes.
func Set(field string, after any) Change { return Change{Field: field, After: text(after)} }

// Turn is a change from one value to another.
func Turn(field string, before, after any) Change {
	return Change{Field: field, Before: text(before), After: text(after)}
}

// Changes keeps those that changed anything.
func Changes(all ...Change) []Change {
	var kept []Change
	for _, c := range all {
		if same := c.Before == nil && c.After == nil || c.Before != nil && c.After != nil && *c.Before == *c.After; !same {
			kept = append(kept, c)
		}
	}
	return kept
}

// Write adds a line in the transaction of what it tells.
func Write(ctx context.Context, tx *store.Tx, e Entry) error {
	line, err := line(ctx, tx, e)
	if err != nil {
		return err
	}
	if err := line.Exec(ctx); err != nil {
		return fmt.Errorf("write journal of %s: %w", e.Verb, err)
	}
	return nil
}

// atOnce is how many lines one statement writes: below what either database takes of arguments, fifteen a line.
const atOnce = 500

// WriteEach adds a line for each of many that one change reaches, in few statements.
func WriteEach(ctx context.Context, tx *store.Tx, all []Entry) error {
	for some := range slices.Chunk(all, atOnce) {
		lines := make([]*ent.EventCreate, len(some))
		for i, e := range some {
			var err error
			if lines[i], err = line(ctx, tx, e); err != nil {
				return err
			}
		}
		if err := tx.Event.CreateBulk(lines...).Exec(ctx); err != nil {
			return fmt.Errorf("write %d lines of the journal of %s: %w", len(some), some[0].Verb, err)
		}
	}
	return nil
}

// line is an entry about to be written.
func line(ctx context.Context, tx *store.Tx, e Entry) (*ent.EventCreate, error) {
	v, _ := viewer.From(ctx)
	if e.Actor == (Actor{}) {
		e.Actor = Actor{v.UserID, v.Name}
	}
	if e.Actor.Name == "" {
		e.Actor.Name = "Roster"
	}
	changes, err := json.Marshal(append([]Change{}, e.Changes...))
	if err != nil {
		return nil, fmt.Errorf("write journal of %s: %w", e.Verb, err)
	}
	line := tx.Event.Create().SetID(store.NewID("evt")).SetAt(tx.Now).SetVerb(e.Verb).SetActorName(e.Actor.Name).SetChanges(string(changes)).
		SetNillableAccountID(some(e.Account)).SetNillableMembershipID(some(e.Membership)).SetNillableUserID(some(e.User)).
		SetNillableActorID(some(e.Actor.ID)).SetNillableViaPracticeID(some(e.Via)).SetNillableReason(some(e.Reason)).
		SetNillableRequestID(some(v.RequestID))
	if strings.HasPrefix(e.Account, "prc_") {
		line.SetPracticeID(e.Account)
	} else if e.Account != "" {
		line.SetClientAccountID(e.Account)
	}
	return line, nil
}

// Read gives back the changes of a line as they were written.
func Read(changes string) ([]Change, error) {
	var list []Change
	if err := json.Unmarshal([]byte(changes), &list); err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	return list, nil
}

func some(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func text(v any) *string {
	switch x := v.(type) {
	case nil:
		return nil
	case *string:
		return x
	case string:
		return some(x)
	}
	s := fmt.Sprint(v)
	return some(s)
}
