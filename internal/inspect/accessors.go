package inspect

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/processors/naming"
)

// Accessor is a way to name the feed of a record, and the names it would give.
type Accessor struct {
	Accessor string  `json:"accessor"`
	Coverage float64 `json:"coverage"` // part of the records that it names
	Feeds    int     `json:"feeds"`
	Names    []Name  `json:"names"` // the most frequent
}

// Name is a feed as an accessor would name it.
type Name struct {
	Name      string   `json:"name"`
	Records   int      `json:"records"`
	PerMinute *float64 `json:"per_minute"` // null if the records tell no times
}

const (
	maxAccessors = 12
	maxNames     = 10
)

// hosts are words in names of fields that tell who delivers, the likeliest first.
var hosts = []string{"feed", "host.name", "hostname", "host", "computer", "device", "sensor", "agent.name", "hostidentifier", "log.source", "system", "node", "instance", "service", "app", "channel", "source"}

// accessors tries all ways to name feeds that the records offer.
func accessors(in *Input, t *table) []Accessor {
	out := []Accessor{}
	for _, expr := range expressions(in, t) {
		n, err := naming.New([]string{expr}, nil)
		if err != nil {
			continue
		}
		if a := try(in, t, expr, n); a.Feeds > 0 {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Accessor) int {
		return cmp.Or(cmp.Compare(worth(b, in), worth(a, in)), cmp.Compare(b.Coverage, a.Coverage), strings.Compare(a.Accessor, b.Accessor))
	})
	return out[:min(len(out), maxAccessors)]
}

// expressions are the accessors that may name something.
func expressions(in *Input, t *table) []string {
	set := map[string]bool{}
	if in.Topic != "" {
		set["key"], set["topic"] = true, true
	}
	for i := range in.Records {
		for _, h := range in.Records[i].Headers {
			set["header:"+h.Key] = true
		}
	}
	for _, c := range t.order {
		if c.named() && 10*c.filled >= t.events && len(c.seen) <= max(1, c.filled/2) {
			set["json:"+c.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// named reports whether the values of a field may be names: words, not times and
// numbers with a point.
func (c *column) named() bool {
	for s := range c.shapes {
		switch typeOf(s) {
		case "string", "ip", "uuid", "hex", "mac", "int":
		default:
			return false
		}
	}
	return true
}

func try(in *Input, t *table, expr string, n *naming.Namer) Accessor {
	counts, named, records := map[string]int{}, 0, 0
	for i := range in.Records {
		r := &in.Records[i]
		if len(strings.TrimSpace(string(r.Value))) == 0 {
			continue
		}
		records++
		if _, name, reason := n.Name(r); reason == "" {
			counts[string(name)]++
			named++
		}
	}
	a := Accessor{Accessor: expr, Coverage: float64(named) / float64(max(records, 1)), Feeds: len(counts), Names: []Name{}}
	order := slices.SortedFunc(maps.Keys(counts), func(x, y string) int {
		return cmp.Or(cmp.Compare(counts[y], counts[x]), strings.Compare(x, y))
	})
	minutes := span(in, t)
	for _, name := range order[:min(len(order), maxNames)] {
		out := Name{Name: short(format.Sample([]byte(name), exampleWidth)), Records: counts[name]}
		if minutes > 0 {
			rate := float64(counts[name]) / minutes
			out.PerMinute = &rate
		}
		a.Names = append(a.Names, out)
	}
	return a
}

// span is how many minutes the records take, zero if they tell no times: those of
// a topic by its stamps, those of a file by the times in the lines.
func span(in *Input, t *table) float64 {
	first, last := t.first, t.last
	if in.Topic != "" && len(in.Records) > 0 {
		first, last = feedgauge.After, feedgauge.Before
		for i := range in.Records {
			first, last = min(first, in.Records[i].Time), max(last, in.Records[i].Time)
		}
	} else if 2*t.timed < t.events {
		return 0
	}
	if last <= first {
		return 0
	}
	return last.Sub(first).Minutes()
}

// worth grades an accessor: names that most records have, that are fewer than the
// records, and that sound like a device.
func worth(a Accessor, in *Input) int {
	if a.Coverage < enough || a.Feeds > max(1, len(in.Records)/2) {
		return 0
	}
	kind, name, _ := strings.Cut(a.Accessor, ":")
	switch kind {
	case "topic":
		return 1
	case "key":
		return 2 + len(hosts)
	}
	name = strings.ToLower(name)
	for i, word := range hosts {
		if name == word || strings.HasSuffix(name, "."+word) || strings.HasSuffix(name, "_"+word) || strings.HasSuffix(name, "@"+word) {
			return 2 + 2*len(hosts) - i
		}
	}
	return 1
}
