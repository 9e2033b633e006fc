package house_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"roster/internal/document"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/viewer"
)

// The rule and the policy say the same of everybody: what opens a client shows its documents, all or one's own.
func TestRuleAndPolicyAgreeWhoSeesADocument(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := &crossroads{town: &town{home: newHome(t, s), began: s.Now()}, practice: "prc_here", client: "cli_here"}
		x.practices, x.clients = []string{x.practice}, []townClient{{x.client, x.practice}}
		x.later = x.began.Add(time.Hour)
		x.ownerOf(rule.Practice, x.practice)
		x.ownerOf(rule.Client, x.client)
		see, manage := rule.StandardPermissions|rule.DocumentsViewAll, rule.DocumentsManageAll
		for _, own := range append([]*rule.Member{nil}, standings(rule.Client, true, rule.StandardPermissions, see, manage)...) {
			for _, colleague := range []*rule.Member{nil, {Status: rule.Active, LoginAccess: true}, {Status: rule.Deactivated, LoginAccess: true, Permissions: rule.ClientsAll}} {
				for _, grant := range []string{"", "for good", "ended"} {
					if grant == "" || colleague != nil {
						x.settle(own, colleague, grant)
					}
				}
			}
		}
		x.paper(x.client, "")
		for _, m := range x.members {
			if m.kind == rule.Client {
				x.paper(x.client, m.ID)
			}
		}
		x.build()
		all, some := 0, 0
		for _, p := range x.folk {
			may := rule.AccessTo(p.own, p.colleague, x.holds(p, x.began))
			want := 0
			switch {
			case rule.SeesAllDocuments(may):
				want, all = len(x.documents), all+1
			case may.Opens():
				want, some = 1, some+1 // their own
			}
			if got, err := s.Read().Document.Query().Count(x.asking(p.user, x.began)); err != nil || got != want {
				t.Errorf("%s: sees %d documents, %v, want %d", p.name, got, err, want)
			}
		}
		if all == 0 || some == 0 {
			t.Errorf("%d see all, %d their own: the table shows nothing", all, some)
		}
	})
}

func TestTheSameFileAtOnceIsOneDocument(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		for trial := range trials(20) {
			var ids [8]string
			got := race(len(ids), func(i int) error {
				done, err := f.papers.Submit(f.as, document.Submit{Account: f.client, Owner: f.member, Kind: rule.Costs, File: pdf(fmt.Sprint(trial))})
				ids[i] = done.Document
				return err
			})
			wantTally(t, "submitting one file eight times", got, map[string]int{"": len(ids)})
			for _, id := range ids {
				if id == "" || id != ids[0] {
					t.Fatalf("one file is the documents %v", ids)
				}
			}
			f.whole(t, trial+1)
		}
		if n := f.lines(f.client, "documentSubmit"); n != trials(20) {
			t.Errorf("%d lines in the journal, want %d", n, trials(20))
		}
	})
}

func TestTheSameMessageAtOnceIsTakenOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		to := f.address(f.member)
		for trial := range trials(20) {
			got := race(8, func(int) error {
				_, err := f.papers.Receive(context.Background(), document.Mail{MessageID: fmt.Sprintf("<%d@example.org>", trial), From: "shop@example.org", Recipients: []string{to, to},
					Files: []document.File{pdf(fmt.Sprint("a", trial)), pdf(fmt.Sprint("b", trial))}})
				return err
			})
			wantTally(t, "one message eight times", got, map[string]int{"": 8})
			f.whole(t, 2*(trial+1))
		}
	})
}

// Nobody keeps a document away by mailing something else before it under the same Message-ID.
func TestAMessageIsNotPassedOverForAnothersOfTheSameName(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		for i, mail := range []struct {
			from, text string
			want       int
		}{{"mallory@example.net", "nothing", 1}, {"shop@example.org", "receipt", 2}, {"Shop@example.org", "receipt, once more", 2}} {
			_, err := f.papers.Receive(t.Context(), document.Mail{MessageID: "<1@example.org>", From: mail.from, Recipients: []string{f.address(f.member)}, Files: []document.File{pdf(mail.text)}})
			if err != nil {
				t.Fatalf("mail %d: %v", i, err)
			}
			f.whole(t, mail.want)
		}
	})
}

