package watch

import (
	"time"

	"github.com/feedgauge/feedgauge"
)

// silence is how long a feed has been silent at time at, in time that counts:
// its calendar's hours, less what was lost of its source, from the end of the
// last outage of the source on, since feeds come back at their own pace, and
// while the source is quiet hardly further than its last arrival, since it is not
// known yet whether that is an outage.
func (s *sourceState) silence(f *feed, at feedgauge.Instant) time.Duration {
	from, to := s.counted(f, at)
	if to <= from {
		return 0
	}
	return max(0, f.class.Elapsed(from, to)-s.lost.overlap(from, to))
}

// counted returns the stretch of time up to at that may count as silence of f.
func (s *sourceState) counted(f *feed, at feedgauge.Instant) (from, to feedgauge.Instant) {
	from, to = f.quietSince(), at
	if s.conf.OutageAfter > 0 {
		if o := s.outageUntil(at); o.Last > from && !s.silentBefore(f, o) {
			from = o.Last
		}
		if last := s.runs.Before(at); last != feedgauge.Before {
			to = min(at, last.Add(feedgauge.MaxGap))
		}
	}
	return from, to
}

// silentBefore reports whether a feed had been silent for its period when an
// outage began: then it is no less so for the outage.
func (s *sourceState) silentBefore(f *feed, outage feedgauge.Run) bool {
	from := f.quietSince()
	return from < outage.First && f.class.Elapsed(from, outage.First)-s.lost.overlap(from, outage.First) > f.facts.Period
}

// later is when to look again at a feed that is silent. One that is dormant, so
// that nothing else leads to judge it, is looked at the later the longer it has been
// silent, so that a leap in time of years costs some hundred looks.
func (f *feed) later(at feedgauge.Instant) feedgauge.Instant {
	if f.empty < maxEmpty {
		return at.Add(max(f.facts.Period, f.class.Every))
	}
	return at.Add(max(f.class.Every, at.Sub(f.quietSince())/32))
}

// retireAt is when a feed may be forgotten, as known at time at: neither lost
// records nor an outage of its source are its own doing.
func (s *sourceState) retireAt(f *feed, at feedgauge.Instant) feedgauge.Instant {
	if s.quiet(at) {
		return f.later(at)
	}
	from := f.quietSince()
	excused := s.lost.overlap(from, at)
	if s.conf.OutageAfter > 0 {
		excused += gaps{s.outageUntil(at)}.overlap(from, at)
	}
	return f.retireAfter(from).Add(excused)
}

// again is when to look again at a feed that is not silent at time at, though
// its deadline has come.
func (s *sourceState) again(f *feed, at feedgauge.Instant) feedgauge.Instant {
	from, to := s.counted(f, at)
	if next := f.silentAfter(from).Add(s.lost.overlap(from, at)); next > at {
		return next
	}
	return to.Add(s.conf.OutageAfter + time.Millisecond)
}

// quietSince is the last arrival, or when a feed never seen began to be watched.
func (f *feed) quietSince() feedgauge.Instant {
	if f.last == feedgauge.Before {
		return f.since
	}
	return f.last
}
