// Package sheet reads the file in which a bookkeeper lists people: CSV as spreadsheets write it. It gives rows of text
// and says which line each began on; whether somebody may be added, others decide. It never guesses at a column: an
// unknown or missing header refuses the whole file.
package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"roster/internal/rule"
)

// Row is one person as the file has them, each cell without the space around it.
type Row struct {
	Line                           int // in the file, from 1, the header's included
	FirstName, LastName            string
	Email, Mobile                  string
	LoginAccess, LoginAccessBroken bool
	Role                           string // a name or an id; empty when none was given
	Extra                          bool   // there are cells beyond the header's
}

// column is what a header can name.
type column int

const (
	firstName column = iota
	lastName
	email
	mobile
	loginAccess
	role
	nothing // a header without a name, over cells without content: what spreadsheets leave at the right
)

// headers are the columns by their headers without letter case, spaces, hyphens and underscores (RULES.md D1).
var headers = map[string]column{
	"firstname": firstName, "lastname": lastName, "email": email, "mobile": mobile, "loginaccess": loginAccess, "role": role,
}

// Titles are the headers as a person would write them, in the order of the template; the first three must be there.
var Titles = []string{"First name", "Last name", "Email", "Mobile", "Login access", "Role"}

// Template is an empty file to fill in: with a byte order mark, by which spreadsheets know that it is UTF-8.
func Template() string { return bom + strings.Join(Titles, ",") + "\r\n" }

const bom = "\ufeff"

// Read reads the rows of a file of at most so many. The verdict says what is wrong with the file as a whole.
func Read(text string, most int) ([]Row, rule.Verdict) {
	switch {
	case strings.ContainsRune(text, 0):
		return nil, unreadable("The file is not text, or not in UTF-8: it holds NUL characters. Save it as “CSV UTF-8”.")
	case !utf8.ValidString(text):
		return nil, unreadable("The file is not in UTF-8. Save it as “CSV UTF-8”.")
	}
	text, skipped := announced(strings.TrimPrefix(text, bom))
	if text == "" {
		return nil, unreadable("The file is empty. Its first line must hold the headers: " + strings.Join(Titles, ", ") + ".")
	}

	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = separator(text), -1, true
	head, err := r.Read()
	if err != nil {
		return nil, torn(err, skipped)
	}
	columns, wrong := named(head)
	if wrong.Refused() {
		return nil, wrong
	}
	var rows []Row
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, torn(err, skipped)
		}
		if !slices.ContainsFunc(cells, filled) {
			continue // the empty lines that spreadsheets leave at the end
		}
		if len(rows) == most {
			return nil, rule.Verdict{rule.ListTooLong(most, inFile...)}
		}
		row, stray := read(columns, cells)
		if stray {
			return nil, headless()
		}
		at, _ := r.FieldPos(0)
		row.Line = at + skipped
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, rule.Verdict{{Code: rule.Required, Field: inFile, Message: "The file has headers but no people. Add a line for each of them."}}
	}
	return rows, nil
}

// inFile is the input field a file comes in.
var inFile = []string{"input", "csv"}

// announced takes away the first line by which Excel is told the separator, and says how many lines went.
func announced(text string) (rest string, lines int) {
	first, rest, _ := strings.Cut(text, "\n")
	first = strings.TrimSuffix(first, "\r")
	if len(first) == len("sep=;") && strings.EqualFold(first[:4], "sep=") {
		return rest, 1
	}
	return text, 0
}

// separator is what stands between the headers: of comma, semicolon and tab the one that gives the most headers we know.
func separator(text string) rune {
	line := text[:min(len(text), 4096)]
	best, most := ',', -1
	for _, by := range []rune{',', ';', '\t'} {
		r := csv.NewReader(strings.NewReader(line))
		r.Comma, r.LazyQuotes = by, true
		head, err := r.Read()
		if err != nil {
			continue
		}
		known := 0
		for _, title := range head {
			if _, ok := headers[key(title)]; ok {
				known++
			}
		}
		if known > most {
			best, most = by, known
		}
	}
	return best
}

// key is a header without letter case, spaces, hyphens and underscores.
func key(title string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '_' || r == '\ufeff' {
			return -1
		}
		return r
	}, title))
}

// named finds out which column is which.
func named(head []string) ([]column, rule.Verdict) {
	columns := make([]column, len(head))
	seen := map[column]bool{}
	for i, title := range head {
		at, known := headers[key(title)]
		switch {
		case key(title) == "":
			columns[i] = nothing
			continue
		case !known:
			return nil, unknown("There is no column called “" + short(title) + "”.")
		case seen[at]:
			return nil, unknown("Two columns are called “" + short(title) + "”.")
		}
		columns[i], seen[at] = at, true
	}
	var missing []string
	for at, title := range Titles[:3] {
		if !seen[column(at)] {
			missing = append(missing, title)
		}
	}
	if len(missing) > 0 {
		return nil, rule.Verdict{{Code: rule.CSVColumnMissing, Field: inFile,
			Message: "The first line of the file names no column " + strings.Join(missing, ", ") + ". Add it; the columns are " + strings.Join(Titles, ", ") + ", in any order."}}
	}
	return columns, nil
}

// read makes a row of its cells. stray: something stands in a column whose header has no name.
func read(columns []column, cells []string) (row Row, stray bool) {
	row.LoginAccess = true
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if i >= len(columns) {
			row.Extra = row.Extra || cell != ""
			continue
		}
		switch columns[i] {
		case firstName:
			row.FirstName = cell
		case lastName:
			row.LastName = cell
		case email:
			row.Email = cell
		case mobile:
			row.Mobile = plain(cell)
		case role:
			row.Role = cell
		case loginAccess:
			row.LoginAccess, row.LoginAccessBroken = yes(cell)
		default:
			stray = stray || cell != ""
		}
	}
	return row, stray
}

// yes reads yes, no, true and false; an empty cell is yes.
func yes(cell string) (is, broken bool) {
	switch strings.ToLower(cell) {
	case "", "yes", "true":
		return true, false
	case "no", "false":
		return false, false
	}
	return true, true
}

// plain takes away what keeps a spreadsheet from taking a phone number for a sum: an apostrophe before it, or ="…".
func plain(cell string) string {
	if inner, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(inner, `"`) {
		cell = strings.TrimSuffix(inner, `"`)
	}
	return strings.TrimSpace(strings.TrimPrefix(cell, "'"))
}

func filled(cell string) bool { return strings.TrimSpace(cell) != "" }

// short is a text from the file, short enough to be said back.
func short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}

func unreadable(message string) rule.Verdict {
	return rule.Verdict{{Code: rule.CSVUnreadable, Field: inFile, Message: message}}
}

func unknown(what string) rule.Verdict {
	return rule.Verdict{{Code: rule.CSVHeaderUnknown, Field: inFile,
		Message: what + " The columns are " + strings.Join(Titles, ", ") + ", in any order; rename it or take it out."}}
}

func headless() rule.Verdict { return unknown("A column with content has no header.") }

// torn says where a file cannot be read any more.
func torn(err error, skipped int) rule.Verdict {
	at, what := 0, "is not CSV"
	if wrong := new(csv.ParseError); errors.As(err, &wrong) {
		at = wrong.StartLine
		if errors.Is(wrong.Err, csv.ErrQuote) || errors.Is(wrong.Err, csv.ErrBareQuote) {
			what = "has a quotation mark in the wrong place, or one that is never closed"
		}
	}
	return unreadable(fmt.Sprintf("The row that begins on line %d of the file %s. Correct it there, or save the file as “CSV UTF-8” anew.", at+skipped, what))
}