// What is left of a mail is named for each of its documents, so its names are no longer than names of documents are.
func TestTheJournalDoesNotGrowByNamesOfWhatIsLeft(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		files := []document.File{pdf("kept")}
		for range 40 {
			files = append(files, document.File{Name: strings.Repeat("é", 100_000) + ".exe", Content: strings.NewReader("MZ\x00"), Size: 3})
		}
		got, err := f.papers.Receive(t.Context(), document.Mail{From: "shop@example.org", Recipients: []string{f.address(f.member)}, Files: files})
		if must(t, got, err); len(got.Left) != 40 {
			t.Fatalf("%d files are left, want 40", len(got.Left))
		}
		for _, line := range s.Read().Event.Query().AllX(store.Facts(f.Context())) {
			if line.Verb == "documentSubmit" && (len(line.Changes) > 40*2*rule.MaxFileName+1000 || !strings.Contains(line.Changes, "leftOut")) {
				t.Errorf("a line has %d bytes", len(line.Changes))
			}
		}
	})
}

func TestAnAddressThatManyWantIsWonByOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		var members [8]string
		for trial := range trials(20) {
			for i := range members {
				if trial%10 == 0 { // nobody may have more than a few
					added, err := f.people.Add(f.as, person(f.client, rule.StandardRole, f.somebody().Email))
					members[i] = must(t, added, err).Membership
				}
			}
			got := race(len(members), func(i int) error {
				return f.people.UpdateDetails(f.as, members[i], people.Details{Addresses: &[]people.SubmissionAddress{{Kind: rule.Costs, LocalPart: fmt.Sprint("wanted", trial)}}})
			})
			wantTally(t, "one address for eight", got, map[string]int{"": 1, "SUBMISSION_ADDRESS_TAKEN": len(members) - 1})
		}
	})
}

// Mail and deactivation at once: whichever comes first, no document is made afterwards.
func TestMailAndDeactivationHaveAnOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		to, made := f.address(f.member), 0
		for trial := range trials(20) {
			var mailed error
			together(2, func(i int) {
				if i == 0 {
					_, mailed = f.papers.Receive(context.Background(), document.Mail{MessageID: fmt.Sprint(trial), From: "shop@example.org", Recipients: []string{to}, Files: []document.File{pdf(fmt.Sprint(trial))}})
					return
				}
				if err := f.people.Deactivate(f.as, f.member, ""); err != nil {
					t.Error(err)
				}
			})
			if mailed == nil {
				made++
			} else if codes(mailed) != "NOT_PERMITTED" {
				t.Fatal(mailed)
			}
			f.whole(t, made)
			if _, err := f.papers.Recipient(t.Context(), to); codes(err) != "NOT_PERMITTED" {
				t.Fatalf("mail for a deactivated member is answered %v", err)
			}
			if err := f.people.Enable(f.as, f.member); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTheSweepLeavesWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		clock.Set(time.Date(2099, 1, 5, 9, 0, 0, 0, time.UTC))
		done, err := f.papers.Submit(f.as, document.Submit{Account: f.client, Kind: rule.Costs, File: pdf("kept")})
		must(t, done, err)
		f.leave(t, "2099-01/file_old")
		f.leave(t, "2099-01/file_old2")
		clock.Advance(59 * time.Minute)
		f.leave(t, "2099-01/file_young")
		if err := f.papers.Sweep(t.Context()); err != nil || f.kept() != 4 {
			t.Fatalf("%d files are left, %v, want all 4: none is an hour old", f.kept(), err)
		}
		clock.Advance(2 * time.Minute)
		if err := f.papers.Sweep(t.Context()); err != nil || f.kept() != 2 {
			t.Fatalf("%d files are left, %v, want the document's and the young one", f.kept(), err)
		}
		clock.Advance(time.Hour)
		if err := f.papers.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.whole(t, 1)
	}, storetest.WithClock(clock))
}

func TestADayHasOnlySoManyDocuments(t *testing.T) {
	t.Parallel()
	clock := new(storetest.Clock)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		files, err := document.OpenFiles(t.Context(), f.folder)
		papers := document.New(s, must(t, files, err), document.Config{Base: base, Key: f.links.Key, MailDomain: "in.roster.example.com", ADay: 3})
		clock.Set(time.Date(2099, 1, 5, 9, 0, 0, 0, time.UTC))
		for i, want := range []string{"", "", "", "TOO_MANY_REQUESTS"} {
			_, err := papers.Submit(f.as, document.Submit{Account: f.client, Kind: rule.Costs, File: pdf(fmt.Sprint(i))})
			if codes(err) != want {
				t.Fatalf("document %d is answered %v, want %q", i, err, want)
			}
		}
		_, err = papers.Receive(t.Context(), document.Mail{Recipients: []string{f.address(f.member)}, Files: []document.File{pdf("mailed")}})
		if codes(err) != "TOO_MANY_REQUESTS" {
			t.Fatalf("mail is answered %v, want that it comes again", err)
		}
		f.whole(t, 3)
		clock.Advance(24 * time.Hour)
		if _, err := papers.Submit(f.as, document.Submit{Account: f.client, Kind: rule.Costs, File: pdf("tomorrow")}); err != nil {
			t.Fatal(err)
		}
		f.whole(t, 4)
	}, storetest.WithClock(clock))
}

