package watch

import (
	"container/heap"

	"github.com/feedgauge/feedgauge"
)

// advance acts on everything due, as far as the bound allows.
func (w *Partition) advance(out Out) {
	w.more = false
	for i, s := range w.sources {
		for {
			d, outage := s.head()
			if d.fire > s.effective {
				break
			}
			if w.budget == 0 || w.until.set && w.next-1 == w.untilAt && w.until.before(i, d) {
				w.more = true
				return
			}
			w.budget--
			w.cursor = cursor{set: true, source: i, due: d}
			w.fireOne(s, d, outage, out)
		}
		if len(w.inert) == 0 { // restored feeds may be behind
			s.trim()
		}
	}
	if w.until.set && w.next-1 == w.untilAt {
		w.more = true // feeds that are still inert may have something due
		return
	}
	w.cursor = cursor{}
}

// before reports whether the cursor lies before due time d of source i: d has
// not happened yet.
func (c cursor) before(source int, d due) bool {
	if c.source != source {
		return c.source < source
	}
	return c.due.less(d)
}

// head is the source's next due time, and whether it is that of its outage.
func (s *sourceState) head() (d due, outage bool) {
	d = due{fire: feedgauge.After, at: feedgauge.After}
	if len(s.queue) > 0 {
		d = s.queue[0].due
	}
	if at := s.outageDue(); at != feedgauge.After {
		o := due{fire: at, at: at, kind: deadline}
		if o.less(d) {
			return o, true
		}
	}
	return d, false
}

func (w *Partition) fireOne(s *sourceState, d due, outage bool, out Out) {
	if outage {
		w.fireOutage(s, d.at, w.emit(out, d.at, 0))
		return
	}
	f := s.queue[0]
	w.fireFeed(s, f, d, w.emit(out, d.at, f.class.Lateness))
	if f.gone {
		return
	}
	if f.foldedTo >= w.next {
		// Saved in the middle of this entry's firings, of which there are more
		// for this feed: what was saved is not what it is now.
		f.foldedTo, f.dirty = w.next-1, true
	}
	if f.dirty {
		w.changed = append(w.changed, f)
	}
	f.due = f.next()
	heap.Fix(&s.queue, f.heapAt)
}
