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
		from = max(from, s.back(at))
		if last := s.runs.Before(at); last != feedgauge.Before {
			to = min(at, last.Add(feedgauge.MaxGap))
		}
	}
	return from, to
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