// Strangers do not fill an account's day: mail waits, and whoever is signed in submits.
func TestMailLeavesRoomForTheAccountsOwnPeople(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		files, err := document.OpenFiles(t.Context(), f.folder)
		papers := document.New(s, must(t, files, err), document.Config{Base: base, Key: f.links.Key, MailDomain: "in.roster.example.com", ADay: 10})
		for i := range 10 {
			want := ""
			if i == 9 {
				want = "TOO_MANY_REQUESTS"
			}
			_, err := papers.Receive(t.Context(), document.Mail{Recipients: []string{f.address(f.member)}, Files: []document.File{pdf(fmt.Sprint(i))}})
			if codes(err) != want {
				t.Fatalf("mail %d is answered %v, want %q", i, err, want)
			}
		}
		f.whole(t, 9)
		for i, want := range []string{"", "TOO_MANY_REQUESTS"} {
			_, err := papers.Submit(f.as, document.Submit{Account: f.client, Kind: rule.Costs, File: pdf(fmt.Sprint("own", i))})
			if codes(err) != want {
				t.Fatalf("document %d is answered %v, want %q", i, err, want)
			}
		}
		f.whole(t, 10)
	})
}

// A link is signed for one document, one person, one session and five minutes: a change of any of them opens nothing.
func TestALinkThatWasChangedOpensNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		var ids []string
		for i := range 2 {
			done, err := f.home.papers.Submit(f.as, document.Submit{Account: f.client, Kind: rule.Costs, File: pdf(fmt.Sprint("0123456789", i))})
			ids = append(ids, must(t, done, err).Document)
		}
		asking, _ := viewer.From(f.as)
		link := strings.TrimPrefix(f.home.papers.Link(asking, ids[0]), base)
		get := func(method, link, span string) *httptest.ResponseRecorder {
			r := httptest.NewRequestWithContext(t.Context(), method, base+link, nil)
			if span != "" {
				r.Header.Set("Range", span)
			}
			w := httptest.NewRecorder()
			f.door.ServeHTTP(w, r)
			return w
		}
		if w := get("GET", link, ""); w.Code != 200 || w.Body.String() != "%PDF-1.7 01234567890" || w.Header().Get("Content-Disposition") == "" {
			t.Fatalf("the link itself: %d %s", w.Code, w.Body)
		}
		if w := get("HEAD", link, ""); w.Code != 200 || w.Body.Len() != 0 {
			t.Errorf("HEAD: %d %s", w.Code, w.Body)
		}
		if w := get("GET", link, "bytes=9-12"); w.Code != http.StatusPartialContent || w.Body.String() != "0123" {
			t.Errorf("a part: %d %s", w.Code, w.Body)
		}
		other := f.somebody()
		for what, changed := range map[string]string{
			"another document": strings.Replace(link, ids[0], ids[1], 1),
			"another person":   strings.Replace(link, "as="+asking.UserID, "as="+other.ID, 1),
			"another session":  strings.Replace(link, "in="+asking.SessionID, "in=ses_other", 1),
			"no session":       strings.Replace(link, "in="+asking.SessionID, "", 1),
			"later":            strings.Replace(link, "until=", "until=9", 1),
			"unsigned":         strings.Replace(link, "signature=", "signature=x", 1),
			"nothing":          "/documents/" + ids[0],
			"person by person": strings.TrimPrefix(f.home.papers.Link(viewer.Viewer{UserID: other.ID, At: s.Now()}, ids[0]), base),
		} {
			if w := get("GET", changed, ""); changed == link || w.Code != 404 || strings.Contains(w.Body.String(), "PDF") {
				t.Errorf("%s: %s is answered %d", what, changed, w.Code)
			}
		}
	})
}

// A file that is stored somewhere else than it should is a fault of ours, told without its place.
func TestADocumentWithoutItsFileIsAFaultOfOurs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		done, err := f.papers.Submit(f.as, document.Submit{Account: f.client, Kind: rule.Costs, File: pdf("x")}) // into the folder, which the door does not know
		asking, _ := viewer.From(f.as)
		r := httptest.NewRequestWithContext(t.Context(), "GET", f.home.papers.Link(asking, must(t, done, err).Document), nil)
		w := httptest.NewRecorder()
		f.door.ServeHTTP(w, r)
		if body, _ := io.ReadAll(w.Body); w.Code != http.StatusServiceUnavailable || strings.Contains(string(body), "file_") {
			t.Errorf("%d %s", w.Code, body)
		}
	})
}
