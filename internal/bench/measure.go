package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"roster/internal/store"
	"roster/internal/store/throwaway"
)

// house is what a run measures with.
type house struct {
	plan
	folder, top, program string
	mail, hash           string
	cluster              *throwaway.Cluster
	report               report
}

// turn is what one server did in one turn.
type turn struct {
	rate      float64
	p50, p99  time.Duration
	processor time.Duration // a request
}

func (h *house) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

func (h *house) measure(ctx context.Context) error {
	h.report.begin(h.plan)
	for _, part := range []func(context.Context) error{h.postgres, h.sqlite, h.grow} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return h.report.end(h.file)
}

// database makes one of the given size, migrated and filled.
func (h *house) database(ctx context.Context, name string, w town) (string, error) {
	began := time.Now()
	address := filepath.Join(h.folder, name+".db")
	var err error
	if !strings.HasPrefix(name, "sqlite") {
		if address, err = h.cluster.Create(ctx, name, ""); err != nil {
			return "", err
		}
	}
	migrate := exec.CommandContext(ctx, h.program, "migrate")
	migrate.Env = append(os.Environ(), "DATABASE_URL="+address)
	if out, err := migrate.CombinedOutput(); err != nil {
		return "", fmt.Errorf("migrate: %w\n%s", err, out)
	}
	if strings.HasPrefix(name, "sqlite") {
		err = fillSQLite(ctx, address, w)
	} else {
		err = fillPostgres(ctx, address, w)
	}
	h.say("%s: %d memberships in %s", name, w.memberships, time.Since(began).Round(100*time.Millisecond))
	return address, err
}

// of is a town of the given size, with everybody's session fresh.
func (h *house) of(memberships int) town {
	return town{memberships: memberships, now: time.Now().UTC().Truncate(time.Microsecond), hash: h.hash}
}

// postgres measures all works on Postgres, each server in turn.
func (h *house) postgres(ctx context.Context) (err error) {
	w := h.of(h.memberships)
	address, err := h.database(ctx, "roster", w)
	if err != nil {
		return err
	}
	var servers []*server
	defer func() {
		for _, s := range servers {
			err = errors.Join(err, s.stop())
		}
	}()
	add := func(s *server, name string, fault error) error {
		if s != nil {
			s.name = name
			servers = append(servers, s)
		}
		return fault
	}
	own, err := roster(ctx, h.folder, h.program, address, h.mail, false)
	if err := add(own, ours, err); err != nil {
		return err
	}
	h.report.ready("Postgres", own.ready)
	port, err := free()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	s, err := start(ctx, h.folder, bareOne, port, "/", nil, self, bareOne, address, port)
	if err := add(s, bareOne, err); err != nil {
		return err
	}
	s, err = postgraphile(ctx, h.folder, filepath.Join(h.top, "web", "bench"), address)
	if err := add(s, graphile, err); err != nil {
		return err
	}
	if s == nil {
		h.say("PostGraphile is left out: npm ci --prefix web/bench installs it")
	}
	for _, one := range w.works() {
		if err := h.turns(ctx, "Postgres", one, servers); err != nil {
			return err
		}
	}
	if err := h.rest(ctx, "Postgres", w, own, address); err != nil {
		return err
	}
	peak, err := own.peak()
	h.report.peak("Postgres", peak)
	return errors.Join(err, h.counts(ctx, "Postgres", w, address))
}

// sqlite measures Roster on SQLite.
func (h *house) sqlite(ctx context.Context) (err error) {
	w := h.of(h.memberships)
	address, err := h.database(ctx, "sqlite", w)
	if err != nil {
		return err
	}
	own, err := roster(ctx, h.folder, h.program, address, h.mail, false)
	if err != nil {
		return err
	}
	own.name = ours
	h.report.ready("SQLite", own.ready)
	defer func() { err = errors.Join(err, own.stop()) }()
	for _, one := range w.works() {
		if err := h.turns(ctx, "SQLite", one, []*server{own}); err != nil {
			return err
		}
	}
	if err := h.rest(ctx, "SQLite", w, own, address); err != nil {
		return err
	}
	peak, err := own.peak()
	h.report.peak("SQLite", peak)
	return err
}

// warm is how many turns of each server are not counted: when Roster starts, nobody's switcher is kept, and keeping a thousand while
// everybody asks takes it two turns.
const warm = 2

