package watch

import "github.com/feedgauge/feedgauge"

// A new configuration may cut the time of a class in another way. Tallies that
// were cut before are filed by their first arrival, so that none is lost, which
// would look like silence. But the windows they end up in hold more or less than
// they should, so those are neither judged nor learnt from.

// own returns the window of the feed's class under which a tally of window w is
// kept: w itself, unless another configuration has cut it.
func (f *feed) own(w feedgauge.Window, t *feedgauge.FeedTally) feedgauge.Window {
	if f.class.Window(w.Start) == w {
		return w
	}
	f.recut = max(f.recut, f.class.Window(t.Last).End)
	return f.class.Window(t.First)
}

// loadWindows takes over the windows of the saved state, and reports whether the
// class cuts time in another way since. Then the one that holds the beginning of
// the saved window to close is closed next: part of it has been closed before.
func (f *feed) loadWindows(s *State) (recut bool) {
	f.cursor, f.recut = s.cursor, s.recut
	if s.cursor.Start == s.cursor.End {
		return false // never seen
	}
	if w := f.class.Window(s.cursor.Start); w != s.cursor {
		f.cursor, recut = w, true
		f.recut = max(f.recut, w.End)
	}
	for i := range s.pending {
		p := &s.pending[i]
		f.pending.Merge(f.own(p.window, &p.tally), &p.tally)
	}
	return recut
}
