// Package score compares findings with labelled faults: what was found, how late,
// and how often something was found where nothing was.
//
// Findings of a feed and a side closer than six hours are one episode; one that
// lasts longer than a day counts anew each day. A fault is found when an episode
// of its side starts in it, or one window later. Episodes outside every label are
// false alarms. Slow faults last so long that blind alarms hit them, so their rate
// is corrected for chance with the feed's own false alarms.
package score

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// Label says what happened to a feed in [Start, End).
type Label struct {
	Start, End feedgauge.Instant
	Kind       string
}

// Alarm is one finding.
type Alarm struct {
	At   feedgauge.Instant // start of the window with which it was opened
	Side feedgauge.Side
}

// Feed is what there is to compare of one feed.
type Feed struct {
	Name    string
	Windows []feedgauge.Instant // starts, in order
	Labels  []Label
	Alarms  []Alarm
}

const (
	hour  = 3_600_000
	day   = 24 * hour
	merge = 6 * hour
	month = 30.4375 * day
	first = 400 // windows from which the length of one is told
)

// Kinds that are scored apart.
const (
	warmup      = "warmup"
	holidayLike = "holiday_like"
)

func neutral(kind string) bool {
	return kind == warmup || kind == "recovery" || kind == "too_small" || strings.HasPrefix(kind, "real_")
}

// Slow reports whether a kind of fault is one that creeps or lasts.
func Slow(kind string) bool {
	return kind == "drift2pct" || kind == "shift_down50" || kind == "shift_up2"
}

func sideOf(kind string) feedgauge.Side {
	for _, low := range []string{"silence", "header", "drop", "drift", "shift_down"} {
		if strings.HasPrefix(kind, low) {
			return feedgauge.SideLow
		}
	}
	return feedgauge.SideHigh
}

// Kind is what was found of one kind of fault.
type Kind struct {
	Faults, Found int
	Delays        []float64 // in windows, of those found
}

// Rate is the share of faults found.
func (k Kind) Rate() float64 {
	if k.Faults == 0 {
		return math.NaN()
	}
	return float64(k.Found) / float64(k.Faults)
}

// Result is the comparison.
type Result struct {
	Kinds       map[string]*Kind
	False       int
	Months      float64
	PerFeed     map[string]FeedResult
	Holidays    [2]int            // found, and all: weekdays that ran like a Sunday
	Real        map[string][2]int // found, and all, of what was in the data by itself
	Episodes    float64           // mean in a fault
	slow, scale float64
	episodes    int
	faults      int
}

// FeedResult counts the false alarms of a feed.
type FeedResult struct {
	False  int
	Months float64
}

// Rate is false alarms per month, zero for no time.
func (f FeedResult) Rate() float64 {
	if f.Months <= 0 {
		return 0
	}
	return float64(f.False) / f.Months
}

// Score compares all feeds.
func Score(feeds []Feed) *Result {
	r := &Result{Kinds: map[string]*Kind{}, PerFeed: map[string]FeedResult{}, Real: map[string][2]int{}}
	for i := range feeds {
		r.feed(&feeds[i])
	}
	if r.faults > 0 {
		r.Episodes = float64(r.episodes) / float64(r.faults)
	}
	return r
}

// FalseRate is false alarms per feed-month.
func (r *Result) FalseRate() float64 { return FeedResult{r.False, r.Months}.Rate() }

// All is the share of all faults found.
func (r *Result) All() float64 {
	var k Kind
	for _, x := range r.Kinds {
		k.Faults += x.Faults
		k.Found += x.Found
	}
	return k.Rate()
}

// Fast is the mean of the rates of the kinds that are not slow.
func (r *Result) Fast() float64 {
	sum, n := 0.0, 0
	for name, k := range r.Kinds {
		if !Slow(name) {
			sum += k.Rate()
			n++
		}
	}
	return sum / float64(n)
}

// SlowAboveChance is the share of slow faults found, corrected for chance.
func (r *Result) SlowAboveChance() float64 { return r.slow / r.scale }

// Rate is the share of faults of a kind found.
func (r *Result) Rate(kind string) float64 {
	if k := r.Kinds[kind]; k != nil {
		return k.Rate()
	}
	return math.NaN()
}

// Delay is the median delay of a kind, in windows.
func (r *Result) Delay(kind string) float64 {
	k := r.Kinds[kind]
	if k == nil || len(k.Delays) == 0 {
		return math.NaN()
	}
	return median(k.Delays)
}

