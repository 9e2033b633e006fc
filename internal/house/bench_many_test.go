package house_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"roster/ent/invitation"
	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// crowd is a file of new people; every tenth has no login access, and every hundredth a login already.
func (h *home) crowd(n int) (text string) {
	var b strings.Builder
	b.WriteString("First name;Last name;Email;Mobile;Login access;Role\r\n")
	for i := range n {
		email, access := h.fresh("crowd")+"@example.com", "yes"
		switch {
		case i%100 == 1:
			email = h.somebody().Email
		case i%10 == 0:
			access = "no"
		}
		fmt.Fprintf(&b, "Robin;Marlow %d;%s;'+44740%07d;%s;Standard\r\n", i, email, i, access)
	}
	return b.String()
}

// How long a list of 5,000 people takes to be looked at, and to be added with their invitations queued:
//
//	go test ./internal/house -run - -bench ManyPeople -benchtime 3x
func BenchmarkManyPeople(b *testing.B) {
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		for _, rows := range []int{1250, 2500, 5000} {
			for _, dry := range []bool{true, false} {
				name := "added"
				if dry {
					name = "reviewed"
				}
				b.Run(fmt.Sprintf("%s/%d/%s", kind, rows, name), func(b *testing.B) { benchMany(b, kind, rows, dry) })
			}
		}
	}
}

func benchMany(b *testing.B, kind string, rows int, dry bool) {
	h := newHome(b, storetest.Open(b, kind))
	as := h.as(h.somebody())
	practice, err := h.people.CreatePractice(as, "Practice", "GB")
	must(b, practice, err)
	var before, after runtime.MemStats
	for b.Loop() {
		b.StopTimer()
		client, text := h.client(as, practice), h.crowd(rows)
		runtime.GC()
		runtime.ReadMemStats(&before)
		b.StartTimer()
		done, err := h.people.AddMany(as, people.AddMany{Account: client, CSV: &text, Notify: true, DryRun: dry})
		if err != nil || done.Problems.Refused() || done.Added != rows {
			b.Fatalf("%d added, %v, %v", done.Added, done.Problems, err)
		}
		b.StopTimer()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(rows), "B/row")
		queued := h.store.Read().Invitation.Query().Where(invitation.DeliveryEQ(rule.DeliveryQueued)).CountX(store.Facts(b.Context()))
		if (queued == 0) != dry {
			b.Fatalf("%d invitations are queued", queued)
		}
		b.StartTimer()
	}
}
