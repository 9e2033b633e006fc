package login

import (
	"context"
	"strings"

	"roster/ent/token"
	"roster/internal/courier"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/viewer"
)

// ProofPrefix begins every proof that single sign-on gives of another login.
const ProofPrefix = "rsp_"

// spendProof uses a proof that single sign-on gave of another login, once, by the session that asked for it (J4).
func spendProof(ctx context.Context, tx *store.Tx, proof string) (login string, err error) {
	v, _ := viewer.From(ctx)
	if !strings.HasPrefix(proof, ProofPrefix) || len(proof) > 100 {
		return "", badToken("ssoProof")
	}
	t, err := tx.Token.Query().Where(token.Hash(courier.Hash(proof)), token.PurposeEQ(rule.MergeProof), token.SessionID(v.SessionID)).Only(store.Facts(ctx))
	if t, err = alive(t, err, tx.Now); err != nil {
		return "", err
	}
	used, err := use(ctx, tx, t.ID)
	if err == nil && !used {
		err = badToken("ssoProof")
	}
	return t.UserID, err
}
