package rule

import (
	"fmt"
	"time"
)

// SubmissionChannel is how a document came.
type SubmissionChannel string

// The channels of a document.
const (
	FromWeb      SubmissionChannel = "WEB"
	FromMobile   SubmissionChannel = "MOBILE"
	FromMail     SubmissionChannel = "EMAIL"
	FromWhatsApp SubmissionChannel = "WHATSAPP"
)

// Values lists the channels for the database.
func (SubmissionChannel) Values() []string {
	return texts([]SubmissionChannel{FromWeb, FromMobile, FromMail, FromWhatsApp})
}

// SubmissionKind is what a document is about.
type SubmissionKind string

// The kinds of document: what the business pays, and what it is paid.
const (
	Costs SubmissionKind = "COSTS"
	Sales SubmissionKind = "SALES"
)

// SubmissionKinds are both, in the order they are listed in.
var SubmissionKinds = []SubmissionKind{Costs, Sales}

// Values lists the kinds for the database.
func (SubmissionKind) Values() []string { return texts(SubmissionKinds) }

// DocumentStatus is where a document stands.
type DocumentStatus string

// The states of a document.
const (
	ToReview DocumentStatus = "TO_REVIEW"
	Archived DocumentStatus = "ARCHIVED"
)

// Values lists the states for the database.
func (DocumentStatus) Values() []string { return texts([]DocumentStatus{ToReview, Archived}) }

// What a document's file may be at most.
const (
	MaxFile     = 20 << 20 // bytes
	MaxFileName = 255      // characters
)

// MaxDocumentsADay is how many documents come into one account in a day, by whatever way: a disk is not filled by somebody who
// was given one account. The last tenth of them does not come by mail, which anybody sends.
const MaxDocumentsADay = 10_000

// File is what has to be known of a file, which is judged by what it holds and not by what it is called.
type File struct {
	Size int64
	Type string // found in the content; empty for what is not taken
}

// Submission is what has to be known to judge whether a document may be submitted to a client account.
type Submission struct {
	Actor Access
	Owner *Member // whose it is to be; nil for nobody's
	Self  bool    // that is whoever submits it
	File  File
}

// MaySubmit judges whether somebody may submit to an account at all (RULES.md A2, B7).
func MaySubmit(actor Access) Verdict {
	if !actor.Permissions.Has(DocumentsSubmit) {
		return Verdict{notPermitted("Your role does not let you submit documents to this account. Ask an administrator.")}
	}
	return nil
}

// Submit judges a document on its way in. Whoever does not manage all documents submits for themselves only (B5, K2).
func Submit(f Submission) Verdict {
	if wrong := MaySubmit(f.Actor); wrong.Refused() {
		return wrong
	}
	if !f.Self && !f.Actor.Permissions.Has(DocumentsManageAll) {
		return Verdict{notPermitted("Your role lets you submit documents for yourself only. Ask somebody who manages the account's documents to submit this one.")}
	}
	return append(Takes(f.File, "input", "file"), canOwn(f.Owner)...)
}

// Takes judges a file.
func Takes(f File, field ...string) Verdict {
	switch {
	case f.Size > MaxFile:
		return Verdict{{Code: FileTooLarge, Field: field,
			Message: fmt.Sprintf("This file is too large: at most %d MB. Scan it in a lower resolution, or send its pages one by one.", MaxFile>>20)}}
	case f.Size == 0:
		return Verdict{{Code: FileTypeNotAccepted, Field: field, Message: "This file is empty. Choose another one."}}
	case f.Type == "":
		return Verdict{{Code: FileTypeNotAccepted, Field: field,
			Message: "This file is none of the kinds that are taken: PDF, photos (JPEG, PNG, HEIC, WebP, GIF, TIFF), Word, Excel, PowerPoint and OpenDocument without macros, XML invoices, CSV and plain text. Save it as a PDF and try again."}}
	}
	return nil
}

// canOwn: every user of the account can own documents, also who is pending or has no login access (A4), but nobody who is
// deactivated or was removed (K1).
func canOwn(owner *Member) Verdict {
	if owner == nil || owner.Status != Deactivated && owner.Status != Removed {
		return nil
	}
	p := Problem{Code: MembershipDeactivated, Field: []string{"input", "ownerMembershipId"}, Subject: owner.ID, Remedy: EnableMembership,
		Message: "This person is deactivated, so no more documents are given to them. Choose somebody else, or enable them first."}
	if owner.Status == Removed {
		p.Code, p.Remedy = MembershipRemoved, ""
		p.Message = "This person was removed, so no more documents are given to them. Choose somebody else."
	}
	return Verdict{p}
}

// Handling is what has to be known to judge what somebody may do with a document that they see.
type Handling struct {
	Actor Access
	Mine  bool // they are its document owner
}

// MayHandle judges assigning and archiving: by its document owner, and by those who manage all documents (K2).
func MayHandle(f Handling) Verdict {
	if f.Mine || f.Actor.Permissions.Has(DocumentsManageAll) {
		return nil
	}
	return Verdict{notPermitted("This document belongs to somebody else, and your role does not let you manage all documents. Ask somebody who may, or its owner.")}
}

// Assign judges giving a document to another owner, or to nobody.
func Assign(f Handling, owner *Member) Verdict {
	if wrong := MayHandle(f); wrong.Refused() {
		return wrong
	}
	return canOwn(owner)
}

// SeesAllDocuments reports whether somebody sees all documents of an account, and not only their own (K2). Who manages all of
// them sees them, too.
func SeesAllDocuments(actor Access) bool {
	return actor.Permissions&(DocumentsViewAll|DocumentsManageAll) != 0
}

// SubmittedBefore warns that a file was submitted before, so that no second document was made of it.
func SubmittedBefore(id, name string, status DocumentStatus, at time.Time) Verdict {
	message := fmt.Sprintf("This file was submitted before, on %s as %q, so no second document was made of it.", at.UTC().Format("2 January 2006"), name)
	if status == Archived {
		message += " It is archived already."
	}
	return Verdict{{Code: DocumentSubmittedBefore, Field: []string{"input", "file"}, Subject: id, Message: message}}
}
