package login

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roster/ent"
	"roster/ent/token"
	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/signon"
	"roster/internal/store"
	"roster/internal/viewer"
)

// ProofPrefix begins every proof that single sign-on gives of another login.
const ProofPrefix = "rsp_"

// ProofFor is how long single sign-on proves another login for a merge (RULES.md J4).
const ProofFor = 10 * time.Minute

// proveWith gives the session that asked a proof of the login of an identity, to merge it.
func (l *Logins) proveWith(ctx context.Context, a signon.Arrival) (proof string, err error) {
	err = l.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		known, err := l.known(ctx, tx, a)
		if err != nil {
			return err
		}
		u, err := l.sameSession(ctx, tx, a)
		if err != nil {
			return err
		}
		there := known != nil && known.Edges.User.EndedAt == nil
		if no := rule.Proving(a.Label, there, there && known.UserID == u.ID); no.Refused() {
			return no
		}
		proof, err = issueProof(ctx, tx, known.Edges.User, a.Session)
		return err
	})
	return proof, err
}

// issueProof makes a proof of a login that one session may use once. A change of the login's credentials ends it.
func issueProof(ctx context.Context, tx *store.Tx, of *ent.User, session string) (string, error) {
	proof := secret(ProofPrefix)
	err := tx.Token.Create().SetID(store.NewID("tok")).SetPurpose(rule.MergeProof).SetHash(courier.Hash(proof)).SetUserID(of.ID).SetSessionID(session).
		SetVersion(of.Version).SetCreatedAt(tx.Now).SetExpiresAt(tx.Now.Add(ProofFor)).Exec(ctx)
	if err != nil {
		return "", fmt.Errorf("make proof of %s: %w", of.ID, err)
	}
	return proof, nil
}

// spendProof uses a proof that was made for the session that asks, and answers the login it proves.
func spendProof(ctx context.Context, tx *store.Tx, proof string) (login string, err error) {
	v, _ := viewer.From(ctx)
	if !strings.HasPrefix(proof, ProofPrefix) || len(proof) > 100 || !v.SignedIn() {
		return "", badToken("ssoProof")
	}
	t, err := tx.Token.Query().Where(token.Hash(courier.Hash(proof)), token.PurposeEQ(rule.MergeProof), token.SessionID(v.SessionID)).WithUser().Only(store.Facts(ctx))
	switch {
	case ent.IsNotFound(err):
		return "", badToken("ssoProof")
	case err != nil:
		return "", fmt.Errorf("find proof: %w", err)
	case t.Edges.User.EndedAt != nil || t.Version == nil || *t.Version != t.Edges.User.Version:
		return "", badToken("ssoProof")
	case t.UsedAt == nil && t.VoidedAt == nil && !tx.Now.Before(t.ExpiresAt):
		return "", oldToken("ssoProof")
	}
	used, err := use(ctx, tx, t.ID)
	if err != nil {
		return "", err
	}
	if !used {
		return "", badToken("ssoProof")
	}
	return t.UserID, nil
}
