package profile

import "slices"

const (
	// needEvents and needWindows are what has to be learnt of a field before
	// anything is told of it.
	needEvents  = 50
	needWindows = 8
	// needSteady is how many windows have to be learnt where the field is not in
	// all events, or kinds and levels come and go.
	needSteady = 20
	// needLong is how many have to be learnt before a kind or a level of events
	// is missed.
	needLong = 60
	// forgetAt is how many events weigh: at twice that, all are halved.
	forgetAt = 4096
	// partWindows is how many windows weigh for kinds and levels: at twice that,
	// all are halved.
	partWindows = 1440
	// maxMemos bounds what is learnt of one feed.
	maxMemos = 1200
)

// lore is what is known of one kind of event.
type lore struct {
	n      uint32 // events learnt from
	began  int64  // when
	fields map[string]*memo
}

// memo is what is known of one field of a kind.
type memo struct {
	n       uint32 // events learnt from
	windows uint32
	count          // of those events
	worst   uint8  // largest share of events without it in one window, or some small ones, in percent
	spread  uint8  // largest part of codes that one window had otherwise, in percent
	novel   uint8  // largest part of codes lately that were new in their window, in percent
	gap     uint32 // events since one was filled
	widest  uint32 // the most of them ever
	long    uint32 // windows of the longest time that it was otherwise and came back
	varied  uint8  // most different values in one window, as far as [count.values] can tell
	some    uint32 // events lately, of windows too small to tell the worst from
	without uint32 // those of them without it
	held    *held  // kept apart, not learnt
}

// held are events that may not be like before. They are learnt if what follows is
// like before, or for so long that it is what is usual now.
type held struct {
	n       uint32
	windows uint32
	since   int64
	calm    uint32 // events lately that were as before
	told    bool
	part    bool // only some were otherwise
	count
}

// ready reports whether enough is known to be surprised.
func (m *memo) ready() bool { return m.n >= needEvents && m.windows >= needWindows }

// with is what was held apart and what came now.
func (m *memo) with(n uint32, c *count, at int64) held {
	h := held{since: at}
	if m.held != nil {
		h = *m.held
		h.codes = slices.Clone(h.codes)
	}
	h.n = min(h.n+n, maxCount)
	h.windows++
	h.merge(c)
	return h
}

// learn takes in n events.
func (m *memo) learn(n uint32, c *count) {
	if n == 0 {
		return
	}
	m.some, m.without = m.some+n, m.without+n-min(c.filled, n)
	if m.some >= 8 {
		if m.windows > 0 {
			m.worst = max(m.worst, uint8(100*m.without/m.some))
		}
		m.some, m.without = 0, 0
	}
	if n >= 8 && m.windows > 0 {
		if m.filled >= needEvents && c.filled >= 8 {
			m.spread = max(m.spread, uint8(100*distance(&m.count, c)))
			m.novel = max(m.novel-m.novel/16, uint8(100*m.unknown(c)))
		}
	}
	if c.filled >= 4 {
		m.varied = max(m.varied, c.values())
	}
	if c.filled == 0 {
		m.gap += n
	} else {
		m.gap = 0
	}
	m.widest = max(m.widest, m.gap)
	m.n += n
	m.windows++
	m.merge(c)
	if m.n > 2*forgetAt {
		m.halve()
	}
}

// release learns what was held apart.
func (m *memo) release() {
	if h := m.held; h != nil {
		m.held = nil
		m.long = max(m.long, h.windows)
		m.windows += h.windows - 1
		m.learn(h.n, &h.count)
	}
}

// halve lets the past weigh less.
func (m *memo) halve() {
	m.n, m.seen, m.filled = m.n/2, m.seen/2, m.filled/2
	kept := m.codes[:0]
	for _, c := range m.codes {
		if c.n /= 2; c.n > 0 {
			kept = append(kept, c)
		}
	}
	m.codes = kept
}

// learnPart takes in a window of n events, of which those that are such a part
// count. What is remembered is counted in windows, since it is missed by them.
func (m *memo) learnPart(n, windows uint32, c *count) {
	if m.gap += n; c.filled > 0 {
		m.gap = 0
	}
	m.widest = max(m.widest, m.gap)
	m.n += n
	m.windows += windows
	m.merge(c)
	if m.windows > 2*partWindows {
		m.halve()
		m.windows /= 2
	}
}

// unknown is the part of values whose codes are new, or nearly.
func (m *memo) unknown(c *count) float64 {
	n := uint32(0)
	for _, x := range c.codes {
		if 100*m.of(x.code) < m.filled {
			n += x.n
		}
	}
	return float64(n) / float64(c.filled)
}

// steady reports whether nearly all events had the field filled, in each window.
func (m *memo) steady() bool { return m.worst <= 2 && float64(m.filled) >= 0.99*float64(m.n) }

// of is how many values had that code.
func (c *count) of(code uint8) uint32 {
	for _, x := range c.codes {
		if x.code == code {
			return x.n
		}
	}
	return 0
}

// main is the code that most values have.
func (c *count) main() (code uint8, n uint32) {
	for _, x := range c.codes {
		if x.n > n {
			code, n = x.code, x.n
		}
	}
	return code, n
}

// distance is the part of values that would have to change for the codes of b to
// be spread like those of a: the total variation.
func distance(a, b *count) float64 {
	if a.filled == 0 || b.filled == 0 {
		return 0
	}
	sum := 0.0
	for _, x := range a.codes {
		if d := float64(x.n)/float64(a.filled) - float64(b.of(x.code))/float64(b.filled); d > 0 {
			sum += d
		}
	}
	return sum
}
