package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/rules"
	"github.com/feedgauge/feedgauge/processors/schedule"
)

type deliveryBlock struct {
	Schedule string `hcl:"schedule,optional" doc:"when deliveries are due, as a line of cron (minute, hour, day of month, month, day of week) in the class's time_zone" default:"none"`
	Every    span   `hcl:"every,optional" doc:"time between two deliveries, 1s to 9600h, counted from 1970-01-01T00:00:00Z; instead of schedule" default:"none"`
	Deadline span   `hcl:"deadline" doc:"how long after it is due a delivery may still come; less than the time to the next"`
	Name     string `hcl:"name,optional" doc:"header in which a record announces a delivery and names it" default:"none"`
	Bytes    string `hcl:"bytes,optional" doc:"header that says how many bytes the delivery has" default:"none"`
	Lines    string `hcl:"lines,optional" doc:"header that says how many lines the delivery has" default:"none"`
	Manifest string `hcl:"manifest,optional" doc:"header by which a record is known as a manifest: it announces a delivery in its value, a JSON object with name, size in bytes and lines, and is not counted as an event" default:"none"`
	Whole    bool   `hcl:"whole,optional" doc:"whether to look at each delivery as a whole; provides the names delivery.*, and the rules \"empty\", \"header_only\", \"duplicate\", \"truncated\", \"incomplete\" and \"surplus\" unless rules look at them or at what was announced" default:"true"`
}

func newDelivery() *deliveryBlock { return &deliveryBlock{Whole: true} }

// deliveryOf returns the delivery block of a class, nil if it has none.
func (l *loader) deliveryOf(class *block) *block {
	var all []*block
	for _, in := range class.Body.Blocks {
		if child := class.child(in); in.Type == "delivery" && l.labels(child) {
			all = append(all, child)
		}
	}
	return l.single(all, "A class has one delivery block.")
}

// delivery makes the windows of a class those of its deliveries.
func (l *loader) delivery(b, class *block, zone *time.Location, c *pipeline.Class) {
	cfg := newDelivery()
	l.decode(b, nil, cfg)
	if class.Body.Attributes["every"] != nil && !class.bad["every"] {
		l.invalid(class, "every", "The class has a delivery block, and deliveries end its windows.", "remove one of the two")
	}
	s := l.schedule(b, zone, cfg)
	if s == nil {
		class.bad["every"] = true // nothing can be measured against it
		c.Every = defaultEvery
	} else {
		c.Schedule = s
		c.Deadline = l.duration(b, "deadline", cfg.Deadline, 0, longestPeriod)
		var shortest time.Duration
		if shortest, c.Every, c.Gap = l.gaps(s); c.Deadline >= shortest {
			l.invalid(b, "deadline", fmt.Sprintf("%s is too long: the next delivery may be due after %s already.", cfg.Deadline, brief(shortest)),
				fmt.Sprintf("write less than %q", brief(shortest)))
		}
	}
	c.Delivery, c.Whole = l.headers(b, cfg), cfg.Whole
}

// deliveryRules gives a class the rules on what deliveries are, unless it has some of
// its own; of two that have the same name its own stays.
func (l *loader) deliveryRules(b *block, measures []string, forecasts bool, c *pipeline.Class) {
	for _, cfg := range rules.Whole() {
		if !slices.ContainsFunc(c.Rules, func(r *rules.Rule) bool { return r.Name() == cfg.Name }) {
			l.add(b, cfg, measures, forecasts, c)
			l.originOf(b)[cfg.Name] = " of deliveries"
		}
	}
}

// schedule reads when deliveries are due, nil if that has mistakes.
func (l *loader) schedule(b *block, zone *time.Location, cfg *deliveryBlock) schedule.Schedule {
	line, step := b.Body.Attributes["schedule"] != nil, b.Body.Attributes["every"] != nil
	switch {
	case line && step:
		l.invalid(b, "every", "There is a schedule already, which says when deliveries are due.", "remove one of the two")
		return nil
	case b.bad["schedule"] || b.bad["every"]:
		return nil
	case line:
		s, err := schedule.Cron(cfg.Schedule, zone)
		if err != nil {
			l.mistakes(b, err, "schedule")
			return nil
		}
		return s
	case !step:
		l.reportHeader(b, Diagnostic{
			Summary: "Missing option", Detail: "Nothing says when deliveries are due.", Hint: `add schedule = "0 2 * * *", or every = "24h"`,
		})
		return nil
	}
	d := l.duration(b, "every", cfg.Every, time.Second, longestPeriod)
	if d == 0 {
		b.bad["every"] = true
		return nil
	}
	s, err := schedule.Every(d, 0)
	if err != nil {
		l.invalid(b, "every", sentence(err.Error()), "")
		return nil
	}
	return s
}

// headers reads where deliveries announce themselves, nil for nowhere.
func (l *loader) headers(b *block, cfg *deliveryBlock) *pipeline.Delivery {
	for name, value := range map[string]string{"name": cfg.Name, "bytes": cfg.Bytes, "lines": cfg.Lines, "manifest": cfg.Manifest} {
		if b.Body.Attributes[name] != nil && !b.bad[name] && !goodName(value) {
			l.invalid(b, name, badName, `for example "x-file-`+name+`"`)
		}
	}
	d := pipeline.Delivery{Name: cfg.Name, Bytes: cfg.Bytes, Lines: cfg.Lines, Manifest: cfg.Manifest}
	if d == (pipeline.Delivery{}) {
		return nil
	}
	return &d
}

const (
	// enoughSlots are so many due times that a line of cron for every minute has
	// more than a week of them.
	enoughSlots = 12_000
	maxSlots    = 2_000_000 // of all schedules of a configuration
)

// gaps returns the shortest, the longest and the mean time between two due times, as
// far as a year, or some more than a week of a schedule for every minute, can tell.
func (l *loader) gaps(s schedule.Schedule) (shortest, longest, mean time.Duration) {
	at := s.Next(feedgauge.InstantOf(time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)))
	first, year := at, at.Add(366*day)
	for n := 0; n < 2 || n < enoughSlots && at < year && l.slots > 0; n++ {
		next := s.Next(at)
		if next == feedgauge.After {
			break
		}
		gap := next.Sub(at)
		if n == 0 || gap < shortest {
			shortest = gap
		}
		longest = max(longest, gap)
		at = next
		mean = (at.Sub(first) / time.Duration(n+1)).Round(time.Second)
		l.slots--
	}
	return shortest, longest, mean
}
