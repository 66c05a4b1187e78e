package watch

import (
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

func (w *Partition) trailer(t *feedgauge.Trailer, out Out) {
	for _, turn := range w.marks.fold(t, w.broker) {
		w.turned(&turn, out)
	}
	for _, topic := range t.Topics {
		if s := w.source(topic.Source); s != nil {
			for _, r := range topic.Runs {
				s.runs.Add(r)
			}
		}
	}
}

// see moves a source's effective watermark.
func (w *Partition) see(s *sourceState, offset int64) {
	at := max(s.effective, min(w.marks.source(s.name), w.broker))
	if at == s.effective {
		return
	}
	s.effective = at
	if !s.met {
		s.met = true
		since := w.marks.first(s.name)
		if since == feedgauge.After {
			since = w.marks.source(s.name)
		}
		w.meetExpected(s, since, offset)
	}
}

// trim forgets arrivals and losses that no firing can ask for any more, now that
// everything due has fired. What is left does not depend on how often it is
// called: a restore calls it later.
func (s *sourceState) trim() {
	if s.effective == feedgauge.Before {
		return
	}
	old := s.effective.Add(-s.keep)
	s.join(s.effective.Add(-s.recent))
	for len(s.runs) > 1 && s.runs[1].First < old {
		if o := s.outageEnding(1); s.outageBefore(1) && o.Last > s.past.Last {
			s.past = o
		}
		s.runs = s.runs[1:]
	}
	s.lost.trim(old.Add(-s.longest))
}

// join makes one of runs whose gap lies before t and is none that could be an outage.
// Whether the source was quiet at a time is asked for days where windows are long,
// when it last delivered only of what fires now.
func (s *sourceState) join(t feedgauge.Instant) {
	joined := s.runs[:0]
	for _, r := range s.runs {
		if n := len(joined); n > 0 && r.First < t && r.First.Sub(joined[n-1].Last) <= s.conf.OutageAfter {
			joined[n-1].Last = max(joined[n-1].Last, r.Last)
			continue
		}
		joined = append(joined, r)
	}
	s.runs = joined
}

// recentRuns is how far behind the watermark a firing may ask when the source last
// delivered.
func recentRuns(p *pipeline.Pipeline, s *pipeline.Source) time.Duration {
	recent := time.Duration(0)
	for _, c := range p.Classes {
		recent = max(recent, c.Lateness)
	}
	return recent + s.OutageAfter + feedgauge.MaxGap
}

// longestSilence is how far behind the watermark a firing may ask for lost
// stretches: the longest period of the source's feeds, and a fortnight in which no
// hour may count.
func longestSilence(p *pipeline.Pipeline) time.Duration {
	longest := time.Duration(0)
	for _, c := range p.Classes {
		longest = max(longest, c.Period, c.RetireAfter)
	}
	for _, f := range p.Feeds {
		longest = max(longest, f.Period)
	}
	return longest + 14*24*time.Hour
}

// keepRuns is how far behind the watermark a firing may ask for arrivals.
func keepRuns(p *pipeline.Pipeline, s *pipeline.Source) time.Duration {
	keep := recentRuns(p, s)
	for _, c := range p.Classes {
		if c.Source == s.Name {
			keep = max(keep, s.OutageAfter+c.Lateness+2*c.Every+2*c.Settle+feedgauge.MaxGap)
		}
	}
	return keep
}
