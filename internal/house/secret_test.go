package house_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"roster/internal/store"
)

// secrets finds what no log, journal or job may hold (RULES.md L2): the secrets of links, sessions and tokens, by their prefixes,
// hashes of passwords, and passwords that tests choose.
var secrets = regexp.MustCompile(`\br(?:it|vt|ne|pw|ws|at|rt|mt|sp)_[A-Za-z0-9_-]{20,}|argon2id|` + strings.Join([]string{password, "kettle ginger lantern", "correct horse battery", "not this one at all"}, "|"))

// Write keeps what was logged, and what of it should not have been.
func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found := secrets.Find(p); found != nil {
		l.leaked = append(l.leaked, string(p))
	}
	return l.text.Write(p)
}

// discreet holds that whatever a home did, none of it told a secret: its log, its journal and its job queue.
func (h *home) discreet() {
	h.log.mu.Lock()
	leaked := h.log.leaked
	h.log.mu.Unlock()
	if len(leaked) > 0 {
		h.Errorf("L2: %d lines of the log hold a secret; the first is\n%.1500s", len(leaked), leaked[0])
	}
	for what, query := range map[string]string{
		"journal": "SELECT changes FROM events", "journal's reasons": "SELECT reason FROM events WHERE reason IS NOT NULL", "job queue": "SELECT CAST(args AS text) FROM river_job",
		"tokens": "SELECT hash FROM tokens", "sessions": "SELECT secret_hash FROM sessions", "counts": "SELECT id FROM attempts",
	} {
		for _, text := range texts(h, query) {
			if found := secrets.FindString(text); found != "" {
				h.Errorf("L2: the %s holds the secret %.8s…:\n%.500s", what, found, text)
			}
		}
	}
}

// texts are all texts of one column.
func texts(h *home, query string) (list []string) {
	rows, err := h.store.Query(context.Background(), query)
	if err != nil {
		h.Errorf("%s: %v", query, err)
		return nil
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			h.Error(err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		h.Error(err)
	}
	return list
}

// The positive control: a secret of each kind is found, and what only looks alike is not.
func TestASecretInALogIsFound(t *testing.T) {
	t.Parallel()
	h := &home{TB: t, log: new(logbook)}
	links, id := h.links, store.NewID("tok")
	for _, secret := range []string{links.InvitationToken(id, 1), links.VerificationToken(id), links.NewEmailToken(id), links.ResetToken(id), password, "$argon2id$v=19"} {
		before := len(h.log.leaked)
		_, _ = h.log.Write([]byte(`{"msg":"opened ` + secret + `"}`))
		if len(h.log.leaked) != before+1 {
			t.Errorf("%.8s… is not found", secret)
		}
	}
	for _, harmless := range []string{store.NewID("req"), "rol_practice_standard", id, store.NewID("inv")} {
		before := len(h.log.leaked)
		_, _ = h.log.Write([]byte(`{"request":"` + harmless + `"}`))
		if len(h.log.leaked) != before {
			t.Errorf("%s is taken for a secret", harmless)
		}
	}
}
