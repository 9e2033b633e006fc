package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// sized is a server on a database of one of the sizes.
type sized struct {
	town
	*server
}

// grow measures pages as everything grows: at each size the same pages, of ten rows, so that all are full. The sizes have
// their turns one after another, so that a machine that is slow for a while is slow for all of them.
func (h *house) grow(ctx context.Context) (err error) {
	if !h.growth {
		return nil
	}
	var all []sized
	defer func() {
		for _, one := range all {
			err = errors.Join(err, one.stop())
		}
	}()
	for size := h.memberships / 1000; size <= h.memberships; size *= 10 {
		w := h.of(size)
		address, err := h.database(ctx, fmt.Sprintf("grown_%d", size), w)
		if err != nil {
			return err
		}
		own, err := roster(ctx, h.folder, h.program, address, h.mail, false)
		if err != nil {
			return err
		}
		all = append(all, sized{w, own})
	}
	for page := range all[0].pages() {
		if err := h.grown(page, all); err != nil {
			return err
		}
	}
	return nil
}

// grown measures one page at each size, after one turn that is not counted.
func (h *house) grown(page int, all []sized) error {
	seen := map[int][]float64{}
	for round := range h.rounds + 1 {
		for _, at := range all {
			one := at.pages()[page]
			t, err := press(at.address, 1, h.lasts/3, 0, one.loads[ours](at.address))
			if err != nil {
				return fmt.Errorf("%s at %d: %w", one.name, at.memberships, err)
			}
			if round > 0 {
				seen[at.memberships] = append(seen[at.memberships], float64(t.at(.5).Microseconds())/1000)
			}
		}
	}
	for _, at := range all {
		ms := seen[at.memberships]
		slices.Sort(ms)
		h.report.grown(at.pages()[page].name, at.memberships, middle(ms))
	}
	return nil
}
