package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what was seen, as it is printed and kept.
type report struct {
	text  strings.Builder
	bars  []bar
	sizes []int
	grew  map[string]map[int]float64
	names []string
	costs strings.Builder
}

func (r *report) line(format string, args ...any) {
	fmt.Fprintf(io.MultiWriter(&r.text, os.Stdout), format+"\n", args...)
}

func (r *report) begin(p plan) {
	r.grew = map[string]map[int]float64{}
	r.line("Measured %s on %d processors, %s, everything on one machine.", time.Now().Format(time.DateOnly), runtime.NumCPU(), processorName())
	r.line("%s; %s; %d memberships; %d rounds of %s; %d connections, of those who add somebody 8.", runtime.Version(), programVersion("postgres"), p.memberships, p.rounds, p.lasts, connections)
	r.line("")
	r.line("%-9s %-40s %-13s %9s %20s %8s %8s %9s", "", "", "", "a second", "of the bare handler", "p50", "p99", "processor")
}

// work prints what each server did: the middle of its turns, and the range of the ratios, each of one round.
func (r *report) work(kind, name string, seen map[string][]turn) {
	for _, who := range []string{bareOne, ours, graphile} {
		turns := seen[who]
		if len(turns) == 0 {
			continue
		}
		ratio, beside := "", ""
		if list := ratios(turns, seen[bareOne]); list != nil {
			ratio = fmt.Sprintf("%.2f (%.2f to %.2f)", middle(list), list[0], list[len(list)-1])
			r.bars = append(r.bars, bar{name, who, middle(list)})
		}
		if list := ratios(turns, seen[graphile]); list != nil && who == ours {
			beside = fmt.Sprintf("   %.1f × PostGraphile (%.1f to %.1f)", middle(list), list[0], list[len(list)-1])
		}
		turns = slices.Clone(turns)
		slices.SortFunc(turns, func(a, b turn) int { return cmp.Compare(a.rate, b.rate) })
		t := turns[len(turns)/2]
		r.line("%-9s %-40s %-13s %9.0f %20s %8s %8s %9s", kind, name, who, t.rate, ratio, round(t.p50), round(t.p99), round(t.processor)+beside)
	}
}

// ratios are how a server's rates stand to another's, each within one round, sorted; nil where the other did not do this.
func ratios(turns, base []turn) (list []float64) {
	for i := range min(len(turns), len(base)) {
		list = append(list, turns[i].rate/base[i].rate)
	}
	slices.Sort(list)
	return list
}

func middle(sorted []float64) float64 { return sorted[len(sorted)/2] }

func round(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%d µs", d.Microseconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

func (r *report) paced(kind string, most float64, t taken) {
	r.line("%-9s %-40s %-13s %9.0f %20s %8s %8s", kind, "mixed, at 70% of its highest rate", ours, t.rate(), fmt.Sprintf("(highest %.0f)", most), round(t.at(.5)), round(t.at(.99)))
}

func (r *report) storm(kind string, t taken) {
	r.line("%-9s %-40s %-13s %9.0f %20s %8s %8s", kind, "sign-ins, 100 at once", ours, float64(t.asked-t.refused)/t.took.Seconds(), fmt.Sprintf("(%d told to wait)", t.refused), round(t.at(.5)), round(t.at(.99)))
}

func (r *report) peak(kind string, mb float64) {
	r.line("%-9s %-40s %-13s %6.0f MB", kind, "most memory of the server, in all this", ours, mb)
}

func (r *report) ready(kind string, took time.Duration) {
	fmt.Fprintf(&r.costs, "%-9s from start to ready %s\n", kind, round(took))
}

func (r *report) cost(kind, name string, statements, allocations, bytes float64) {
	fmt.Fprintf(&r.costs, "%-9s %-40s %6.1f statements %8.0f allocations %8.1f KB\n", kind, name, statements, allocations, bytes/1024)
}

func (r *report) grown(name string, size int, ms float64) {
	if r.grew[name] == nil {
		r.grew[name] = map[int]float64{}
		r.names = append(r.names, name)
	}
	if !slices.Contains(r.sizes, size) {
		r.sizes = append(r.sizes, size)
	}
	r.grew[name][size] = ms
}

func (r *report) end(file string) error {
	r.line("\n%s", r.costs.String())
	if len(r.sizes) > 0 {
		head := fmt.Sprintf("%-56s", "one at a time, in ms, at so many memberships")
		for _, n := range r.sizes {
			head += fmt.Sprintf("%10d", n)
		}
		r.line("%s     largest of smallest", head)
	}
	for _, name := range r.names {
		line, least, most := fmt.Sprintf("%-56s", name), 0.0, 0.0
		for i, n := range r.sizes {
			ms := r.grew[name][n]
			if i == 0 {
				least, most = ms, ms
			}
			least, most = min(least, ms), max(most, ms)
			line += fmt.Sprintf("%10.2f", ms)
		}
		r.line("%s     %.2f", line, most/least)
	}
	if file == "" {
		return nil
	}
	if err := os.WriteFile(file, []byte(r.text.String()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(strings.TrimSuffix(file, ".txt")+".svg", plot(r.bars), 0o644)
}

func processorName() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func programVersion(name string) string {
	out, err := exec.Command("sh", "-c", "ls -d /usr/lib/postgresql/* | sort -V | tail -1").Output()
	if err != nil {
		return name
	}
	return "Postgres " + strings.TrimSpace(string(out))[len("/usr/lib/postgresql/"):]
}
