package model

import "roster/internal/rule"

// DocumentActions is what can be done with a document.
type DocumentActions struct{ Facts rule.Handling }

// Assign is documentAssign.
func (a *DocumentActions) Assign() Action { return ActionOf(rule.MayHandle(a.Facts), nil) }

// Archive is documentArchive.
func (a *DocumentActions) Archive() Action { return ActionOf(rule.MayHandle(a.Facts), nil) }

// SubmissionAddress is where documents are mailed to.
type SubmissionAddress struct {
	Address string
	Kind    rule.SubmissionKind
	Active  bool
}

// WhatsAppLink is the number that somebody's documents come from.
type WhatsAppLink struct {
	Mobile string
	Active bool
}
