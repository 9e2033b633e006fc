package rule

import (
	"fmt"
	"strings"
	"time"
)

// How many people come in at once.
const (
	MaxRows     = 5000  // of one file or list (RULES.md D1)
	MaxRowsADay = 10000 // into one account in a day (SECURITY.md, "Parameters")
	// MaxSinglesADay is how many people are added to one account in a day, or sent their invitation, one at a time.
	MaxSinglesADay = 200
	RowsCountFor   = 24 * time.Hour
)

// RowFacts is what has to be known of one row of many, besides what is of a single add.
type RowFacts struct {
	Add               AddFacts
	RoleMissing       bool   // the row names none, and there is no default
	RoleUnknown       string // the name in the file that is no role's
	LoginAccessBroken bool   // the file says neither yes nor no
	Extra             bool   // the row has cells beyond the header's
	Earlier           int    // the line of the same person above; zero when there is none
	Namesake          string // D3: a member without login access and email who is named like a row without both
}

// AddRow judges one row of many by the rules of a single add, and by what only a list can have wrong (RULES.md D2, D3).
func AddRow(f RowFacts) Verdict {
	if wrong := MayAddPeople(f.Add.Actor, f.Add.Kind); wrong.Refused() {
		return wrong
	}

	var v Verdict
	if f.Extra {
		v = append(v, invalid("This row has more cells than there are headers. A separator inside a name wants quotation marks around it.", "input"))
	}
	v = append(v, person(f.Add)...)
	if f.LoginAccessBroken {
		v = append(v, invalid("Login access is yes or no. Leave it empty for yes.", "input", "loginAccess"))
	}
	v = append(v, f.role()...)
	v = append(v, apart(f.Add.Kind, f.Add.Colleague, f.Add.ClientUser, f.Add.Actor.Via == ViaPractice)...)
	v = append(v, alreadyThere(f.Add.Existing)...)
	if f.Namesake != "" {
		v = append(v, Problem{Code: AlreadyMember, Field: []string{"input", "lastName"}, Subject: f.Namesake,
			Message: "Somebody of this name, without login access and without an email address, is in this account already. If this is another person, give an address or add them one at a time."})
	}
	if f.Earlier > 0 {
		v = append(v, Problem{Code: DuplicateInFile, Field: []string{"input", "email"},
			Message: fmt.Sprintf("This is the same person as on line %d. Take one of the two out.", f.Earlier)})
	}
	return v
}

func (f RowFacts) role() Verdict {
	switch {
	case f.RoleMissing:
		return Verdict{{Code: Required, Field: []string{"input", "roleId"}, Message: "This row names no role. Give it one, or choose a role for all rows without one."}}
	case f.RoleUnknown != "":
		return Verdict{{Code: RoleNotAssignable, Field: []string{"input", "roleId"},
			Message: "There is no role “" + f.RoleUnknown + "” in this account. Write the name of a role as the account's list of roles has it."}}
	}
	return append(assignable(f.Add.Actor, f.Add.Kind, f.Add.Practice, f.Add.Role), grantable(f.Add)...)
}

// ManyFacts is what has to be known of a list of people as a whole.
type ManyFacts struct {
	Actor    Access
	Kind     Kind
	Rows     int
	Today    int // rows that came into the account within RowsCountFor before
	File     Verdict
	Unclear  bool // neither or both of rows and a file were given
	SkipRows bool
}

// AddMany judges whether a list of people can be looked at at all; its rows are judged by AddRow.
func AddMany(f ManyFacts) Verdict {
	switch {
	case MayAddPeople(f.Actor, f.Kind).Refused():
		return MayAddPeople(f.Actor, f.Kind)
	case f.Kind != Client:
		return Verdict{invalid("Many people are added to a client account. Add the colleagues of a practice one at a time.", "input", "accountId")}
	case f.Unclear:
		return Verdict{invalid("Give the people either as rows or as a file, one of the two.", "input")}
	case f.File.Refused():
		return f.File
	case f.Rows == 0:
		return Verdict{{Code: Required, Field: []string{"input", "rows"}, Message: "There is nobody in the list. Add a row for each person."}}
	case f.Rows > MaxRows:
		return Verdict{ListTooLong(MaxRows, "input", "rows")}
	case f.Today+f.Rows > MaxRowsADay:
		return Verdict{{Code: TooManyRows, Field: []string{"input"}, Remedy: Wait,
			Message: fmt.Sprintf("At most %d people a day are added to one account by lists, and %d were already. Add the others tomorrow.", MaxRowsADay, f.Today)}}
	}
	return nil
}

// ListTooLong says that a list is too long.
func ListTooLong(most int, field ...string) Problem {
	return Problem{Code: TooManyRows, Field: field, Message: fmt.Sprintf("At most %d people are added at once. Divide the list and add each part for itself.", most)}
}

// Outcome is how one row of many ended: the status of whoever was added, no login access, or refused.
type Outcome string

// The outcomes there are.
const (
	OutcomeActive  Outcome = "ACTIVE"
	OutcomePending Outcome = "PENDING"
	OutcomeNoLogin Outcome = "NO_LOGIN"
	OutcomeRefused Outcome = "REFUSED"
)

// OutcomeOf is how a row that is not refused ends.
func OutcomeOf(f AddFacts) Outcome {
	switch {
	case !f.LoginAccess:
		return OutcomeNoLogin
	case Added(f) == Pending:
		return OutcomePending
	default:
		return OutcomeActive
	}
}

// RowsRefused says that nothing was written because some rows cannot be (REJECT_ALL).
func RowsRefused(refused, all int, lines []int, field ...string) Problem {
	var first []string
	for _, line := range lines {
		first = append(first, fmt.Sprint(line))
	}
	list := strings.Join(first, ", ")
	if refused > len(lines) {
		list += " …"
	}
	return Problem{Code: RowRefused, Field: field,
		Message: fmt.Sprintf("%d of %d rows cannot be added, so nobody was: see line %s. Correct them, or add the others by leaving these out.", refused, all, list)}
}