// Worst is the highest rate of false alarms of a feed, and its name.
func (r *Result) Worst() (name string, rate float64) {
	for f, x := range r.PerFeed {
		if x.Rate() > rate || x.Rate() == rate && f > name {
			name, rate = f, x.Rate()
		}
	}
	return name, rate
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// episode is a row of alarms of one side; Began tells it from the piece of one
// that lasts.
type episode struct {
	at    feedgauge.Instant
	side  feedgauge.Side
	began bool
}

func episodes(alarms []Alarm) []episode {
	alarms = slices.Clone(alarms)
	slices.SortFunc(alarms, func(a, b Alarm) int { return cmp.Compare(a.At, b.At) })
	var out []episode
	for _, side := range []feedgauge.Side{feedgauge.SideLow, feedgauge.SideHigh} {
		prev, begin := feedgauge.Before, feedgauge.Before
		for _, a := range alarms {
			if a.Side != side {
				continue
			}
			switch {
			case prev == feedgauge.Before || a.At-prev > merge:
				out = append(out, episode{a.At, side, true})
				begin = a.At
			case a.At-begin >= day:
				out = append(out, episode{a.At, side, false})
				begin = a.At
			}
			prev = a.At
		}
	}
	return out
}

// step is the median distance of the first windows.
func step(windows []feedgauge.Instant) feedgauge.Instant {
	var d []float64
	for i := 1; i < min(len(windows), first+1); i++ {
		d = append(d, float64(windows[i]-windows[i-1]))
	}
	if d == nil {
		return hour
	}
	return feedgauge.Instant(median(d))
}

func (r *Result) feed(f *Feed) {
	every := step(f.Windows)
	eps := episodes(f.Alarms)
	warm := feedgauge.Before
	for _, l := range f.Labels {
		if l.Kind == warmup {
			warm = max(warm, l.End)
		}
	}
	fr := FeedResult{Months: float64(free(f)) * float64(every) / month}
	var bySide [2]float64
	for _, e := range eps {
		if !slices.ContainsFunc(f.Labels, func(l Label) bool { return l.Start <= e.at && e.at < l.End+every }) {
			fr.False++
			bySide[(e.side+1)/2]++
		}
	}
	for _, l := range f.Labels {
		if l.Start >= warm {
			r.label(l, eps, every, bySide[(sideOf(l.Kind)+1)/2]/fr.Months)
		}
	}
	r.PerFeed[f.Name] = fr
	r.False += fr.False
	r.Months += fr.Months
}

// label takes in one label; rate is how many false alarms of its side the feed
// has a month.
func (r *Result) label(l Label, eps []episode, every feedgauge.Instant, rate float64) {
	side, inside, found, hit := sideOf(l.Kind), 0, false, feedgauge.After
	for _, e := range eps {
		if l.Start <= e.at && e.at < l.End+every {
			inside++
			if e.began && e.side == side {
				found, hit = true, min(hit, e.at)
			}
		}
	}
	switch {
	case l.Kind == holidayLike:
		r.Holidays[1]++
		r.Holidays[0] += min(inside, 1)
		return
	case strings.HasPrefix(l.Kind, "real_"):
		c := r.Real[l.Kind]
		r.Real[l.Kind] = [2]int{c[0] + min(inside, 1), c[1] + 1}
		return
	case neutral(l.Kind):
		return
	}
	k := r.Kinds[l.Kind]
	if k == nil {
		k = &Kind{}
		r.Kinds[l.Kind] = k
	}
	k.Faults++
	r.faults++
	r.episodes += inside
	got := 0.0
	if found {
		k.Found++
		k.Delays = append(k.Delays, float64(hit-l.Start)/float64(every))
		got = 1
	}
	if Slow(l.Kind) {
		if math.IsNaN(rate) {
			rate = 0
		}
		p := 1 - math.Exp(-rate*float64(l.End-l.Start)/month)
		r.slow += got - p
		r.scale += 1 - p
	}
}

// free counts the windows outside every label.
func free(f *Feed) int {
	labels := slices.Clone(f.Labels)
	slices.SortFunc(labels, func(a, b Label) int { return cmp.Compare(a.Start, b.Start) })
	n, i, end := 0, 0, feedgauge.Before
	for _, w := range f.Windows {
		for ; i < len(labels) && labels[i].Start <= w; i++ {
			end = max(end, labels[i].End)
		}
		if w >= end {
			n++
		}
	}
	return n
}
