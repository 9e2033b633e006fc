package sheet_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"roster/internal/rule"
	"roster/internal/sheet"
)

const most = 5000

func TestAFileIsReadAsItIsMeant(t *testing.T) {
	t.Parallel()
	tom := sheet.Row{Line: 2, FirstName: "Tom", LastName: "Marsh", Email: "tom@example.com", LoginAccess: true}
	for name, c := range map[string]struct {
		text string
		want sheet.Row
	}{
		"commas":                            {"First name,Last name,Email\nTom,Marsh,tom@example.com\n", tom},
		"semicolons and CRLF":               {"First name;Last name;Email\r\nTom;Marsh;tom@example.com\r\n", tom},
		"tabs, and no line break at last":   {"First name\tLast name\tEmail\nTom\tMarsh\ttom@example.com", tom},
		"a byte order mark":                 {"\ufeffFirst name,Last name,Email\nTom,Marsh,tom@example.com\n", tom},
		"headers in any order and case":     {"E-MAIL,last_name,FIRSTNAME\ntom@example.com,Marsh,Tom\n", tom},
		"space around cells":                {"First name , Last name,Email\n Tom ,\u00a0Marsh, tom@example.com \n", tom},
		"quoted headers and cells":          {"\"First name\";\"Last name\";\"Email\"\n\"Tom\";\"Marsh\";\"tom@example.com\"\n", tom},
		"empty columns at the right":        {"First name,Last name,Email,,\nTom,Marsh,tom@example.com,,\n", tom},
		"fewer cells than headers":          {"First name,Last name,Email,Mobile\nTom,Marsh,tom@example.com\n", tom},
		"empty lines":                       {"First name,Last name,Email\n\n,,\nTom,Marsh,tom@example.com\n\n", with(tom, func(r *sheet.Row) { r.Line = 4 })},
		"a line that tells the separator":   {"sep=;\r\nFirst name;Last name;Email\r\nTom;Marsh;tom@example.com\r\n", with(tom, func(r *sheet.Row) { r.Line = 3 })},
		"a separator and a quote in a name": {"First name,Last name,Email\n\"Tom, \"\"the\"\"\",Marsh,tom@example.com\n", with(tom, func(r *sheet.Row) { r.FirstName = `Tom, "the"` })},
		"no login access":                   {"First name,Last name,Email,Login access\nTom,Marsh,tom@example.com,NO\n", with(tom, func(r *sheet.Row) { r.LoginAccess = false })},
		"false":                             {"First name,Last name,Email,Login access\nTom,Marsh,tom@example.com,false\n", with(tom, func(r *sheet.Row) { r.LoginAccess = false })},
		"yes":                               {"First name,Last name,Email,Login access\nTom,Marsh,tom@example.com,Yes\n", tom},
		"neither yes nor no":                {"First name,Last name,Email,Login access\nTom,Marsh,tom@example.com,maybe\n", with(tom, func(r *sheet.Row) { r.LoginAccessBroken = true })},
		"more cells than headers":           {"First name,Last name,Email\nTom,Marsh,tom@example.com,more\n", with(tom, func(r *sheet.Row) { r.Extra = true })},
		"a number with an apostrophe":       {"First name,Last name,Email,Mobile\nTom,Marsh,tom@example.com,'+447400123456\n", with(tom, func(r *sheet.Row) { r.Mobile = "+447400123456" })},
		"a number as a formula":             {"First name,Last name,Email,Mobile\nTom,Marsh,tom@example.com,\"=\"\"+447400123456\"\"\"\n", with(tom, func(r *sheet.Row) { r.Mobile = "+447400123456" })},
		"an O'Neill keeps the apostrophe":   {"First name,Last name,Email\n'Tom,O'Neill,tom@example.com\n", with(tom, func(r *sheet.Row) { r.FirstName, r.LastName = "'Tom", "O'Neill" })},
	} {
		rows, wrong := sheet.Read(c.text, most)
		if wrong.Refused() || !slices.Equal(rows, []sheet.Row{c.want}) {
			t.Errorf("%s: %q is read as %+v, %v; want %+v", name, c.text, rows, wrong, c.want)
		}
	}
}

func with(r sheet.Row, change func(*sheet.Row)) sheet.Row {
	change(&r)
	return r
}

