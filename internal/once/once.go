// Package once makes a mutation that came twice happen once: the same key with the same input gives the first answer
// again, for a day. It remembers ids, never answers, so that what is shown is always what may be seen now.
package once

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"roster/ent"
	"roster/ent/idempotencykey"
	"roster/internal/rule"
	"roster/internal/store"
)

// Kept is how long a key is remembered.
const Kept = 24 * time.Hour

// Longest is the longest key, in characters.
const Longest = 255

// Call is one use of a key by one login for one mutation.
type Call struct {
	User, Mutation, Key string // an empty key remembers nothing
	Input               any    // hashed: the same input must hash the same
}

// Before answers the ids that the first use of the key made; nil when this is the first.
func (c Call) Before(ctx context.Context, tx *store.Tx) ([]string, error) {
	result, found, err := c.Recall(ctx, tx)
	if !found || err != nil {
		return nil, err
	}
	return strings.Fields(result), nil
}

// Recall answers what the first use of the key had remembered; found is false when this is the first.
func (c Call) Recall(ctx context.Context, tx *store.Tx) (result string, found bool, err error) {
	if c.Key == "" {
		return "", false, nil
	}
	if utf8.RuneCountInString(c.Key) > Longest {
		return "", false, rule.Verdict{{Code: rule.TooLong, Field: field(), Message: fmt.Sprintf("The idempotency key is too long: at most %d characters.", Longest)}}
	}
	key, err := tx.IdempotencyKey.Query().Where(idempotencykey.UserID(c.User), idempotencykey.Mutation(c.Mutation), idempotencykey.Key(c.Key)).Only(store.Facts(ctx))
	switch {
	case ent.IsNotFound(err):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("look up idempotency key: %w", err)
	case !tx.Now.Before(key.CreatedAt.Add(Kept)):
		if err := tx.IdempotencyKey.DeleteOne(key).Exec(ctx); err != nil {
			return "", false, fmt.Errorf("forget idempotency key: %w", err)
		}
		return "", false, nil
	}
	hash, err := c.hash()
	if err != nil {
		return "", false, err
	}
	if hash != key.InputHash {
		return "", false, rule.Verdict{{Code: rule.IdempotencyKeyReused, Field: field(),
			Message: "This idempotency key was used with another input before, so nothing was done. Use a new key for a new intention."}}
	}
	return key.Result, true, nil
}

// Done remembers what the first use made.
func (c Call) Done(ctx context.Context, tx *store.Tx, ids ...string) error {
	return c.Remember(ctx, tx, strings.Join(ids, " "))
}

// Remember keeps a result for Recall: ids, and what was decided, never what may be shown only to some.
func (c Call) Remember(ctx context.Context, tx *store.Tx, result string) error {
	if c.Key == "" {
		return nil
	}
	hash, err := c.hash()
	if err != nil {
		return err
	}
	err = tx.IdempotencyKey.Create().SetID(store.NewID("idk")).SetUserID(c.User).SetMutation(c.Mutation).SetKey(c.Key).
		SetInputHash(hash).SetResult(result).SetCreatedAt(tx.Now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("remember idempotency key: %w", err)
	}
	return nil
}

func (c Call) hash() (string, error) {
	b, err := json.Marshal(c.Input)
	if err != nil {
		return "", errors.New("hash the input of " + c.Mutation)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

func field() []string { return []string{"input", "idempotencyKey"} }
