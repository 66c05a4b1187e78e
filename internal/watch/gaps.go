package watch

import (
	"time"

	"github.com/feedgauge/feedgauge"
)

// Reasons for which a window cannot be judged.
const (
	reasonLost   = "records were lost"
	reasonOutage = "the whole source is quiet"
	reasonSettle = "settling after lost records or an outage"
	reasonRecut  = "windows were cut anew"
)

// noRun is a stretch before all time.
func noRun() feedgauge.Run { return feedgauge.Run{First: feedgauge.Before, Last: feedgauge.Before} }

// gaps are stretches of time of which records of a source were lost.
type gaps []feedgauge.Run

func (g *gaps) add(from, to feedgauge.Instant) {
	if from < to {
		*g = append(*g, feedgauge.Run{First: from, Last: to})
	}
}

// overlap returns how much of [from, to) is lost; stretches that overlap each
// other count once.
func (g gaps) overlap(from, to feedgauge.Instant) time.Duration {
	var sum time.Duration
	at := from
	for _, run := range g.sorted() {
		a, b := max(run.First, at), min(run.Last, to)
		if a < b {
			sum += b.Sub(a)
			at = b
		}
	}
	return sum
}

func (g gaps) sorted() []feedgauge.Run {
	out := append([]feedgauge.Run(nil), g...)
	for i := 1; i < len(out); i++ { // a handful at most
		for j := i; j > 0 && out[j].First < out[j-1].First; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}

// touches reports whether window w lies in a lost stretch, or behind one by less
// than settle.
func (g gaps) touches(w feedgauge.Window, settle time.Duration) (reason string) {
	for _, run := range g {
		switch {
		case w.Start < run.Last && run.First < w.End:
			return reasonLost
		case w.Start >= run.Last && w.Start < run.Last.Add(settle):
			reason = reasonSettle
		}
	}
	return reason
}

// trim drops stretches that end before t.
func (g *gaps) trim(t feedgauge.Instant) {
	kept := (*g)[:0]
	for _, run := range *g {
		if run.Last >= t {
			kept = append(kept, run)
		}
	}
	*g = kept
}

// incomplete returns why window win of feed f cannot be judged, empty if it can.
func (s *sourceState) incomplete(f *feed, win feedgauge.Window) string {
	if reason := s.lost.touches(win, f.class.Settle); reason != "" {
		return reason
	}
	if win.Start < f.recut {
		return reasonRecut
	}
	if f.class.Schedule != nil {
		return "" // the source may well be quiet between deliveries
	}
	if s.quiet(win.End) {
		return reasonOutage
	}
	// Feeds come back at their own pace: the first windows after an outage
	// say little.
	if s.conf.OutageAfter > 0 && f.class.Settle > 0 {
		if s.quiet(win.Start) || s.resumed(win, f.class.Settle) {
			return reasonSettle
		}
	}
	return ""
}

// quiet reports whether nothing had arrived in all topics of the source for
// longer than its OutageAfter at time t.
func (s *sourceState) quiet(t feedgauge.Instant) bool {
	if s.conf.OutageAfter <= 0 {
		return false
	}
	last := s.runs.Before(t)
	return last != feedgauge.Before && t.Sub(last) > s.conf.OutageAfter
}

// resumed reports whether an outage ended less than settle before the window
// began.
func (s *sourceState) resumed(win feedgauge.Window, settle time.Duration) bool {
	for i := len(s.runs) - 1; i > 0; i-- {
		began := s.runs[i].First
		if began.Add(settle) <= win.Start {
			return false
		}
		if began <= win.Start && s.outageBefore(i) {
			return true
		}
	}
	return false
}

// outageUntil returns the last outage that was over by time t: from the last
// arrival before it to the first after it, both Before if none is known.
func (s *sourceState) outageUntil(t feedgauge.Instant) feedgauge.Run {
	for i := len(s.runs) - 1; i > 0; i-- {
		if s.runs[i].First <= t && s.outageBefore(i) {
			return s.outageEnding(i)
		}
	}
	return s.past
}

// outageEnding returns the outage that ended with run i.
func (s *sourceState) outageEnding(i int) feedgauge.Run {
	return feedgauge.Run{First: s.runs[i-1].Last, Last: s.runs[i].First}
}

// outageBefore reports whether run i ended an outage.
func (s *sourceState) outageBefore(i int) bool {
	return s.runs[i].First.Sub(s.runs[i-1].Last) > s.conf.OutageAfter
}
