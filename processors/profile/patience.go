package profile

// How long something has to hold before it is told. Feeds follow day and night,
// and at times somebody scans a network, a backup tells of each file, or a
// program writes stacks: then what comes is another mix, and nothing is wrong. So
// what changes wholly is told soon, and what changes in part, or was never quite
// sure, only when it has held for long, the longer the less is known of the feed.
// And what came back by itself once has to last longer the next time.
//
// Lines of a file have no time of day. There all is told as soon as it is certain.

// few is the part of events that may be as before when all are said to have
// changed.
const few = 0.02

// usualAfter is after how many days what is held apart is taken as usual, if it
// was so in at least usualWindows windows.
const (
	usualAfter   = 7
	usualWindows = 60
)

// usual reports whether what is held apart has been so for long enough to be
// taken as usual.
func (o *observation) usual(h *held) bool {
	if o.day == 0 {
		return h.windows >= patience
	}
	return o.at-h.since >= usualAfter*o.day && h.windows >= usualWindows
}

// early reports whether what is held apart is just another time of day than those
// that are known: it has been a day, and not much more was known before.
func (o *observation) early(l *lore, h *held) bool {
	return o.day > 0 && h.part && h.since-l.began < 3*o.day && o.at-h.since >= o.day
}

// ripe reports whether what a test says of a field has held for long enough to be
// told.
func (o *observation) ripe(l *lore, m *memo, r *result) bool {
	if 2*r.h.windows <= 3*m.long {
		return false
	}
	if o.day == 0 {
		return true
	}
	held, known := float64(o.at-r.h.since)/float64(o.day), float64(r.h.since-l.began)/float64(o.day)
	switch lost := r.kind == Mix || r.kind == LevelGone; {
	case lost && r.vague: // weekends have to be known
		return held >= 0.25 && known >= 8
	case lost && known < 1: // nights are not
		return held >= 2.7
	case lost:
		return held >= max(0.04, 0.25/max(known, 0.5))
	case r.vague: // may be so by day, or by night
		return held >= max(0.25, 4/max(known, 0.5))
	case r.part:
		return held >= max(0.125, 1/max(known, 0.5))
	}
	return true
}

// pass lets what was unusual weigh less from day to day, or every few thousand
// lines.
func (l *Learner) pass(at int64) {
	span, part := l.day, uint8(16)
	if span == 0 {
		span, part = forgetAt, 8
	}
	if at/span == l.today {
		return
	}
	l.today = at / span
	for _, lore := range l.lores {
		for _, m := range lore.fields {
			m.fade(part)
		}
	}
}

// fade takes off one part in so many of what was unusual, and less of how long it
// was so: what comes back every week has to be known from one to the next.
func (m *memo) fade(part uint8) {
	m.worst, m.spread, m.varied = m.worst-m.worst/part, m.spread-m.spread/part, m.varied-m.varied/part
	m.widest -= m.widest / uint32(part)
	m.long -= m.long / (4 * uint32(part))
}

// plain are the families that a name of a release, a session or a host may be of
// now and then: if a field has one such value for long, the next may look
// otherwise.
func (f family) plain() bool { return f == number || f == word || f == prose || f == identifier }

// renamed reports whether a field that has one value, or two, for a long time just
// has another.
func renamed(m *memo, h *held, was, is Shape) bool {
	return !was.IsTime() && was.family().plain() && is.family().plain() && m.varied <= 2 && h.values() <= 2
}