func TestAFileThatIsNotMeantSoIsRefused(t *testing.T) {
	t.Parallel()
	head := "First name,Last name,Email\n"
	for name, c := range map[string]struct {
		text string
		want rule.Code
		says string
	}{
		"nothing":                            {"", rule.CSVUnreadable, "empty"},
		"a byte order mark alone":            {"\ufeff", rule.CSVUnreadable, "empty"},
		"UTF-16":                             {"F\x00i\x00r\x00s\x00t\x00", rule.CSVUnreadable, "UTF-8"},
		"Latin-1":                            {head + "Zo\xeb,Marsh,z@example.com\n", rule.CSVUnreadable, "UTF-8"},
		"an unknown header":                  {"First name,Last name,Email,Shoe size\n", rule.CSVHeaderUnknown, "Shoe size"},
		"a header twice":                     {"First name,Last name,Email,E-mail\n", rule.CSVHeaderUnknown, "Two columns"},
		"a header that is very long":         {"First name,Last name,Email," + strings.Repeat("x", 1<<20) + "\n", rule.CSVHeaderUnknown, "xxx…"},
		"content under no header":            {"First name,Last name,Email,\nTom,Marsh,tom@example.com,+44\n", rule.CSVHeaderUnknown, "no header"},
		"no email header":                    {"First name,Last name\n", rule.CSVColumnMissing, "Email"},
		"people without headers":             {"Tom,Marsh,tom@example.com\n", rule.CSVHeaderUnknown, "“Tom”"},
		"a quote that is never closed":       {head + "Tom,Marsh,t@example.com\n\"Nell,Marsh,n@example.com\n", rule.CSVUnreadable, "line 3"},
		"a quote inside a cell":              {head + "T\"o\"m,Marsh,t@example.com\n", rule.CSVUnreadable, "line 2"},
		"the line behind one with two lines": {head + "\"Tom\nthe\",Marsh,t@example.com\nN\"ell,Marsh,n@example.com\n", rule.CSVUnreadable, "line 4"},
		"a torn line behind the separator's": {"sep=,\n" + head + "T\"o\"m,Marsh,t@example.com\n", rule.CSVUnreadable, "line 3"},
		"headers alone":                      {head, rule.Required, "no people"},
		"one row too many":                   {head + strings.Repeat("Tom,Marsh,t@example.com\n", 4), rule.TooManyRows, "At most 3"},
	} {
		rows, wrong := sheet.Read(c.text, 3)
		if len(wrong) != 1 || wrong[0].Code != c.want || !strings.Contains(wrong[0].Message, c.says) || rows != nil {
			t.Errorf("%s: is answered %+v and %d rows, want %s that says %q", name, wrong, len(rows), c.want, c.says)
		}
		for _, p := range wrong {
			if len(p.Message) > 400 {
				t.Errorf("%s: the message is %d bytes long", name, len(p.Message))
			}
		}
	}
}

func TestTheTemplateIsAFileThatOnlyLacksPeople(t *testing.T) {
	t.Parallel()
	if _, wrong := sheet.Read(sheet.Template(), most); len(wrong) != 1 || wrong[0].Code != rule.Required {
		t.Errorf("the empty template is answered %v", wrong)
	}
	rows, wrong := sheet.Read(sheet.Template()+"Tom,Marsh,tom@example.com,,no,Standard\r\n", most)
	want := sheet.Row{Line: 2, FirstName: "Tom", LastName: "Marsh", Email: "tom@example.com", Role: "Standard"}
	if wrong.Refused() || !slices.Equal(rows, []sheet.Row{want}) {
		t.Errorf("a filled template is read as %+v, %v", rows, wrong)
	}
}

// Whatever a file holds, reading it does not panic, gives text that is text, and never more than was there.
//
//	go test ./internal/sheet -run - -fuzz FuzzRead -fuzztime 10m
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		sheet.Template() + "Tom,Marsh,tom@example.com,+447400123456,yes,Standard\r\n", "\ufefffirst name;LAST NAME;email\r\n\"a;b\";\"\"\"\";\r\n", "sep=\t\r\nfirst name\tlast name\temail\na\tb\tc\td\n",
		"\xff\xfef\x00i\x00", "first name,last name,email\n\"", "first name,last name,email\n" + strings.Repeat("x", 1<<12) + ",b,c", "\"", ",,,\n,,,", "first name,last name,email,\n1,2,3,4,5\n\x00", "sep=;", "sep=;\n", "=\"", "first name,last name,email,mobile\na,b,c,=\"\"",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, wrong := sheet.Read(text, 50)
		if (len(rows) == 0) != wrong.Refused() || len(rows) > 50 {
			t.Errorf("%d rows and %v", len(rows), wrong)
		}
		last, length := 0, 0
		for _, r := range rows {
			if r.Line <= last {
				t.Errorf("line %d comes after line %d", r.Line, last)
			}
			last = r.Line
			for _, cell := range []string{r.FirstName, r.LastName, r.Email, r.Mobile, r.Role} {
				length += len(cell)
				if !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) {
					t.Errorf("a cell holds %q", cell)
				}
			}
		}
		if length > len(text) {
			t.Errorf("%d bytes were read as %d", len(text), length)
		}
	})
}
