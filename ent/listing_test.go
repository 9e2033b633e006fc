package ent

import (
	"slices"
	"strings"
	"testing"

	"roster/ent/membership"
)

// A column that memberships get is read by a listing, too, or is one of those that it does not read.
func TestAListingReadsEveryColumn(t *testing.T) {
	t.Parallel()
	unread := []string{membership.FieldKind, membership.FieldAccountID, membership.FieldPracticeID, membership.FieldClientAccountID,
		membership.FieldSearchKey, membership.FieldJoinedAt}
	var read []string
	for name := range strings.FieldsFuncSeq(columnsListed, func(c rune) bool { return c == ',' || c == '\n' }) {
		if name = strings.TrimPrefix(strings.TrimSpace(name), membership.Table+"."); name != "" {
			read = append(read, name)
		}
	}
	got, want := append(read, unread...), slices.Clone(membership.Columns)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
