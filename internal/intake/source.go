package intake

import (
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/count"
	"github.com/feedgauge/feedgauge/processors/measure"
	"github.com/feedgauge/feedgauge/processors/naming"
)

type source struct {
	*pipeline.Source
	namer *naming.Namer
	feeds map[string]*feed // by identity
	key   []byte
	looks map[string]*looks // by class
	known map[string]int    // feeds by tenant that are bounded
	aged  feedgauge.Instant // when feeds were last looked through for old ones
}

// looks are what looks at the records of the feeds of one class. Feeds share it:
// there may be very many of them, and what each holds has to be fetched for each
// of its records, and gone through by the garbage collector.
type looks struct {
	check    feedgauge.Checker
	delivery *pipeline.Delivery
	retire   time.Duration // after so long without arrivals feeds are forgotten, zero for never

	events feedgauge.EventReader // shows events, nil if the format cannot
	single bool                  // a record is one event, whatever is in it
	named  func(string) bool     // whether a field at fault may be told

	meters  []*measure.Meter // count the measures of the class
	metered string           // the class, for what they could not count
	clocks  bool             // the times of events are compared with their arrival
	zone    *time.Location   // of those that tell none

	whole bool // whether deliveries are whole is looked at
	bare  bool // and events taken out of their envelopes for that

	learns bool                  // what lines are like is learnt
	reader feedgauge.EventReader // shows events, nil if the format is not declared and they are lines
	guess  bool                  // what reader shows are lines whose format is not declared
}

type feed struct {
	count.Feed
	*looks
	last    feedgauge.Instant // last arrival, Before if not known
	ages    bool              // it is forgotten when it has delivered nothing for long
	bounded bool              // it has one of the places of its tenant
	known   known
}

func (s *source) slack(kind feedgauge.StampKind) time.Duration {
	if kind == feedgauge.LogAppendTime {
		return s.SlackAppend
	}
	return s.SlackCreate
}

// feed returns the feed of a record, or why it has none.
func (s *source) feed(in *Intake, r *feedgauge.Record) (*feed, feedgauge.Reason) {
	tenant, name, reason := s.namer.Name(r)
	if reason != "" {
		return nil, reason
	}
	s.key = append(append(append(s.key[:0], tenant...), 0), name...)
	if f := s.feeds[string(s.key)]; f != nil {
		return f, ""
	}
	id := feedgauge.FeedID{Tenant: string(tenant), Name: string(name)}
	if s.full(in.pipe, id) {
		return s.overflow(in, id.Tenant)
	}
	return s.meet(in, id)
}

// full reports whether a feed seen for the first time is one too many. Those of
// the inventory never are, and those met before keep their place.
func (s *source) full(p *pipeline.Pipeline, id feedgauge.FeedID) bool {
	return s.bounds(p, id) && s.known[id.Tenant] >= s.MaxFeeds
}

// bounds reports whether a feed takes one of the places that a tenant has.
func (s *source) bounds(p *pipeline.Pipeline, id feedgauge.FeedID) bool {
	return s.MaxFeeds > 0 && p.Feeds[id] == nil && id.Name != pipeline.Overflow
}

// Know names a feed that was met in an earlier life, or by another member: it
// keeps its place under the bound, whoever crowds in.
func (in *Intake) Know(sourceName string, id feedgauge.FeedID) {
	s := in.sources[sourceName]
	if s == nil || s.MaxFeeds <= 0 || id.Name == pipeline.Overflow || s.feeds[id.Identity()] != nil {
		return
	}
	_, _ = s.meet(in, id) // one that cannot be met now is rejected when it delivers
}

// overflow is the feed in which the feeds of a tenant that are too many are
// counted. Their names are not remembered: that is what the bound is for.
func (s *source) overflow(in *Intake, tenant string) (*feed, feedgauge.Reason) {
	id := feedgauge.FeedID{Tenant: tenant, Name: pipeline.Overflow}
	if f := s.feeds[id.Identity()]; f != nil {
		return f, ""
	}
	return s.meet(in, id)
}

// meet classifies a feed seen for the first time.
func (s *source) meet(in *Intake, id feedgauge.FeedID) (*feed, feedgauge.Reason) {
	class := in.pipe.Classify(s.Name, id)
	l, err := s.look(class)
	if err != nil {
		return nil, feedgauge.BadName
	}
	f := &feed{looks: l, last: feedgauge.Before, ages: l.retire > 0 && in.pipe.Feeds[id] == nil && id.Name != pipeline.Overflow}
	f.Init(id, s.Name, in.pipe.PartitionOf(id), class)
	if f.bounded = s.bounds(in.pipe, id); f.bounded {
		s.known[id.Tenant]++
	}
	s.feeds[id.Identity()] = f
	return f, ""
}

// look returns what looks at records of a class.
func (s *source) look(class *pipeline.Class) (*looks, error) {
	if l := s.looks[class.Name]; l != nil {
		return l, nil
	}
	l, err := newLooks(class)
	if err != nil {
		return nil, err
	}
	s.looks[class.Name] = l
	return l, nil
}

func newLooks(class *pipeline.Class) (l *looks, err error) {
	l = &looks{delivery: class.Delivery, retire: class.RetireAfter, learns: class.Learn, zone: class.Env.Zone, whole: class.Whole}
	if l.check, err = class.NewChecker(); err != nil {
		return nil, err
	}
	l.events, _ = l.check.(feedgauge.EventReader)
	l.single = class.Unit == "message" || l.events == nil
	l.clocks = class.Clocks && l.events != nil
	if n, ok := l.check.(interface{ Named(field string) bool }); ok {
		l.named = n.Named
	}
	if w, ok := l.check.(interface{ Wrapped() bool }); ok && l.events != nil {
		l.bare = l.whole && w.Wrapped()
	}
	if l.learns { // a plugin's format may show nothing: then lines are guessed at
		l.reader, l.guess = l.events, class.Format == "any"
	}
	if l.events != nil {
		l.metered = class.Name
		l.meters, err = class.Meters()
	}
	return l, err
}

// lookEvery is how much time by the lanes passes between two looks for old feeds.
const lookEvery = time.Minute

// age forgets the feeds that watch forgets, too, because they have delivered
// nothing for long, as of the time up to which all lanes owned are counted. Their
// places are free for others; one that delivers again is met anew.
func (s *source) age(low feedgauge.Instant) {
	if low == feedgauge.Before || low.Sub(s.aged) < lookEvery {
		return
	}
	s.aged = low
	for key, f := range s.feeds {
		switch {
		case !f.ages:
		case f.last == feedgauge.Before:
			f.last = low // from now on it has as long as any other
		case low.Sub(f.last) > f.retire:
			delete(s.feeds, key)
			if f.bounded {
				s.known[f.ID.Tenant]--
			}
		}
	}
}

// age lets sources forget old feeds.
func (in *Intake) age() {
	low := make(map[*source]feedgauge.Instant)
	for _, l := range in.lanes {
		if at, ok := low[l.src]; !ok || l.mem.Watermark < at {
			low[l.src] = l.mem.Watermark
		}
	}
	for s, at := range low {
		s.age(at)
	}
}