// turns measures one work, each server that does it in turn.
func (h *house) turns(_ context.Context, kind string, one work, servers []*server) error {
	if !strings.Contains(one.name, h.only) {
		return nil
	}
	seen := map[string][]turn{}
	for round := range warm + h.rounds {
		for _, s := range servers {
			make := one.loads[s.name]
			if make == nil {
				continue
			}
			t, err := h.turn(s, one, h.lasts, make(s.address))
			if err != nil {
				text, _ := os.ReadFile(s.log.Name())
				return fmt.Errorf("%s: %s: %w\n%s", one.name, s.name, err, text[max(0, len(text)-2000):])
			}
			if round >= warm {
				seen[s.name] = append(seen[s.name], t)
			}
		}
	}
	h.report.work(kind, one.name, seen)
	return nil
}

func (h *house) turn(s *server, one work, lasts time.Duration, l load) (turn, error) {
	before, err := s.processor()
	if err != nil {
		return turn{}, err
	}
	t, err := press(s.address, one.connections, lasts, 0, l)
	if err != nil {
		return turn{}, err
	}
	after, err := s.processor()
	if err == nil && t.refused > 0 {
		err = fmt.Errorf("%d of %d were refused", t.refused, t.asked)
	}
	return turn{rate: t.rate(), p50: t.at(.5), p99: t.at(.99), processor: (after - before) / time.Duration(max(t.asked, 1))}, err
}

// sent waits until the mails are sent that earlier turns left behind: what follows is to bear its own.
func sent(ctx context.Context, address string) (err error) {
	s, err := store.Open(ctx, store.Options{URL: address})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		jobs, err := s.Waiting(ctx)
		if err != nil {
			return err
		}
		if jobs["available"]+jobs["running"] == 0 {
			return nil
		}
	}
	return errors.New("after five minutes there are still mails to be sent")
}

// rest measures what is not measured in turns: the mixture at seven tenths of its highest rate, and sign-ins.
func (h *house) rest(ctx context.Context, kind string, w town, own *server, address string) error {
	if strings.Contains("mixed at 70%", h.only) {
		if err := sent(ctx, address); err != nil {
			return err
		}
		most, err := press(own.address, connections, h.lasts*2, 0, w.mixed()(own.address))
		if err != nil {
			return err
		}
		if err := sent(ctx, address); err != nil {
			return err
		}
		t, err := press(own.address, connections, h.lasts*3, most.rate()*.7, w.mixed()(own.address))
		if err != nil {
			return err
		}
		h.report.paced(kind, most.rate(), t)
	}
	if strings.Contains("sign-in storm", h.only) {
		if err := sent(ctx, address); err != nil {
			return err
		}
		t, err := press(own.address, 100, h.lasts*2, 0, w.storm()(own.address))
		if err != nil {
			return err
		}
		h.report.storm(kind, t)
	}
	return nil
}

// counts are what each work costs in statements and allocations, one request at a time, with the metrics on. Who asks has
// asked before, so that what a first look costs is not counted.
func (h *house) counts(ctx context.Context, kind string, w town, address string) (err error) {
	own, err := roster(ctx, h.folder, h.program, address, h.mail, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.stop()) }()
	time.Sleep(3 * time.Second) // what a server does once, in its first moments
	const asks = 200
	for _, one := range w.works() {
		if !strings.Contains(one.name, h.only) {
			continue
		}
		l := one.loads[ours](own.address)
		c, err := dial(own.address)
		if err != nil {
			return err
		}
		ask := func() error {
			for n := range asks {
				r, must := l(n)
				if status, body, err := c.ask(r); err != nil || status != 200 || !strings.Contains(string(body), string(must)) {
					return fmt.Errorf("%s: %d %.300s %w", one.name, status, body, err)
				}
			}
			return nil
		}
		if err := ask(); err != nil {
			return err
		}
		if err := sent(ctx, address); err != nil {
			return err
		}
		quiet, err1 := own.counted()
		time.Sleep(asks * time.Millisecond) // what goes on by itself meanwhile: it looks for jobs
		before, err2 := own.counted()
		err3 := ask()
		after, err4 := own.counted()
		if err := errors.Join(err1, err2, err3, err4, c.conn.Close()); err != nil {
			return err
		}
		h.report.cost(kind, one.name, (after.statements-before.statements-(before.statements-quiet.statements))/asks, (after.allocations-before.allocations)/asks, (after.bytes-before.bytes)/asks)
	}
	return nil
}
